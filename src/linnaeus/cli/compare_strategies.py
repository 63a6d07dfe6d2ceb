"""`linnaeus compare FILE`: a table of strategies and the commands of the best. Knows nothing of how they are tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.table import print_table
from linnaeus.cli.words import clock, count

if TYPE_CHECKING:
    from linnaeus.evaluate.strategies.sample import Sample
    from linnaeus.evaluate.strategies.table import Row, Strategies
    from linnaeus.settings import Settings
    from linnaeus.types import Model


COMMANDS = {
    "": "",
    "names": "label",
    "teach": "teach",
    "student": "distil",
    "sure student": "distil",
    "choose": "label --llm",
    "cascade": "label --llm",
}
"""The command that makes the difference, by what `Row.runs` says."""


def compare_strategies(
    file: str,
    rows: dict[str, Any],
    labels: str | None,
    taxonomy: str | None,
    out: Path | None,
    **flags: Any,
) -> None:
    """Try every strategy on the texts of a file, print the table, and say which one to use.

    `rows` are options of `open_rows`, `flags` are settings.
    """
    from linnaeus.cli.compare_commands import Given, commands
    from linnaeus.embed import open_embedder
    from linnaeus.errors import UsageError
    from linnaeus.evaluate.strategies.agreement import agreed
    from linnaeus.evaluate.strategies.sample import has_gold, read_sample, read_texts
    from linnaeus.evaluate.strategies.table import strategies
    from linnaeus.files import open_rows
    from linnaeus.settings import load_settings
    from linnaeus.taxonomy import read_taxonomy

    if file == "-":
        raise UsageError("the commands that are printed read the texts again", hint="give the name of a file")
    _check_out(out)
    record = flags.pop("record")
    settings = load_settings(flags).settings
    model = _model(flags["llm"], settings, record)
    own, noted = _own_labels(file, taxonomy)
    with open_rows(file, **rows) as source:
        if labels is None and taxonomy is not None and not has_gold(source):
            from linnaeus.cli.compare_agreement import compare_without_gold

            sample = read_texts(source, read_taxonomy(taxonomy))
            compare_without_gold(agreed(sample, open_embedder(settings.embedder), _Heard(), model), out)
            return
        sample = read_sample(source, labels, read_taxonomy(str(own)) if own.exists() or taxonomy else None)
    sample.notes.extend(noted)
    found = strategies(sample, open_embedder(settings.embedder), _Heard(), model)
    if not own.exists():
        _write_labels(own, sample)
    given = Given(
        file, _words_of(rows), sample.column, str(own), settings.embedder, sample.several, flags["llm"] or ""
    )
    lines = commands(found.recommended.runs, given)
    print_table(_header(found), map(_cells, found.rows))
    _say(found, lines)
    if out is not None:
        _write(out, found, lines)


def _words_of(rows: dict[str, Any]) -> tuple[str, ...]:
    """The options of the command line that say which rows are meant."""
    one = [
        word
        for name in ("text", "limit")
        if rows[name] is not None
        for word in (f"--{name}", str(rows[name]))
    ]
    return (*one, *(word for condition in rows["where"] for word in ("--where", condition)))


def _model(named: str | None, settings: Settings, record: str | None) -> Model | None:
    """The model, where this command names one: settings alone are no leave to spend money here."""
    from linnaeus.classifier import open_flow_model
    from linnaeus.cli.project import limits_of

    if named in (None, "none"):
        return None
    return open_flow_model(settings.llm, limits_of(settings), record)


def _own_labels(file: str, taxonomy: str | None) -> tuple[Path, list[str]]:
    """The file of the label set, which is made beside `file` where none is named, and a note if it is there already."""
    if taxonomy is not None:
        return Path(taxonomy), []
    own = Path(file).with_name(f"{Path(file).name.split('.')[0]}.labels.csv")
    return own, [f"the label set is that of {own}"] if own.exists() else []


def _write_labels(path: Path, sample: Sample) -> None:
    from linnaeus.taxonomy import write_taxonomy

    write_taxonomy(path, sample.taxonomy)
    click.echo(f"the label set is written to {path}: descriptions that you add there help", err=True)


class _Heard:
    """Says what is done, a line a strategy."""

    def __call__(self, name: str) -> None:
        click.echo(f"tried: {name}", err=True)


def _check_out(out: Path | None) -> None:
    from linnaeus.errors import UsageError
    from linnaeus.files import check_place

    if out is not None:
        if out.suffix not in (".json", ".csv"):
            raise UsageError(f"{out}: this is written as .json or .csv")
        check_place(out)


def _header(found: Strategies) -> list[str]:
    return [
        "strategy",
        "texts",
        found.figure,
        "low",
        "high",
        "answered",
        "right_of_answered",
        "ms_a_text",
        "training_s",
        "usd_per_1000",
        "front",
        "command",
    ]


def _cells(row: Row) -> list[str]:
    shares = (row.quality, row.low, row.high, row.answered, row.precision)
    return [
        row.strategy,
        str(row.texts),
        *("" if share is None else f"{share:.3f}" for share in shares),
        f"{row.ms:.2f}",
        f"{row.train_s:.1f}",
        "" if row.usd is None else f"{row.usd:.2f}",
        "yes" if row.front else "",
        COMMANDS[row.runs],
    ]


def _say(found: Strategies, lines: list[str]) -> None:
    for line in _words(found, lines):
        click.echo(line, err=True)


def _words(found: Strategies, lines: list[str]) -> Iterator[str]:
    best, wanted = found.rows[0], found.recommended
    yield (
        f"{count(found.texts, 'text')}, {count(found.labels, 'label')}; each fifth was labelled by what the others teach;"
        " times are of the processor"
    )
    for note in found.notes:
        yield f"note: {note}"
    yield (
        f"recommended: {wanted.strategy}, {found.figure} {wanted.quality or 0:.3f}, {wanted.ms:.1f} ms a text,"
        f" {clock(wanted.train_s)} to learn"
    )
    if best.strategy != wanted.strategy:
        why = "this one is cheaper" if best.asks else "by so little it may be chance"
        why = why if best.runs else "no command does it alone"
        yield f"(the best: {best.strategy}, {best.quality or 0:.3f}; {why})"
    yield from (f"  {line}" for line in lines)
    yield "then the last line with any other file in place of the sample"


def _write(path: Path, found: Strategies, lines: list[str]) -> None:
    import msgspec

    from linnaeus.files import write_table, write_whole

    if path.suffix == ".csv":
        write_table(path, _header(found), [_cells(row) for row in found.rows])
    else:
        kept = msgspec.to_builtins(found) | {"commands": lines}
        write_whole(path, msgspec.json.format(msgspec.json.encode(kept)) + b"\n")
    click.echo(f"written to {path}", err=True)
