"""The one door from a model's words to label ids: surfaces and the labels they stand for today.

Knows nothing of models. How groups are found is in partition.py, how a whole project is regrouped in tidy.py, what a
person does with labels in people.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.features import BLOCK, Frame, first_frame, frame
from linnaeus.consolidate.groups import Groups
from linnaeus.consolidate.standing import standing
from linnaeus.consolidate.tidy import name_labels, regroup
from linnaeus.consolidate.votes import machine_vote
from linnaeus.consolidate.wording import readable, wording_key
from linnaeus.store import CachedVectors, Store, SurfaceRow
from linnaeus.types import Codes, LabelId, SurfaceId

FIRST_REGROUPING = 32  # surfaces; then whenever their number has doubled


class Consolidator:
    """Surfaces and the labels they stand for.

    A new wording joins the label it is most like, at once (`resolve`). Whenever the number of surfaces has doubled all
    are grouped anew from the evidence: wordings, the texts that got them, and what people said. `tidy` does the same and
    gives the labels their names.
    """

    def __init__(self, store: Store, vectors: CachedVectors, *, wordless: bool = False) -> None:
        """Keep labels in `store`; `wordless` where no model gives words, so that texts alone count.

        Raises UsageError for a store that was made with another embedder, or the other way with words.
        """
        store.keep("embedder", vectors.name)
        store.keep("model", "none" if wordless else "any")
        self.store = store
        self.vectors = vectors
        self.wordless = wordless
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
        self._read = Book()
        self._said = standing(self.store)
        self._frame: Frame | None = None
        self._framed = 0  # surfaces that the frame has seen
        rows = {row.id: row for row in self.store.surfaces()}
        wordings = dict(zip(rows, self._embedded(list(rows.values())), strict=True))
        framed_at = int(self.store.meta("framed_at") or 0)
        for number, (code, surfaces) in enumerate(self.leaders(), start=1):
            for surface in surfaces:
                if surface not in self._book.place:
                    self._append(rows[surface], wordings[surface], code)
            self._book.count([self._book.place[surface] for surface in surfaces], code)
            if number == framed_at:
                self._take_centres()
                self._sum_up()
        for surface in (surface for surface in rows if surface not in self._book.place):
            self._append(
                rows[surface], wordings[surface], np.zeros_like(code)
            )  # its texts got others from a person

    def leaders(self) -> Iterator[tuple[Codes, tuple[SurfaceId, ...]]]:
        """(vector (d,), surfaces) of the texts that a model or a person labelled, oldest first."""
        leaders = self.store.leaders()
        for start in range(0, len(leaders), BLOCK):
            part = leaders[start : start + BLOCK]
            codes = self.store.vectors([key for key, _ in part], self.vectors.name)
            yield from ((codes[key], surfaces) for key, surfaces in part)

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
        taken = {self._book.rows[self._book.by_key[key]].label for key in keys if key in self._book.by_key}
        joined = []
        for key in keys:
            if key not in self._book.by_key:
                name = wording_key(words[0]) if named_only else key
                joined += self._found(key, spelt.get(key), name, code, taken, pinned=pinned)
            elif pinned:
                self._pin(self._book.by_key[key])
            taken.add(self._book.rows[self._book.by_key[key]].label)
        places = [self._book.by_key[key] for key in keys]
        self._book.count(places, code)
        self.store.add_votes(machine_vote(self._book, self._frame_now, *pair) for pair in joined)
        if len(self._book) >= max(FIRST_REGROUPING, 2 * self._framed):
            self.regroup()
        return [self._book.rows[place].id for place in places]

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Drop what the block wrote, on disk and in memory, if it does not end well."""
        try:
            yield
        except BaseException:
            self.store.rollback()
            self.reload()
            raise

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
        return self.store.count_surfaces() if self._read is None else len(self._read)

    def words_of(self, surfaces: Iterable[SurfaceId]) -> list[str]:
        """The wordings of surfaces, without those that have none."""
        rows = (self._book.rows[self._book.place[surface]] for surface in surfaces)
        return [row.key for row in rows if row.words is not None]

    def regroup(self) -> int:
        """Group all surfaces anew from the evidence; return how many changed their label.

        The result depends on what was said of which texts, not on where batches were cut.
        """
        if not len(self._book):
            return 0
        self._said = standing(self.store)
        self._take_centres()
        moved = regroup(self._book, self._frame_now, self._said, self.store)
        self._sum_up()
        self.store.set_meta("framed_at", str(self._book.sums.texts))
        return moved

    def tidy(self) -> int:
        """Regroup, and name the labels, if anything is new; return how many surfaces changed their label. Commits."""
        seen = f"{self.store.newest_text()} {len(self.store.events())}"
        if self.store.meta("tidied_at") == seen or not len(self._book):
            return 0
        moved = self.regroup()
        self.store.commit()  # naming reads the texts from the store
        name_labels(self._book, self._frame_now, self._said, self.store, self.vectors)
        self.store.set_meta("tidied_at", seen)
        self.store.commit()
        return moved

    # -- plumbing

    def _found(
        self, key: str, words: str | None, name: str, code: Codes, taken: set[LabelId], *, pinned: bool
    ) -> list[tuple[int, int]]:
        """Add a surface; return (founder, its place) if it joined that founder's label."""
        wording = self._embedded_words(key, words)
        label = self._said.called(key)
        if label is None and len(self._book) and not pinned:
            label = self._most_like(wording, code, taken)
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
        self._book.add(row, wording, len(code))
        self._groups.add(row.label, seen)

    def _take_centres(self) -> None:
        """Let the frame be that of all there is now."""
        self._frame = frame(self._book.wordings, self._book.sums, wordless=self.wordless)
        self._framed = len(self._book)

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
