"""Label a whole file: read, label batch by batch, tidy, write under the final names. Knows not how labels are found."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import click

from linnaeus.classifier import BATCH, Classifier
from linnaeus.cli.closing import closing_table
from linnaeus.cli.grades import GRADES, grades
from linnaeus.cli.outcome import Outcome, moved
from linnaeus.cli.progress import Progress, open_progress
from linnaeus.cli.project import limits_of
from linnaeus.cli.summary import write_summary
from linnaeus.errors import BudgetReached, InputError, UsageError
from linnaeus.files import Row, Source, check_out, open_rows, open_writer
from linnaeus.settings import Settings
from linnaeus.types import Answer

MANY = 500  # labels of a taxonomy, from which embedding their names is worth a word


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one call of `label` asks for, beside the settings."""

    file: str
    rows: dict[str, Any]
    out: Path | None
    summary: Path | None
    strict: bool
    record: str | None
    taxonomy: str | None
    top: int | None


def label_file(wanted: Wanted, settings: Settings) -> None:
    """Label the rows of a file, write them, and say what came of it. Raises BudgetReached at the end if it ended early."""
    began = time.perf_counter()
    with open_rows(wanted.file, **wanted.rows) as source:
        _check_places(wanted, source)
        with open_classifier(settings, wanted.record, wanted.taxonomy, wanted.top) as classifier:
            _say_embedding(classifier)
            _say_changed(classifier)
            outcome, stopped = _label_and_write(wanted, source, classifier, began)
            closing_table(outcome, classifier, settings, wanted.out, source)
            if wanted.summary is not None:
                command = "linnaeus " + shlex.join(sys.argv[1:])
                write_summary(wanted.summary, outcome, classifier, settings, command)
    if stopped is not None:
        raise stopped


def _say_embedding(classifier: Classifier) -> None:
    """Say what takes a while before the first text of a large taxonomy."""
    store = classifier.store
    if classifier.with_taxonomy and not store.meta("zero_shot_of") and not store.meta("taught_of"):
        labels = len(classifier.taxonomy)
        if labels >= MANY:
            click.echo(f"embedding what {labels:,} labels are called, once ...", err=True)


def _say_changed(classifier: Classifier) -> None:
    """Say what a newer taxonomy did to labels: it may be a file that was not meant."""
    change = classifier.changed
    if change:
        kinds = ("added", "removed", "renamed", "moved")
        counts = ", ".join(f"{len(getattr(change, kind)):,} {kind}" for kind in kinds)
        click.echo(f"the project's taxonomy has changed: {counts}", err=True)


def _check_places(wanted: Wanted, source: Source) -> None:
    """Refuse what could not be written at the end before anything is paid for."""
    if wanted.out is not None:
        check_out(wanted.out, source)
    if wanted.summary is not None:
        if wanted.summary.is_dir():
            raise UsageError(f"{wanted.summary} is a folder, not a file", hint="choose another --summary")
        if not wanted.summary.parent.is_dir():
            raise UsageError(f"cannot write {wanted.summary}: there is no folder {wanted.summary.parent}")


def _label_and_write(
    wanted: Wanted, source: Source, classifier: Classifier, began: float
) -> tuple[Outcome, BudgetReached | None]:
    """Label, tidy and write; what came of it, and the end of the budget if that came first."""
    outcome = Outcome()
    stopped = None
    with open_progress(classifier, source, sys.stderr) as progress:
        try:
            _label_rows(source, classifier, wanted.strict, outcome, progress)
        except BudgetReached as error:
            stopped = error
        progress.say("naming labels")
        classifier.tidy()
        outcome.moved = moved(outcome.came, classifier)
        progress.say("writing")
        writing = time.perf_counter()
        with classifier.store.reading():  # one moment's names, whatever other processes change
            _write_rows(source, classifier, wanted.out or sys.stdout.buffer, outcome)
    now = time.perf_counter()
    outcome.seconds = _seconds(classifier, writing=now - writing, total=now - began)
    return outcome, stopped


