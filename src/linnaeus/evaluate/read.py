"""A result of `label` and the gold labels that go with it, read from files. Knows not what labels mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError, UsageError
from linnaeus.evaluate.cells import Column, labels_in, numbers_in
from linnaeus.files import Row, Source
from linnaeus.files.columns import existing, listed
from linnaeus.texts import clean_text

LONGEST = 200  # characters of a text that are kept, to be shown
OUR_COLUMNS = ("label", "labels", "by")
GOLD = ("input_labels", "input_label", "gold", "gold_label")
"""Columns that hold gold labels in a result, the first that there is: `label` renames what an input calls like ours."""


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of a result, in the order of the file.

    `gold`, `found`, `by`: cells as they stand there; `names`: of labels found by id. `scores`: of each label found, one
    behind the other, or of the best alone where `each` is False. `notes`: what of the input could not be used.
    """

    texts: list[str]
    gold: Column
    found: Column
    names: Column
    by: Column
    scores: NDArray[np.float64]
    each: bool
    with_ids: bool
    notes: list[str]


def gold_column(columns: list[str], wanted: str | None, *, result: bool, file: str) -> str:
    """The column with the gold labels. In a `result`, `labels` is what was found; the input's own are renamed."""
    if wanted is not None:
        kept = f"input_{wanted}"
        if result and wanted in OUR_COLUMNS:
            if kept in columns:
                return kept
            raise UsageError(
                f"{wanted!r} of {file} is what was found, not gold",
                hint="name another column, or give --gold FILE",
            )
        return existing(wanted, columns, file)
    for column in GOLD if result else ("labels", "label", *GOLD):
        if column in columns:
            return column
    where = "name it with --labels, or give --gold FILE" if result else "name it with --labels"
    raise InputError(f"{file} has no column with gold labels", hint=f"{where}; columns: {listed(columns)}")


def read_result(source: Source, wanted: str | None, gold: Source | None = None) -> Read:
    """Read a result, with gold labels from a column of its own or from another file, by id or else by text."""
    columns = result_columns(source)
    if gold is None:
        column = gold_column(columns, wanted, result=True, file=source.name)
        return _read(source, lambda row: row.columns.get(column), columns)
    column = gold_column(list(gold.columns), wanted, result=False, file=gold.name)
    return _joined(source, gold, column, columns)


def read_pair(source: Source, other: Source) -> Read:
    """Read two results; the labels of the second stand where gold labels would."""
    columns, others = result_columns(source), result_columns(other)
    if "taxonomy_ids" in columns and "taxonomy_ids" in others:
        read = _joined(source, other, "taxonomy_ids", columns)
    else:
        read = _joined(source, other, "labels", [column for column in columns if column != "taxonomy_ids"])
    for side, name in ((read.found, source.name), (read.gold, other.name)):
        if not any(map(labels_in, side.values)):
            message = f"none of the texts that both have has a label in {name}"
            raise InputError(message, hint="there is nothing to compare")
    return read


def result_columns(source: Source) -> list[str]:
    """The columns of a result; raises InputError for a file that is none."""
    columns = list(source.columns)
    missing = [column for column in OUR_COLUMNS if column not in columns]
    if missing:
        raise InputError(
            f"{source.name} is no result of `linnaeus label`: it has no column {missing[0]!r}",
            hint="label the texts first: linnaeus label FILE --out RESULT",
        )
    return columns


def without_gold(source: Source, longest: int) -> Read:
    """Read a result alone, with up to `longest` characters of each text."""
    return _read(source, lambda row: None, result_columns(source), longest=longest)


def _read(
    source: Source, gold_of: Callable[[Row], Any], columns: list[str], *, longest: int = LONGEST
) -> Read:
    """Read the rows of a result; `gold_of`: what gold says of a row."""
    with_ids, each = "taxonomy_ids" in columns, "scores" in columns
    texts: list[str] = []
    gold, found, names, by = Column(), Column(), Column(), Column()
    scores: list[Any] = []
    found_in, score_in = "taxonomy_ids" if with_ids else "labels", "scores" if each else "score"
    for row in source:
        own = row.columns
        texts.append(row.text[:longest] if row.text else "")
        gold.add(gold_of(row))
        cell = own.get(found_in)
        found.add(cell)
        if with_ids:
            names.add(own.get("labels"))
        by.add(own.get("by") or "error")
        if cell:
            scores.append(own.get(score_in))
    if not texts:
        raise InputError(f"{source.name} holds no rows")
    numbers = np.fromiter(numbers_in(scores), np.float64)
    return Read(texts, gold, found, names, by, numbers, each, with_ids, [])


def _joined(source: Source, gold: Source, column: str, columns: list[str]) -> Read:
    """Rows of `source` with what `gold` has in a column: by id, if both have ids and share one, else by text."""
    by_id: dict[str, tuple[str, Any]] = {}
    by_text: dict[str, tuple[str, Any]] = {}
    for row in gold:
        said = (clean_text(row.text or ""), row.columns.get(column))
        by_id.setdefault(row.id, said)
        by_text.setdefault(said[0], said)
    if gold.id_column and source.id_column and any(row.id in by_id for row in source):
        with_texts = gold.text_column != gold.id_column
        return _lookup(_Lookup(source, gold, by_id, lambda row: row.id, with_texts), columns)
    return _lookup(_Lookup(source, gold, by_text, lambda row: clean_text(row.text or "")), columns)


@dataclass(slots=True)
class _Lookup:
    """What gold says of rows: `known` by key, a text and a cell; and what came of looking."""

    source: Source
    gold: Source
    known: Mapping[str, tuple[str, Any]]
    key: Callable[[Row], str]
    with_texts: bool = False
    seen: set[str] = field(default_factory=set)
    alone: int = 0
    other: int = 0

    def __call__(self, row: Row) -> Any:
        mine = self.key(row)
        if mine not in self.known:
            self.alone += 1
            return None
        self.seen.add(mine)
        text, cell = self.known[mine]
        self.other += self.with_texts and text != clean_text(row.text or "")
        return cell

    def notes(self) -> Iterator[str]:
        mine, theirs = self.source.name, self.gold.name
        if self.other:
            yield f"rows go together by id, though the texts of {self.other:,} differ"
        if self.alone:
            yield f"{self.alone:,} rows of {mine} are not in {theirs}: they do not count"
        if len(self.known) > len(self.seen):
            yield f"{len(self.known) - len(self.seen):,} texts of {theirs} are not in {mine}: they do not count"


def _lookup(lookup: _Lookup, columns: list[str]) -> Read:
    read = _read(lookup.source, lookup, columns)
    if not lookup.seen:
        message = f"no text of {lookup.gold.name} is in {lookup.source.name}"
        raise InputError(message, hint="rows go together by id, or else by text")
    read.notes.extend(lookup.notes())
    return read
