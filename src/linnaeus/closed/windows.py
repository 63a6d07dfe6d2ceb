"""A long text as short stretches of it, each about as long as a name. Knows nothing of labels or vectors."""

from __future__ import annotations

WORDS = 6
STEP = 3
MOST = 64


def windows(text: str) -> list[str]:
    """Stretches of 6 words of `text`, one every 3 words, the last to its end; none if it has no more than 6 words.

    At most 64 (195 words): what comes after is not looked at by stretches.
    """
    words = text.split()
    if len(words) <= WORDS:
        return []
    starts = [*range(0, len(words) - WORDS, STEP), len(words) - WORDS]
    return [" ".join(words[start : start + WORDS]) for start in starts[:MOST]]
