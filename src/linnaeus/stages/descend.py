"""Let a model walk down a taxonomy from its roots, several branches at a time. Knows nothing of how candidates are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np

from linnaeus.closed.source import NOWHERE, Shortlist
from linnaeus.closed.spelling import above
from linnaeus.stages.chooser import Chooser
from linnaeus.stages.options import UNLISTED, Given, Option
from linnaeus.taxonomy import BETWEEN, Places
from linnaeus.types import Decision, Reply, Verdict

SHOWN = 40
"""Children of one label that a model sees; of more, those under which the likeliest candidates are."""
LISTED = 100
"""Candidates that say which children these are."""
LEVELS = 20
"""Questions for one text at most; what is still to be opened then is taken for itself."""

_TOP = Option(NOWHERE, "", under=True)


@dataclass(slots=True)
class _Walk:
    """How far one text has come: `open` are the branches to be opened next, `done` the labels that were chosen."""

    text: str
    scores: dict[int, float]  # of candidates, by place
    likely: dict[int, float]  # the best of them at or under each place above them
    open: list[Option]
    done: list[int] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)  # each place is shown once, whatever leads to it
    failed: Reply | None = None
    known: bool = True


class Descend:
    """A question a level: which children of the branches that are open, or those branches themselves; any number, or none.

    `at_most` is the number of branches that are open at once and of labels that come of it, together. No text costs more
    than `LEVELS` questions, nor more than there are levels. A verdict's `score` is the label's own probability in the
    shortlist, `UNLISTED` where it is not among the text's first `LISTED`.
    """

    name = "descend"

    def __init__(self, chooser: Chooser, given: Given, shortlist: Shortlist, *, at_most: int = 5) -> None:
        self.chooser = chooser
        self._given, self._shortlist, self._at_most = given, shortlist, at_most

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order; without verdicts where none fits, None where the model does not know.

        All texts go down a level together. An error on the way is the text's error; what was paid is kept.
        """
        walks = self._walks(texts)
        for _ in range(LEVELS):
            going = [walk for walk in walks if walk.open]
            if not going:
                break
            self._down(going)
        for walk in walks:
            walk.done += [branch.place for branch in walk.open]
        return [self._decision(walk) for walk in walks]

    def _walks(self, texts: Sequence[str]) -> list[_Walk]:
        """Each text at the roots; a single root is open from the start."""
        taxonomy = self._given.taxonomy
        if not texts or not len(taxonomy):
            return [_Walk(text, {}, {}, []) for text in texts]
        roots = self._given.by_path(taxonomy.roots[:2].tolist())
        single = len(roots) == 1 and len(taxonomy.children[roots[0].place]) > 0
        start = Option(roots[0].place, roots[0].path, under=True) if single else _TOP
        found = self._shortlist.shortlist(texts, LISTED)
        rows = zip(texts, found.places.tolist(), found.scores.tolist(), strict=True)
        return [self._walk(text, places, scores, start) for text, places, scores in rows]

    def _walk(self, text: str, places: Iterable[int], scores: Iterable[float], start: Option) -> _Walk:
        own = {place: score for place, score in zip(places, scores, strict=True) if place != NOWHERE}
        likely: dict[int, float] = {}
        for place, score in own.items():  # best first
            for higher in above(self._given.taxonomy, place):
                likely.setdefault(higher, score)
        return _Walk(text, own, likely, [start])

    def _down(self, walks: Sequence[_Walk]) -> None:
        """One level for all `walks`, in one call of the model."""
        shown = [[option for branch in walk.open for option in self._opened(walk, branch)] for walk in walks]
        tasks = [
            self._given.task(walk.text, options, self._at_most)
            for walk, options in zip(walks, shown, strict=True)
        ]
        replies = self.chooser.answer(tasks)
        for walk, options, task, reply in zip(walks, shown, tasks, replies, strict=True):
            walk.open = []
            if reply is None or reply.error is not None:
                walk.known, walk.failed = reply is not None, reply
                continue
            chosen = [options[task.labels.index(label)] for label in dict.fromkeys(reply.labels)]
            chosen = chosen[: self._at_most - len(walk.done)]
            walk.done += [option.place for option in chosen if not option.under]
            walk.open = [option for option in chosen if option.under]

    def _opened(self, walk: _Walk, branch: Option) -> Iterator[Option]:
        """What is shown for a branch: itself, then what is directly under it, in one order for all texts."""
        taxonomy = self._given.taxonomy
        if branch is not _TOP:
            yield Option(branch.place, branch.path)
        under = taxonomy.roots if branch is _TOP else taxonomy.children[branch.place]
        places = _to_show(under, walk)
        walk.seen.update(places)
        for place in places:
            path = BETWEEN.join(filter(None, (branch.path, taxonomy.names[place])))
            yield Option(place, path, under=len(taxonomy.children[place]) > 0)

    def _decision(self, walk: _Walk) -> Decision | None:
        if not walk.known:
            return None
        if walk.failed is not None:
            return Decision(error=walk.failed.error, unasked=walk.failed.unasked)
        given = self._given
        scored = ((given.label(place), walk.scores.get(place, UNLISTED)) for place in walk.done)
        verdicts = tuple(Verdict(label, score, self.name) for label, score in scored)
        return Decision(verdicts, none_by="" if verdicts else self.name)


def _to_show(under: Places, walk: _Walk) -> list[int]:
    """Up to `SHOWN` of `under` (n,), rising, that were not shown yet: the likeliest of more, then the first."""
    likely: list[int] = []
    if len(under) > SHOWN:
        ranked = np.fromiter(walk.likely, np.int32, len(walk.likely))  # best first
        at = np.minimum(np.searchsorted(under, ranked), len(under) - 1)
        likely = ranked[under[at] == ranked].tolist()
    first = under[: 2 * SHOWN + len(walk.seen)].tolist()  # enough, whatever of it is taken
    fresh = dict.fromkeys(place for place in chain(likely, first) if place not in walk.seen)
    return sorted(islice(fresh, SHOWN))
