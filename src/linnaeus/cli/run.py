"""Label a whole file: read, label batch by batch, tidy, write under the final names. Knows not how labels are found."""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from linnaeus.classifier import BATCH, Classifier
from linnaeus.cli.closing import closing_table
from linnaeus.cli.progress import Progress, open_progress
from linnaeus.cli.summary import write_summary
from linnaeus.errors import BudgetReached, InputError
from linnaeus.files import Row, Source, check_out, open_rows, open_writer
from linnaeus.llm import Limits
from linnaeus.settings import Settings
from linnaeus.types import Answer


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one call of `label` asks for, beside the settings."""

    file: str
    rows: dict[str, Any]
    out: Path | None
    summary: Path | None
    strict: bool
    record: str | None


@dataclass(slots=True)
class Outcome:
    """What came of a run, for the closing table and the summary."""

    texts: int = 0
    by: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    estimated_errors: float = 0.0
    errors: dict[int, str] = field(default_factory=dict)  # row number -> reason
    known: int = 0  # texts that were decided before this run
    left: bool = False  # the budget ended before all rows were decided
    seconds: dict[str, float] = field(default_factory=dict)


def label_file(wanted: Wanted, settings: Settings) -> None:
    """Label the rows of a file, write them, and say what came of it. Raises BudgetReached at the end if it ended early."""
    began = time.perf_counter()
    outcome = Outcome()
    with (
        open_rows(wanted.file, **wanted.rows) as source,
        open_classifier(settings, wanted.record) as classifier,
    ):
        if wanted.out is not None:
            check_out(wanted.out, source)
        stopped = None
        with open_progress(classifier, source, sys.stderr) as progress:
            try:
                _label_rows(source, classifier, wanted.strict, outcome, progress)
            except BudgetReached as error:
                stopped, outcome.left = error, True
            progress.say("naming labels")
            classifier.tidy()
            progress.say("writing")
            writing = time.perf_counter()
            _write_rows(source, classifier, wanted.out or sys.stdout.buffer, outcome)
        outcome.seconds = _seconds(classifier, time.perf_counter() - began, time.perf_counter() - writing)
        closing_table(outcome, classifier, settings, wanted.out, source)
        if wanted.summary is not None:
            write_summary(
                wanted.summary, outcome, classifier, settings, "linnaeus " + shlex.join(sys.argv[1:])
            )
    if stopped is not None:
        raise stopped


def open_classifier(settings: Settings, record: str | None = None) -> Classifier:
    """The classifier that the settings describe."""
    limits = Limits(
        workers=settings.workers,
        timeout_s=settings.timeout,
        per_minute=settings.per_minute,
        budget_usd=settings.budget_usd,
        budget_calls=settings.budget_calls,
        prices=settings.prices,
    )
    return Classifier.open(
        settings.project,
        llm=settings.llm,
        embedder=settings.embedder,
        max_labels=settings.max_labels,
        max_error=settings.max_error,
        limits=limits,
        record=record,
    )


def _label_rows(
    source: Source, classifier: Classifier, strict: bool, outcome: Outcome, progress: Progress
) -> None:
    for rows in _batches(source):
        texts = [row.text for row in rows if row.text is not None]
        outcome.known += classifier.known(texts)
        ids = [(row.id, row.text) for row in rows if row.text is not None]
        try:
            answers = iter(classifier.label(texts))
        except BudgetReached:
            classifier.remember_ids(ids)
            raise
        for row in rows:
            why = row.problem if row.text is None else next(answers).error
            if why is not None:
                outcome.errors[row.number] = why
                if strict:
                    raise InputError(
                        f"{source.name}, row {row.number}: {why}", hint="without --strict it is an error row"
                    )
        classifier.remember_ids(ids)
        progress.advance(len(rows))


def _write_rows(source: Source, classifier: Classifier, out: Path | BinaryIO, outcome: Outcome) -> None:
    """Write every decided or failed row; rows that the budget left out are left out."""
    seen: set[str] = set()
    with open_writer(out, source) as writer:
        for rows in _batches(source):
            today = iter(classifier.today([row.text for row in rows if row.text is not None]))
            for row in rows:
                answer = None if row.text is None else next(today)
                if answer is None and row.number not in outcome.errors:
                    continue
                if answer is None:
                    answer = Answer(row.text or "", (), (), 0.0, "error", outcome.errors[row.number])
                elif answer.text in seen:
                    answer = replace(answer, by="exact")
                seen.add(answer.text)
                _count(outcome, answer)
                writer.write(row, answer)


def _count(outcome: Outcome, answer: Answer) -> None:
    outcome.texts += 1
    outcome.by[answer.by] += 1
    outcome.labels.update(answer.labels)
    if answer.by == "recall":
        outcome.estimated_errors += 1 - answer.score


def _batches(source: Source) -> Iterator[Sequence[Row]]:
    rows = iter(source)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _seconds(classifier: Classifier, total: float, writing: float) -> dict[str, float]:
    spent = {"embed": classifier.seconds["embed"], "model": classifier.seconds["model"], "write": writing}
    return {
        name: round(value, 3)
        for name, value in {**spent, "rest": total - sum(spent.values()), "total": total}.items()
    }
