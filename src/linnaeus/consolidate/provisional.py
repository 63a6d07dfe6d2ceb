"""A first name for a group of which one text is known. Knows nothing of other groups."""

from __future__ import annotations

from linnaeus.consolidate.words import plain_words, segments, shown, snake, stop_words, tokenise

MOST_WORDS = 5
MOST_CHARACTERS = 60


def provisional_name(text: str) -> str:
    """The first words of `text` that may stand in a name, as snake_case; "text" if there are none."""
    tokens = tokenise(text)
    words = [word for part in segments(tokens, stop_words([tokens])) for word in part][:MOST_WORDS]
    name = snake(shown(words, links=False)) if words else snake(" ".join(plain_words(text)[:MOST_WORDS]))
    return name[:MOST_CHARACTERS].strip("_") or "text"
