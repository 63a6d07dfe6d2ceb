"""Answers from a file instead of a model: each task that is on record costs one call, and no money."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from linnaeus.errors import InputError
from linnaeus.llm.budget import BUDGET_ENDED
from linnaeus.llm.limits import Limits
from linnaeus.llm.replies import check
from linnaeus.texts import clean_text
from linnaeus.types import Propose, Reply

TASKS = ("propose", "same", "choose", "name")
MISSING = "no recorded answer for this text"


class Line(msgspec.Struct, omit_defaults=True):
    """One line of a replay file, as far as a proposal needs it. Other keys are ignored."""

    task: str
    text: str | None = None
    label: str | None = None
    labels: list[str] | None = None

    def given(self) -> list[str] | None:
        """The labels of the line, best first; None if it has none."""
        if self.labels is not None:
            return self.labels
        return None if self.label is None else [self.label]


def read_file(path: Path) -> Iterator[Line]:
    """Each line of a replay file (.gz too). Raises InputError with file and line number."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            yield from read_lines(lines, path)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def read_lines(lines: Iterable[bytes], path: Path) -> Iterator[Line]:
    """Each line that is not empty; `path` is for messages. Raises InputError with file and line number."""
    decoder = msgspec.json.Decoder(Line)
    for number, raw in enumerate(lines, 1):
        try:
            if raw.strip():
                yield _checked(decoder.decode(raw))
        except (msgspec.DecodeError, ValueError) as error:
            hint = 'a line reads like {"task":"propose","text":"...","label":"..."}'
            raise InputError(f"{path}, line {number}: {error}", hint=hint) from error


def _checked(line: Line) -> Line:
    if line.task not in TASKS:
        raise ValueError(f"{line.task!r} is no task; known: {', '.join(TASKS)}")
    if line.task == "propose" and line.text is None:
        raise ValueError("a proposal has no text")
    if line.task == "propose" and line.given() is None:
        raise ValueError("a proposal has neither label nor labels")
    return line


class Replay:
    """A `Model` whose answers are on file, by text as it is compared (`clean_text`). The first line for a text wins."""

    notice = ""

    def __init__(self, files: Sequence[str | Path], limits: Limits | None = None) -> None:
        self.name = "replay:" + ",".join(str(file) for file in files)
        self._budget_calls = (limits or Limits()).budget_calls
        self._calls = 0
        self._labels: dict[str, list[str]] = {}
        for file in files:
            for line in read_file(Path(file)):
                if line.task == "propose" and line.text is not None:
                    self._labels.setdefault(clean_text(line.text), line.given() or [])

    def __repr__(self) -> str:
        return f"Replay({self.name!r})"

    def answer(self, tasks: Sequence[Propose], /) -> Iterator[tuple[int, Reply]]:
        """Yield (position, reply) in order; equal tasks count as one call."""
        seen: dict[Propose, Reply] = {}
        for position, task in enumerate(tasks):
            if task in seen:
                yield position, replace(seen[task], calls=0)
            else:
                seen[task] = self._reply(task)
                yield position, seen[task]

    def _reply(self, task: Propose) -> Reply:
        labels = self._labels.get(clean_text(task.text))
        if labels is None:
            return Reply(error=MISSING)
        if self._budget_calls is not None and self._calls >= self._budget_calls:
            return Reply(error=BUDGET_ENDED, unasked=True)
        self._calls += 1
        checked = check(list(labels[: task.at_most]), task.at_most)
        return Reply(checked.labels, checked.wrong or None, calls=1)
