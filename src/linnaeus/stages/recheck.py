"""Ask a model about texts that memory answered and that a second look doubts. Knows nothing of how they are found."""

from __future__ import annotations

from collections.abc import Iterable

from linnaeus.stages.ask import Ask
from linnaeus.stages.gate import Thought


class Recheck:
    """Asks about each doubted text once; those that fail keep what memory said, until another run."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._tried: set[int] = set()

    def think_twice(self, thoughts: Iterable[Thought]) -> None:
        """Keep what a second look says of all texts. Call it while nobody else writes."""
        self._ask.consolidator.store.think_twice(thoughts)

    def ask(self) -> bool:
        """Ask about the texts in doubt; False if the budget ended first."""
        doubted = self._ask.consolidator.store.doubted()
        texts = {id: text for id, text in doubted.items() if id not in self._tried}
        if not texts:
            return True
        replies = dict(zip(texts, self._ask.propose(list(texts.values())), strict=True))
        unasked = {id for id, reply in replies.items() if reply.unasked}
        self._tried |= texts.keys() - unasked
        answered = {id: reply.labels for id, reply in replies.items() if reply.error is None}
        self._ask.consolidator.answer_again(answered)
        return not unasked
