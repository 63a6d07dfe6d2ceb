"""An evaluation on a terminal: figures on stdout, words on stderr. Knows nothing of how it is measured."""

from __future__ import annotations

from collections.abc import Iterator

import click

from linnaeus.cli.table import print_table
from linnaeus.cli.words import clock, count, dollars
from linnaeus.evaluate.figures import Evaluation, Figure

HEADER = ("group", "figure", "n", "value", "low", "high", "why")
WORST = 5


def print_figures(found: Evaluation) -> None:
    """Print every figure."""
    print_table(HEADER, _rows(found))


def _rows(found: Evaluation) -> Iterator[tuple[str, ...]]:
    for group in found.groups:
        for one in group.figures:
            yield group.name, *figure_cells(one)
    for step in found.steps:
        ends = map(_number, (step.right, step.low, step.high))
        why = "" if step.gold else "none of these texts has a gold label"
        yield "by", step.by, str(step.gold), *ends, why


def figure_cells(one: Figure) -> tuple[str, ...]:
    """Name, n, value, low, high, why."""
    return one.name, str(one.n), *map(_number, (one.value, one.low, one.high)), one.why


def say(found: Evaluation) -> None:
    """Print on stderr what was compared, what came of it in words, and what gets mixed up most."""
    kinds = {
        "single": "one label a text",
        "multi": "several labels a text",
        "open": "labels found, compared as groups",
    }
    lines = [
        f"{count(found.gold, 'text')} of {found.texts:,} with gold labels; {kinds[found.kind]}",
        *found.headline,
    ]
    lines += [f"  {one}" for one in _cost(found)]
    if found.pairs:
        lines.append("most mixed up (should be -> is):")
        lines += [f"  {one.texts:5,}  {one.gold} -> {one.found or 'no label'}" for one in found.pairs[:WORST]]
    for line in lines:
        click.echo(line, err=True)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)


def _cost(found: Evaluation) -> Iterator[str]:
    if found.cost is None:
        return
    seconds, llm = found.cost["seconds"], found.cost.get("llm", {})
    calls = ", ".join(f"{number:,} to {task}" for task, number in llm.get("calls", {}).items()) or "no calls"
    yield f"model: {calls}, {dollars(llm.get('usd'))}"
    texts = max(found.cost.get("texts", 0), 1)
    each = (
        f"{name} {clock(value)} ({1000 * value / texts:.2f} ms a text)" for name, value in seconds.items()
    )
    yield "time: " + ", ".join(each)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
