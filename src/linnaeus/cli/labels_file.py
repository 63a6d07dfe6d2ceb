"""`linnaeus labels move`, `retire` and `history`. Knows nothing of how labels are found."""

from __future__ import annotations

import click

from linnaeus.cli.changes import called, say_change
from linnaeus.cli.options import person_options, project_option
from linnaeus.cli.project import author_or_login, open_project, open_store


@click.command("move")
@click.argument("label")
@click.argument("category", required=False)
@click.option("--top", is_flag=True, help="Take it out of its category.")
@person_options
@project_option
def move_command(
    label: str, category: str | None, top: bool, author: str | None, why: str, project: str | None
) -> None:
    """File LABEL, or a category, under CATEGORY; it is made if there is none of that name."""
    from linnaeus.consolidate.people import find_label, move
    from linnaeus.errors import UsageError

    if top == (category is not None):
        raise UsageError("where to?", hint="give either a CATEGORY or --top")
    with open_project(project) as classifier:
        store = classifier.store
        found = find_label(store, label)
        change = move(classifier.consolidator, found, category, author=author_or_login(author), why=why)
        under = store.category_of(change.label)
        say_change(
            store, "moved", change, " to the top" if under is None else f" under {called(store, under)}"
        )


@click.command("retire")
@click.argument("label")
@person_options
@project_option
def retire_command(label: str, author: str | None, why: str, project: str | None) -> None:
    """Let no later text have LABEL; texts decided before keep it. `labels undo` brings it back."""
    from linnaeus.consolidate.people import find_label, retire

    with open_project(project) as classifier:
        found = find_label(classifier.store, label)
        change = retire(classifier.consolidator, found, author=author_or_login(author), why=why)
        say_change(classifier.store, "retired", change)


@click.command("history")
@click.argument("label", required=False)
@click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Only the N newest events.")
@project_option
def history_command(label: str | None, limit: int | None, project: str | None) -> None:
    """Print what people did to labels, or to one LABEL: event, time, who, what, why, undone by.

    With LABEL also its wordings, and why each of them is there.
    """
    from linnaeus.cli.show import print_wordings
    from linnaeus.cli.table import print_table
    from linnaeus.consolidate.history import history
    from linnaeus.consolidate.people import find_label

    with open_store(project) as store:
        found = None if label is None else find_label(store, label)
        entries = history(store, found)
        print_table(
            ("event", "at", "by", "what", "why", "undone_by"),
            [
                (one.event, one.at, one.author, one.what, one.why, one.undone_by)
                for one in (entries[max(0, len(entries) - limit) :] if limit is not None else entries)
            ],
        )
        if found is not None:
            click.echo()
            print_wordings(store, found)
