"""`linnaeus labels describe`: a model's line on each label and category. Knows nothing of what it is asked."""

from __future__ import annotations

from typing import Any

import click

from linnaeus.cli.options import llm_options, project_option
from linnaeus.cli.project import limits_of, open_project
from linnaeus.cli.words import count, dollars


@click.command("describe", short_help="Ask a model for a line on each label.")
@project_option
@llm_options
def describe_command(record: str | None, **given: Any) -> None:
    """Ask the model of --llm for a line on each label and category, and for the categories' names.

    One call for each that has none yet, or twice as many texts as it had then; those with most texts come first.
    """
    from linnaeus.classifier import open_flow_model
    from linnaeus.errors import BudgetReached, UsageError
    from linnaeus.settings import load_settings
    from linnaeus.stages import Describer

    settings = load_settings(given).settings
    if settings.llm == "none":
        raise UsageError("there is no model to ask", hint="name one with --llm")
    with open_project(settings.project) as classifier:
        describer = Describer(
            open_flow_model(settings.llm, limits_of(settings), record), classifier.consolidator
        )
        done, wanted = describer.describe()
    usage = describer.usage
    click.echo(
        f"{count(done, 'description')} of {wanted:,} wanted; {count(usage.calls, 'call')}, {dollars(usage.usd)}"
    )
    if done < wanted and not describer.ended:
        click.echo(
            "the others the model could not or would not describe; the same command asks again", err=True
        )
    if describer.ended:
        raise BudgetReached(
            "the budget ended", hint="what is finished is kept; the same command goes on with a new one"
        )
