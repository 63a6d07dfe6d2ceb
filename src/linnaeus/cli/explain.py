"""`linnaeus explain TEXT`: why a text would get labels of the taxonomy. Knows nothing of how they are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.options import embedder_option, project_option

if TYPE_CHECKING:
    from linnaeus.stages.on_file import Step


@click.command("explain", short_help="Say why a text would get which labels of a taxonomy.")
@click.argument("text")
@click.option(
    "--top", metavar="N", type=click.IntRange(min=1), default=5, show_default=True, help="Labels shown."
)
@project_option
@embedder_option
def explain_command(text: str, top: int, **given: Any) -> None:
    """Print the likeliest labels for TEXT with their probabilities, and what every source says of them.

    No model is asked and nothing is kept. What the text was given before, and what models said of it, comes first.
    """
    from linnaeus.classifier import Classifier
    from linnaeus.errors import UsageError
    from linnaeus.settings import load_settings
    from linnaeus.taxonomy import BETWEEN

    if not text.strip():
        raise UsageError("the text is empty")
    settings = load_settings(given).settings
    with Classifier.open_given(settings.project, embedder=settings.embedder) as classifier:
        reasons = classifier.explain(text, top)
        taxonomy = classifier.taxonomy
        (known,) = classifier.today([text])
        steps = classifier.asked(text)
    if known is not None:
        said = ", ".join(known.labels) or "none of the labels"
        click.echo(f"decided before, by {known.by}: {said}")
        for step in steps:
            click.echo(f"       {_step(step)}")
        click.echo()
    if not reasons:
        click.echo("nothing speaks for any label")
    for reason in reasons:
        click.echo(
            f"{reason.chance:5.3f}  {BETWEEN.join(taxonomy.path(reason.place))}  [{taxonomy.ids[reason.place]}]"
        )
        for line in _lines(reason.figures):
            click.echo(f"       {line}")


def _step(step: Step) -> str:
    if step.queries:
        return f"{step.model} was shown {step.shown} labels, looked for: {', '.join(step.queries)}"
    return f"{step.model} was shown {step.shown} labels, chose: {', '.join(step.chosen) or 'none'}"


def _lines(figures: Mapping[str, float]) -> Iterator[str]:
    if "nearest" in figures:
        yield f"nearest of its {figures['examples']:.0f} examples by meaning: {figures['nearest']:.2f} alike"
    for kind, words in (("words", "by words"), ("meaning", "by meaning")):
        if figures.get(f"{kind}_count"):
            yield (
                f"examples near {words}: {figures[f'{kind}_count']:.0f} of the nearest have it,"
                f" {figures[f'{kind}_share']:.0%} of their votes, the nearest {figures[f'{kind}_nearest']:.2f} alike"
            )
        if figures.get(f"{kind}_central"):
            yield f"mean of its examples {words}: {figures[f'{kind}_central']:.2f} alike"
    if figures.get("name"):
        means = figures["name_means"]
        often = f"; where it stands, the label is right in {means:.0%}" if means >= 0 else ""
        yield f"its name: {figures['name']:.0%} of it stands in the text{often}"
    if figures.get("meaning_of_name", -1) > 0:
        yield f"meaning of its name: {figures['meaning_of_name']:.2f} alike"
    if "margin" in figures:
        yield f"its classifier: {figures['margin']:+.2f} (above 0 is for it)"
