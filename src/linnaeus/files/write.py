"""Answers beside the input's own columns, to a file or a stream. Knows nothing of stages or storage."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from linnaeus.errors import UsageError
from linnaeus.files import encode, formats
from linnaeus.files.aside import Aside, check_place, unwritable
from linnaeus.files.formats import Format
from linnaeus.files.rows import Row
from linnaeus.types import Answer

if TYPE_CHECKING:
    from types import TracebackType

    from linnaeus.files.source import Source

_BLOCK = 1 << 16
_DELIMITERS = {"csv": ",", "tsv": "\t"}


class _Sink(Protocol):
    """Takes records one by one.

    `finish` hands the last to the file, which stays open; `drop` forgets them.
    """

    def write(self, own: dict[str, Any], answer: Answer) -> None: ...
    def finish(self) -> None: ...
    def drop(self) -> None: ...


class Writer:
    """Writes one record a row, in the order of the calls. Use it in a `with` block.

    A file appears under its name when the block is left, whole, or not at all if it is left by an exception.
    A stream is flushed, never closed; a closed pipe raises BrokenPipeError, any other fault of the system
    LinnaeusError.
    """

    def __init__(self, name: str, sink: _Sink, aside: Aside | None) -> None:
        self._name = name
        self._sink = sink
        self._aside = aside

    def write(self, row: Row, answer: Answer) -> None:
        """Add a row's own columns and its answer."""
        try:  # not `with _mapped`: that would be a fifth of the time of a row
            self._sink.write(row.columns, answer)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(self._name, error) from error

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            try:
                with _mapped(self._name):
                    self._sink.finish()
            except BaseException:
                self._drop()
                raise
            if self._aside is not None:
                self._aside.keep()
        else:
            self._drop()

    def _drop(self) -> None:
        self._sink.drop()
        if self._aside is not None:
            self._aside.drop()


def open_writer(out: str | Path | BinaryIO, source: Source | Sequence[str]) -> Writer:
    """A writer to the file `out`, in the format of its ending, or of JSON lines to a binary stream.

    Columns: the source's own, or these names (one called like ours gets `input_` before it), then label,
    label_id, labels, score, by, error. Raises UsageError as `check_out` does.
    """
    columns = source if isinstance(source, Sequence) else source.columns
    if not isinstance(out, (str, Path)):
        return Writer("standard output", _Lines(out, encode.json_lines(columns)), None)
    format = check_out(out, source)
    types = _types(columns, source) if format.name == "parquet" else {}
    aside = Aside(Path(out))
    file = _packed(aside.file) if format.gzipped else aside.file
    if format.name == "parquet":
        return Writer(str(out), _Table(file, types), aside)
    if format.name == "jsonl":
        return Writer(str(out), _Lines(file, encode.json_lines(columns)), aside)
    delimiter = _DELIMITERS[format.name]
    sink = _Lines(file, encode.delimited(columns, delimiter), encode.header(columns, delimiter))
    return Writer(str(out), sink, aside)


def check_out(out: str | Path, source: Source | Sequence[str] = ()) -> Format:
    """The format of `out`. Raises UsageError where it cannot be written, so that no work is done in vain.

    Refused: an ending that names no format, .txt, the source's own file, a folder, a folder that does not
    exist; Parquet without its extra.
    """
    hint = "use .csv, .tsv, .jsonl or .parquet"
    format = formats.of_path(str(out), hint=hint)
    if format.name == "txt":
        raise UsageError(f"{out}: plain text cannot hold labels", hint=hint)
    if not isinstance(source, Sequence) and source.same_file(Path(out)):
        raise UsageError(f"{out} is the input itself", hint="choose another --out")
    if format.name == "parquet":
        from linnaeus.files.parquet import arrow

        arrow()
    check_place(Path(out))
    return format


class _Lines:
    """Lines of bytes, handed on in blocks; a gzip file made here is ended by `finish`."""

    def __init__(self, file: BinaryIO, line: encode.Line, head: bytes = b"") -> None:
        self._file = file
        self._line = line
        self._waiting = bytearray(head)

    def write(self, own: dict[str, Any], answer: Answer) -> None:
        self._waiting += self._line(own, answer)
        if len(self._waiting) >= _BLOCK:
            self._file.write(self._waiting)
            self._waiting = bytearray()

    def finish(self) -> None:
        self._file.write(self._waiting)
        _end(self._file)

    def drop(self) -> None:
        self._waiting.clear()


class _Table:
    """Records of a Parquet file. `types` are those of the source's own columns, by their own names."""

    def __init__(self, file: BinaryIO, types: dict[str, Any]) -> None:
        from linnaeus.files.parquet import TableWriter, arrow, schema

        pa = arrow()
        added = {name: pa.string() for name in encode.OURS} | {"label_id": pa.int64(), "score": pa.float64()}
        self._names = encode.renamed(list(types))
        self._file = file
        self._table = TableWriter(file, schema({self._names[name]: types[name] for name in types} | added))

    def write(self, own: dict[str, Any], answer: Answer) -> None:
        names = self._names
        self._table.add({names[column]: value for column, value in own.items()} | encode.ours(answer))

    def finish(self) -> None:
        self._table.finish()
        _end(self._file)

    def drop(self) -> None:
        self._table.drop()


def _types(columns: Sequence[str], source: Source | Sequence[str]) -> dict[str, Any]:
    """pyarrow types of the source's columns: a Parquet file's own, those seen in JSON lines, else strings."""
    from linnaeus.files.parquet import arrow, guessed

    schema = None if isinstance(source, Sequence) else source.arrow_schema()
    if schema is not None:
        return {field.name: field.type for field in schema}
    if not isinstance(source, Sequence) and source.format == "jsonl":
        return guessed(columns, (row.columns for row in source))
    return {column: arrow().string() for column in columns}


def _packed(file: BinaryIO) -> BinaryIO:
    """gzip into `file`: equal content gives equal bytes, so no time and no name."""
    return cast(BinaryIO, gzip.GzipFile("", "wb", 6, file, mtime=0))


def _end(file: BinaryIO) -> None:
    if isinstance(file, gzip.GzipFile):
        file.close()
    else:
        file.flush()


@contextmanager
def _mapped(name: str) -> Iterator[None]:
    """OSError as LinnaeusError; a closed pipe stays what it is, since it is no fault."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(name, error) from error
