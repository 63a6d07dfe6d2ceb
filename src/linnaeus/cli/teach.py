"""`linnaeus teach FILE`: examples for a taxonomy. Knows nothing of how one learns from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.options import embedder_option, input_options, project_option

if TYPE_CHECKING:
    from linnaeus.classifier import Classifier
    from linnaeus.files import Row

SHOWN = 5
BATCH = 1000


@click.command("teach", short_help="Learn from examples which labels of a taxonomy fit.")
@click.argument("file")
@input_options
@click.option("--labels", metavar="COLUMN", default="labels", help="Column with the labels [`labels`].")
@click.option(
    "--taxonomy", metavar="FILE", help="The taxonomy, where the project holds none yet or an older one."
)
@project_option
@embedder_option
def teach_command(file: str, labels: str, taxonomy: str | None, **given: Any) -> None:
    """Take the texts of FILE and their labels as examples, and learn from all examples of the project.

    Labels are a list, or joined by `|`; each is an id of the taxonomy, a path ("Animal > Panda") or a name that one label
    alone has. [] makes a text an example of "none of these"; an empty cell says nothing, as for `evaluate`, and the row is
    left out. Labels that are not in the taxonomy are listed and left out. The next `linnaeus label` looks again at texts
    that examples and names gave labels before.
    """
    from linnaeus.classifier import Classifier
    from linnaeus.cli.words import count
    from linnaeus.errors import UsageError
    from linnaeus.files import open_rows
    from linnaeus.settings import load_settings

    rows = {name: given.pop(name) for name in ("text", "id", "time", "where", "limit", "format")}
    settings = load_settings(given).settings
    with (
        open_rows(file, **rows) as source,
        Classifier.open_given(settings.project, embedder=settings.embedder, taxonomy=taxonomy) as classifier,
    ):
        taken, unreadable, silent, unknown = _give(classifier, source, labels)
        _say_unknown(unknown)
        if unreadable:
            click.echo(f"{count(unreadable, 'row')} could not be read: left out", err=True)
        if silent:
            click.echo(
                f"{count(silent, 'row')} without labels left out; [] would say that none fits", err=True
            )
        if unknown and not taken:
            raise UsageError(
                "no example was taken: none of their labels is in the taxonomy",
                hint="labels are ids, paths or names of it; `linnaeus taxonomy show` prints them",
            )
        click.echo(f"{count(taken, 'example')} taken; learning from all of the project ...", err=True)
        lesson = classifier.learn()
        waiting = classifier.store.waiting_count()
    what = "words and meaning" if lesson.with_vectors else "words (the texts are long)"
    said = f"learnt from {count(lesson.examples, 'example')} of {count(lesson.labels, 'label')}, by {what}"
    if lesson.chosen:
        said += f"; {count(lesson.chosen, 'example')} of these by a model that was asked"
    if lesson.few:
        said += "; these are few, so what labels are called goes on to count"
    click.echo(said, err=True)
    if waiting:
        click.echo(
            f"the next `linnaeus label` looks again at {count(waiting, 'text')} labelled before", err=True
        )


def _give(classifier: Classifier, rows: Iterable[Row], column: str) -> tuple[int, int, int, Counter[str]]:
    """Examples taken, rows that could not be read, rows that say nothing, and unknown labels with their number."""
    from linnaeus.errors import InputError
    from linnaeus.evaluate.cells import labels_in

    taken, unreadable, silent, unknown = 0, 0, 0, Counter[str]()
    for batch in _batches(rows):
        if batch and column not in batch[0].columns and batch[0].problem is None:
            raise InputError(
                f"there is no column {column!r}",
                hint=f"name it with --labels; columns: {', '.join(batch[0].columns)}",
            )
        readable = [(row.text, labels_in(row.columns.get(column))) for row in batch if row.text is not None]
        said = [(text, labels) for text, labels in readable if labels is not None]
        unreadable += len(batch) - len(readable)
        silent += len(readable) - len(said)
        found = classifier.give([text for text, _ in said], [labels for _, labels in said])
        taken += found.taken
        unknown += found.unknown
    return taken, unreadable, silent, unknown


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    each = iter(rows)
    while batch := list(islice(each, BATCH)):
        yield batch


def _say_unknown(unknown: Counter[str]) -> None:
    from linnaeus.cli.words import count

    if not unknown:
        return
    shown = ", ".join(f"{label!r} ({number})" for label, number in unknown.most_common(SHOWN))
    more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
    click.echo(f"{count(len(unknown), 'label')} not in the taxonomy, left out: {shown}{more}", err=True)
