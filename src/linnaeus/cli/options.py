"""Options that several commands share, in groups. Knows nothing of what they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


class ShareOrAuto(click.ParamType):  # type: ignore[type-arg]  # click 8.1 has no argument
    """A share between 0 and 1, or "auto"."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | str:
        """Return the number, or "auto"."""
        if value == "auto":
            return "auto"
        try:
            share = float(value)
        except ValueError:
            self.fail(f"{value!r} is neither a share such as 0.05 nor auto", param, ctx)
        if not 0 < share < 1:
            self.fail(f"{value} is not between 0 and 1", param, ctx)
        return float(share)


class Fineness(click.ParamType):  # type: ignore[type-arg]
    """Coarse, normal, fine, or a number of labels."""

    name = "granularity"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | int:
        """Return the word or the number."""
        if value in ("coarse", "normal", "fine"):
            return str(value)
        if not str(value).isdecimal() or int(value) < 1:
            self.fail(f"{value!r} is not coarse, normal, fine, or a number from 1 on", param, ctx)
        return int(value)


def _group(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


_where = click.option(
    "--where", metavar="COLUMN=VALUE", multiple=True, help="Keep only such rows; all must hold."
)
_limit = click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Keep only the first N rows.")
rows_options = _group(_where, _limit)

input_options = _group(
    click.option(
        "--text", metavar="COLUMN", help="Column with the texts [`text`, or the only text-like one]."
    ),
    click.option("--id", metavar="COLUMN", help="Column with the ids [`id`, else the row's number]."),
    click.option(
        "--time", metavar="COLUMN", help="Column that says when each text was written, for `labels report`."
    ),
    _where,
    _limit,
    click.option(
        "--format",
        type=click.Choice(["csv", "tsv", "jsonl", "parquet", "txt"]),
        help="Format of standard input.",
    ),
)

project_option = click.option(
    "--project", metavar="PATH", help="Project file with everything that is remembered [linnaeus.db]."
)

output_option = click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Result file; its ending names the format [stdout].",
)

_llm = click.option(
    "--llm",
    metavar="SPEC",
    help="openai:MODEL, anthropic:MODEL, gemini:MODEL, ollama:MODEL, http(s)://HOST/v1#MODEL, gguf:PATH, local,"
    " replay:FILE or none [none].",
)
embedder_option = click.option(
    "--embedder", metavar="SPEC", help="minilm, static, onnx:PATH, openai:MODEL, ... [minilm]."
)
_limits = _group(
    click.option("--workers", metavar="N", type=click.IntRange(min=1), help="Model calls at a time [8]."),
    click.option(
        "--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True), help="For one try [60]."
    ),
    click.option(
        "--per-minute",
        metavar="N",
        type=click.FloatRange(min=0, min_open=True),
        help="At most N model calls a minute.",
    ),
    click.option(
        "--budget-usd", metavar="USD", type=click.FloatRange(min=0), help="Stop before spending more."
    ),
    click.option(
        "--budget-calls", metavar="N", type=click.IntRange(min=0), help="Stop before more model calls."
    ),
    click.option(
        "--prices", metavar="FILE", help="Your own prices: model,usd_per_million_in,usd_per_million_out."
    ),
    click.option("--record", metavar="FILE", help="Keep every answer of the model in replay form."),
)

model_options = _group(_llm, embedder_option, _limits)
llm_options = _group(_llm, _limits)
"""For commands about a project that exists: it has its embedder."""

person_options = _group(
    click.option("--author", metavar="NAME", help="Who does this [your login name]."),
    click.option("--why", metavar="WORDS", default="", help="Why, for `labels history`."),
)
