"""`linnaeus compare A B`: how far two results agree. Knows nothing of how that is measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from linnaeus.evaluate.comparing import Comparison

SHOWN = 10


@click.command("compare", short_help="How far two results agree, and where they differ.")
@click.argument("a")
@click.argument("b")
@click.option("--text", metavar="COLUMN", help="Column with the texts, in both files [`text`].")
@click.option("--id", metavar="COLUMN", help="Column with the ids, in both files [`id`].")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="All of it as .json.")
def compare_command(a: str, b: str, text: str | None, id: str | None, out: Path | None) -> None:
    """Compare the labels of two results of `linnaeus label`, A and B: of two runs, two models, a person and a model.

    Texts go together by id, or else by text; the best label of each counts. Labels that are called otherwise in B are the
    same as those of A that they match best, one to one.
    """
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
    from linnaeus.cli.words import count

    click.echo("figure\tn\tvalue\tlow\thigh\twhy")
    for one in found.figures:
        click.echo("\t".join(figure_cells(one)))
    click.echo("\nlabel\tis_mostly\ttexts\tof_it\tboth")
    for label in found.labels:
        click.echo(f"{label.label}\t{label.is_mostly}\t{label.one}\t{label.other}\t{label.both}")
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
