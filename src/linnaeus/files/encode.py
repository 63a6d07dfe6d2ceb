"""Rows and answers as lines of JSON or of a delimited table. Writes no file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from linnaeus.types import Answer

OURS = ("label", "label_id", "labels", "score", "by", "error")
"""The columns that are added to the input's own, in this order."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell (OWASP, CSV injection)."""

_encode = msgspec.json.Encoder().encode

Line = Callable[[dict[str, Any], Answer], bytes]
"""A record's own columns and its answer as the bytes of one line."""


def renamed(columns: Sequence[str]) -> dict[str, str]:
    """Own column -> its name in the output: one called like ours gets `input_` before it until it is free."""
    taken = {*OURS, *columns}
    names: dict[str, str] = {}
    for column in columns:
        name = column
        while column in OURS and name in taken:
            name = f"input_{name}"
        taken.add(name)
        names[column] = name
    return names


def ours(answer: Answer) -> dict[str, Any]:
    """Our columns. `score` is None where there is no label; a `|` in a name becomes `/` in `labels`."""
    ids = answer.label_ids
    return {
        "label": answer.label and _sayable(answer.label),
        "label_id": ids[0] if ids else None,
        "labels": _sayable("|".join([name.replace("|", "/") for name in answer.labels])),
        "score": round(answer.score, 6) if answer.labels else None,
        "by": answer.by,
        "error": answer.error and _sayable(answer.error),
    }


def json_lines(columns: Sequence[str]) -> Line:
    """Lines of JSON: values keep their types, and a column that a row has not got is left away."""
    names = renamed(columns)

    def line(own: dict[str, Any], answer: Answer) -> bytes:
        record = {names[column]: value for column, value in own.items()} | ours(answer)
        return dumped(record) + b"\n"

    return line


def delimited(columns: Sequence[str], delimiter: str) -> Line:
    """Lines of a table with these own columns; nested values are JSON, None is empty.

    Our own text cells are made safe for spreadsheets, since a model wrote them; the user's own are left as
    they are.
    """
    keep = _Last()
    # \r\n makes csv quote a cell with either of the two; the line itself ends in \n alone.
    write = csv.writer(keep, delimiter=delimiter, lineterminator="\r\n").writerow

    def line(own: dict[str, Any], answer: Answer) -> bytes:
        get = own.get
        cells = [value if type(value) is str else cell(value) for value in map(get, columns)]
        label, label_id, labels, score, by, error = ours(answer).values()
        write([*cells, safe(label), label_id, safe(labels), score, by, safe(error)])
        return keep.line[:-2].encode("utf-8", "replace") + b"\n"

    return line


def header(columns: Sequence[str], delimiter: str) -> bytes:
    """The first line of a table: own columns by their new names, then ours."""
    keep = _Last()
    csv.writer(keep, delimiter=delimiter, lineterminator="\r\n").writerow([*renamed(columns).values(), *OURS])
    return keep.line[:-2].encode("utf-8", "replace") + b"\n"


def dumped(value: Any) -> bytes:
    """JSON of any value that a reader gave; half surrogate pairs and what JSON cannot say are replaced."""
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError):
        return _encode(_plain(value, 0))


class _Last:
    """A file for csv.writer that keeps the line just written."""

    line = ""

    def write(self, line: str) -> None:
        self.line = line


def safe(text: str | None) -> str | None:
    """`text` with a `'` in front where a spreadsheet would run it."""
    return f"'{text}" if text and text.startswith(_FORMULA) else text


def _sayable(text: str) -> str:
    """`text` without half surrogate pairs, which no UTF-8 file can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def cell(value: Any) -> str:
    """A value as text: None is empty, true, false and nested values are JSON."""
    if value is None:
        return ""
    if isinstance(value, (bool, int, list, tuple, dict)):
        return dumped(value).decode()
    return str(value)


def _plain(value: Any, depth: int) -> Any:
    """`value` in types and characters that JSON has; nothing deeper than 100."""
    if depth > 100:
        return None
    if isinstance(value, dict):
        return {str(_plain(str(key), depth)): _plain(part, depth + 1) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part, depth + 1) for part in value]
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    return str(value).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
