"""Let a model choose among the best candidates of each text. Knows nothing of how they are found."""

from __future__ import annotations

from collections.abc import Sequence

from linnaeus.closed.source import NOWHERE, Shortlist
from linnaeus.stages.chooser import Chooser
from linnaeus.stages.options import Given, Option
from linnaeus.types import Choose, Decision, Reply, Verdict

SHOWN = 20
"""Candidates that a model sees, best first."""


class Pick:
    """One question a text: which of its candidates fit, any number up to `at_most`, or none.

    A verdict's `score` is the candidate's own probability, as the shortlist gives it.
    """

    name = "choose"

    def __init__(
        self,
        chooser: Chooser,
        given: Given,
        shortlist: Shortlist,
        *,
        at_most: int = 5,
        shown: int = SHOWN,
    ) -> None:
        self.chooser = chooser
        self._given, self._shortlist = given, shortlist
        self._at_most, self._shown = at_most, shown

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order; without verdicts where none fits.

        None where there is no candidate, which costs nothing, or where the model does not know.
        """
        decisions: list[Decision | None] = [None] * len(texts)
        scores, options = self._candidates(texts)
        rows = [row for row, shown in enumerate(options) if shown]
        tasks = [self._given.task(texts[row], options[row], self._at_most) for row in rows]
        for row, task, reply in zip(rows, tasks, self.chooser.answer(tasks), strict=True):
            if reply is not None:
                decisions[row] = self._decision(reply, task, options[row], scores[row])
        return decisions

    def _candidates(self, texts: Sequence[str]) -> tuple[list[dict[int, float]], list[list[Option]]]:
        """The probability of each text's candidates by place, best first, and what they are shown as."""
        if not texts:
            return [], []
        found = self._shortlist.shortlist(texts, self._shown)
        scores = [
            {place: score for place, score in zip(*row, strict=True) if place != NOWHERE}
            for row in zip(found.places.tolist(), found.scores.tolist(), strict=True)
        ]
        return scores, [self._given.by_path(row) for row in scores]

    def _decision(
        self, reply: Reply, task: Choose, options: Sequence[Option], scores: dict[int, float]
    ) -> Decision:
        if reply.error is not None:
            return Decision(error=reply.error, unasked=reply.unasked)
        chosen = [options[task.labels.index(label)].place for label in dict.fromkeys(reply.labels)]
        return Decision(
            tuple(Verdict(self._given.label(place), scores[place], self.name) for place in chosen),
            none_by="" if chosen else self.name,
        )
