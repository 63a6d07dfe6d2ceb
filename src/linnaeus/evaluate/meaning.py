"""Which labels gold and found strings mean, as numbers that are the same on both sides. Knows nothing of figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.spelling import Spelling
from linnaeus.errors import InputError
from linnaeus.evaluate.cells import Column, labels_in
from linnaeus.evaluate.read import Read
from linnaeus.llm.lines import label_key
from linnaeus.taxonomy import Links, Taxonomy, starts_of

SHOWN = 5
LEAST_MEANT = (
    0.5  # share of texts whose gold labels are in the taxonomy, below which gold is another label set
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Gold and found labels of n texts as numbers, each a name.

    `known` (n,): whether anything is said of the text by gold. `scores` (k,): of each label found, NaN where there is none.
    `by` (n,) numbers of `by_names`. `open`: found and gold labels have numbers of their own, for they were not called
    alike. `taxonomy`: its labels come first, so a number is a place.
    """

    texts: list[str]
    gold: Links
    found: Links
    names: list[str]
    known: NDArray[np.bool_]
    scores: NDArray[np.float64]
    by: NDArray[np.int64]
    by_names: list[str]
    open: bool
    taxonomy: Taxonomy | None
    notes: list[str]


@dataclass(slots=True)
class _Names:
    """Numbers of strings as they come."""

    names: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, key: str, name: str) -> int:
        if key not in self.numbers:
            self.numbers[key] = len(self.names)
            self.names.append(name)
        return self.numbers[key]


def labelled(read: Read, taxonomy: Taxonomy | None = None) -> Labelled:
    """Find out what the labels of a result mean.

    With a taxonomy gold is an id, a path or a name that one label alone has, as for `teach`. Raises InputError where no text
    has both.
    """
    unknown: Counter[str] = Counter()
    notes = list(read.notes)
    if taxonomy is not None and 0 < (meant := _share_meant(read.gold, taxonomy)) < LEAST_MEANT:
        notes.append(
            f"{meant:.0%} of the gold labels are in the taxonomy, so it counts which texts are together;"
            " is it the right --project?"
        )
        names, gold_of, found_of, is_open = _by_name(read, is_open=True)
        taxonomy = None
    elif taxonomy is not None:
        names, gold_of, found_of = _by_taxonomy(taxonomy, unknown)
        is_open = False
    else:
        names, gold_of, found_of, is_open = _by_name(
            read, is_open=not read.with_ids and not _called_alike(read)
        )
    gold, known = _rows(read.gold, gold_of)
    found, _ = _rows(read.found, found_of)
    _check(known, found, unknown)
    return Labelled(
        texts=read.texts,
        gold=gold,
        found=found,
        names=names,
        known=known,
        scores=_scores(read, found),
        by=read.by.rows,
        by_names=[str(name) for name in read.by.values],
        open=is_open,
        taxonomy=taxonomy,
        notes=[*notes, *_unknown(unknown)],
    )


def _by_taxonomy(
    taxonomy: Taxonomy, unknown: Counter[str]
) -> tuple[list[str], Callable[[str], int], Callable[[str], int]]:
    spelling = Spelling(taxonomy)
    names = _Names(list(taxonomy.names))

    def gold(label: str) -> int:
        places = spelling.places(label)
        if len(places) != 1:
            unknown[label] += 1
        return places[0] if len(places) == 1 else -1

    def found(id: str) -> int:
        place = int(taxonomy.places([id])[0])
        return place if place >= 0 else names.number(id, id)  # removed since

    return names.names, gold, found


def _share_meant(gold: Column, taxonomy: Taxonomy) -> float:
    """The share of the texts with gold labels that have one that stands for a label of the taxonomy."""
    spelling = Spelling(taxonomy)
    each = [labels_in(cell) for cell in gold.values]
    meant = np.array([any(spelling.places(one) for one in own or ()) for own in each], np.bool_)
    some = np.array([bool(own) for own in each], np.bool_)
    total = int(some[gold.rows].sum())
    return float(meant[gold.rows].sum() / total) if total else 1.0


def _by_name(
    read: Read, *, is_open: bool
) -> tuple[list[str], Callable[[str], int], Callable[[str], int], bool]:
    names = _Names()
    alias: dict[str, int] = {}
    if read.with_ids:  # gold may be the id or the name
        for ids, called in sorted(set(zip(read.found.rows.tolist(), read.names.rows.tolist(), strict=True))):
            pairs = zip(
                labels_in(read.found.values[ids]) or (),
                labels_in(read.names.values[called]) or (),
                strict=False,
            )
            for id, name in pairs:
                alias[label_key(name)] = names.number(label_key(id), name)

    def number(label: str) -> int:
        key = label_key(label)
        return alias[key] if key in alias and key not in names.numbers else names.number(key, label)

    def own(label: str) -> int:
        return names.number(f"gold {label_key(label)}", label)

    return names.names, own if is_open else number, number, is_open


def _called_alike(read: Read) -> bool:
    """Whether half of the texts that have a label, on either side, have one that is called so on the other side too."""
    sides = []
    for column in (read.gold, read.found):
        counts = np.bincount(column.rows, minlength=len(column.values)).tolist()
        each = [{label_key(label) for label in labels_in(cell) or ()} for cell in column.values]
        sides.append(list(zip(each, counts, strict=True)))
    shares = []
    for mine, other in (sides, sides[::-1]):
        theirs = set().union(*(one for one, _ in other))
        total = sum(count for one, count in mine if one)
        shares.append(sum(count for one, count in mine if one & theirs) / total if total else 0.0)
    return max(shares) >= 0.5


def _rows(column: Column, number: Callable[[str], int]) -> tuple[Links, NDArray[np.bool_]]:
    """The labels of each row, and whether anything is said of it; labels that mean nothing are left out."""
    lists: list[Sequence[int]] = []
    said = np.zeros(len(column.values), np.bool_)
    for place, cell in enumerate(column.values):
        labels = labels_in(cell)
        numbers = dict.fromkeys(map(number, labels or ()))
        lists.append([one for one in numbers if one >= 0])
        said[place] = labels is not None and bool(lists[-1] or not labels)
    sizes = np.array([len(one) for one in lists], np.int64)
    cells = Links(starts_of(sizes), np.array([label for one in lists for label in one], np.int32))
    rows = column.rows
    return Links(starts_of(sizes[rows]), cells.of_all(rows)), said[rows]


def _scores(read: Read, found: Links) -> NDArray[np.float64]:
    """The score of each label found (k,); of the best alone, if that is all there is."""
    if read.each:
        same = len(read.scores) == len(found.places)
        return read.scores if same else np.full(len(found.places), np.nan)
    scores = np.full(len(found.places), np.nan)
    first = found.starts[:-1][found.sizes > 0]
    if len(first) == len(read.scores):
        scores[first] = read.scores
    return scores


def _unknown(unknown: Counter[str]) -> list[str]:
    if not unknown:
        return []
    shown = ", ".join(repr(label) for label, _ in unknown.most_common(SHOWN))
    more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
    return [
        f"gold labels that are not in the taxonomy, or name several of its labels, were left out: {shown}{more}"
    ]


def _check(known: NDArray[np.bool_], found: Links, unknown: Counter[str]) -> None:
    if not known.any():
        if unknown:
            raise InputError(
                f"no gold label is in the taxonomy, such as {next(iter(unknown))!r}",
                hint="labels are ids, paths or names; is it the right --project?",
            )
        raise InputError("no row has a gold label", hint="name their column with --labels")
    if not found.sizes[known].any():
        raise InputError("no text with a gold label was given any label", hint="there is nothing to compare")
