"""Strategies that ask a language model which labels fit: directly, among candidates, level by level. Knows no network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from linnaeus.classifier import Classifier
from linnaeus.closed.project import import_taxonomy, load
from linnaeus.closed.shortlists import ProjectShortlist
from linnaeus.closed_flow import ClosedFlow
from linnaeus.errors import MissingExtra
from linnaeus.evaluate.strategies.once import Once
from linnaeus.evaluate.strategies.sample import Sample
from linnaeus.evaluate.strategies.tried import Labels, Rows, Tried
from linnaeus.settings import MAX_ERROR
from linnaeus.stages import Chooser, Descend, Given
from linnaeus.store import CachedVectors, Store
from linnaeus.types import Decision, Model, Usage, Verdict

MOST_TEXTS = 100  # that a model is asked about, labels as frequent as in all
MOST_SHOWN = 150  # labels that a model is shown at once
SURE = 0.001  # the least error that may be promised: names and examples hardly ever stand alone
AT_MOST = 5  # labels of a text, where texts may have several

Decide = Callable[[list[str]], list[Decision | None]]


class Models:
    """A sample, of which some texts are shown to `model`; `notes` gets what went wrong."""

    def __init__(self, sample: Sample, vectors: CachedVectors, model: Model, notes: list[str]) -> None:
        self._sample, self._vectors, self._model, self._notes = sample, vectors, Once(model), notes
        self._rows = sample.part(MOST_TEXTS)

    def tries(self) -> Iterator[Tried]:
        """Try all that the label set allows, until the budget ends."""
        if len(self._rows) < len(self._sample):
            self._notes.append(
                f"the model was asked about {len(self._rows)} of the texts, labels as frequent as in all"
            )
        with Store() as store:
            import_taxonomy(store, self._sample.taxonomy)
            vectors = CachedVectors(self._vectors, store)
            chooser, given = Chooser(self._model, store), Given(*load(store))
            self._ids = given.label_ids  # the same in any new store
            if len(given.taxonomy) <= MOST_SHOWN:
                yield from self._asked(
                    "model direct", lambda texts: self._direct(texts, chooser, given), chooser
                )
            if len(given.taxonomy.children.places):
                shortlist = ProjectShortlist(store, vectors, given.taxonomy, given.label_ids)
                walk = Descend(chooser, given, shortlist, at_most=self._at_most)
                yield from self._asked("descend", walk.decide, chooser)
        try:
            yield from self._taught("retrieve, then choose", SURE, "choose")
            yield from self._taught("cascade", MAX_ERROR, "cascade")
        except MissingExtra as error:
            self._notes.append(f"a model and examples together: {error}")

    @property
    def _at_most(self) -> int:
        return AT_MOST if self._sample.several else 1

    def _direct(self, texts: list[str], chooser: Chooser, given: Given) -> list[Decision | None]:
        """One question a text, with all labels."""
        options = given.by_path(range(len(given.taxonomy)))
        tasks = [given.task(text, options, self._at_most) for text in texts]
        decisions: list[Decision | None] = []
        for task, reply in zip(tasks, chooser.answer(tasks), strict=True):
            if reply is None:
                decisions.append(None)
                continue
            places = [task.labels.index(label) for label in dict.fromkeys(reply.labels)]
            verdicts = tuple(Verdict(given.label(place), 1.0, "choose") for place in places)
            decisions.append(Decision(verdicts, error=reply.error, unasked=reply.unasked))
        return decisions

    def _asked(self, name: str, decide: Decide, chooser: Chooser) -> Iterator[Tried]:
        """What needs no example."""
        before, began = chooser.usage, time.process_time()
        texts = [self._sample.texts[row] for row in self._rows]
        decisions = dict(zip(self._rows.tolist(), decide(texts), strict=True))
        ms = 1000 * (time.process_time() - began) / len(texts)
        usd = _less(chooser.usage, before)
        yield from self._tried(Tried(name, [], ms, 0.0, usd=usd, asks=True), decisions)

    def _taught(self, name: str, max_error: float, runs: str) -> Iterator[Tried]:
        """As `teach` and `label --llm` do: of each fifth of the sample, what the other four and the model say."""
        decisions: dict[int, Decision | None] = {}
        usd: list[float | None] = []
        learning = answering = 0.0
        for part in self._sample.parts():
            rows = np.intersect1d(part, self._rows)
            with Store() as store:
                import_taxonomy(store, self._sample.taxonomy)
                vectors = CachedVectors(self._vectors, store)
                flow = ClosedFlow(store, vectors, self._model, top=None, max_error=max_error)
                began = time.process_time()
                others = np.setdiff1d(np.arange(len(self._sample)), part)
                if len(others):
                    self._teach(Classifier(flow, store), others)
                learnt = time.process_time()
                texts = [self._sample.texts[row] for row in rows]
                decisions.update(zip(rows.tolist(), flow.decide(texts), strict=True))
                learning, answering = learning + learnt - began, answering + time.process_time() - learnt
                usd.append(flow.chooser.usage.usd if flow.chooser else 0.0)
        spent = None if None in usd else sum(one or 0.0 for one in usd)
        ms, seconds = 1000 * answering / len(self._rows), learning / len(usd)
        yield from self._tried(Tried(name, [], ms, seconds, runs=runs, usd=spent, asks=True), decisions)

    def _teach(self, classifier: Classifier, known: Rows) -> None:
        ids = self._sample.taxonomy.ids
        labels = [[ids[place] for place in self._sample.labels[row]] for row in known]
        classifier.fit([self._sample.texts[row] for row in known], labels)

    def _tried(self, made: Tried, decisions: dict[int, Decision | None]) -> Iterator[Tried]:
        """The strategy with what it said, its price a text; nothing where the budget left nothing."""
        asked = [row for row, one in decisions.items() if one is None or not one.unasked]
        if len(asked) < len(decisions):
            self._notes.append(f"{made.name}: the budget ended after {len(asked)} of {len(decisions)} texts")
        failed = [
            one.error for one in decisions.values() if one is not None and one.error and not one.unasked
        ]
        if failed:
            self._notes.append(f"{made.name}: {len(failed)} texts failed, such as by: {failed[0]}")
        if len(asked) == len(failed):
            return
        found: Labels = [()] * len(self._sample)
        for row in asked:
            found[row] = self._places(decisions[row])
        usd = None if made.usd is None else made.usd / len(asked)
        yield made._replace(found=found, rows=np.array(sorted(asked), np.intp), usd=usd)

    def _places(self, decision: Decision | None) -> tuple[int, ...]:
        labels = [int(verdict.label) for verdict in decision.verdicts] if decision else []
        places = tuple(np.searchsorted(self._ids, labels).tolist())
        return places if self._sample.several else places[:1]


def _less(usage: Usage, before: Usage) -> float | None:
    return None if usage.usd is None or before.usd is None else usage.usd - before.usd
