"""How much of a label's name or synonym stands in a text. Works for labels that no example has.

A name is the set of its stemmed words, each weighted by how rare it is. A label is found where most of a name's weight
stands in the text; where names are words of everyday use, examples show how often they mean the label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.taught import vocabulary
from linnaeus.closed.taught.folds import count_at, counts_of
from linnaeus.closed.taught.sources import Batch, Look, most_of
from linnaeus.closed.taught.sparse import (
    AT_ONCE,
    Floats,
    Sparse,
    best_of_rows,
    from_keys,
    from_parts,
    keys_of,
    rows_of,
    valued,
)
from linnaeus.closed.taught.wording import Words, words_of

CANDIDATES = 50
WHOLE = 0.99  # part of a name's weight from which it stands there as a whole
PART = 0.6  # from which it is a candidate
ENDINGS = ("ies", "es", "s", "en", "er", "e", "y", "n")  # of English and German words
LEAST = 4  # letters that a stem keeps
SEEN = 0.3  # share of a name's weight from which it is known at all


@lru_cache(maxsize=1 << 17)  # words come again and again
def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST:
            return word[: -len(ending)]
    return word


@dataclass(frozen=True, slots=True)
class Found:
    """How much of the best name of labels stands in texts: sorted keys of pairs, share of its weight, that weight."""

    keys: NDArray[np.int64]
    share: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Meaning:
    """How often labels' names stood in examples of each fold, and how often they were right there, (folds, labels) both."""

    named: Floats
    right: Floats

    @classmethod
    def fit(cls, found: Found, labels: Sparse) -> Meaning:
        """Of what stands in examples with these labels."""
        whole = found.keys[found.share >= WHOLE]
        right = whole[np.isin(whole, keys_of(labels), assume_unique=True)]
        marks = (from_keys(keys, np.ones(len(keys)), *labels.shape) for keys in (whole, right))
        return cls(*map(counts_of, marks))

    def at(self, whole: NDArray[np.bool_], pairs: Sparse, *, own: bool) -> Floats:
        """The chance that a whole name means the label, -1 where none stands there; `own`: the rows are the examples."""
        named, right = (count_at(counts, pairs, own=own) for counts in (self.named, self.right))
        return np.where(whole, (right + 0.3) / (named + 1.5), -1).astype(np.float32)


