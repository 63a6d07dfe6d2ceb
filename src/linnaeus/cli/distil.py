"""`linnaeus distil`: a student of a project, as a directory. Knows nothing of how it learns."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from linnaeus.cli.options import project_option

if TYPE_CHECKING:
    from linnaeus.distill.report import Report

SHOWN = 5


@click.command("distil", short_help="Train a small classifier on what the project decided.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    required=True,
    help="Directory of the student; made.",
)
@click.option(
    "--max-error",
    metavar="SHARE",
    type=click.FloatRange(0, 1, min_open=True),
    help="Largest share of the student's answers that may be wrong; 1: it answers every text [0.05].",
)
@click.option(
    "--doubts",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Examples whose labels others speak against.",
)
@click.option(
    "--next",
    "wanted",
    metavar="N",
    type=click.IntRange(min=1),
    help="Write N texts that a person should label next to stdout.",
)
@click.option("--onnx", is_flag=True, help="Write the student as an ONNX model too (extra `onnx`).")
@project_option
def distil_command(
    out: Path,
    max_error: float | None,
    doubts: Path | None,
    wanted: int | None,
    onnx: bool,
    project: str | None,
) -> None:
    """Train a student on the texts of a project under today's labels, whoever gave them; no model is asked.

    `linnaeus label FILE --student DIR` labels with it, without the project. It gives no label where it is in doubt, so that
    at most --max-error of its answers are wrong, as estimated on texts that it had not seen.
    """
    from linnaeus.distill.project import distil_project
    from linnaeus.errors import UsageError
    from linnaeus.files import check_table
    from linnaeus.files.encode import dumped
    from linnaeus.settings import load_settings

    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file, not a directory", hint="choose another --out")
    if doubts is not None:
        check_table(doubts)
    settings = load_settings({"project": project, "max_error": max_error}).settings
    promised = settings.max_error if isinstance(settings.max_error, float) else 0.05
    click.echo(f"learning from the texts of {settings.project} ...", err=True)
    report = distil_project(settings.project, out, promised, wanted=wanted or 0, onnx=onnx)
    if doubts is not None:
        _write_doubts(report, doubts)
    for line in report.lines:
        click.echo(line, err=True)
    if wanted and not report.next:
        click.echo("no text is left that no person has labelled", err=True)
    for text, label, chance in report.next:
        click.echo(dumped({"text": text, "label": label, "chance": chance}))
    click.echo(f"written to {out}: linnaeus label FILE --student {quote(str(out))}", err=True)


def _write_doubts(report: Report, path: Path) -> None:
    from linnaeus.files import write_table

    write_table(path, ("text", "label", "other", "chance"), report.doubts)
