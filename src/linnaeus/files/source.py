"""An input file as rows, streamed, as often as asked. Knows nothing of labels."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from linnaeus.errors import InputError, UsageError
from linnaeus.files import formats
from linnaeus.files.columns import SAMPLE, as_text, conditions, existing, holds, plain, text_column
from linnaeus.files.delimited import Delimited
from linnaeus.files.formats import Format
from linnaeus.files.lines import JsonLines, Lines
from linnaeus.files.raw import Bytes
from linnaeus.files.rows import Record, Row
from linnaeus.files.times import moment

if TYPE_CHECKING:
    from types import TracebackType


class Parser(Protocol):
    """The records of one pass over a file."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns known so far, in order of first sight."""
        ...

    @property
    def rows(self) -> int | None:
        """How many records there are, where the format says so beforehand."""
        ...

    def __iter__(self) -> Iterator[Record]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """Which columns to read and which rows to keep.

    Columns are checked to exist when the source is opened.
    """

    text: str
    id: str | None
    where: tuple[tuple[str, str], ...]
    limit: int | None
    time: str | None = None


class Source:
    """The rows of one input. Each iteration starts at the first row; a pass never holds more than one batch.

    Close it, or use it in a `with` block. `duplicate_ids` (rows whose id an earlier row had) and
    `repeated_id` (the first such id) are known after a whole pass.
    """

    def __init__(self, raw: Bytes, format: Format, choice: Choice, columns: Sequence[str]) -> None:
        self._raw = raw
        self._format = format
        self._choice = choice
        self._columns: Sequence[str] | None = None if format.name == "jsonl" else tuple(columns)
        self._passed = self._read = 0
        self._rows: int | None = None
        self.duplicate_ids = 0
        self.repeated_id: str | None = None

    @property
    def name(self) -> str:
        """What messages call the input: its path, or "standard input"."""
        return self._raw.name

    @property
    def format(self) -> str:
        """csv, tsv, jsonl, parquet or txt."""
        return self._format.name

    @property
    def text_column(self) -> str:
        """The column that the texts come from."""
        return self._choice.text

    @property
    def id_column(self) -> str | None:
        """The column that the ids come from; None: the row's number."""
        return self._choice.id

    @property
    def time_column(self) -> str | None:
        """The column that says when texts were written, if any."""
        return self._choice.time

    @property
    def columns(self) -> Sequence[str]:
        """The input's own columns in order; for JSON lines every key of any row (reads the file once)."""
        if self._columns is None:
            for _ in self:
                pass
        return self._columns or ()

    @property
    def progress(self) -> float:
        """How far the newest pass has come, 0 to 1: by bytes, or by rows where a limit is nearer."""
        by_limit = self._passed / self._choice.limit if self._choice.limit else 0.0
        by_rows = self._read / self._rows if self._rows else self._raw.share_read
        return min(1.0, max(by_rows, by_limit))

    def same_file(self, path: Path) -> bool:
        """Whether `path` is the file that is read."""
        return self._raw.same_file(path)

    def arrow_schema(self) -> Any:
        """The pyarrow schema of a Parquet input; None for the other formats."""
        if self.format != "parquet":
            return None
        from linnaeus.files.parquet import Table

        return Table(self._raw.seekable(), self.name).schema

    def __iter__(self) -> Iterator[Row]:
        self._passed = self._read = 0
        ids = _Ids() if self._choice.id is not None else None
        parser = open_parser(self._raw, self._format)
        self._rows = parser.rows
        for row in islice(self._kept(parser), self._choice.limit):
            if ids is not None:
                ids.see(row.id)
            self._passed += 1
            yield row
        self._raw.check_unchanged()
        self._columns = tuple(parser.columns)
        if ids is not None:
            self.duplicate_ids, self.repeated_id = ids.repeats, ids.first

    def _kept(self, parser: Parser) -> Iterator[Row]:
        """The rows that pass every filter.

        A record that could not be read at all passes: it must not get lost.
        """
        text, id, where, when = self._choice.text, self._choice.id, self._choice.where, self._choice.time
        for number, (columns, problem) in enumerate(guarded(parser, self._raw.name), 1):
            self._read = number
            if where and columns and not all(holds(columns.get(column), value) for column, value in where):
                continue
            words: str | None = None
            if problem is None:
                words, problem = as_text(columns.get(text))
            given = plain(columns.get(id)) if id is not None else ""
            time = moment(columns.get(when)) if when is not None else None
            yield Row(number, given or str(number), words, columns, problem, time)

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Ids:
    """Counts ids seen before. Keeps a hash of each, not the id."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self.repeats = 0
        self.first: str | None = None

    def see(self, id: str) -> None:
        mark = hash(id)
        if mark in self._seen:
            self.repeats += 1
            self.first = self.first or id
        else:
            self._seen.add(mark)


def open_rows(
    path: str | Path,
    *,
    format: str | None = None,
    text: str | None = None,
    id: str | None = None,
    where: Sequence[str] = (),
    limit: int | None = None,
    time: str | None = None,
) -> Source:
    """Open .csv, .tsv, .jsonl, .parquet or .txt, each also .gz, or "-": standard input (`format` is needed).

    `text`, `id` and `time` name columns (default: `text`, or the only text-like column; `id`, or the row's number; none).
    `where` holds COLUMN=VALUE, all of which must hold; `limit` keeps the first rows of those. A bad record is
    a row with its `problem`; InputError is raised for a file that cannot be used, UsageError for a wrong
    call.
    """
    if limit is not None and limit < 0:
        raise UsageError(f"a limit of {limit} rows makes no sense", hint="0 or more")
    wanted = conditions(where)
    if str(path) == "-" and format is None:
        raise UsageError("standard input has no ending", hint="say --format csv, tsv, jsonl, parquet or txt")
    kind = formats.of_name(format) if format is not None else formats.of_path(str(path))
    raw = Bytes(str(path))
    try:
        if kind.gzipped and not raw.gzipped and raw.size:
            raise InputError(f"{raw.name} is not compressed with gzip", hint="drop the .gz from its name")
        parser = open_parser(raw, kind)
        records = guarded(parser, raw.name)
        sample = list(islice(records, SAMPLE))
        if kind.name == "jsonl" and not {text, id, time, None, *dict(wanted)} <= {None, *parser.columns}:
            deque(records, maxlen=0)  # a column may show up late
        columns = _columns(parser, sample, raw.name)
        words = existing(text, columns, raw.name) if text else text_column(columns, sample, raw.name)
        ids = existing(id, columns, raw.name) if id else "id" if "id" in columns else None
        for column in (*dict(wanted), *([time] if time else [])):
            existing(column, columns, raw.name)
    except BaseException:
        raw.close()
        raise
    return Source(raw, kind, Choice(words, ids, tuple(wanted), limit, time), columns)


def _columns(parser: Parser, sample: Sequence[Record], file: str) -> Sequence[str]:
    columns = parser.columns
    if not sample and (not columns or isinstance(parser, Lines)):
        raise InputError(f"{file} is empty")
    if not columns:
        raise InputError(
            f"{file} holds no usable row: {sample[0][1] or 'no columns'}", hint="is the format right?"
        )
    return columns


def open_parser(raw: Bytes, format: Format) -> Parser:
    """The records of a pass over `raw`; raises InputError where it has no header, or cannot be read."""
    try:
        if format.name == "parquet":
            from linnaeus.files.parquet import Table

            return Table(raw.seekable(), raw.name)
        stream = raw.stream()
        if format.name in ("csv", "tsv"):
            return Delimited(stream, "," if format.name == "csv" else "\t", raw.name)
        return JsonLines(stream) if format.name == "jsonl" else Lines(stream)
    except (OSError, EOFError, zlib.error) as error:
        raise _torn(raw.name, error) from error


def guarded(parser: Parser, name: str) -> Iterator[Record]:
    """The parser's records; what the system or gzip raises is an InputError, after the rows read so far."""
    try:
        yield from parser
    except (OSError, EOFError, zlib.error) as error:
        raise _torn(name, error) from error


def _torn(name: str, error: Exception) -> InputError:
    return InputError(f"{name} cannot be read to its end: {error}", hint="is the file cut off or damaged?")
