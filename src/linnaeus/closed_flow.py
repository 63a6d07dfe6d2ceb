"""Texts under the labels of a taxonomy, by the version of it that the project holds today. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linnaeus.answers import decided, graded
from linnaeus.cascade import Cascade
from linnaeus.closed.project import Change, import_taxonomy, load
from linnaeus.closed.shortlists import ProjectShortlist
from linnaeus.closed.teaching import Examples, Lesson, give, has_student, learn_by_itself, teach
from linnaeus.closed.touched import mark_touched
from linnaeus.consolidate.keeping import anything_new, rows_of, rows_to_keep
from linnaeus.discover.grow import NewLabel, grown, propose
from linnaeus.stages import Chooser, Exact, Gated, Given, Sureness, WithoutModel
from linnaeus.stages.audited import labels_of
from linnaeus.stages.given import given_stages
from linnaeus.stages.learning import Learning, next_place
from linnaeus.stages.rank import Rank
from linnaeus.stages.sureness import Checked
from linnaeus.store import CachedVectors, MachineText, Store, content_key
from linnaeus.types import Answer, Decision, Model, Reply, Usage

BATCH = 512
LEARNT_AT = "learnt_at"  # how many texts there were when a student was last made of what the model said


@dataclass(frozen=True, slots=True)
class Again:
    """How many texts were looked at again, and how many of these got other labels."""

    looked: int = 0
    changed: int = 0


class ClosedFlow:
    """A stage: exact repeats, then what examples and names say, then a model, if there is one.

    `top` is that of `given_stages`; of the answers without a model at most `max_error` shall differ from the model's.
    """

    name = "taxonomy"

    def __init__(
        self, store: Store, vectors: CachedVectors, model: Model, *, top: int | None, max_error: float
    ) -> None:
        """Open the taxonomy; raises InputError where the project holds none."""
        self.store, self.vectors, self.model = store, vectors, model
        self.chooser = None if isinstance(model, WithoutModel) else Chooser(model, store)
        self._top, self.max_error = top, max_error
        self.changed, self.looked_again = Change(), Again()  # by a newer taxonomy: labels, texts
        self._open()

    def _open(self) -> None:
        self._sureness: Sureness | None = None
        self._generation = self.store.generation()
        self.given = Given(*load(self.store))
        self.shortlist = ProjectShortlist(self.store, self.vectors, self.given.taxonomy, self.given.label_ids)
        self._learnt_at = self.store.meta(LEARNT_AT) or ""
        stages = given_stages(
            self.given,
            self.shortlist,
            top=self._top,
            chooser=self.chooser,
            sureness=lambda: self.sureness,
            student=has_student(self.store),
        )
        self._anew = Cascade(stages)
        learns = self.chooser is not None and self._top is None
        self._stage = Cascade([Exact(self.store), Learning(self) if learns else self._anew])

    @property
    def _outdated(self) -> bool:
        """Whether another process has changed the taxonomy since it was opened."""
        return self.store.generation() != self._generation

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order, by today's taxonomy."""
        if self._outdated:
            self._open()
        self._take_up_audits()
        return self._stage.decide(texts)

    def decide_anew(self, texts: Sequence[str], /) -> list[Decision | None]:
        """The same, whatever the project knows of them."""
        return self._anew.decide(texts)

    def learn_if_due(self) -> int:
        """Learn from people and the model at fixed numbers of texts; how many texts are left until the next."""
        count = self.store.count_texts()
        if next_place(int(self.store.meta(LEARNT_AT) or 0)) <= count:
            learn_by_itself(self.store, self.vectors)
            with self.store.writing():
                self.store.set_meta(LEARNT_AT, str(count))
        if self._learnt_at != (self.store.meta(LEARNT_AT) or ""):  # by this process or another
            self._open()
        return next_place(count) - count

    def keep(self, finished: Mapping[str, Decision | None]) -> None:
        """Keep what has been decided."""
        if anything_new(finished.items(), self.store):
            with self.store.writing():
                self.store.add_texts(rows_to_keep(finished.items(), self.store))
                self._kept(finished)

    def answers(self, finished: Mapping[str, Decision | None]) -> dict[str, Answer]:
        """What has been decided and kept, as people get it."""
        return graded(decided(finished, self.store), self.store)

    def forget(self) -> None:
        """Drop what was noted of audits since the last commit."""
        self._sureness = None

    def give(self, texts: Sequence[str], labels: Sequence[Sequence[str]]) -> Examples:
        """Take examples, by id, path or name of labels; no label is "none of these"."""
        return give(self.store, self.given.spelling, self.given.label_ids, texts, labels)

    def learn(self) -> Lesson:
        """Learn from all examples of the project."""
        lesson = teach(self.store, self.vectors)
        self._open()
        return lesson

    def propose(self, texts: Sequence[str]) -> list[NewLabel]:
        """Labels that might be added for texts that no label fits."""
        return propose(texts, self.given.taxonomy, self.shortlist, self.vectors)

    def add(self, labels: Sequence[NewLabel]) -> int:
        """Add labels; how many texts they may touch.

        Where examples were taught, a label without any is hardly ever given: the central texts of each are its first ones.
        """
        taxonomy = grown(self.given.taxonomy, labels)
        import_taxonomy(self.store, taxonomy)
        self._open()
        if self.store.meta("taught_of"):
            for place, label in enumerate(labels, start=len(taxonomy) - len(labels)):
                self.give(label.named.texts, [[taxonomy.ids[place]]] * len(label.named.texts))
            self.learn()
        return self.find_touched()

    def _kept(self, texts: Iterable[str]) -> None:
        """Note that what was decided of texts has been kept; call it while writing.

        If the taxonomy has changed meanwhile, they are to be looked at again; so are all that names and examples decided, if
        they have to be surer now.
        """
        if self._sureness is not None and self._sureness.risen:
            self.store.let_wait_all("rank", "student")
            self._sureness.risen = False
        if self._outdated:
            self.store.let_wait(self.store.decided([content_key(text) for text in texts]).values())

    @property
    def gate(self) -> Gated | None:
        """How often the model said something else than names and examples where these were sure; None without one."""
        if self.chooser is None:
            return None
        self._take_up_audits()
        return Gated(self.max_error, self.sureness.audit(), False, self.sureness.raised_to)

    @property
    def without_model(self) -> bool:
        """Whether no language model is asked."""
        return self.chooser is None

    @property
    def usages(self) -> tuple[Usage, ...]:
        """What was asked of the model, by task."""
        return () if self.chooser is None else (self.chooser.usage,)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds spent on embedding and on waiting for the model."""
        return {"embed": self.vectors.seconds, "model": self.chooser.seconds if self.chooser else 0.0}

    def on_reply(self, hear: Callable[[Reply], None]) -> None:
        """Let `hear` know of each answer of the model as it arrives."""
        if self.chooser is not None:
            self.chooser.on_reply = hear

    @property
    def sureness(self) -> Sureness:
        """How sure names and examples must be, by what today's make of all texts that were audited."""
        if self._sureness is None:
            self._sureness = Sureness(self.max_error, self._audits(since=0))
        return self._sureness

    def _take_up_audits(self) -> None:
        """Take up what other processes found since; what this one found counts once."""
        if self._sureness is not None:
            for key, checked in self._audits(since=self._heard):
                self._sureness.note(key, checked)

    def _audits(self, *, since: int) -> Iterator[tuple[bytes, Checked]]:
        """What today's names and examples make of the texts after `since` that were audited, by content hash."""
        self._heard = self.store.newest_text()
        texts = self.store.audited_texts(since=since)
        named = self.store.named(list(texts))
        judged = Rank(self.shortlist, self.given).judged(list(texts.values())) if texts else []
        for (text_id, text), one in zip(texts.items(), judged, strict=True):
            agreed = labels_of(one.decision) == set(named[text_id].label_ids)
            yield content_key(text), Checked(one.sure, agreed)

    def find_touched(self) -> int:
        """Find the texts that changes of the taxonomy may touch; how many are to be looked at again."""
        marked = False
        while not marked:
            if self._outdated:
                self._open()
            taxonomy, ids = self.given.taxonomy, self.given.label_ids
            marked = mark_touched(self.store, self.shortlist, taxonomy, ids, self._generation)
        return self.store.waiting_count()

    def tidy(self) -> int:
        """Decide anew the texts that changes of the taxonomy may touch (`looked_again`); those that fail wait.

        Returns 0: labels of a taxonomy are as they were given.
        """
        again, last = Again(), 0
        self.find_touched()
        while texts := self.store.waiting(after=last, most=BATCH):
            decisions = dict(
                zip((row.text for row in texts), self._anew.decide([row.text for row in texts]), strict=True)
            )
            again = Again(again.looked + len(texts), again.changed + self._replace(texts, decisions))
            last = texts[-1].id
        self.looked_again = again
        return 0

    def _replace(self, texts: Sequence[MachineText], decisions: Mapping[str, Decision | None]) -> int:
        """Keep what was decided in place of what there was; how many texts have other labels now."""
        ids = [row.id for row in texts]
        with self.store.writing():
            before = self.store.named(ids)
            self.store.replace_texts(rows_of(decisions.items(), self.store))
            self._kept(decisions)
            after = self.store.named(ids)
        return sum(before[id].label_ids != after[id].label_ids for id in ids)
