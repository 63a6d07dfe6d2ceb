"""Texts under labels that are found as they come, by the stages of a cascade. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from linnaeus.answers import decided
from linnaeus.cascade import Cascade
from linnaeus.consolidate import Consolidator
from linnaeus.consolidate.changes import FIT, record
from linnaeus.consolidate.keeping import anything_new, rows_to_keep
from linnaeus.consolidate.tidy import PERSON
from linnaeus.errors import UsageError
from linnaeus.stages import Arbiter, Ask, Gated, Recall
from linnaeus.store import DecidedText, Store, content_key
from linnaeus.types import Answer, Decision, Model, Reply, Stage, Usage


class OpenFlow:
    """A stage and what is around it: what it decides is kept, labels are judged and grouped anew."""

    def __init__(self, stage: Stage, store: Store) -> None:
        self.store = store
        parts = list(_parts(stage))
        self._recalls = [part for part in parts if isinstance(part, Recall)]
        asks = [part for part in parts if isinstance(part, Ask)] + [recall.inner for recall in self._recalls]
        self._ask = asks[0] if asks else None
        self._arbiter = Arbiter(self._ask.model, self._ask.consolidator) if self._ask else None

    @property
    def consolidator(self) -> Consolidator:
        """What keeps the labels; raises UsageError where no stage finds any."""
        if self._ask is None:
            raise UsageError("this classifier has no Ask stage, so it has no labels of its own to change")
        return self._ask.consolidator

    def keep(self, finished: Mapping[str, Decision | None]) -> None:
        """Keep what no stage has kept."""
        if not anything_new(finished.items(), self.store):
            return
        if self._ask is None:
            with self.store.writing():
                self.store.add_texts(rows_to_keep(finished.items(), self.store))
        else:
            with self._ask.consolidator.all_or_nothing():
                self._ask.consolidator.keep(finished.items())

    def answers(self, finished: Mapping[str, Decision | None]) -> dict[str, Answer]:
        """What has been decided and kept, as people get it."""
        return decided(finished, self.store)

    def forget(self) -> None:
        """Drop what was read or made since the last commit."""
        if self._ask is not None:
            self._ask.consolidator.reload()
        for recall in self._recalls:
            recall.reload()

    def learn(self, given: Mapping[str, tuple[str, ...]]) -> None:
        """Take texts that a person labelled, in place of what there was."""
        consolidator = self.consolidator
        with consolidator.all_or_nothing():
            self.store.new_generation()
            codes = consolidator.vectors.codes(list(given))
            surfaces = [
                consolidator.resolve(words, code, pinned=True)
                for words, code in zip(given.values(), codes, strict=True)
            ]
            self.store.replace_texts(
                DecidedText(content_key(text), text, "human", 1.0, tuple(own))
                for text, own in zip(given, surfaces, strict=True)
            )
            consolidator.reload()  # texts that had other labels count for those no more
            consolidator.regroup()
            labels = sorted({consolidator.label_of(one) for own in surfaces for one in own})
            record(self.store, FIT, {"texts": len(given), "labels": labels}, author=PERSON, why="")
            self.store.set_meta("tidied_at", "")
            self.store.commit()
        for recall in self._recalls:
            recall.reload()

    def tidy(self) -> int:
        """Judge, look again, group and name all labels anew; how many wordings changed their label."""
        if self._ask is None or self._arbiter is None:
            return 0
        self._arbiter.judge()
        for recall in self._recalls:
            recall.look_again()
        return self._ask.consolidator.tidy()

    def trade_off(self, errors: Sequence[float]) -> list[tuple[float, int, float]]:
        """For each promised error: (it, texts that memory would have answered, their error as estimated)."""
        return [] if self.gate is None else self._recalls[0].opened().trade_off(errors)

    @property
    def gate(self) -> Gated | None:
        """How often memory errs; None where it answers for no model."""
        if not self._recalls or self.without_model:
            return None
        gate = self._recalls[0].opened()
        return Gated(gate.max_error, gate.audit(self.consolidator.label_of), gate.drifted)

    @property
    def model(self) -> Model | None:
        """The model that is asked, if any."""
        return self._ask.model if self._ask else None

    @property
    def without_model(self) -> bool:
        """Whether no language model is asked."""
        return self._ask is None or self._ask.consolidator.wordless

    @property
    def usages(self) -> tuple[Usage, ...]:
        """What was asked of the model, by task."""
        return tuple(part.usage for part in (self._ask, self._arbiter) if part is not None)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds spent on embedding and on waiting for the model."""
        if self._ask is None:
            return {"embed": 0.0, "model": 0.0}
        return {"embed": self._ask.consolidator.vectors.seconds, "model": self._ask.seconds}

    def on_reply(self, hear: Callable[[Reply], None]) -> None:
        """Let `hear` know of each answer of the model as it arrives."""
        if self._ask is not None and self._arbiter is not None:
            self._ask.on_reply = self._arbiter.on_reply = hear


def _parts(stage: Stage) -> Iterator[Stage]:
    """The stages that `stage` is made of."""
    if isinstance(stage, Cascade):
        for part in stage.stages:
            yield from _parts(part)
    else:
        yield stage
