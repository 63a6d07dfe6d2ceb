"""Let a model choose among the best candidates of each text, or look for others first. Knows not how they are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linnaeus.closed.source import NOWHERE, Shortlist
from linnaeus.stages.chooser import Chooser
from linnaeus.stages.options import UNLISTED, Given, Option
from linnaeus.types import Choose, Decision, Reply, Verdict

SHOWN = 20
"""Candidates that a model sees, best first."""
FOUND = 10
"""Labels more for each thing that it looks for."""


@dataclass(slots=True)
class _Question:
    """One text with what is shown for it; `scores` are the candidates' own, by place."""

    text: str
    scores: dict[int, float]
    options: list[Option]
    task: Choose
    reply: Reply | None = None


class Pick:
    """One question a text: which of its candidates fit, any number up to `at_most`, or none.

    Where there are more labels than are shown, a model that can may look for others by name first; then it is asked a
    second and last time, with what was found behind the candidates. A verdict's `score` is the candidate's own
    probability, as the shortlist gives it, `UNLISTED` for what was looked for.
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
        questions = self._questions(texts)
        self._ask([one for one in questions if one.options])
        looking = [one for one in questions if one.reply is not None and one.reply.queries]
        for one in looking:
            self._look(one)
        self._ask(looking)
        return [self._decision(one) for one in questions]

    def _questions(self, texts: Sequence[str]) -> list[_Question]:
        """Each text with its candidates, best first."""
        if not texts:
            return []
        found = self._shortlist.shortlist(texts, self._shown)
        looks = len(self._given.taxonomy) > self._shown
        made = []
        for text, *row in zip(texts, found.places.tolist(), found.scores.tolist(), strict=True):
            scores = {place: score for place, score in zip(*row, strict=True) if place != NOWHERE}
            options = self._given.by_path(scores)
            task = self._given.task(text, options, self._at_most, looks=looks)
            made.append(_Question(text, scores, options, task))
        return made

    def _ask(self, questions: Sequence[_Question]) -> None:
        replies = self.chooser.answer([one.task for one in questions])
        for one, reply in zip(questions, replies, strict=True):
            one.reply = reply

    def _look(self, question: _Question) -> None:
        """Put what was looked for behind the candidates; the next question is the last."""
        assert question.reply is not None
        found = self._shortlist.shortlist(question.reply.queries, FOUND)
        places = dict.fromkeys(place for row in found.places.tolist() for place in row)
        new = [place for place in places if place != NOWHERE and place not in question.scores]
        question.options += self._given.by_path(new)
        question.task = self._given.task(question.text, question.options, self._at_most)

    def _decision(self, question: _Question) -> Decision | None:
        reply = question.reply
        if reply is None:
            return None
        if reply.error is not None:
            return Decision(error=reply.error, unasked=reply.unasked)
        shown = question.task.labels
        chosen = [question.options[shown.index(label)].place for label in dict.fromkeys(reply.labels)]
        return Decision(
            tuple(
                Verdict(self._given.label(place), question.scores.get(place, UNLISTED), self.name)
                for place in chosen
            ),
            none_by="" if chosen else self.name,
        )
