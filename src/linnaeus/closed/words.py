"""Cut a text into words that can be compared, and words into 64-bit numbers. Knows nothing of labels or of what is said."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from linnaeus.index.rows import Terms

PIECE = 4
"""Letters of a piece: 3 costs twice the time for as much, 5 finds a little less (research/LOG-taxonomies.md)."""

_ACCENTS = re.compile("[\u0300-\u036f]")
_MARKS = "\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff"
"""Marks that stand within words though they are no letters: Hebrew and Arabic points, Indian vowels."""
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Scripts without spaces (Thai to Khmer, Japanese, Chinese): each sign is a word."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}])*")
_POSSESSIVE = re.compile("['’]s\\b")


def words(text: str) -> list[str]:
    """The words of `text` in small letters, without accents and plural endings; no stop-list.

    words("Kids' T-shirts, São Paulo")     # ["kid", "t", "shirt", "sao", "paulo"]
    """
    return [stem(word) for word in _found(text)]


def terms(text: str) -> Terms:
    """The words of `text` (n,) as 64-bit hashes, the same on any machine and in any process."""
    return np.array([_hashes(word)[0] for word in _found(text)], np.uint64)


def pieces(text: str) -> Terms:
    """The words of `text` and their pieces of four letters (n,), as hashes; words that repeat do so here too.

    Pieces see through endings, compounds and slips: of "leukaemia" they are ^leu, leuk, euka, ..., mia$. A piece that
    is a whole word has another hash than that word.
    """
    return np.array([piece for word in _found(text) for piece in _hashes(word)], np.uint64)


def _found(text: str) -> list[str]:
    found: list[str] = _WORD.findall(_POSSESSIVE.sub("", folded(text)))
    return found


def folded(text: str) -> str:
    """Compatible forms made one, in small letters, without Latin, Greek and Cyrillic accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))


def stem(word: str) -> str:
    """`word` without a plural -s (-ies becomes -y: the S-stemmer, Harman 1991), and without a last -e if it is long.

    From four letters on, and nothing else is taken off, so that few words that differ are joined in any language of
    Europe: "headaches" and "headache", "viruses" and "virus", "maladies" and "malady"; but plan and plane differ.
    """
    if len(word) < 4:
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        if word.endswith("ies") and len(word) > 4 and word[-4] not in "ae":
            return word[:-3] + "y"
        word = word[:-2] if word.endswith(("xes", "shes")) else word[:-1]
    return word[:-1] if len(word) > 5 and word.endswith("e") else word


@lru_cache(maxsize=1 << 16)
def _hashes(word: str) -> tuple[int, ...]:
    """The hash of the stem of `word`, then those of its pieces."""
    whole = stem(word)
    marked = f"^{whole}$"
    cuts = range(max(1, len(marked) - PIECE + 1))
    return _hash(whole), *(_hash(f"{marked[cut : cut + PIECE]}\0") for cut in cuts)


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
