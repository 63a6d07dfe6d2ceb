"""`linnaeus label FILE --plan`: what a run would cost, as ranges. Knows nothing of how it is foreseen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console
from rich.table import Table

from linnaeus import __version__
from linnaeus.cli.project import limits_of
from linnaeus.cli.words import clock, count, dollars
from linnaeus.errors import UsageError
from linnaeus.files import check_place, open_rows, write_whole
from linnaeus.plan.plan import Plan, plan
from linnaeus.plan.range import Range, total
from linnaeus.settings import Settings

if TYPE_CHECKING:
    from linnaeus.cli.run import Wanted

TASKS = {
    "propose": "to label texts",
    "judge": "to judge which wordings are one label",
    "choose": "to choose labels of the taxonomy",
}


def plan_file(wanted: Wanted, settings: Settings, student: Path | None) -> None:
    """Say what labelling the rows of a file would cost; `--summary` writes the same as JSON."""
    if student is not None:
        raise UsageError("a student asks no model, so there is nothing to plan", hint="leave --plan out")
    if wanted.summary is not None:
        check_place(wanted.summary)
    with open_rows(wanted.file, **wanted.rows) as source:
        texts = [row.text for row in source if row.text is not None]
    made = plan(texts, settings, limits_of(settings), taxonomy=wanted.taxonomy, top=wanted.top)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, value in _lines(made, settings):
        table.add_row(name, value)
    Console(stderr=True, highlight=False).print(table)
    if wanted.summary is not None:
        write_whole(
            wanted.summary, msgspec.json.format(msgspec.json.encode(_summary(made, settings))) + b"\n"
        )


def _lines(made: Plan, settings: Settings) -> Iterator[tuple[str, str]]:
    known = made.texts - made.new
    yield (
        "Texts",
        f"{made.texts:,}"
        + (f"; {count(known, 'text')} known or repeated, which cost nothing" if known else ""),
    )
    calls = total(made.calls.values())
    yield "Model", f"{settings.llm}: {_calls(calls)}"
    for task, some in made.calls.items():
        if len(made.calls) > 1:
            yield "", f"{_calls(some)} {TASKS[task]}"
    if calls.most:
        yield "Tokens", f"{_span(made.tokens_in)} in, {_span(made.tokens_out)} out"
    yield "Cost", dollars(None) if made.usd is None else _words(made.usd, dollars)
    yield "Time", _words(made.seconds, clock)
    for why in _over(made, calls, settings):
        yield "Budget", why


def _over(made: Plan, calls: Range, settings: Settings) -> Iterator[str]:
    """Where the run may end early."""
    if settings.budget_calls is not None and calls.most > settings.budget_calls:
        yield f"{count(settings.budget_calls, 'call')} may not be enough"
    if settings.budget_usd is not None and made.usd is not None and made.usd.most > settings.budget_usd:
        yield f"{dollars(settings.budget_usd)} may not be enough"


def _whole(calls: Range) -> Range:
    return Range(math.floor(calls.least), round(calls.likely), math.ceil(calls.most))


def _calls(calls: Range) -> str:
    return f"{_span(_whole(calls))} calls"


def _span(figure: Range) -> str:
    return _words(figure, lambda number: f"{number:,.0f}")


def _words(figure: Range, say: Any) -> str:
    least, likely, most = (say(one) for one in figure)
    return likely if least == most else f"{least} to {most}, likely {likely}"


def _summary(made: Plan, settings: Settings) -> dict[str, Any]:
    """The plan as JSON: each range as least, likely and most."""
    return {
        "texts": made.texts,
        "new": made.new,
        "llm": {
            "model": settings.llm,
            "calls": {task: _whole(some)._asdict() for task, some in made.calls.items()},
            "tokens_in": made.tokens_in._asdict(),
            "tokens_out": made.tokens_out._asdict(),
            "usd": None if made.usd is None else made.usd._asdict(),
        },
        "seconds": made.seconds._asdict(),
        "version": __version__,
    }