class Names:
    """Names and synonyms (entries) as sets of stems; `owners` (entries,), rising, are the labels that they name."""

    def __init__(
        self, stems: dict[str, int], entries: Sparse, owners: NDArray[np.int32], labels: int, meaning: Meaning
    ) -> None:
        self.stems = stems
        self.meaning = meaning
        self.entries = entries  # (entries, stems), weights of a row sum up to the entry's weight
        self.owners = owners
        self.labels = labels
        self.weights = np.asarray(entries.sum(axis=1), dtype=np.float32).ravel()
        shares = entries.copy()
        shares.data = shares.data / self.weights[rows_of(entries)]
        self._across = shares.T.tocsr()

    @classmethod
    def fit(cls, entries: Entries, texts: Sequence[Words], labels: Sparse) -> Names:
        """Of these entries, and of examples with these labels; stems are rarer the fewer entries and examples have them."""
        order = np.argsort(entries.owners, kind="stable")
        named = [words_of(entries.texts[place]) for place in order]
        stems, rows = vocabulary.learn(named, _stems)
        rows.data[:] = 1
        counts = np.bincount(rows.indices, minlength=len(stems))
        inside = [words.all for words in texts]
        there = vocabulary.count(inside, stems, _stems)
        counts = counts + np.bincount(there.indices, minlength=len(stems))
        rarity = np.log((1 + len(entries.texts) + len(texts)) / (1 + counts)) + 0.1
        rows.data = rarity[rows.indices].astype(np.float32)
        nothing = Meaning(*np.zeros((2, 1, entries.labels), np.float32))
        names = cls(stems, rows, entries.owners[order], entries.labels, nothing)
        names.meaning = Meaning.fit(names._found(there), labels)
        return names

    def over(self, entries: Entries, meaning: Meaning) -> Names:
        """The same for these entries of other labels, of which `meaning` is known; a new stem is as rare as any."""
        order = np.argsort(entries.owners, kind="stable")
        stems, rows = vocabulary.learn([words_of(entries.texts[place]) for place in order], _stems)
        known = np.zeros(len(self.stems), np.float32)
        known[self.entries.indices] = self.entries.data
        rarity = np.full(len(stems), known.max(initial=0))
        for stem, column in stems.items():
            if stem in self.stems:
                rarity[column] = known[self.stems[stem]]
        rows.data = rarity[rows.indices].astype(np.float32)
        return Names(stems, rows, entries.owners[order], entries.labels, meaning)

    def only(self, labels: NDArray[np.intp]) -> Names:
        """The names of these `labels` (k,) alone; the labels keep their places."""
        kept = np.flatnonzero(np.isin(self.owners, labels))
        return Names(self.stems, self.entries[kept], self.owners[kept], self.labels, self.meaning)

    def look(self, batch: Batch, own: Sparse | None = None) -> Look:
        """See `Source`."""
        inside = self.find([words.all for words in batch.words])
        head = self.find([words.head for words in batch.words])

        def features(pairs: Sparse) -> dict[str, Floats]:
            share, weight = (valued(inside.keys, values, pairs) for values in (inside.share, inside.weight))
            in_head = valued(head.keys, head.share, pairs)
            return {
                "name": share,
                "name_in_head": in_head,
                "name_weight": share * weight,
                "name_weight_in_head": in_head * valued(head.keys, head.weight, pairs),
                "name_means": self.meaning.at(share >= WHOLE, pairs, own=own is not None),
            }

        return Look(self._table(inside, len(batch.words)), features)

    def find(self, texts: Sequence[list[str]]) -> Found:
        """The labels of which at least `SEEN` of a name's weight stands in these words, by their best name."""
        return self._found(vocabulary.count(texts, self.stems, _stems))

    def _found(self, there: Sparse) -> Found:
        """The same of how often each stem stands in each text (n, stems)."""
        marks = there.copy()
        marks.data[:] = 1
        found = [
            self._best_names((marks[start : start + AT_ONCE] @ self._across).tocsr(), start)
            for start in range(0, marks.shape[0], AT_ONCE)
        ]
        nothing = Found(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32))
        parts = found or [nothing]
        return Found(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in ("keys", "share", "weight"))
        )

    def _best_names(self, shares: Sparse, first: int) -> Found:
        """The best name of each label by its share, then its weight; `shares` (texts, entries), `first` the first text."""
        shares.data[shares.data < SEEN] = 0
        shares.eliminate_zeros()
        shares.sort_indices()  # entries are by owner, so keys rise
        key = (rows_of(shares) + first) * self.labels + self.owners[shares.indices]
        starts = np.flatnonzero(np.diff(key, prepend=-1))
        if not len(starts):
            return Found(key, shares.data, shares.data)
        share = np.maximum.reduceat(shares.data, starts)
        of_best = shares.data == np.repeat(share, np.diff(starts, append=len(key)))
        weight = np.maximum.reduceat(np.where(of_best, self.weights[shares.indices], 0), starts)
        return Found(key[starts], share, weight)

    def _table(self, found: Found, texts: int) -> Sparse:
        """The labels (texts, labels) of each text whose names stand there as a whole or nearly so."""
        wanted = found.share >= PART
        score = found.share[wanted] ** 3 * found.weight[wanted]
        return best_of_rows(
            from_keys(found.keys[wanted], score, texts, self.labels), most_of(CANDIDATES, self.labels)
        )

    def to_arrays(self) -> dict[str, Any]:
        """What `from_arrays` makes the same from."""
        return {
            "stems": vocabulary.packed(self.stems),
            "values": self.entries.data,
            "columns": self.entries.indices,
            "starts": self.entries.indptr,
            "owners": self.owners,
            "labels": np.array([self.labels]),
            "named": self.meaning.named,
            "right": self.meaning.right,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Names:
        """See `to_arrays`."""
        stems = vocabulary.unpacked(arrays["stems"])
        entries = from_parts(arrays["values"], arrays["columns"], arrays["starts"], len(stems))
        meaning = Meaning(arrays["named"], arrays["right"])
        return cls(stems, entries, arrays["owners"], int(arrays["labels"][0]), meaning)


def _stems(words: list[str]) -> list[str]:
    return list(map(_stem, words))
