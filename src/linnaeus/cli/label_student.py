"""`linnaeus label FILE --student DIR`: label a file with a student, without a project. Knows nothing of how it decides."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linnaeus import __version__
from linnaeus.cli.outcome import Outcome
from linnaeus.cli.words import clock, count
from linnaeus.errors import InputError, UsageError
from linnaeus.files import Row, Source, check_out, check_place, open_rows, open_writer, write_whole
from linnaeus.student import Student, load, open_own_embedder
from linnaeus.types import Answer, Embedder

if TYPE_CHECKING:
    from linnaeus.cli.run import Wanted

AT_ONCE = 2048  # rows


def check_alone(given: Mapping[str, Any]) -> None:
    """Refuse options that a student would not heed."""
    unheeded = [name for name, value in given.items() if value is not None and name != "embedder"]
    if unheeded:
        named = ", ".join("--" + name.replace("_", "-") for name in unheeded)
        raise UsageError(
            f"{named} does nothing with --student", hint="a student has its labels and needs no project"
        )


def label_with_student(wanted: Wanted, folder: Path, embedder: str | None) -> None:
    """Label the rows of a file, write them, and say what came of it; `embedder` is a spec if one is named."""
    began = time.perf_counter()
    student = load(folder)
    opened = open_own_embedder(student, embedder)
    if wanted.summary is not None:
        check_place(wanted.summary)
    with open_rows(wanted.file, **wanted.rows) as source:
        if wanted.out is not None:
            check_out(wanted.out, source)
        outcome = Outcome()
        with open_writer(wanted.out or sys.stdout.buffer, source) as writer:
            for row, answer in _answers(source, student, opened):
                if answer.error is not None:
                    outcome.errors[row.number] = answer.error
                    if wanted.strict:
                        raise InputError(f"{source.name}, row {row.number}: {answer.error}")
                outcome.count(answer)
                writer.write(row, answer)
    outcome.seconds["total"] = round(time.perf_counter() - began, 3)
    _say(outcome)
    if wanted.summary is not None:
        _write_summary(wanted.summary, outcome)


def _answers(source: Source, student: Student, embedder: Embedder) -> Iterator[tuple[Row, Answer]]:
    rows = iter(source)
    while batch := list(islice(rows, AT_ONCE)):
        texts: Sequence[str] = [row.text for row in batch if row.text is not None]
        answers = iter(student.answer(texts, embedder))
        for row in batch:
            answer = Answer("", (), (), 0.0, "error", row.problem) if row.text is None else next(answers)
            yield row, answer


def _say(outcome: Outcome) -> None:
    click.echo(
        f"{count(outcome.texts, 'text')}: {outcome.fitted:,} labelled with {count(len(outcome.labels), 'label')},"
        f" {_in_doubt(outcome):,} in doubt and left without, {count(len(outcome.errors), 'error')}"
        f" · {clock(outcome.seconds['total'])}",
        err=True,
    )


def _in_doubt(outcome: Outcome) -> int:
    return outcome.texts - outcome.fitted - len(outcome.errors)


def _write_summary(path: Path, outcome: Outcome) -> None:
    import msgspec

    summary: dict[str, Any] = {
        "texts": outcome.texts,
        "by": dict(outcome.by),
        "labels": len(outcome.labels),
        "surfaces": 0,
        "llm": {"model": None, "calls": {}, "tokens_in": 0, "tokens_out": 0, "usd": 0.0},
        "in_doubt": _in_doubt(outcome),
        "errors": len(outcome.errors),
        "seconds": outcome.seconds,
        "version": __version__,
        "command": "linnaeus " + shlex.join(sys.argv[1:]),
    }
    write_whole(path, msgspec.json.format(msgspec.json.encode(summary)) + b"\n")
