"""Ask a model about texts that memory answered and that a second look doubts. Knows nothing of how they are found."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from linnaeus.index import ExactIndex
from linnaeus.stages.ask import Ask
from linnaeus.stages.gate import Thought

APART = 0.7  # cosine from which what is said of one text in doubt may well settle another


class Recheck:
    """Asks about each doubted text once; those that fail keep what memory said, until another run."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._tried: set[int] = set()

    def think_twice(self, thoughts: Sequence[Thought], share: float) -> None:
        """Keep what a second look says of all texts, and which to ask: of those in doubt at most this share.

        The least sure, and of texts that are near each other one. Call it while nobody else writes.
        """
        first = self._first([one for one in thoughts if one.doubted], share)
        self._ask.consolidator.store.think_twice(one._replace(doubted=one.text in first) for one in thoughts)

    def _first(self, doubted: Sequence[Thought], share: float) -> set[int]:
        """Those of texts in doubt that are to be asked now, by id."""
        if share == 1 or not doubted:
            return {one.text for one in doubted}
        consolidator = self._ask.consolidator
        order = [one.text for one in sorted(doubted, key=lambda one: one.chance)]
        words = consolidator.store.texts_by_id(order)
        codes = consolidator.vectors.codes([words[text] for text in order])
        near = ExactIndex(codes).nearest(codes, most=len(codes), at_least=APART)
        most, chosen, waits = math.ceil(share * len(order)), set[int](), np.zeros(len(order), dtype=bool)
        for place, (others, _) in enumerate(near):
            if len(chosen) < most and not waits[place]:
                chosen.add(order[place])
                waits[others] = True
        return chosen

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
