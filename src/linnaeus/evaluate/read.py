"""A result of `label` and the gold labels that go with it, read from files. Knows not what labels mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError, UsageError
from linnaeus.evaluate.cells import Column, numbers_in
from linnaeus.files import Row, Source
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
        if wanted in columns:
            return wanted
        raise InputError(f"{file} has no column {wanted!r}", hint=f"columns: {', '.join(columns[:20])}")
    for column in GOLD if result else ("labels", "label", *GOLD):
        if column in columns:
            return column
    where = "name it with --labels, or give --gold FILE" if result else "name it with --labels"
    raise InputError(
        f"{file} has no column with gold labels", hint=f"{where}; columns: {', '.join(columns[:20])}"
    )


def read_result(source: Source, wanted: str | None, gold: Source | None = None) -> Read:
    """Read a result, with gold labels from a column of its own or from another file, by id or else by text."""
    columns = result_columns(source)
    if gold is None:
        column = gold_column(columns, wanted, result=True, file=source.name)
        return _read(source, lambda row: row.columns.get(column), columns, [])
    column = gold_column(list(gold.columns), wanted, result=False, file=gold.name)
    return _joined(source, gold, column, columns)


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
    return _read(source, lambda row: None, result_columns(source), [], longest)


def _read(source: Source, gold_of: Any, columns: list[str], notes: list[str], longest: int = LONGEST) -> Read:
    with_ids, each = "taxonomy_ids" in columns, "scores" in columns
    texts: list[str] = []
    gold, found, names, by = Column(), Column(), Column(), Column()
    scores: list[Any] = []
    found_in, score_in = "taxonomy_ids" if with_ids else "labels", "scores" if each else "score"
    for row in source:
        own = row.columns
        texts.append((row.text or "")[:longest])
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
    return Read(texts, gold, found, names, by, numbers, each, with_ids, notes)


def _joined(source: Source, gold: Source, column: str, columns: list[str]) -> Read:
    by_id: dict[str, Any] = {}
    by_text: dict[str, Any] = {}
    for row in gold:
        by_id.setdefault(row.id, row.columns.get(column))
        by_text.setdefault(clean_text(row.text or ""), row.columns.get(column))
    if gold.id_column and source.id_column and any(row.id in by_id for row in source):
        return _lookup(source, gold, by_id, lambda row: row.id, columns)
    return _lookup(source, gold, by_text, lambda row: clean_text(row.text or ""), columns)


def _lookup(source: Source, gold: Source, known: Mapping[str, Any], key: Any, columns: list[str]) -> Read:
    seen: set[str] = set()
    alone = 0

    def of(row: Row) -> Any:
        nonlocal alone
        mine = key(row)
        if mine not in known:
            alone += 1
            return None
        seen.add(mine)
        return known[mine]

    notes: list[str] = []
    read = _read(source, of, columns, notes)
    if not seen:
        raise InputError(
            f"no text of {gold.name} is in {source.name}", hint="rows go together by id, or else by text"
        )
    if alone:
        notes.append(f"{alone:,} rows of {source.name} are not in {gold.name}: they do not count")
    if len(known) > len(seen):
        notes.append(
            f"{len(known) - len(seen):,} texts of {gold.name} are not in {source.name}: they do not count"
        )
    return read