def open_classifier(
    settings: Settings, record: str | None = None, taxonomy: str | None = None, top: int | None = None
) -> Classifier:
    """The classifier that the settings describe."""
    return Classifier.open(
        settings.project,
        llm=settings.llm,
        embedder=settings.embedder,
        max_labels=settings.max_labels,
        max_error=settings.max_error,
        granularity=settings.granularity,
        taxonomy=taxonomy,
        top=top,
        limits=limits_of(settings),
        record=record,
    )


def _label_rows(
    source: Source, classifier: Classifier, strict: bool, outcome: Outcome, progress: Progress
) -> None:
    newest = classifier.store.newest_text()
    for rows in _batches(source):
        outcome.errors.update((row.number, row.problem) for row in rows if row.problem is not None)
        readable = [row for row in rows if row.text is not None]
        numbers = _remember(readable, classifier)
        outcome.undated += sum(row.time is None for row in readable)
        outcome.known += sum(number is not None and number <= newest for number in numbers)
        undecided = [place for place, number in enumerate(numbers) if number is None]
        stopped = _label_new(rows, undecided, classifier, outcome)
        if strict and outcome.errors:
            number, why = min(outcome.errors.items())
            raise InputError(
                f"{source.name}, row {number}: {why}", hint="without --strict it is an error row"
            )
        if stopped is not None:
            raise stopped
        progress.advance(len(rows))


def _label_new(
    rows: Sequence[Row], undecided: Sequence[int], classifier: Classifier, outcome: Outcome
) -> BudgetReached | None:
    """Label the texts at the places `undecided` among those that `rows` have; note errors, and return a budget's end."""
    if not undecided:
        return None
    texts = [(row, row.text) for row in rows if row.text is not None]
    new = [texts[place] for place in undecided]
    stopped = None
    try:
        answers: Sequence[Answer | None] = classifier.label([text for _, text in new])
    except BudgetReached as error:
        answers, stopped = error.answers, error
    for (row, _), answer in zip(new, answers, strict=True):
        if answer is not None and answer.error is not None:
            outcome.errors[row.number] = answer.error
        if answer is not None and answer.label_ids:
            outcome.came.setdefault(answer.text, answer.label_ids[0])
    _remember([row for row, _ in new], classifier)
    return stopped


def _remember(rows: Sequence[Row], classifier: Classifier) -> list[int | None]:
    """Keep the ids and times of rows with texts; the store's number of each text, None for one without a decision."""
    return classifier.remember_ids([(row.id, row.text or "") for row in rows], [row.time for row in rows])


def _write_rows(source: Source, classifier: Classifier, out: Path | BinaryIO, outcome: Outcome) -> None:
    """Write every decided or failed row; rows that the budget left out are left out."""
    seen: set[str] = set()
    more = GRADES if classifier.with_taxonomy else ()
    with open_writer(out, [*source.columns, *more] if more else source) as writer:
        for rows in _batches(source):
            today = iter(classifier.today([row.text for row in rows if row.text is not None]))
            for row in rows:
                answer = None if row.text is None else next(today)
                if answer is None and row.number not in outcome.errors:
                    outcome.left += 1
                    continue
                if answer is None:
                    answer = Answer(row.text or "", (), (), 0.0, "error", outcome.errors[row.number])
                elif answer.text in seen:
                    answer = replace(answer, by="exact")
                seen.add(answer.text)
                outcome.count(answer)
                if more:
                    row = replace(row, columns={**row.columns, **grades(answer)})
                writer.write(row, answer)


def _batches(source: Source) -> Iterator[Sequence[Row]]:
    rows = iter(source)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _seconds(classifier: Classifier, writing: float, total: float) -> dict[str, float]:
    spent = {**classifier.seconds, "write": writing}
    steps = {**spent, "rest": max(total - sum(spent.values()), 0.0), "total": total}
    return {name: round(seconds, 3) for name, seconds in steps.items()}
