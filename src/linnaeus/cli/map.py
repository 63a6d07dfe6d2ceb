"""`linnaeus labels map`: which entry of a taxonomy each label means. Knows nothing of how that is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from linnaeus.cli.options import person_options, project_option

if TYPE_CHECKING:
    from linnaeus.classifier import Classifier
    from linnaeus.consolidate.mapped import Mapped

HEADER = (
    "proposal",
    "label_id",
    "label",
    "texts",
    "state",
    "taxonomy_id",
    "taxonomy_label",
    "path",
    "probability",
    "reason",
)


@click.command("map")
@click.option(
    "--taxonomy",
    metavar="FILE",
    required=True,
    help="CSV id,name,description,parent_ids,synonyms; or .jsonl, .rdf, .ttl, .txt.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The table as .csv, .tsv or .jsonl [stdout].",
)
@click.option(
    "--accept",
    metavar="P",
    type=click.FloatRange(0, 1),
    help="Accept those with a probability of at least P at once.",
)
@person_options
@project_option
def map_command(
    taxonomy: str, out: Path | None, accept: float | None, author: str | None, why: str, project: str | None
) -> None:
    """Propose for each label the entry of a taxonomy that it means, or none; several labels may mean one.

    The proposals wait in `labels review`. What is accepted is in `labels list` and `export`, and can be undone.
    """
    from linnaeus.cli.project import author_or_login, open_project
    from linnaeus.consolidate.mapped import propose_mappings
    from linnaeus.files import check_table
    from linnaeus.taxonomy import read_taxonomy

    if out is not None:
        check_table(out)
    entries = read_taxonomy(taxonomy)
    with open_project(project) as classifier:
        click.echo(f"comparing with {len(entries):,} entries", err=True)
        mappings = propose_mappings(classifier.store, classifier.consolidator.vectors, entries)
        if accept is not None:
            mappings = _accept(classifier, mappings, accept, author_or_login(author), why)
    _write(mappings, out)
    count = {state: sum(one.state == state for one in mappings) for state in ("accepted", "proposed", "none")}
    words = ", ".join(f"{number:,} {state}" for state, number in count.items())
    waiting = "; `linnaeus labels review --kind map` shows what waits" if count["proposed"] else ""
    click.echo(f"{len(mappings):,} labels: {words}{waiting}", err=True)


def _accept(
    classifier: Classifier, mappings: list[Mapped], least: float, author: str, why: str
) -> list[Mapped]:
    from dataclasses import replace

    from linnaeus.consolidate.reviews import accept

    numbers = [one.number for one in mappings if one.number is not None and one.chance >= least]
    changes = accept(classifier.consolidator, numbers, author=author, why=why)
    done = {review.id: change.event for review, change in changes}
    return [
        replace(
            one, state="accepted", number=None, reason=f"{one.reason}; accepted (event {done[one.number]})"
        )
        if one.number in done
        else one
        for one in mappings
    ]


def _write(mappings: list[Mapped], out: Path | None) -> None:
    from linnaeus.cli.table import print_table
    from linnaeus.files import write_table

    rows = [
        (
            one.number,
            one.label.id,
            one.label.name,
            one.label.texts,
            one.state,
            one.entry and one.entry.id,
            one.entry and one.entry.name,
            one.entry and one.entry.path,
            round(one.chance, 3),
            one.reason,
        )
        for one in mappings
    ]
    if out is not None:
        write_table(out, HEADER, rows)
        return
    print_table(HEADER, rows)
