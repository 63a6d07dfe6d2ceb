"""`linnaeus label FILE`: the main job. Knows nothing of how labels are found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from linnaeus.cli.options import (
    Fineness,
    ShareOrAuto,
    input_options,
    model_options,
    output_option,
    project_option,
)


@click.command("label", short_help="Label the texts of a file.")
@click.argument("file")
@input_options
@output_option
@click.option(
    "--summary", metavar="FILE", type=click.Path(path_type=Path), help="Write counts and costs as JSON."
)
@click.option("--max-labels", metavar="N", type=click.IntRange(min=1), help="Up to N labels a text [1].")
@click.option(
    "--max-error",
    metavar="SHARE",
    type=ShareOrAuto(),
    help="Largest share of answers from memory that may differ from the model's, or auto for a table of choices [0.05].",
)
@click.option(
    "--granularity",
    metavar="coarse|normal|fine|N",
    type=Fineness(),
    help="How fine labels are, or N of them at most; may change at any time [normal, or as it was].",
)
@click.option("--taxonomy", metavar="FILE", help="Give labels of this taxonomy; a project keeps it.")
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(min=0),
    help="With a taxonomy: the N likeliest labels of each text, from now on; 0: as many as fit [0, or as it was].",
)
@click.option(
    "--student",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Label with the student that `linnaeus distil` made, without a project.",
)
@click.option("--strict", is_flag=True, help="End at the first row that cannot be labelled.")
@click.option("--plan", is_flag=True, help="Only say what this would cost; no model is asked.")
@project_option
@model_options
def label_command(
    file: str, out: Path | None, summary: Path | None, strict: bool, plan: bool, **given: Any
) -> None:
    """Label the texts of FILE (.csv, .tsv, .jsonl, .parquet, .txt, each also .gz; "-" is standard input).

    Every text is remembered in the project: run the same command again, after a stop or with more rows, and only new
    texts cost anything. Without a model (--llm none) texts are grouped by meaning and named by key phrases. With a taxonomy
    each text gets the labels of it that fit, any number of them; `linnaeus teach` learns from examples.
    """
    from linnaeus.cli.run import Wanted, label_file
    from linnaeus.settings import load_settings

    rows = {name: given.pop(name) for name in ("text", "id", "time", "where", "limit", "format")}
    record, taxonomy, top = given.pop("record"), given.pop("taxonomy"), given.pop("top")
    student = given.pop("student")
    wanted = Wanted(file, rows, out, summary, strict, record, taxonomy, top)
    if plan:
        from linnaeus.cli.plan import plan_file

        plan_file(wanted, load_settings(given).settings, student)
        return
    if student is not None:
        from linnaeus.cli.label_student import check_alone, label_with_student

        check_alone({**given, "taxonomy": taxonomy, "top": top, "record": record})
        label_with_student(wanted, student, given["embedder"])
        return
    label_file(wanted, load_settings(given).settings)
