"""Keep every good answer of a model in replay form. What a kill tore is repaired. Knows no model."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import msgspec

from linnaeus.errors import StoreError, UsageError
from linnaeus.llm.replay import Line, read_lines
from linnaeus.types import Model, Propose, Reply


class Recorder:
    """A `Model` that answers as `model` does, and appends each new good answer to `file` before that."""

    def __init__(self, model: Model, file: str | Path) -> None:
        self._model, self._path = model, Path(file)
        self.name, self.notice = model.name, str(getattr(model, "notice", ""))
        if self._path.suffix == ".gz":
            raise UsageError(
                f"cannot record into {self._path}", hint="give a plain file; compress it afterwards"
            )
        self._lock = Lock()
        try:
            _mend(self._path)
            self._out = self._path.open("ab")
        except OSError as error:
            raise UsageError(f"cannot write {self._path}: {error.strerror}") from error
        self._on_file = {line.text for line in read_lines(self._path) if line.task == "propose"}

    def __repr__(self) -> str:
        return f"Recorder({self._model!r}, {str(self._path)!r})"

    def answer(self, tasks: Sequence[Propose], /) -> Iterator[tuple[int, Reply]]:
        """Yield what the model yields."""
        for position, reply in self._model.answer(tasks):
            self._keep(tasks[position], reply)
            yield position, reply

    def close(self) -> None:
        """Close the file; every answer is in it already."""
        self._out.close()

    def _keep(self, task: Propose, reply: Reply) -> None:
        with self._lock:
            if reply.error is not None or not reply.labels or task.text in self._on_file:
                return
            try:
                self._out.write(_line(task, reply))
                self._out.flush()
            except OSError as error:
                raise StoreError(f"cannot write {self._path}: {error.strerror}") from error
            self._on_file.add(task.text)


def _line(task: Propose, reply: Reply) -> bytes:
    text = task.text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be written
    labels = list(reply.labels)
    line = (
        Line("propose", text, label=labels[0]) if len(labels) == 1 else Line("propose", text, labels=labels)
    )
    return msgspec.json.encode(line) + b"\n"


def _mend(path: Path) -> None:
    """End the last line: complete it when only its newline is missing, cut it off when it was torn."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("r+b") as file:
        tail = _last_line(file.fileno(), path.stat().st_size)
        if not tail:
            return
        try:
            msgspec.json.decode(tail, type=Line)
            file.seek(0, os.SEEK_END)
            file.write(b"\n")
        except msgspec.DecodeError:
            file.truncate(path.stat().st_size - len(tail))


def _last_line(descriptor: int, size: int) -> bytes:
    """What follows the last newline; empty when the file ends with one."""
    tail = b""
    while len(tail) < size and b"\n" not in tail:
        start = max(0, size - 2 * len(tail) - 4_096)
        tail = os.pread(descriptor, size - start, start)
    return tail.rpartition(b"\n")[2]
