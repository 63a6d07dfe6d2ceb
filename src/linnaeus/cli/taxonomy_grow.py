"""`linnaeus taxonomy grow`: labels for texts that none fits, as proposals. Knows nothing of how they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.options import embedder_option, project_option

if TYPE_CHECKING:
    from linnaeus.discover.grow import NewLabel
    from linnaeus.taxonomy import Taxonomy

CUT = 80  # characters of an example
PROBABLY = 0.5  # the score below which a label probably does not fit


@click.command("grow", short_help="Propose labels for texts that none fits.")
@click.option("--accept", metavar="NAME", multiple=True, help="Add this one of them; may be repeated.")
@project_option
@embedder_option
def grow_command(accept: tuple[str, ...], **given: Any) -> None:
    """Group the texts of the project that no label fits, or probably none; print each group as a proposed label.

    Tab-separated: name, the label that it would be under, texts, what it is about, an example. Nothing is added but what you
    accept; the next `linnaeus label` then looks again at the texts that it may fit. Needs the extra `train`.
    """
    from linnaeus.classifier import Classifier
    from linnaeus.cli.words import count
    from linnaeus.settings import load_settings

    settings = load_settings(given).settings
    with Classifier.open_given(settings.project, embedder=settings.embedder) as classifier:
        texts = classifier.store.doubtful_texts(PROBABLY)
        proposed = classifier.propose_labels(texts)
        if not accept:
            _print(proposed, classifier.taxonomy)
            click.echo(
                f"{count(len(proposed), 'label')} proposed for {count(len(texts), 'text')} that no label fits, or probably"
                " none",
                err=True,
            )
            return
        added = _named(proposed, accept)
        touched = classifier.add_labels(added)
    click.echo(
        f"{count(len(added), 'label')} added; {count(touched, 'text')} may be touched: the next `linnaeus label` looks at"
        " these again. `linnaeus taxonomy export` writes the taxonomy with what was added",
        err=True,
    )


def _print(proposed: list[NewLabel], taxonomy: Taxonomy) -> None:
    from linnaeus.cli.table import print_table
    from linnaeus.taxonomy import BETWEEN

    rows = []
    for label in proposed:
        under = "" if label.parent is None else BETWEEN.join(taxonomy.path(label.parent))
        named = label.named
        rows.append((named.name, under, label.texts, named.description, named.texts[0][:CUT]))
    print_table(("name", "under", "texts", "about", "example"), rows)


def _named(proposed: list[NewLabel], names: tuple[str, ...]) -> list[NewLabel]:
    from linnaeus.errors import InputError

    by_name = {label.named.name: label for label in proposed}
    for name in names:
        if name not in by_name:
            raise InputError(f"{name!r} is not proposed", hint="`linnaeus taxonomy grow` prints what is")
    return [by_name[name] for name in dict.fromkeys(names)]
