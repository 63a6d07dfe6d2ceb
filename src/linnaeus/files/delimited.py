"""Records of .csv and .tsv. A bad one is yielded with its problem and the next one is found again.

Knows no text column.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from linnaeus.errors import InputError
from linnaeus.files.rows import Record

MOST_CELL = 64_000_000
"""Characters of one cell; past it the record is a problem: a quote never closed must not fill the memory."""

MOST_REREAD = 1_000_000
"""Lines read again after quotes that were never closed; past it the file is refused, for time's sake."""

_ESCAPED = re.compile("[\udc80-\udcff]")
"""What errors="surrogateescape" makes of bytes that are not UTF-8."""


class Delimited:
    """The records of one pass over a delimited file; `columns` is known at once, from the first line.

    Empty header cells are named column_N, repeated ones get _2, _3. Lines without any character are skipped.
    A .csv whose header holds no comma but semicolons or tabs is split at those.
    """

    rows = None

    def __init__(self, stream: BinaryIO, delimiter: str, name: str) -> None:
        if csv.field_size_limit() < MOST_CELL:
            csv.field_size_limit(MOST_CELL)
        self._lines = _Lines(stream)
        self._name = name
        first = next((line for line in self._lines.read() if line.strip("\r\n")), None)
        if first is None:
            raise InputError(f"{name} is empty")
        self._lines.again([first])
        self._delimiter = _delimiter(first) if delimiter == "," else delimiter
        self._rows = self._parse()
        header = next(self._rows)
        if isinstance(header, _Broken):
            raise InputError(f"{name}: the header cannot be read: {self._rescued(header)[1]}")
        self.columns = _unique([_clean(cell).strip() for cell in header])

    @property
    def line(self) -> int:
        """The number of the line on which the newest record starts."""
        return self._lines.first

    def __iter__(self) -> Iterator[Record]:
        columns, width, lines = self.columns, len(self.columns), self._lines
        for cells in self._rows:
            if isinstance(cells, _Broken):
                yield self._rescued(cells)
            elif len(cells) == width and not lines.damaged:
                yield dict(zip(columns, cells, strict=True)), None
            elif cells:
                yield self._odd(cells)

    def _parse(self) -> Iterator[list[str] | _Broken]:
        """Cells of each record; after a broken record the reading goes on at the line after its first."""
        lines, reread = self._lines, 0
        while True:
            lines.forget()
            try:
                for cells in csv.reader(lines.read(), delimiter=self._delimiter, strict=True):
                    yield cells
                    lines.forget()
                return
            except csv.Error:
                taken = list(lines.record)
            broken = _Broken(taken[0], lines.first, closed=len(taken) == 1 and not lines.ended)
            lines.again(taken[1:])
            yield broken
            reread += len(taken)
            if reread > MOST_REREAD:
                hint = f"quotes are opened and never closed, the last one on line {broken.number}"
                raise InputError(f"{self._name} cannot be read as a table", hint=hint)

    def _odd(self, cells: Sequence[str]) -> Record:
        """A record with the wrong number of cells, or with bytes that are not UTF-8."""
        line, wanted = self._lines.first, len(self.columns)
        columns = dict(zip(self.columns, map(_clean, cells), strict=False))
        if len(cells) != wanted:
            return columns, f"{len(cells)} cells where the header has {wanted} (line {line})"
        return columns, f"invalid UTF-8 (line {line})"

    def _rescued(self, broken: _Broken) -> Record:
        """What can be saved of a record that breaks the rules of quoting.

        Text after a closing quote is kept, as by every lenient reader, if that gives the right number of
        cells.
        """
        reader = csv.reader([broken.line], delimiter=self._delimiter)
        try:
            cells = next(reader, [])
        except csv.Error as error:
            return {}, f"{error} (line {broken.number})"
        wanted = getattr(self, "columns", [])
        columns = dict(zip(wanted, [_clean(cell).rstrip("\r\n") for cell in cells], strict=False))
        if not broken.closed or any("\n" in cell or "\r" in cell for cell in cells):
            return columns, f"a quote is never closed (line {broken.number})"
        if len(cells) != len(wanted):
            return columns, f"{len(cells)} cells where the header has {len(wanted)} (line {broken.number})"
        return columns, f"invalid UTF-8 (line {broken.number})" if _ESCAPED.search(broken.line) else None


@dataclass(frozen=True, slots=True)
class _Broken:
    """The first line of a record that csv refused, its number, and whether all its quotes are closed."""

    line: str
    number: int
    closed: bool


class _Lines:
    """Physical lines, counted and kept until the record they belong to is read.

    `damaged`: one is not UTF-8.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = io.TextIOWrapper(stream, "utf-8", errors="surrogateescape", newline="")
        self._again: deque[str] = deque()
        self.record: list[str] = []
        self.number = 0
        self.damaged = False
        self.ended = False

    @property
    def first(self) -> int:
        """The number of the record's first line."""
        return self.number - len(self.record) + 1

    def read(self) -> Iterator[str]:
        """The lines not yet read; a later call goes on where this one was left."""
        while self._again:
            yield self._noted(self._again.popleft())
        for line in self._stream:
            yield self._noted(line)
        self.ended = True

    def again(self, lines: Sequence[str]) -> None:
        """Give back the last lines that were read."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)
        self.ended = False

    def forget(self) -> None:
        """A new record begins."""
        self.record.clear()
        self.damaged = False

    def _noted(self, line: str) -> str:
        self.number += 1
        self.record.append(line)
        if not line.isascii() and _ESCAPED.search(line):
            self.damaged = True
        return line


def _delimiter(header: str) -> str:
    return "," if "," in header else max(",;\t", key=header.count)


def _clean(cell: str) -> str:
    return _ESCAPED.sub("\ufffd", cell)


def _unique(names: Sequence[str]) -> list[str]:
    unique: list[str] = []
    for position, given in enumerate(names, 1):
        stem = name = given or f"column_{position}"
        count = 1
        while name in unique:
            count += 1
            name = f"{stem}_{count}"
        unique.append(name)
    return unique
