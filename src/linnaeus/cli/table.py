"""Rows on stdout: a table on a terminal, tab-separated elsewhere. Knows nothing of what they say."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence

import click

_NUMBER = re.compile(r"-?\d[\d,.]*")


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print `rows` of cells below `header`; None is an empty cell."""
    lines = [[_cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        click.echo("\n".join("\t".join(line) for line in [list(header), *lines]))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for place, name in enumerate(header):
        cells = [line[place] for line in lines if line[place]]
        numbers = bool(cells) and all(map(_NUMBER.fullmatch, cells))
        table.add_column(Text(name), justify="right" if numbers else "left", no_wrap=numbers, overflow="fold")
    for line in lines:
        table.add_row(*map(Text, line))
    Console(highlight=False).print(table)


def _cell(value: object) -> str:
    """A value on one line, without tabs."""
    return "" if value is None else str(value).translate({ord(character): " " for character in "\t\r\n"})
