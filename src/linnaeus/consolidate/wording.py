"""The identity of a label string: which spellings are the same wording. Knows nothing of meaning."""

from __future__ import annotations

import re
import unicodedata

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_APART = re.compile(r"[^\w]+|_+", re.UNICODE)


def wording_key(words: str) -> str:
    """Return the snake_case identity of a label string: `Card-Lost`, `card lost` and `cardLost` are all `card_lost`.

    Order, negations and endings of words are kept: they carry meaning. Empty if no letter or digit is left.
    """
    text = unicodedata.normalize("NFKC", words)
    return "_".join(part for part in _APART.split(_CAMEL.sub("_", text).casefold()) if part)


def readable(key: str) -> str:
    """Return a wording as an embedder should read it: words with blanks between them."""
    return key.replace("_", " ")
