"""A long text as stretches that each say one thing. Knows nothing of labels or vectors."""

from __future__ import annotations

import re

WORDS = 6
STEP = 3
LONG = 60
"""Words of a text from which on it is cut into its sentences: as good as or better than stretches, and fewer."""
MOST = 64

_END = re.compile(r"(?<=[.!?;…])\s+|(?<=[。！？؟।])\s*|\n+")


def stretches(text: str) -> list[str]:
    """The sentences of a text of more than 60 words, else stretches of 6 words; at most 64, so the end may be missing.

    Of a text of no more than 6 words there are none (research/LOG-taxonomies.md, "Candidates").
    """
    if len(text.split()) > LONG:
        return [own for own in _END.split(text) if own.strip()][:MOST]
    return windows(text)


def windows(text: str) -> list[str]:
    """Stretches of 6 words, one every 3 words, the last to the end; none if there are no more than 6 words."""
    words = text.split()
    if len(words) <= WORDS:
        return []
    starts = [*range(0, len(words) - WORDS, STEP), len(words) - WORDS]
    return [" ".join(words[start : start + WORDS]) for start in starts]
