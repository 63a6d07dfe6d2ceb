"""`linnaeus labels`: look at labels, and correct them. Knows nothing of how labels are found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from linnaeus.cli.options import project_option
from linnaeus.cli.project import open_store
from linnaeus.cli.words import count

if TYPE_CHECKING:
    from linnaeus.classifier import Classifier
    from linnaeus.consolidate.people import Change


@click.group("labels", short_help="List, show, merge, rename labels; undo.")
def labels_group() -> None:
    """List, show, merge, rename labels, and undo; texts follow without being asked again."""


@labels_group.command("list")
@click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Only the N labels with most texts.")
@project_option
def list_command(limit: int | None, project: str | None) -> None:
    """Print the labels, those with most texts first: id, name, texts, wordings (tab-separated)."""
    with open_store(project) as store:
        click.echo("label_id\tlabel\ttexts\twordings")
        for label in store.labels()[:limit]:
            click.echo(f"{label.id}\t{label.name}\t{label.texts}\t{label.wordings}")


@labels_group.command("show")
@click.argument("label")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=0), default=10, show_default=True, help="Texts to show."
)
@project_option
def show_command(label: str, limit: int, project: str | None) -> None:
    """Print one label (name, wording or id): its wordings, why they are there, and some of its texts."""
    from linnaeus.cli.show import show_label

    with open_store(project) as store:
        show_label(store, label, limit)


@labels_group.command("merge")
@click.argument("into")
@click.argument("others", nargs=-1, required=True)
@project_option
def merge_command(into: str, others: tuple[str, ...], project: str | None) -> None:
    """Make INTO and OTHERS one label; INTO keeps its id and name."""
    from linnaeus.consolidate.people import find_label, merge

    with _project(project) as classifier:
        labels = [find_label(classifier.store, name) for name in (into, *others)]
        _say(classifier, "merged", merge(classifier.consolidator, labels[0], labels[1:]))


@labels_group.command("rename")
@click.argument("label")
@click.argument("name")
@project_option
def rename_command(label: str, name: str, project: str | None) -> None:
    """Give LABEL another NAME; it keeps it."""
    from linnaeus.consolidate.people import find_label, rename

    with _project(project) as classifier:
        _say(
            classifier, "renamed", rename(classifier.consolidator, find_label(classifier.store, label), name)
        )


@labels_group.command("undo")
@click.argument("event", type=int, required=False)
@project_option
def undo_command(event: int | None, project: str | None) -> None:
    """Take back the last merge or rename, or the one with the number EVENT."""
    from linnaeus.consolidate.people import undo

    with _project(project) as classifier:
        undone, change = undo(classifier.consolidator, event)
        _say(classifier, f"undid {undone.kind} (event {undone.id})", change)


def _say(classifier: Classifier, done: str, change: Change) -> None:
    name = classifier.store.names_of([change.label])[change.label]
    moved = f"; {count(change.moved, 'wording')} moved" if change.moved else ""
    click.echo(f"event {change.event}: {done} {name} (label {change.label}){moved}", err=True)


@contextmanager
def _project(project: str | None) -> Iterator[Classifier]:
    """The project, to change its labels; no model is asked."""
    from linnaeus.classifier import Classifier
    from linnaeus.settings import load_settings

    with Classifier.reopen(load_settings({"project": project}).settings.project) as classifier:
        yield classifier
