"""All surfaces of a project in memory, seen from one frame, as the store has them. Decides nothing about labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.chances import Chances
from linnaeus.consolidate.features import BLOCK, Frame, first_frame, frame
from linnaeus.consolidate.groups import Groups
from linnaeus.consolidate.judging import fitted
from linnaeus.consolidate.leaning import Leaned, lean
from linnaeus.consolidate.polarity import Poles
from linnaeus.consolidate.senses import Senses
from linnaeus.consolidate.standing import standing
from linnaeus.consolidate.votes import machine_vote
from linnaeus.consolidate.wording import plain_key, readable
from linnaeus.store import CachedVectors, Store, SurfaceRow, Vote
from linnaeus.types import Codes, SurfaceId


class Framed(NamedTuple):
    """How many texts there were when all was grouped anew, and the newest surface."""

    texts: int
    surface: int


class Surfaces:
    """The book of all surfaces, the frame that they are seen from, and sums of their rows by label.

    `said`: what people said and still holds; `poles`: which wordings are opposed; `framed`: the last place where all was
    grouped anew; `newest`: the newest text that was taken in; `generation`: that of the store when it was read.
    """

    def __init__(self, store: Store, vectors: CachedVectors, *, wordless: bool) -> None:
        """Read the last grouping, then what arrived after it, as it was written."""
        self.store = store
        self.vectors = vectors
        self.wordless = wordless
        self.book = Book()
        self.poles = Poles()
        self.newest, self._newest_surface = 0, SurfaceId(0)
        self._frame: Frame | None = None
        self._fitted: Chances | None = None
        self._leaned: tuple[tuple[int, int], Leaned] | None = None
        with store.reading():
            self.said = standing(store)
            self.generation = store.generation()
            self.framed = Framed(*(int(store.meta(key) or 0) for key in ("framed_at", "framed_surface")))
            rows = {row.id: row for row in store.surfaces() if row.id not in self.said.asleep}
            self.senses = Senses(store, vectors.name, rows)
            self._read(rows)

    def read_on(self) -> None:
        """Take in what came after what was read."""
        self._read({row.id: row for row in self.store.surfaces(since=self._newest_surface)})

    def _read(self, rows: Mapping[SurfaceId, SurfaceRow]) -> None:
        """Take in the texts after the newest that was read, and the surfaces `rows`, as they were written."""
        wordings = dict(zip(rows, self._embedded(list(rows.values())), strict=True))
        nothing = np.zeros(self.book.codes.shape[1], dtype=np.int8)
        texts = self.texts(since=self.newest)
        for number, (code, surfaces, asked) in enumerate(texts, start=len(self.book.texts) + 1):
            add = self._enter if number <= self.framed.texts else self.append  # until then all are summed up
            if asked:
                for surface in surfaces:
                    if surface not in self.book.place:
                        add(rows[surface], wordings[surface], code)
                self.book.count([self.book.place[surface] for surface in surfaces], code)
            else:
                self.book.follow(code)
            nothing = np.zeros_like(code)
            if number == self.framed.texts:
                before = [row for row in rows.values() if row.id <= self.framed.surface]
                self._append_unled(before, wordings, nothing)
                self.take_centres()
                self.sum_up()
        self._append_unled(rows.values(), wordings, nothing)
        self.note_newest()

    def note_newest(self) -> None:
        """Take note that all that is in the store was taken in."""
        self.newest, self._newest_surface = self.store.newest_text(), self.store.newest_surface()

    def _append_unled(
        self, rows: Iterable[SurfaceRow], wordings: Mapping[SurfaceId, Codes], nothing: Codes
    ) -> None:
        """Append surfaces that are not in the book: a person or a split gave their texts others."""
        for row in (row for row in rows if row.id not in self.book.place):
            self.append(row, wordings[row.id], nothing)

    def texts(
        self, *, since: int, until: int | None = None
    ) -> Iterator[tuple[Codes, tuple[SurfaceId, ...], bool]]:
        """(vector (d,), surfaces, whether a model or a person labelled it) of texts after `since`, oldest first."""
        texts = self.store.assigned_texts(since=since, until=until)
        for start in range(0, len(texts), BLOCK):
            part = texts[start : start + BLOCK]
            codes = self.store.vectors([text.key for text in part], self.vectors.name)
            yield from ((codes[text.key], text.surfaces, text.asked) for text in part)

    def append(self, row: SurfaceRow, wording: Codes, code: Codes) -> None:
        """Add a surface with the vector of its wording and that of its first text (d,)."""
        self._enter(row, wording, code)
        self.groups.add(row.label, self.frame.rows(wording[None], code[None])[0])

    def _enter(self, row: SurfaceRow, wording: Codes, code: Codes) -> None:
        """Add a surface, but not yet to the sum of its label's rows."""
        if self._frame is None:
            self._frame = first_frame(len(wording), len(code), wordless=self.wordless)
            self.groups = Groups(len(wording) + len(code))
        if row.words is not None:
            self.poles.add(len(self.book), plain_key(row.key))
        self.book.add(row, wording, len(code))
        if (centre := self.senses.centre(row.id)) is not None:
            self.book.sums.imagine(len(self.book) - 1, centre)

    @property
    def frame(self) -> Frame:
        """What surfaces are seen from; there is none before the first."""
        assert self._frame is not None
        return self._frame

    def take_centres(self) -> None:
        """Let the frame be that of all there is now, and what is judged by it be fitted anew."""
        self._frame = frame(self.book.wordings, self.book.sums, wordless=self.wordless)
        self._fitted = None

    def sum_up(self) -> None:
        """See every surface from the frame, and add its row to its label's."""
        places = range(len(self.book))
        for start in range(0, len(places), BLOCK):
            rows = self.book.seen_from(self.frame, places[start : start + BLOCK])
            if not start:
                self.groups = Groups(rows.shape[1])
            for place, row in zip(places[start : start + BLOCK], rows, strict=True):
                self.groups.add(self.book.rows[place].label, row)

    def lean(self) -> Leaned:
        """Take the centres of all there is now; what the texts say of each other and of all surfaces from there."""
        self.take_centres()
        size = len(self.book), len(self.book.texts)
        if self._leaned is None or self._leaned[0] != size:  # rows and texts are added, never changed
            self._leaned = None  # so that two are never held
            self._leaned = size, lean(self.book, self.frame)
        return self._leaned[1]

    def vote(self, a: int, b: int) -> Vote:
        """How alike the surfaces at two places are, as a machine's vote.

        How likely they are one label follows from what was judged until all was last grouped.
        """
        if self._fitted is None:
            self._fitted = fitted(self.book, self.frame, self.store)
        return machine_vote(self.book, self.frame, self._fitted, a, b)

    def keep_why(self, joined: Iterable[tuple[int, int]]) -> None:
        """Keep why surfaces joined others, (founder, place)."""
        self.store.add_votes(self.vote(*pair) for pair in joined)

    def _embedded(self, rows: Sequence[SurfaceRow]) -> Codes:
        if self.wordless or not rows:
            return np.zeros((len(rows), 0), dtype=np.int8)
        return self.vectors.codes([readable(row.key) for row in rows])
