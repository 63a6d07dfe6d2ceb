"""Texts with gold labels and the label set that these are of, read from a file. Knows no strategy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.spelling import Spelling
from linnaeus.errors import InputError, UsageError
from linnaeus.evaluate.cells import labels_in
from linnaeus.evaluate.read import OUR_COLUMNS, gold_column
from linnaeus.files import Source
from linnaeus.files.columns import listed
from linnaeus.llm.lines import label_key
from linnaeus.taxonomy import Entry, Links, Taxonomy, starts_of, taxonomy_of
from linnaeus.texts import clean_text

LEAST_TEXTS = 20
MOST_TEXTS = 1_000  # that are tried, so that it ends in minutes
FOLDS = 5
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """Different texts (n,) and the places of the labels of each in `taxonomy`; none where no label fits.

    `column`: where the labels stood. `notes`: what of the input could not be used, or says less than it seems to.
    """

    texts: list[str]
    labels: list[tuple[int, ...]]
    taxonomy: Taxonomy
    column: str
    notes: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def several(self) -> bool:
        """Whether a text has several labels, or none."""
        return any(len(own) != 1 for own in self.labels)

    @property
    def gold(self) -> Links:
        """The labels of the texts."""
        return links_of(self.labels)

    def part(self, most: int) -> NDArray[np.intp]:
        """The places of so many texts at most, rising, in which labels are as frequent as in all."""
        return _part(self.labels, most)

    def parts(self) -> list[NDArray[np.intp]]:
        """The places of the texts that are held out together; the texts of a label are spread over all. Always the same.

        Without gold labels all are: there is nothing to learn from.
        """
        if not any(self.labels):
            return [np.arange(len(self))]
        order = _by_label(self.labels)
        return [np.sort(order[start::FOLDS]) for start in range(FOLDS)]


def links_of(rows: list[tuple[int, ...]]) -> Links:
    """Labels of texts as two flat arrays."""
    sizes = np.array([len(own) for own in rows], np.int64)
    return Links(starts_of(sizes), np.array([place for own in rows for place in own], np.int32))


def read_sample(source: Source, wanted: str | None, taxonomy: Taxonomy | None) -> Sample:
    """Read texts with gold labels; without a `taxonomy` the label set is that of the labels.

    Of more than 1,000 texts a part is taken in which labels are as frequent as in all. Raises InputError where there is too
    little to try anything on.
    """
    column = _column(source, wanted)
    notes: list[str] = []
    rows = _read(source, column, notes)
    _check(len(rows), source.name, column)
    given = taxonomy or _label_set(label for own in rows.values() for label in own)
    texts, labels = _meant(rows, given, notes)
    _check(len(texts), source.name, column)
    counts = Counter(label for own in labels for label in own)
    if len(counts) < 2:
        raise InputError(
            f"all texts of {source.name} have the same label", hint="there is nothing to tell apart"
        )
    kept = _part(labels, MOST_TEXTS)
    if len(kept) < len(texts):
        notes.append(f"{len(kept):,} of {len(texts):,} texts were tried, labels as frequent as in all")
    once = sum(count == 1 for count in counts.values())
    if once:
        notes.append(f"{once:,} labels have one example: held out, nothing is left to learn them from")
    chosen = kept.tolist()
    return Sample([texts[row] for row in chosen], [labels[row] for row in chosen], given, column, notes)


def read_texts(source: Source, taxonomy: Taxonomy) -> Sample:
    """Read texts without gold labels; of more than 1,000 a part is taken. Raises InputError for fewer than 20."""
    texts = list(dict.fromkeys(text for row in source if (text := clean_text(row.text or ""))))
    if len(texts) < LEAST_TEXTS:
        raise InputError(f"{source.name} has {len(texts)} texts", hint=f"{LEAST_TEXTS} or more")
    kept = _part([()] * len(texts), MOST_TEXTS).tolist()
    notes = [f"{len(kept):,} of {len(texts):,} texts were tried"] if len(kept) < len(texts) else []
    return Sample([texts[row] for row in kept], [()] * len(kept), taxonomy, "", notes)


def has_gold(source: Source) -> bool:
    """Whether there is a column that is called as gold labels are."""
    try:
        _column(source, None)
    except InputError:
        return False
    return True


def _check(count: int, file: str, column: str) -> None:
    if count < LEAST_TEXTS:
        raise InputError(
            f"{count} texts of {file} have a label in {column!r} that is known",
            hint=f"label {LEAST_TEXTS} texts or more, better 10 of each label",
        )


def _column(source: Source, wanted: str | None) -> str:
    result = all(column in source.columns for column in OUR_COLUMNS)
    try:
        return gold_column(list(source.columns), wanted, result=result, file=source.name)
    except (InputError, UsageError) as error:
        if wanted is None or wanted in source.columns:
            more = f"how far two results agree: linnaeus compare {source.name} OTHER"
            error.hint = f"name it with --labels; {more}; columns: {listed(source.columns)}"
        raise


def _read(source: Source, column: str, notes: list[str]) -> dict[str, list[str]]:
    """The labels of each text, by what it says; of a text that comes again the last labels count, as for `teach`."""
    rows: dict[str, list[str]] = {}
    silent = again = 0
    for row in source:
        text, labels = clean_text(row.text or ""), labels_in(row.columns.get(column))
        if not text or labels is None:
            silent += 1
            continue
        again += text in rows
        rows[text] = labels
    if silent:
        notes.append(f"{silent:,} rows without a text or a label were left out; [] would say that none fits")
    if again:
        notes.append(f"{again:,} rows repeat a text; its last labels count")
    return rows


def _label_set(labels: Iterable[str]) -> Taxonomy:
    """The label set of these labels, in their order; the names have blanks for `_`."""
    by_key: dict[str, str] = {}
    for label in labels:
        by_key.setdefault(label_key(label), label)
    names = {label: " ".join(label.replace("_", " ").split()) or label for label in by_key.values()}
    return taxonomy_of(Entry(0, label, name) for label, name in sorted(names.items()))


def _meant(
    rows: dict[str, list[str]], taxonomy: Taxonomy, notes: list[str]
) -> tuple[list[str], list[tuple[int, ...]]]:
    """Texts and their labels by place; one all of whose labels are unknown is left out."""
    spelling, unknown = Spelling(taxonomy), Counter[str]()
    known: dict[str, list[int]] = {}
    texts, places = [], []
    for text, labels in rows.items():
        for label in labels:
            if label not in known:
                known[label] = spelling.places(label)
        own = tuple(dict.fromkeys(known[label][0] for label in labels if len(known[label]) == 1))
        unknown.update(label for label in labels if len(known[label]) != 1)
        if own or not labels:
            texts.append(text)
            places.append(own)
    if unknown:
        shown = ", ".join(_shown(unknown))
        notes.append(f"{len(unknown):,} labels are not in the taxonomy, left out: {shown}")
    return texts, places


def _shown(unknown: Counter[str]) -> Iterator[str]:
    for label, count in unknown.most_common(SHOWN):
        yield f"{label!r} ({count})"
    if len(unknown) > SHOWN:
        yield f"and {len(unknown) - SHOWN} more"


def _by_label(labels: list[tuple[int, ...]]) -> NDArray[np.intp]:
    """The places of texts (n,), those of one label together, in an order that is drawn once for all."""
    order = np.random.default_rng(0).permutation(len(labels))
    first = np.array([own[0] if own else -1 for own in labels])
    return np.asarray(order[np.argsort(first[order], kind="stable")], np.intp)


def _part(labels: list[tuple[int, ...]], most: int) -> NDArray[np.intp]:
    order = _by_label(labels)
    if len(order) <= most:
        return np.arange(len(order))
    return np.sort(order[np.linspace(0, len(order) - 1, most).astype(np.intp)])
