"""The one door from a model's words to label ids: surfaces and the labels they stand for today.

Knows nothing of models. How groups are found is in partition.py, how a whole project is regrouped in tidy.py, what a
person does with labels in people.py.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.chances import Chances
from linnaeus.consolidate.describing import describe, to_name
from linnaeus.consolidate.features import BLOCK, Frame, first_frame, frame
from linnaeus.consolidate.filing import file_labels
from linnaeus.consolidate.granularity import NORMAL, OFFSETS, Granularity, checked_granularity
from linnaeus.consolidate.groups import Groups
from linnaeus.consolidate.judging import doubtful, fitted, hear, told, verdicts
from linnaeus.consolidate.keeping import rows_to_keep
from linnaeus.consolidate.polarity import Poles
from linnaeus.consolidate.refiling import refile
from linnaeus.consolidate.senses import Senses
from linnaeus.consolidate.standing import standing
from linnaeus.consolidate.tidy import Regrouped, name_labels, regroup
from linnaeus.consolidate.tree import grow_tree
from linnaeus.consolidate.votes import machine_vote
from linnaeus.consolidate.wording import plain_key, readable, wording_key
from linnaeus.store import CachedVectors, Store, SurfaceRow, Vote
from linnaeus.types import Codes, Decision, LabelId, Name, SurfaceId

FIRST_REGROUPING = 64  # texts
TOGETHER, TOGETHER_WORDLESS = 0.52, 0.50  # how alike small groups must be, once texts have leaned
GROWTH = 1.5  # then whenever there are so many times as many


class _Framed(NamedTuple):
    """How many texts there were when all was grouped anew, and the newest surface."""

    texts: int
    surface: int


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
            hint="choose another --project, or name the model with --llm" if wordless else "",
        )
        self.store = store
        self.vectors = vectors
        self.wordless = wordless
        self._loads = 0
        self._depth = 0  # of `all_or_nothing` blocks
        self.reload()

    def reload(self) -> None:
        """Forget what was read; the store is read again when it is needed."""
        self._read: Book | None = None

    @property
    def _book(self) -> Book:
        if self._read is None:
            self._load()
        assert self._read is not None
        return self._read

    def _load(self) -> None:
        """Read the last grouping, then what arrived after it, as it was written."""
        self._loads += 1
        self._read = Book()
        self._poles = Poles()
        self._frame: Frame | None = None
        self._fitted: Chances | None = None
        self._newest, self._newest_surface = 0, SurfaceId(0)
        with self.store.reading():
            self._said = standing(self.store)
            self._generation = self.store.generation()
            self._framed = _Framed(
                *(int(self.store.meta(key) or 0) for key in ("framed_at", "framed_surface"))
            )
            rows = {row.id: row for row in self.store.surfaces() if row.id not in self._said.asleep}
            self._senses = Senses(self.store, self.vectors.name, rows)
            self._read_on(rows)

    def _read_on(self, rows: Mapping[SurfaceId, SurfaceRow]) -> None:
        """Take in the texts after the newest that was read, and the surfaces `rows`, as they were written."""
        wordings = dict(zip(rows, self._embedded(list(rows.values())), strict=True))
        nothing = np.zeros(self._book.codes.shape[1], dtype=np.int8)
        texts = self._texts(since=self._newest)
        for number, (code, surfaces, asked) in enumerate(texts, start=len(self._book.texts) + 1):
            if asked:
                for surface in surfaces:
                    if surface not in self._book.place:
                        self._append(rows[surface], wordings[surface], code)
                self._book.count([self._book.place[surface] for surface in surfaces], code)
            else:
                self._book.follow(code)
            nothing = np.zeros_like(code)
            if number == self._framed.texts:
                before = [row for row in rows.values() if row.id <= self._framed.surface]
                self._append_unled(before, wordings, nothing)
                self._take_centres()
                self._sum_up()
        self._append_unled(rows.values(), wordings, nothing)
        self._note_newest()

    def _note_newest(self) -> None:
        self._newest, self._newest_surface = self.store.newest_text(), self.store.newest_surface()

    def _catch_up(self) -> None:
        """Take in what other processes added; forget all if they changed what was read."""
        if self._read is None or self._depth:
            return
        newest = self.store.newest_text()
        if self.store.generation() != self._generation or newest < self._newest:
            self.reload()
        elif newest > self._newest:
            rows = self.store.surfaces(since=self._newest_surface)
            self._read_on({row.id: row for row in rows})

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
        if self._read is None:
            self._load()
        return self._loads

    @property
    def newest(self) -> int:
        """The id of the newest text that was taken in."""
        if self._read is None:
            self._load()
        return self._newest

    def decided_since(self, newest: int) -> dict[bytes, tuple[SurfaceId, ...]]:
        """The surfaces of the texts that came after the one with the id `newest`, by content hash."""
        if newest == self.newest:
            return {}
        return {text.key: text.surfaces for text in self.store.assigned_texts(since=newest)}

    def keep(self, decided: Iterable[tuple[str, Decision | None]]) -> None:
        """Add decided texts to the store, once `resolve` and `follow` have taken note of them."""
        self.store.add_texts(rows_to_keep(decided, self.store))
        if self._read is not None:
            self._note_newest()

    def _append_unled(
        self, rows: Iterable[SurfaceRow], wordings: Mapping[SurfaceId, Codes], nothing: Codes
    ) -> None:
        """Append surfaces that are not in the book: a person or a split gave their texts others."""
        for row in (row for row in rows if row.id not in self._book.place):
            self._append(row, wordings[row.id], nothing)

    def leaders(
        self, *, since: int = 0, until: int | None = None
    ) -> Iterator[tuple[Codes, tuple[SurfaceId, ...]]]:
        """(vector (d,), surfaces) of the texts after `since` that a model or a person labelled, oldest first."""
        texts = self._texts(since=since, until=until)
        yield from ((code, surfaces) for code, surfaces, asked in texts if asked)

    def _texts(
        self, *, since: int, until: int | None = None
    ) -> Iterator[tuple[Codes, tuple[SurfaceId, ...], bool]]:
        """(vector (d,), surfaces, whether a model or a person labelled it) of texts after `since`, oldest first."""
        texts = self.store.assigned_texts(since=since, until=until)
        for start in range(0, len(texts), BLOCK):
            part = texts[start : start + BLOCK]
            codes = self.store.vectors([text.key for text in part], self.vectors.name)
            yield from ((codes[text.key], text.surfaces, text.asked) for text in part)

    @property
    def room(self) -> int:
        """How many more texts may be decided before all are to be grouped anew: a function of their number alone."""
        return _next_regrouping(len(self._book.texts)) - len(self._book.texts)

    def regroup_if_due(self) -> bool:
        """Group all anew if the stream has come to such a place, and remember how it was (`glimpse`); whether it was so.

        Where several processes add texts it may have come past it.
        """
        due = len(self._book) > 0 and _next_regrouping(self._framed.texts) <= len(self._book.texts)
        if due:
            self.regroup_texts()
            self.store.take_glimpse()
            self.store.set_meta("glimpsed_text", str(self.store.newest_text()))
            self._book.rows = [replace(row, glimpse=row.label) for row in self._book.rows]
        return due

    def regroup_texts(self) -> None:
        """Group all anew, and file what memory answered by that; all as fine as within a stream."""
        made = self.regroup(at_least=self._together)
        if made is not None:
            self._refile(made)

    def _refile(self, made: Regrouped) -> None:
        self.store.follow_moves()  # so that texts are filed from what they were given, whatever was before
        refile(self._book, made.leaned, self.store)

    @property
    def glimpsed_text(self) -> int:
        """The id of the newest text at the last such place."""
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
        key = _content(code) if self.wordless else wording_key(words)
        if key not in self._book.by_key:
            return key
        return self.sign(self._book.rows[self._place(key, code, False)].id)

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
        spelt = {wording_key(word): word for word in reversed(words)}
        named_only = self.wordless and not pinned
        keys = [_content(code)] if named_only else list(dict.fromkeys(map(wording_key, words)))
        places = {key: self._place(key, code, pinned) for key in keys if key in self._book.by_key}
        taken = {self._book.rows[place].label for place in places.values()}
        joined = []
        for key in keys:
            if key not in places:
                name = wording_key(words[0]) if named_only else key
                joined += self._found(key, spelt.get(key), name, code, taken, pinned=pinned)
                places[key] = len(self._book) - 1
            elif pinned:
                self._pin(places[key])
            taken.add(self._book.rows[places[key]].label)
        own = [places[key] for key in keys]
        self._book.count(own, code)
        self._vote(joined)
        return [self._book.rows[place].id for place in own]

    def _vote(self, joined: Iterable[tuple[int, int]]) -> None:
        """Keep why surfaces joined others, (founder, place)."""
        self.store.add_votes(
            machine_vote(self._book, self._frame_now, self._chances, *pair) for pair in joined
        )

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

    def awake(self, surface: SurfaceId) -> SurfaceId:
        """The surface that has the texts of `surface` today: another where its split was undone."""
        return self._said.asleep.get(surface, surface)

    def label_of(self, surface: SurfaceId) -> LabelId:
        """The label that a surface stands for today."""
        return self._book.rows[self._book.place[surface]].label

    @property
    def label_count(self) -> int:
        """How many labels surfaces stand for now."""
        if self._read is None:
            return self.store.count_labels()
        return len(self._groups) if len(self._read) else 0

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
        places = self._book.place[a], self._book.place[b]
        return machine_vote(self._book, self._frame_now, self._chances, *places)

    @property
    def granularity(self) -> Granularity:
        """How fine labels are after `tidy`; within a stream they are always normal."""
        return checked_granularity(self.store.meta("granularity") or NORMAL)

    @granularity.setter
    def granularity(self, value: Granularity) -> None:
        self.store.set_meta("granularity", str(checked_granularity(value)))

    def regroup(self, *, at_least: float | None = None, at_most: int | None = None) -> Regrouped | None:
        """Group all surfaces anew from the evidence; without `at_least` or `at_most`, as alike as at the last `tidy`.

        The result depends on what was said of which texts, not on where batches were cut.
        """
        if not len(self._book):
            return None
        self._said = standing(self.store)
        self._take_centres()
        self._fitted = None
        made = regroup(
            self._book,
            self._frame_now,
            self._said,
            self.store,
            at_least=float(self.store.meta("level") or self._together) if at_least is None else at_least,
            at_most=at_most,
            verdicts=verdicts(self._book, self.store),
        )
        self._vote(made.joined)
        self._sum_up()
        framed = _Framed(len(self._book.texts), self.store.newest_surface())
        if made.moved or framed != self._framed:
            self._framed = framed
            self.store.set_meta("framed_at", str(framed.texts))
            self.store.set_meta("framed_surface", str(framed.surface))
            self._generation = self.store.new_generation()
        return made

    @property
    def _together(self) -> float:
        return TOGETHER_WORDLESS if self.wordless else TOGETHER

    @property
    def _chances(self) -> Chances:
        """How likely two surfaces are one label, by what was judged until all was last grouped."""
        if self._fitted is None:
            self._fitted = fitted(self._book, self._frame_now, self.store)
        return self._fitted

    def questions(self, most: int) -> list[list[SurfaceId]]:
        """Up to `most` groups of 2 to 10 surfaces that a model should judge, those that matter most first."""
        if self.wordless or len(self._book) < 2:
            return []
        with self.all_or_nothing():
            made = self.regroup()
        assert made is not None
        return doubtful(self._book, self._frame_now, made.leaned, self.store, self._together, most)

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
                file_labels(self._said, self.store)
            self.store.commit()

    def tidy(self) -> int:
        """Regroup, and name the labels, if anything is new; return how many surfaces changed their label. Commits."""
        with self.all_or_nothing():
            return self._tidy()

    def _tidy(self) -> int:
        granularity, before = self.granularity, self.store.meta("tidied_at") or ""
        evidence = f"{self.store.newest_text()} {len(self.store.judged())} {granularity}"
        seen = f"{evidence} {len(self.store.events())}"
        if before == seen or not len(self._book):
            return 0
        new_evidence = self.store.meta("level_at") != evidence
        made = self._regroup_to(granularity) if new_evidence else self.regroup()
        assert made is not None
        self._refile(made)
        file_labels(self._said, self.store)
        self.store.commit()  # naming reads the texts from the store
        name_labels(
            self._book,
            self._frame_now,
            self._said,
            self.store,
            self.vectors,
            new_texts=before.split(" ")[0] != seen.split(" ")[0],
        )
        if new_evidence:
            grow_tree(self._book, made.leaned, self.store, self.vectors)
            describe(self._book, self.store)
        file_labels(self._said, self.store)  # again, for labels have other names now
        self.store.set_meta("level_at", evidence)
        self.store.set_meta("tidied_at", seen)
        self.store.commit()
        return made.moved

    # -- plumbing

    def _regroup_to(self, granularity: Granularity) -> Regrouped | None:
        """Group as finely as wanted. What people do to labels leaves the likeness that a number of labels led to."""
        if isinstance(granularity, int):
            made = self.regroup(at_most=granularity)
        else:
            made = self.regroup(at_least=self._together + OFFSETS[granularity])
        if made is not None:
            self.store.set_meta("level", repr(made.level))
        return made

    def _place(self, key: str, code: Codes, pinned: bool) -> int:
        """Where a known wording stands, in the sense in which a model means it for a text (d,); a person means the first."""
        place = self._book.by_key[key]
        return place if pinned else self._book.place[self._senses.of(self._book.rows[place].id, code)]

    def _found(
        self, key: str, words: str | None, name: str, code: Codes, taken: set[LabelId], *, pinned: bool
    ) -> list[tuple[int, int]]:
        """Add a surface; return (founder, its place) if it joined that founder's label."""
        wording = self._embedded_words(key, words)
        called = self._said.called(key)
        label = None if called is None else self._book.rows[self._book.founder[called]].label
        if label is None and len(self._book) and not pinned:
            against = [] if words is None else self._poles.against(key)
            label = self._most_like(wording, code, taken.union(self._book.rows[one].label for one in against))
        made = self.store.add_surface(key, words, label=label, name=name, pinned=pinned)
        self._append(made, wording, code)
        return [] if label is None else [(self._book.founder[label], len(self._book) - 1)]

    def _most_like(self, wording: Codes, code: Codes, taken: set[LabelId]) -> LabelId | None:
        """The label whose surfaces are most like the new one on average; None below the threshold."""
        found = self._groups.most_like(self._frame_now.rows(wording[None], code[None])[0], taken)
        return None if found is None or found[1] < self._frame_now.at_least else found[0]

    def _append(self, row: SurfaceRow, wording: Codes, code: Codes) -> None:
        if self._frame is None:
            self._frame = first_frame(len(wording), len(code), wordless=self.wordless)
        seen = self._frame.rows(wording[None], code[None])[0]
        if not len(self._book):
            self._groups = Groups(len(seen))
        if row.words is not None:
            self._poles.add(len(self._book), plain_key(row.key))
        self._book.add(row, wording, len(code))
        if (centre := self._senses.centre(row.id)) is not None:
            self._book.sums.imagine(len(self._book) - 1, centre)
        self._groups.add(row.label, seen)

    def _take_centres(self) -> None:
        """Let the frame be that of all there is now."""
        self._frame = frame(self._book.wordings, self._book.sums, wordless=self.wordless)

    def _sum_up(self) -> None:
        """See every surface from the frame, and add its row to its label's."""
        places = range(len(self._book))
        for start in range(0, len(places), BLOCK):
            rows = self._book.seen_from(self._frame_now, places[start : start + BLOCK])
            if not start:
                self._groups = Groups(rows.shape[1])
            for place, row in zip(places[start : start + BLOCK], rows, strict=True):
                self._groups.add(self._book.rows[place].label, row)

    @property
    def _frame_now(self) -> Frame:
        assert self._frame is not None  # set with the first surface
        return self._frame

    def _pin(self, place: int) -> None:
        row = self._book.rows[place]
        if not row.pinned:
            self._book.rows[place] = replace(row, pinned=True)
            self.store.pin(row.id)

    def _embedded(self, rows: Sequence[SurfaceRow]) -> Codes:
        if self.wordless or not rows:
            return np.zeros((len(rows), 0), dtype=np.int8)
        return self.vectors.codes([readable(row.key) for row in rows])

    def _embedded_words(self, key: str, words: str | None) -> Codes:
        if self.wordless or words is None:
            return np.zeros(0, dtype=np.int8)
        code: Codes = self.vectors.codes([readable(key)])[0]
        return code


def _content(code: Codes) -> str:
    """The key of a surface that has no words: that of its first text."""
    return "#" + hashlib.blake2b(code.tobytes(), digest_size=8).hexdigest()


def _next_regrouping(texts: int) -> int:
    """The first place after `texts` texts where all surfaces are grouped anew."""
    boundary = FIRST_REGROUPING
    while boundary <= texts:
        boundary = math.ceil(boundary * GROWTH)
    return boundary
