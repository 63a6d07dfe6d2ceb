"""The identity of a label string: which spellings are the same wording. Knows nothing of meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count

from linnaeus.consolidate.words import snake

LONGEST = 80
_SENSE = re.compile(r"(?<=.)#\d+\Z")  # "#", then figures alone, is the key of a surface without words
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def wording_key(words: str) -> str:
    """Return the snake_case identity of a label string: `Card-Lost`, `card lost` and `cardLost` are all `card_lost`.

    Order, negations and endings of words are kept: they carry meaning. Empty if no letter or digit is left.
    """
    return snake(_CAMEL.sub("_", unicodedata.normalize("NFKC", words)))


def label_fault(words: str) -> str | None:
    """Why `words` cannot be a label: no letter or digit, or over 80 characters; None if they can."""
    key = wording_key(words)
    if not key:
        return "a label without letters or digits"
    return f"a label of over {LONGEST} characters" if len(key) > LONGEST else None


def plain_key(key: str) -> str:
    """The wording of a surface that a split made: `card` for `card#2`. No wording has a "#" of its own."""
    return _SENSE.sub("", key)


def sense_key(key: str, taken: Container[str]) -> str:
    """The first key for another sense of the wording of `key` that is not `taken`: `card#2` for `card`."""
    plain = plain_key(key)
    return next(made for number in count(2) if (made := f"{plain}#{number}") not in taken)


def readable(key: str) -> str:
    """Return a wording as an embedder should read it: words with blanks between them."""
    return plain_key(key).replace("_", " ")
