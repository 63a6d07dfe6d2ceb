"""`linnaeus evaluate FILE`: how good the labels of a result are. Knows nothing of how that is measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.options import input_options, project_option

if TYPE_CHECKING:
    from linnaeus.evaluate.figures import Evaluation
    from linnaeus.evaluate.meaning import Labelled
    from linnaeus.evaluate.project import Given
    from linnaeus.evaluate.read import Read
    from linnaeus.files import Source


@click.command("evaluate", short_help="How good the labels of a result are.")
@click.argument("file", required=False)
@input_options
@click.option("--labels", metavar="COLUMN", help="Column with the gold labels [`input_labels`, ...].")
@click.option("--gold", metavar="FILE", help="The gold labels, where they are in another file.")
@click.option(
    "--summary",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What `label --summary` wrote: cost and time.",
)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="All figures as .json.")
@click.option("--report", metavar="FILE", type=click.Path(path_type=Path), help="A page to read, as .html.")
@click.option(
    "--ask",
    metavar="N",
    type=click.IntRange(min=1),
    help="Say of some N labels, here, whether they are right.",
)
@click.option("--stability", is_flag=True, help="No gold: make the labels of a project again, otherwise.")
@project_option
def evaluate_command(
    file: str | None, labels: str | None, gold: str | None, ask: int | None, project: str | None, **given: Any
) -> None:
    """Compare the labels of FILE, a result of `linnaeus label`, with gold labels: in a column of it, or in another file.

    Labels that were given are compared as such, those found without a label set as groups of texts. Every figure has a 95%
    interval. Gold labels are a list or joined by `|`; an empty cell says nothing, [] says that none fits. With labels of a
    taxonomy gold is an id, a path or a name, and the project's taxonomy gives figures by ancestors.

    With --stability FILE may be left out: the texts of the project are labelled again in other orders, or after other
    examples, without asking a model, and labels that do not come back are named.
    """
    import msgspec

    from linnaeus.errors import UsageError

    summary, out, report = given.pop("summary"), given.pop("out"), given.pop("report")
    if given.pop("stability"):
        _stability(file, given, project, out, without=(labels, gold, summary, report, ask))
        return
    if file is None:
        raise UsageError("there is no FILE", hint="name a result of `linnaeus label`")
    if ask is not None:
        _ask(file, given, ask, project, without=(labels, gold, summary, out, report))
        return
    from linnaeus.cli.evaluate_table import print_figures, say
    from linnaeus.evaluate.evaluation import evaluated
    from linnaeus.evaluate.meaning import labelled
    from linnaeus.evaluate.page import page

    check_ending(out, ".json")
    check_ending(report, ".html")
    cost = _summary(summary)
    read = _read(file, given, labels, gold)
    known = _given(project) if read.with_ids else None
    examples = (known.counts, known.examples) if known and known.examples else None
    data = labelled(read, known and known.taxonomy)
    found = evaluated(file, data, examples, cost)
    if report is not None:
        found = _with_learning(found, data, project)
    print_figures(found)
    say(found)
    if out is not None:
        write(out, msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    if report is not None:
        write(report, page(found).encode("utf-8", "replace"))


def _ask(
    file: str, rows: dict[str, Any], wanted: int, project: str | None, without: Sequence[object]
) -> None:
    from linnaeus.cli.ask import ask, print_estimate
    from linnaeus.errors import UsageError

    if any(one is not None for one in without):
        raise UsageError(
            "--ask needs no gold labels and writes no report", hint="give FILE and --project alone"
        )
    found = ask(file, rows, wanted, project)
    if found is not None:
        print_estimate(found)


def _stability(
    file: str | None,
    rows: dict[str, Any],
    project: str | None,
    out: Path | None,
    without: Sequence[object],
) -> None:
    from linnaeus.cli.stability import measure_stability, print_stability, stability_json
    from linnaeus.errors import UsageError

    if any(one is not None for one in without):
        raise UsageError(
            "--stability needs no gold labels and writes no report",
            hint="give --project, --out, and FILE where its texts alone count",
        )
    check_ending(out, ".json")
    found = measure_stability(file, rows, project)
    print_stability(found)
    if out is not None:
        write(out, stability_json(found))


def _with_learning(found: Evaluation, data: Labelled, project: str | None) -> Evaluation:
    """The same with the learning curve, or a note why there is none."""
    from dataclasses import replace

    from linnaeus.cli.ask import vectors_of
    from linnaeus.errors import InputError, MissingExtra
    from linnaeus.evaluate.learning import learning_curve

    try:
        return replace(found, learning=learning_curve(data, lambda texts: vectors_of(texts, project)))
    except (InputError, MissingExtra) as error:
        return replace(found, notes=[*found.notes, f"no learning curve: {error}"])


def _read(file: str, rows: dict[str, Any], labels: str | None, gold: str | None) -> Read:
    from linnaeus.evaluate.read import read_result
    from linnaeus.files import open_rows

    with open_rows(file, **rows) as source:
        if gold is None:
            return read_result(source, labels)
        with _open_gold(gold, rows["text"], rows["id"]) as other:
            return read_result(source, labels, other)


def _open_gold(gold: str, text: str | None, id: str | None) -> Source:
    """The file with gold labels, which may have ids and no texts."""
    from linnaeus.errors import InputError
    from linnaeus.files import open_rows

    try:
        return open_rows(gold, text=text, id=id)
    except InputError:
        if text is not None:
            raise
    return open_rows(gold, text=id or "id", id=id)


def _given(project: str | None) -> Given | None:
    """The taxonomy of the project, which must be there if it was named."""
    from linnaeus.evaluate.project import given
    from linnaeus.settings import load_settings

    return given(load_settings({"project": project}).settings.project, wanted=project is not None)


def check_ending(out: Path | None, ending: str) -> None:
    """Refuse what could not be written at the end."""
    from linnaeus.errors import UsageError
    from linnaeus.files import check_place

    if out is not None:
        if out.suffix != ending:
            raise UsageError(f"{out}: this is written as {ending}")
        check_place(out)


def _summary(path: Path | None) -> dict[str, Any] | None:
    import msgspec

    from linnaeus.errors import InputError

    if path is None:
        return None
    try:
        found = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path} is no summary of a run: {error}") from error
    if not isinstance(found, dict) or "seconds" not in found:
        raise InputError(f"{path} is no summary of a run", hint="`linnaeus label --summary FILE` writes one")
    return found


def write(path: Path, raw: bytes) -> None:
    """Write a file that appears whole or not at all, and say so."""
    from linnaeus.files import write_whole

    write_whole(path, raw)
    click.echo(f"written to {path}", err=True)
