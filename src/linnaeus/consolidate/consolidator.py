"""The one door from a model's words to label ids: surfaces and the labels they stand for today.

Knows nothing of models. What is in memory is in surfaces.py, what arrives in arriving.py, how all is grouped anew in
regrouping.py, what a person does with labels in people.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from linnaeus.consolidate import arriving, regrouping
from linnaeus.consolidate.book import Book
from linnaeus.consolidate.describing import to_name
from linnaeus.consolidate.filing import file_labels
from linnaeus.consolidate.granularity import Granularity, checked_granularity
from linnaeus.consolidate.judging import doubtful, hear, told
from linnaeus.consolidate.keeping import rows_to_keep
from linnaeus.consolidate.surfaces import Surfaces
from linnaeus.consolidate.tidy import Regrouped
from linnaeus.consolidate.wording import plain_key, readable, wording_key
from linnaeus.store import CachedVectors, Store, Vote
from linnaeus.types import Codes, Decision, LabelId, Name, SurfaceId


class Consolidator:
    """Surfaces and the labels they stand for.

    A new wording joins the label it is most like, at once (`resolve`). At fixed places of the stream (`room`) all are
    grouped anew from the evidence: wordings, the texts that got them, their neighbours, what a model judged, and what
    people said. `tidy` does the same, files texts that memory answered anew, and gives the labels their names.
    """

    def __init__(self, store: Store, vectors: CachedVectors, *, wordless: bool = False) -> None:
        """Keep labels in `store`; `wordless` where no model gives words, so that texts alone count.

        Raises UsageError for a store that was made with another embedder, or the other way with words.
        """
        store.keep("embedder", vectors.name)
        store.keep(
            "model",
            "none" if wordless else "any",
            hint="choose another --project, or "
            + ("name the model with --llm" if wordless else "--llm none"),
        )
        self.store = store
        self.vectors = vectors
        self.wordless = wordless
        self._loads = 0
        self._depth = 0  # of `all_or_nothing` blocks
        self.reload()

    # -- what is in memory, and who else writes

    def reload(self) -> None:
        """Forget what was read; the store is read again when it is needed."""
        self._read: Surfaces | None = None

    @property
    def _now(self) -> Surfaces:
        if self._read is None:
            self._loads += 1
            self._read = Surfaces(self.store, self.vectors, wordless=self.wordless)
        return self._read

    @property
    def _book(self) -> Book:
        return self._now.book

    def _catch_up(self) -> None:
        """Take in what other processes added; forget all if they changed what was read."""
        now = self._read
        if now is None or self._depth:
            return
        newest = self.store.newest_text()
        if self.store.generation() != now.generation or newest < now.newest:
            self.reload()
        elif newest > now.newest:
            now.read_on()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look at labels and texts as they are at one moment, with what other processes did until then."""
        with self.store.reading():
            self._catch_up()
            yield

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Change labels while nobody else does, with what other processes did until then; commits at the end.

        What the block wrote, on disk and in memory, is dropped if it does not end well.
        """
        with self.store.writing():
            self._catch_up()
            self._depth += 1
            try:
                yield
            except BaseException:
                self.store.rollback()
                self.reload()
                raise
            finally:
                self._depth -= 1

    @property
    def loads(self) -> int:
        """How often all was read anew."""
        _ = self._now  # reads it, where it was not
        return self._loads

    @property
    def newest(self) -> int:
        """The id of the newest text that was taken in."""
        return self._now.newest

    def decided_since(self, newest: int) -> dict[bytes, tuple[SurfaceId, ...]]:
        """The surfaces of the texts that came after the one with the id `newest`, by content hash."""
        if newest == self.newest:
            return {}
        return {text.key: text.surfaces for text in self.store.assigned_texts(since=newest)}

    def leaders(
        self, *, since: int = 0, until: int | None = None
    ) -> Iterator[tuple[Codes, tuple[SurfaceId, ...]]]:
        """(vector (d,), surfaces) of the texts after `since` that a model or a person labelled, oldest first."""
        texts = self._now.texts(since=since, until=until)
        yield from ((code, surfaces) for code, surfaces, asked in texts if asked)

    # -- what arrives

    def keep(self, decided: Iterable[tuple[str, Decision | None]]) -> None:
        """Add decided texts to the store, once `resolve` and `follow` have taken note of them."""
        self.store.add_texts(rows_to_keep(decided, self.store))
        if self._read is not None:
            self._read.note_newest()

    def follow(self, code: Codes) -> None:
        """Take note of a text (d,) that memory answered."""
        self._book.follow(code)

    def expect(self, words: Iterable[str]) -> None:
        """Embed label strings that will be resolved soon in one batch."""
        self.vectors.codes(sorted({readable(wording_key(word)) for word in words}))

    def resolve(self, words: Sequence[str], code: Codes, *, pinned: bool = False) -> list[SurfaceId]:
        """Turn the words given to a text (d,) into surfaces, best first; a new wording joins the label it is like.

        Where no model gives words, they only name the surface for now. `pinned`: the words are labels that a person
        gave, never joined by machine. `label_of` says what each stands for at this moment.
        """
        return arriving.resolve(self._now, words, code, pinned=pinned)

    def answer_again(self, answers: Mapping[int, Sequence[str]]) -> None:
        """Give texts that memory answered and that are still in doubt, by id, what a model says of them; commits."""
        with self.all_or_nothing():
            doubted = self.store.doubted()
            still = [text for text in answers if text in doubted]
            if not still:
                return
            codes = self.vectors.codes([doubted[text] for text in still])
            for text, code in zip(still, codes, strict=True):
                self.store.answer_again(text, self.resolve(answers[text], code))
            self.reload()  # texts are not what they were
            self.store.new_generation()
            self.store.set_meta("level_at", "")
            self.store.set_meta("tidied_at", "")

    # -- what surfaces stand for

    def awake(self, surface: SurfaceId) -> SurfaceId:
        """The surface that has the texts of `surface` today: another where its split was undone."""
        return self._now.said.asleep.get(surface, surface)

    def label_of(self, surface: SurfaceId) -> LabelId:
        """The label that a surface stands for today."""
        return self._book.rows[self._book.place[surface]].label

    @property
    def glimpsed_text(self) -> int:
        """The id of the newest text at the last place of the stream where all was grouped anew."""
        return int(self.store.meta("glimpsed_text") or 0)

    def grouped(self, surface: SurfaceId) -> LabelId | None:
        """The label that a surface stands for today; None if it came after the last such place."""
        row = self._book.rows[self._book.place[surface]]
        return None if row.glimpse is None else row.label

    def sign(self, surface: SurfaceId) -> LabelId | str:
        """The label that a surface stood for at the last such place; its own key if it came later."""
        row = self._book.rows[self._book.place[surface]]
        return row.key if row.glimpse is None else row.glimpse

    def sign_of(self, words: str, code: Codes) -> LabelId | str:
        """The same for a wording that a text (d,) was given, whether or not it is a surface already."""
        known = arriving.known_or_key(self._now, words, code)
        return known if isinstance(known, str) else self.sign(known)

    @property
    def label_count(self) -> int:
        """How many labels surfaces stand for now."""
        if self._read is None:
            return self.store.count_labels()
        return len(self._read.groups) if len(self._read.book) else 0

    @property
    def surface_count(self) -> int:
        """How many surfaces there are."""
        return self.store.count_surfaces()

    def words_of(self, surfaces: Iterable[SurfaceId]) -> list[str]:
        """The wordings of surfaces, without those that have none."""
        rows = (self._book.rows[self._book.place[surface]] for surface in surfaces)
        return [plain_key(row.key) for row in rows if row.words is not None]

    def alike(self, a: SurfaceId, b: SurfaceId) -> Vote:
        """How alike two surfaces are, as a machine's vote."""
        return self._now.vote(self._book.place[a], self._book.place[b])

    # -- all grouped anew

    @property
    def room(self) -> int:
        """How many more texts may be decided before all are to be grouped anew: a function of their number alone."""
        texts = len(self._book.texts)
        return regrouping.next_regrouping(texts) - texts

    def regroup_if_due(self) -> bool:
        """Group all anew if the stream has come to such a place, and remember how it was (`glimpse`); whether it was so.

        Where several processes add texts it may have come past it.
        """
        return regrouping.regroup_if_due(self._now)

    def regroup_texts(self) -> None:
        """Group all anew, and file what memory answered by that; all as fine as within a stream."""
        regrouping.regroup_texts(self._now)

    def regroup(self) -> Regrouped | None:
        """Group all surfaces anew from the evidence, as alike as at the last `tidy`."""
        return regrouping.regroup_all(self._now)

    @property
    def granularity(self) -> Granularity:
        """How fine labels are after `tidy`; within a stream they are always normal."""
        return regrouping.granularity(self.store)

    @granularity.setter
    def granularity(self, value: Granularity) -> None:
        self.store.set_meta("granularity", str(checked_granularity(value)))

    def tidy(self) -> int:
        """Regroup, and name the labels, if anything is new; return how many surfaces changed their label. Commits."""
        with self.all_or_nothing():
            return regrouping.tidy(self._now)

    # -- what a model is asked about labels

    def questions(self, most: int) -> list[list[SurfaceId]]:
        """Up to `most` groups of 2 to 10 surfaces that a model should judge, those that matter most first."""
        if self.wordless or len(self._book) < 2:
            return []
        with self.all_or_nothing():
            made = self.regroup()
        assert made is not None
        now = self._now
        return doubtful(now.book, now.frame, made.leaned, self.store, regrouping.together(now), most)

    def told(
        self, questions: Sequence[Sequence[SurfaceId]], *, examples: int
    ) -> list[list[tuple[str, tuple[str, ...]]]]:
        """For each surface of each question its wording, as it was written, and up to `examples` texts."""
        return told(self._book, self.store, questions, examples)

    def hear(self, question: Sequence[SurfaceId], said: Iterable[tuple[int, int, str]]) -> None:
        """Keep what a model judged of pairs of surfaces, by their places in `question`, for good; commits."""
        hear(self.store, question, said)

    def to_name(self) -> dict[LabelId, tuple[Name, int]]:
        """What a model should be asked about labels and categories to describe them, and how many texts these have."""
        with self.looking():
            return to_name(self._book, self.store)

    def called(self, label: LabelId, name: str, description: str, *, texts: int) -> None:
        """Keep a model's line on a label or category of so many texts; a category that a machine found takes the name."""
        with self.all_or_nothing():
            self.store.tell(label, description, texts)
            if label in self.store.made_names():
                self.store.name_made(label, name)
                file_labels(self._now.said, self.store)
            self.store.commit()
