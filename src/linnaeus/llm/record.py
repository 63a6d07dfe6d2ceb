"""Keep every good answer of a model in replay form. What a kill tore is repaired. Knows no model."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from threading import Lock

from linnaeus.errors import InputError, StoreError, UsageError
from linnaeus.llm.lines import Line, encoded, key, lines_of, read_lines
from linnaeus.types import Model, Reply, Task


class Recorder:
    """A `Model` that answers as `model` does, and appends each new good answer to `file` before that."""

    def __init__(self, model: Model, file: str | Path) -> None:
        self._model, self._path = model, Path(file)
        self.name, self.notice = model.name, str(getattr(model, "notice", ""))
        if self._path.suffix == ".gz":
            raise UsageError(f"cannot record into {self._path}", hint="give a plain file, compress it later")
        self._lock = Lock()
        try:
            self._path.open("ab").close()
            self._on_file = _mended(self._path)
        except OSError as error:
            raise UsageError(f"cannot write {self._path}: {error.strerror}") from error

    def __repr__(self) -> str:
        return f"Recorder({self._model!r}, {str(self._path)!r})"

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield what the model yields."""
        for position, reply in self._model.answer(tasks):
            self._keep(tasks[position], reply)
            yield position, reply

    def _keep(self, task: Task, reply: Reply) -> None:
        with self._lock:
            new = {key(line): line for line in lines_of(task, reply)}
            new = {key: line for key, line in new.items() if key not in self._on_file}
            if not new:
                return
            try:
                with self._path.open("ab") as out:  # each time: nothing to close, and cheap
                    out.write(b"".join(encoded(line) for line in new.values()))
            except OSError as error:
                raise StoreError(f"cannot write {self._path}: {error.strerror}") from error
            self._on_file.update(new)


def _mended(path: Path) -> set[Hashable]:
    """The keys of what is on file, after its last line was ended: completed or, when it was torn, cut off.

    Raises InputError, and changes nothing, when the file is no replay file.
    """
    with path.open("r+b") as file:
        whole = takewhile(lambda raw: raw.endswith(b"\n"), file)
        keys = _keys(read_lines(whole, path))
        tail = _last_line(file.fileno(), path.stat().st_size)
        if not tail:
            return keys
        try:
            keys |= _keys(read_lines([tail], path))
            file.seek(0, os.SEEK_END)
            file.write(b"\n")
        except InputError:
            if not tail.startswith(b"{"):
                raise
            file.truncate(path.stat().st_size - len(tail))
    return keys


def _keys(lines: Iterable[Line]) -> set[Hashable]:
    return {key(line) for line in lines}


def _last_line(descriptor: int, size: int) -> bytes:
    """What follows the last newline; empty when the file ends with one."""
    tail = b""
    while len(tail) < size and b"\n" not in tail:
        start = max(0, size - 2 * len(tail) - 4_096)
        tail = os.pread(descriptor, size - start, start)
    return tail.rpartition(b"\n")[2]
