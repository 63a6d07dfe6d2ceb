"""One record of an input file, as the rest of the program sees it. Knows no format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its text, or the problem that leaves it without one (exactly one of the two is None).

    `number` counts the file's records from 1, those that were filtered away too. `id` is the id column's
    value as a str, or the number. `columns` are the input's own, in order; empty where the record could not
    be read at all. `time` is when it was written (ISO 8601 in UTC), if a column says so.
    """

    number: int
    id: str
    text: str | None
    columns: dict[str, Any]
    problem: str | None
    time: str | None = None


Record = tuple[dict[str, Any], "str | None"]
"""What a parser yields: the columns, and what is wrong with the record as a whole (None: nothing)."""
