"""Records of .jsonl and .txt, a line each. Knows no text column."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from linnaeus.files.rows import Record

_HALF_PAIR = "half of a surrogate pair in an escape"


class JsonLines:
    """The records of one pass over JSON lines; `columns` grows as new keys are seen. Blank lines are skipped.

    NaN and Infinity are read, as Python writes them. Numbers keep their value and type.
    """

    rows = None

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.columns: list[str] = []
        self.line = 0
        """The number of the line of the newest record."""

    def __iter__(self) -> Iterator[Record]:
        decode = msgspec.json.Decoder().decode
        known: dict[str, None] = {}
        for number, line in enumerate(self._stream, 1):
            self.line = number
            try:
                value = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                if not line.strip():
                    continue
                value, problem = _rescued(line, number)
            else:
                problem = None
            if not isinstance(value, dict):
                value, problem = {}, problem or f"not a JSON object (line {number})"
            if not value.keys() <= known.keys():
                known.update(dict.fromkeys(value))
                self.columns = list(known)
            yield value, problem


class Lines:
    """The records of one pass over plain text: each line is one, blank ones too. One column: text."""

    columns = ("text",)
    rows = None

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[Record]:
        for number, line in enumerate(self._stream, 1):
            end = line.rstrip(b"\r\n")
            try:
                yield {"text": end.decode()}, None
            except UnicodeDecodeError:
                yield {"text": end.decode("utf-8", "replace")}, f"invalid UTF-8 (line {number})"


def _rescued(line: bytes, number: int) -> tuple[Any, str | None]:
    """What can be read of a line that msgspec refused, and what is wrong with it."""
    try:
        text, problem = line.decode(), None
    except UnicodeDecodeError:
        text, problem = line.decode("utf-8", "replace"), f"invalid UTF-8 (line {number})"
    try:
        value = json.loads(text)
        whole = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return None, f"JSON too deep (line {number})"
    except ValueError as error:
        return None, f"not JSON: {_short(error)} (line {number})"
    try:
        whole.encode()
    except UnicodeEncodeError:
        return _replaced(whole), f"{_HALF_PAIR} (line {number})"
    return value, problem


def _replaced(whole: str) -> Any:
    return json.loads(whole.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))


def _short(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return str(error)[:100]
