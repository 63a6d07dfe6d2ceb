"""`linnaeus labels`: look at labels, and correct them. Knows nothing of how labels are found."""

from __future__ import annotations

import click

from linnaeus.cli.changes import called, say_change
from linnaeus.cli.labels_describe import describe_command
from linnaeus.cli.labels_file import history_command, move_command, retire_command
from linnaeus.cli.labels_split import split_command
from linnaeus.cli.map import map_command
from linnaeus.cli.options import person_options, project_option
from linnaeus.cli.project import author_or_login, open_project, open_store
from linnaeus.cli.report import report_command
from linnaeus.cli.review import review_command


@click.group("labels", short_help="Look at labels; merge, split, rename, move, retire them; undo.")
def labels_group() -> None:
    """Look at labels and correct them; texts follow without being asked again, and all of it can be undone."""


@labels_group.command("list")
@click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Only the N labels with most texts.")
@click.option("--all", "retired", is_flag=True, help="Retired labels too, with a column that says so.")
@click.option("--tree", is_flag=True, help="Indented below their categories, with a line on each.")
@project_option
def list_command(limit: int | None, retired: bool, tree: bool, project: str | None) -> None:
    """Print the labels, those with most texts first: id, name, texts, wordings, category."""
    from linnaeus.cli.show import path
    from linnaeus.cli.table import print_table
    from linnaeus.cli.tree import print_tree
    from linnaeus.consolidate.mapped import mapped

    with open_store(project) as store:
        if tree:
            print_tree(store, limit, retired=retired)
            return
        categories, entries = store.categories(), mapped(store)
        more = ["taxonomy_id", "taxonomy_label"] * bool(entries) + ["retired"] * retired
        rows = []
        for label in store.labels(retired=retired)[:limit]:
            cells = [label.id, label.name, label.texts, label.wordings, path(label.category, categories)]
            if entries:
                entry = entries.get(label.id)
                cells += [entry.id, entry.name] if entry else ["", ""]
            cells += ["retired" if label.retired else ""] if retired else []
            rows.append(cells)
        print_table(["label_id", "label", "texts", "wordings", "category", *more], rows)


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
@person_options
@project_option
def merge_command(
    into: str, others: tuple[str, ...], author: str | None, why: str, project: str | None
) -> None:
    """Make INTO and OTHERS one label; INTO keeps its id, name and category."""
    from linnaeus.consolidate.people import find_label, merge

    with open_project(project) as classifier:
        labels = [find_label(classifier.store, name) for name in (into, *others)]
        gone = ", ".join(called(classifier.store, label) for label in dict.fromkeys(labels[1:]))
        change = merge(
            classifier.consolidator, labels[0], labels[1:], author=author_or_login(author), why=why
        )
        say_change(classifier.store, f"merged {gone} into", change)


@labels_group.command("rename")
@click.argument("label")
@click.argument("name")
@person_options
@project_option
def rename_command(label: str, name: str, author: str | None, why: str, project: str | None) -> None:
    """Give LABEL (or a category) another NAME; it keeps it."""
    from linnaeus.consolidate.people import find_label, rename

    with open_project(project) as classifier:
        found = find_label(classifier.store, label)
        was = classifier.store.names_of([found])[found]
        change = rename(classifier.consolidator, found, name, author=author_or_login(author), why=why)
        say_change(classifier.store, f"renamed {was} to", change)


@labels_group.command("undo")
@click.argument("event", type=int, required=False)
@person_options
@project_option
def undo_command(event: int | None, author: str | None, why: str, project: str | None) -> None:
    """Take back the last event that stands, or the one with the number EVENT; see `labels history`."""
    from linnaeus.consolidate.people import undo

    with open_project(project) as classifier:
        undone, change = undo(classifier.consolidator, event, author=author_or_login(author), why=why)
        say_change(classifier.store, f"undid {undone.kind} (event {undone.id}):", change)


@labels_group.command("tidy")
@project_option
def tidy_command(project: str | None) -> None:
    """Group and name all labels anew from all that is known, without a model.

    `label` does so at the end of each run; where one was killed, this does. A second time it changes nothing.
    """
    from linnaeus.cli.words import count

    with open_project(project) as classifier:
        moved = classifier.consolidator.tidy()
        labels = count(len(classifier.store.labels()), "label")
        click.echo(f"{labels}; {count(moved, 'wording')} moved", err=True)


for _command in (
    describe_command,
    history_command,
    map_command,
    move_command,
    report_command,
    retire_command,
    review_command,
    split_command,
):
    labels_group.add_command(_command)
