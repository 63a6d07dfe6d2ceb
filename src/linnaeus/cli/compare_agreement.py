"""`linnaeus compare FILE` where no gold is: how far strategies agree. Knows not how they are tried."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from linnaeus.cli.table import print_table
from linnaeus.cli.words import count
from linnaeus.evaluate.strategies.agreement import Agreed, Agreeing
from linnaeus.files import write_table, write_whole

HEADER = ["strategy", "other", "texts", "same_label", "low", "high", "kappa"]
SHOWN = 5


def compare_without_gold(found: Agreed, out: Path | None) -> None:
    """Print the table and the texts on which strategies differ, and write them."""
    rows = [_cells(pair) for pair in found.pairs]
    print_table(HEADER, rows)
    for line in _words(found):
        click.echo(line, err=True)
    if out is None:
        return
    if out.suffix == ".csv":
        write_table(out, HEADER, rows)
    else:
        write_whole(out, msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    click.echo(f"written to {out}", err=True)


def _cells(pair: Agreeing) -> list[str]:
    shares = (pair.same, pair.low, pair.high, pair.kappa)
    return [pair.one, pair.other, str(pair.texts), *("" if one is None else f"{one:.3f}" for one in shares)]


def _words(found: Agreed) -> list[str]:
    lines = [f"{count(found.texts, 'text')} without gold labels: what agrees may still be wrong"]
    lines += [f"note: {note}" for note in found.notes]
    if found.differing:
        lines.append("most at odds:")
    for one in found.differing[:SHOWN]:
        lines.append(f"  {one.text[:200]}")
        lines += [f"    {strategy}: {label or 'no label'}" for strategy, label in one.labels.items()]
    lines.append(
        "label 20 texts or more in a column `labels`, and this says which strategy is right most often"
    )
    return lines
