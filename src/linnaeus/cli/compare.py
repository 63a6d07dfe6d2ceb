"""`linnaeus compare`: how far two results agree, or which strategy is best on one sample. Knows nothing of how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.options import model_options, rows_options

if TYPE_CHECKING:
    from linnaeus.evaluate.comparing import Comparison

SHOWN = 10


@click.command("compare", short_help="Which strategy is best on a sample, or how far two results agree.")
@click.argument("file", metavar="FILE")
@click.argument("other", metavar="[OTHER]", required=False)
@click.option("--text", metavar="COLUMN", help="Column with the texts [`text`].")
@click.option("--id", metavar="COLUMN", help="Column with the ids, in both files [`id`].")
@rows_options
@click.option("--labels", metavar="COLUMN", help="One FILE: the column with the gold labels [`labels`].")
@click.option("--taxonomy", metavar="LABELS", help="One FILE: the label set [that of the gold labels].")
@model_options
@click.option(
    "--out",
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="All of it as .json; of one FILE also as .csv.",
)
def compare_command(file: str, other: str | None, **given: Any) -> None:
    """Try every strategy on the texts of FILE, whose labels are known, by cross-validation, and recommend one.

    Strategies are names and descriptions, neighbours, what `teach` learns, what `distil` trains; each with its quality, the
    share of texts answered, time and money. It takes 20 texts or more, better 10 of each label, and some minutes. With
    --llm a model is asked about 100 of them, in up to four ways. Where FILE has no gold labels, and --taxonomy says which
    labels there are, it says how far those strategies agree that need no example, and where they differ.

    With OTHER: compare the labels of two results of `linnaeus label`, of two runs, two models, a person and a model. Texts
    go together by id, or else by text; the best label of each counts. Labels that are called otherwise in OTHER are the same
    as those of FILE that they match best, one to one.
    """
    from linnaeus.errors import UsageError

    if other is None:
        from linnaeus.cli.compare_strategies import compare_strategies

        if given.pop("id") is not None:
            raise UsageError("--id is for two files", hint="linnaeus compare FILE OTHER --id COLUMN")
        compare_strategies(file, {name: given.pop(name) for name in ("text", "where", "limit")}, **given)
        return
    of_two = {name: given.pop(name) for name in ("text", "id", "out")}
    mine = next((name for name, value in given.items() if value not in (None, ())), None)
    if mine is not None:
        raise UsageError(f"--{mine.replace('_', '-')} is for one file", hint="linnaeus compare FILE")
    _compare_results(file, other, **of_two)


def _compare_results(a: str, b: str, text: str | None, id: str | None, out: Path | None) -> None:
    import msgspec

    from linnaeus.cli.evaluate import check_ending, write
    from linnaeus.evaluate.comparing import compared
    from linnaeus.evaluate.meaning import labelled
    from linnaeus.evaluate.read import read_pair
    from linnaeus.files import open_rows

    check_ending(out, ".json")
    with open_rows(a, text=text, id=id) as one, open_rows(b, text=text, id=id) as other:
        found = compared(labelled(read_pair(one, other)))
    _say(found, a, b)
    if out is not None:
        write(out, msgspec.json.format(msgspec.json.encode(found)) + b"\n")


def _say(found: Comparison, a: str, b: str) -> None:
    from linnaeus.cli.evaluate_table import figure_cells
    from linnaeus.cli.table import print_table
    from linnaeus.cli.words import count

    print_table(("figure", "n", "value", "low", "high", "why"), map(figure_cells, found.figures))
    click.echo()
    print_table(
        ("label", "is_mostly", "texts", "of_it", "both"),
        [(label.label, label.is_mostly, label.one, label.other, label.both) for label in found.labels],
    )
    how = (
        "labels are called alike"
        if found.by_name
        else "labels are called otherwise and were matched one to one"
    )
    click.echo(f"{count(found.texts, 'text')} in both; {how}", err=True)
    if found.differences:
        click.echo(f"most frequent differences ({a} / {b}):", err=True)
    for pair in found.differences[:SHOWN]:
        click.echo(
            f"  {pair.texts:5,}  {pair.found or 'no label'} / {pair.gold}: {pair.examples[0]}", err=True
        )
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
