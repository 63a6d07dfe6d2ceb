"""`linnaeus discover FILE`: a label set from texts, to be read and corrected. Knows nothing of how labels are found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.options import input_options, model_options, output_option, project_option

if TYPE_CHECKING:
    from linnaeus.discover.label_set import Label, LabelSet
    from linnaeus.settings import Settings

GENERATE = "generate"


@click.command("discover", short_help="Find a label set in the texts of a file.")
@click.argument("file")
@input_options
@output_option
@click.option(
    "--map",
    "map_file",
    metavar="FILE.html",
    type=click.Path(path_type=Path),
    help="Draw the texts as a page.",
)
@click.option(
    "--atlas", is_flag=True, help="Open the map in Embedding Atlas (extra map) when all is written."
)
@click.option(
    "--method",
    type=click.Choice(["agglomerative", "density", GENERATE]),
    default="agglomerative",
    help="How texts are grouped [agglomerative]; generate: a model writes labels for a sample of them.",
)
@click.option(
    "--bootstraps",
    metavar="B",
    type=click.IntRange(min=0),
    default=10,
    help="Resamples that say how stable each label is [10].",
)
@project_option
@model_options
def discover_command(file: str, out: Path | None, map_file: Path | None, atlas: bool, **given: Any) -> None:
    """Find labels for the texts of FILE and write them as a taxonomy file, to be read and corrected.

    `linnaeus label --taxonomy` takes that file as it is. How many labels there are follows from which groups come back when
    only a part of the texts is seen; with --method generate from what a model
    writes for samples. Needs the extra `train`.
    """
    from linnaeus.errors import BudgetReached
    from linnaeus.files import check_place, check_table
    from linnaeus.settings import load_settings

    rows = {name: given.pop(name) for name in ("text", "id", "time", "where", "limit", "format")}
    how = {"method": given.pop("method"), "resamples": given.pop("bootstraps")}
    record = given.pop("record")
    settings = load_settings(given).settings
    if out is not None:
        check_table(out)
    if map_file is not None:
        check_place(map_file)
    if atlas:
        from linnaeus.discover.atlas import check_atlas

        check_atlas()
    made = _discovered(_read(file, rows), how, settings, record)
    _write(made.labels, out)
    _say(made, out)
    _draw(made, map_file, atlas)
    if made.told.ended:
        raise BudgetReached(
            "the budget ended before all labels were named"
            if how["method"] != GENERATE
            else "the budget ended before the whole sample was looked at",
            hint="what is there is written; the same command goes on with a larger budget",
        )


def _discovered(texts: list[str], how: dict[str, Any], settings: Settings, record: str | None) -> LabelSet:
    """Group and name; vectors and paid answers are kept in the project."""
    from linnaeus.classifier import open_flow_model
    from linnaeus.cli.project import limits_of
    from linnaeus.discover.found import find_groups
    from linnaeus.discover.generated import generated
    from linnaeus.discover.label_set import label_set
    from linnaeus.discover.naming import named_by
    from linnaeus.embed import open_embedder
    from linnaeus.errors import UsageError
    from linnaeus.store import CachedVectors, Store

    model = open_flow_model(settings.llm, limits_of(settings), record)
    wordless = settings.llm == "none"
    if how["method"] == GENERATE and wordless:
        raise UsageError("there is no model that could write labels", hint="name one with --llm")
    with Store(settings.project) as store:
        embedder = CachedVectors(open_embedder(settings.embedder), store)
        if how["method"] == GENERATE:
            click.echo("letting the model write labels ...", err=True)
            return label_set(*generated(texts, embedder, model, store, resamples=how["resamples"]), embedder)
        click.echo("finding groups ...", err=True)
        found = find_groups(texts, embedder, **how)
        store.commit()
        click.echo("naming them ...", err=True)
        return label_set(found, *named_by(found, embedder, None if wordless else model, store), embedder)


def _read(file: str, rows: dict[str, Any]) -> list[str]:
    """The texts of a file; says how many rows could not be read."""
    from linnaeus.cli.words import count
    from linnaeus.files import open_rows

    texts, unreadable = [], 0
    with open_rows(file, **rows) as source:
        for row in source:
            if row.text is None:
                unreadable += 1
            else:
                texts.append(row.text)
    if unreadable:
        click.echo(f"{count(unreadable, 'row')} could not be read: left out", err=True)
    return texts


def _write(labels: list[Label], out: Path | None) -> None:
    """A table, or JSON lines on standard output."""
    from linnaeus.discover.label_set import COLUMNS
    from linnaeus.files import write_table
    from linnaeus.files.encode import dumped

    cells = [label.row() for label in labels]
    if out is not None:
        write_table(out, COLUMNS, cells)
        return
    for row in cells:
        click.echo(dumped(dict(zip(COLUMNS, row, strict=True))))


def _draw(made: LabelSet, page: Path | None, atlas: bool) -> None:
    """The map as a page, and in Embedding Atlas, which stays until it is interrupted."""
    from linnaeus.discover.atlas import open_atlas
    from linnaeus.discover.map import map_page, placed
    from linnaeus.files import write_whole

    if page is None and not atlas:
        return
    places = placed(made.found)
    if page is not None:
        write_whole(page, map_page(made.found, made.names, places))
        click.echo(f"map written to {page}", err=True)
    if atlas:
        click.echo("Embedding Atlas stays open until you press Ctrl-C", err=True)
        open_atlas(made.found, made.names, places)


def _say(made: LabelSet, out: Path | None) -> None:
    from linnaeus.cli.words import count, dollars

    found, leaves = made.found, [label for label in made.labels if not label.is_parent]
    total = int(found.counts.sum())
    parents = count(len(made.labels) - len(leaves), "parent")
    in_none = f"in none: {round(found.share_in_none * total):,} ({found.share_in_none:.1%})"
    click.echo(
        f"{count(len(leaves), 'label')} under {parents} from {count(total, 'text')}, {in_none}", err=True
    )
    flagged = sum(bool(label.flags) for label in leaves)
    if flagged:
        click.echo(
            f"{count(flagged, 'label')} flagged as unstable or close to another: column `flags`", err=True
        )
    told = made.told
    if told.usage.calls:
        click.echo(f"{count(told.usage.calls, 'call')} of the model, {dollars(told.usage.usd)}", err=True)
    if told.error and not told.ended:
        lost = f"{sum(reply is None for reply in told.replies)} of {count(len(told.replies), 'call')}"
        click.echo(f"{lost} gave no answer: {told.error}", err=True)
    click.echo(f"labels written to {out or 'standard output'}", err=True)
