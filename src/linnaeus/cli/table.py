"""Rows on stdout: a table on a terminal that is wide enough, else tab-separated. Knows nothing of what they say."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence

import click

GAP = 2  # columns of a terminal between cells
READABLE = 16  # a cell that is narrower than this and than its words is cut into too many lines
_NUMBER = re.compile(r"-?\d[\d,.]*")


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print `rows` of cells below `header`; None is an empty cell."""
    lines = [[_cell(value) for value in row] for row in rows]
    if sys.stdout.isatty() and _print_wide(header, lines):
        return
    click.echo("\n".join("\t".join(line) for line in [list(header), *lines]))


def _print_wide(header: Sequence[str], lines: Sequence[Sequence[str]]) -> bool:
    """Print a table where the terminal has room for it, and say whether it has."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    columns = list(zip(header, *lines, strict=True))
    if sum(min(max(map(len, cells)), READABLE) + GAP for cells in columns) > console.width + GAP:
        return False
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for name, *cells in columns:
        numbers = any(cells) and all(map(_NUMBER.fullmatch, filter(None, cells)))
        table.add_column(Text(name), justify="right" if numbers else "left", no_wrap=numbers, overflow="fold")
    for line in lines:
        table.add_row(*map(Text, line))
    console.print(table)
    return True


def _cell(value: object) -> str:
    """A value on one line, without tabs."""
    return "" if value is None else str(value).translate({ord(character): " " for character in "\t\r\n"})
