"""`linnaeus taxonomy`: import, export, check and show a given label set. Knows nothing of texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.options import embedder_option, project_option
from linnaeus.cli.taxonomy_grow import grow_command

if TYPE_CHECKING:
    from linnaeus.closed.project import Change
    from linnaeus.settings import Settings
    from linnaeus.store import Store
    from linnaeus.types import LabelId

FIRST = 5  # labels that are named of each kind of change


@click.group("taxonomy", short_help="Import, export, check, show and grow a given label set.")
def taxonomy_group() -> None:
    """Put a given label set into a project, take it out, check its file, look at it.

    Files: .csv, .tsv or .jsonl (id, name, description, parent_ids, synonyms), SKOS (.rdf, .ttl), indented .txt; also .gz.
    """


@taxonomy_group.command("import")
@click.argument("file")
@project_option
@embedder_option
def import_command(file: str, **given: Any) -> None:
    """Let the taxonomy in FILE be that of the project; labels that stay, by their ids in FILE, keep their label_id.

    A label that FILE has no more is marked as removed. Prints what was added, removed, renamed and moved, and how many texts
    this may touch: the next `linnaeus label` looks at those again.
    """
    from linnaeus.cli.words import count
    from linnaeus.closed.project import import_taxonomy, is_touched
    from linnaeus.settings import load_settings
    from linnaeus.store import Store
    from linnaeus.taxonomy import read_taxonomy

    taxonomy = read_taxonomy(file)
    settings = load_settings(given).settings
    with Store(settings.project) as store:
        change = import_taxonomy(store, taxonomy)
        _print_change(store, change)
        said = "" if change else "; nothing has changed"
        click.echo(f"{store.path} holds {count(len(taxonomy), 'label')} of {file}{said}", err=True)
        touched = is_touched(store)
    if touched:
        _print_touched(settings)


def _print_touched(settings: Settings) -> None:
    from linnaeus.classifier import Classifier
    from linnaeus.cli.words import count

    with Classifier.open(settings.project, embedder=settings.embedder) as classifier:
        said = (
            f"{classifier.find_touched():,} of {count(classifier.store.count_texts(), 'text')} may be touched"
        )
    click.echo(f"{said}: the next `linnaeus label` looks at these again, no others", err=True)


def _print_change(store: Store, change: Change) -> None:
    from linnaeus.cli.table import print_table

    kinds: dict[str, Sequence[LabelId]] = {
        "added": change.added,
        "removed": change.removed,
        "renamed": change.renamed,
        "moved": change.moved,
    }
    rows = []
    for kind, labels in kinds.items():
        named = store.taxonomy_names(labels[:FIRST])
        first = [f"{named[label][1]} [{named[label][0]}]" for label in labels[:FIRST]]
        first += ["..."] * (len(labels) > FIRST)
        rows.append((kind, len(labels), "; ".join(first)))
    print_table(("change", "labels", "first"), rows)


@taxonomy_group.command("export")
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The file; its ending names the format: .csv, .tsv, .jsonl, .rdf, .ttl, .txt.",
)
@project_option
def export_command(out: Path, project: str | None) -> None:
    """Write the project's taxonomy to a file; removed labels are left out, indented text keeps names alone."""
    from linnaeus.cli.project import open_store
    from linnaeus.cli.words import count
    from linnaeus.closed.project import load
    from linnaeus.taxonomy import check_target, write_taxonomy

    check_target(out)
    with open_store(project) as store:
        taxonomy, _ = load(store)
    write_taxonomy(out, taxonomy)
    click.echo(f"{count(len(taxonomy), 'label')} written to {out}", err=True)


@taxonomy_group.command("check")
@click.argument("file")
def check_command(file: str) -> None:
    """Print what is wrong with the taxonomy in FILE: line, error or warning, what; exit code 1 on errors."""
    from linnaeus.cli.table import print_table
    from linnaeus.cli.words import count
    from linnaeus.errors import InputError
    from linnaeus.taxonomy import check

    faults = check(file)
    print_table(
        ("line", "kind", "what"),
        [(fault.line or None, "error" if fault.error else "warning", fault.words) for fault in faults],
    )
    errors = sum(fault.count for fault in faults if fault.error)
    warnings = sum(fault.count for fault in faults) - errors
    if errors:
        more = f" and {count(warnings, 'warning')}" if warnings else ""
        raise InputError(f"{file} has {count(errors, 'error')}{more}")
    click.echo(f"{file} can be used; {count(warnings, 'warning')}", err=True)


@taxonomy_group.command("show")
@click.argument("label", required=False, metavar="[ID_OR_NAME]")
@click.option("--file", metavar="FILE", help="A taxonomy file, instead of the project's.")
@project_option
def show_command(label: str | None, file: str | None, project: str | None) -> None:
    """Print what a taxonomy holds: counts and what is at the top; or one label: paths, description, what is under it."""
    from linnaeus.cli.project import open_store
    from linnaeus.cli.taxonomy_show import print_label, print_summary
    from linnaeus.closed.project import load
    from linnaeus.errors import UsageError
    from linnaeus.taxonomy import read_taxonomy

    if file is not None and project is not None:
        raise UsageError("which one?", hint="give either --file or --project")
    if file is not None:
        taxonomy = read_taxonomy(file)
    else:
        with open_store(project) as store:
            taxonomy, _ = load(store)
    if label is None:
        print_summary(taxonomy)
    else:
        print_label(taxonomy, label)


taxonomy_group.add_command(grow_command)
