"""Parquet in and out: the one door to pyarrow. Knows no text column and no answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, BinaryIO

from linnaeus.errors import InputError, MissingExtra
from linnaeus.files.encode import cell
from linnaeus.files.rows import Record

BATCH = 2_048
WRITE_BATCH = 16_384
"""Rows of one row group: small ones read slowly, large ones fill the memory."""


def arrow() -> Any:
    """The pyarrow module; raises MissingExtra."""
    if find_spec("pyarrow") is None:
        raise MissingExtra("pyarrow", "parquet")
    import pyarrow

    return pyarrow


class Table:
    """The records of one pass over a Parquet file, a batch at a time. `schema` is pyarrow's."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        pa = arrow()
        import pyarrow.parquet as pq

        self._name = name
        self._invalid = (pa.ArrowInvalid, pa.ArrowException, OSError)
        if not stream.read(1):
            raise InputError(f"{name} is empty")
        stream.seek(0)
        try:
            self._file = pq.ParquetFile(stream)
        except self._invalid as error:
            raise InputError(f"{name} is not a Parquet file: {error}") from error
        self.schema = self._file.schema_arrow
        if len(set(self.schema.names)) < len(self.schema.names):
            raise InputError(f"{name} has two columns of one name: {', '.join(self.schema.names)}")
        self.rows: int = self._file.metadata.num_rows
        self.columns: Sequence[str] = tuple(self.schema.names)

    def __iter__(self) -> Iterator[Record]:
        try:
            for batch in self._file.iter_batches(batch_size=BATCH):
                yield from _records(batch)
        except self._invalid as error:
            raise InputError(f"{self._name} cannot be read to its end: {error}") from error


def _records(batch: Any) -> Iterator[Record]:
    try:
        rows = batch.to_pylist()
    except (ValueError, OverflowError) as error:  # a str that is not UTF-8, a date that Python cannot hold
        if batch.num_rows == 1:
            yield {}, f"cannot be read: {error}"
            return
        for position in range(batch.num_rows):
            yield from _records(batch.slice(position, 1))
        return
    for columns in rows:
        yield columns, None


class TableWriter:
    """Records into a Parquet file, a batch at a time.

    `schema` says the columns; what a record has not got is null.
    """

    def __init__(self, file: BinaryIO, schema: Any) -> None:
        import pyarrow.parquet as pq

        self._schema = schema
        self._writer = pq.ParquetWriter(file, schema)
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        """Take one record."""
        self._rows.append(row)
        if len(self._rows) >= WRITE_BATCH:
            self._flush()

    def finish(self) -> None:
        """Write the last batch and the footer. The file stays open."""
        self._flush()
        self._writer.close()

    def drop(self) -> None:
        """Close while the file is there: pyarrow would else try to at the end of the writer's life."""
        with suppress(OSError, ValueError):
            self._writer.close()

    def _flush(self) -> None:
        arrays = [_array([row.get(field.name) for row in self._rows], field.type) for field in self._schema]
        self._writer.write_batch(arrow().RecordBatch.from_arrays(arrays, schema=self._schema))
        self._rows.clear()


def schema(types: Mapping[str, Any]) -> Any:
    """A pyarrow schema of column -> pyarrow type; every column may hold nulls."""
    pa = arrow()
    return pa.schema([pa.field(name, type) for name, type in types.items()])


def guessed(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Column -> pyarrow type, from all values: bool, int64, float64, list of strings; else a string."""
    pa = arrow()
    seen: dict[str, set[str]] = {column: set() for column in columns}
    for row in rows:
        for column, value in row.items():
            if value is not None:
                seen[column].add(_kind(value))
    types = {
        ("bool",): pa.bool_(),
        ("int",): pa.int64(),
        ("float",): pa.float64(),
        ("float", "int"): pa.float64(),
        ("list",): pa.list_(pa.string()),
    }
    return {column: types.get(tuple(sorted(kinds)), pa.string()) for column, kinds in seen.items()}


def _kind(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "list" if all(isinstance(part, str) for part in value) else "other"
    if type(value) is int and not -(2**63) <= value < 2**63:
        return "other"
    return type(value).__name__


def _array(values: list[Any], type: Any) -> Any:
    pa = arrow()
    if pa.types.is_string(type):
        values = [value if value is None or isinstance(value, str) else cell(value) for value in values]
    elif pa.types.is_float64(type):
        values = [value if value is None else float(value) for value in values]
    return pa.array(values, type)
