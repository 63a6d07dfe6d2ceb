"""The identity of a label string: which spellings are the same wording. Knows nothing of meaning."""

from __future__ import annotations

import re
import unicodedata

from linnaeus.consolidate.words import snake

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def wording_key(words: str) -> str:
    """Return the snake_case identity of a label string: `Card-Lost`, `card lost` and `cardLost` are all `card_lost`.

    Order, negations and endings of words are kept: they carry meaning. Empty if no letter or digit is left.
    """
    return snake(_CAMEL.sub("_", unicodedata.normalize("NFKC", words)))


def readable(key: str) -> str:
    """Return a wording as an embedder should read it: words with blanks between them."""
    return key.replace("_", " ")
