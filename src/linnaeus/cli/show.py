"""One label in full, on stdout: wordings with the evidence that joined them, and texts. Knows nothing of models."""

from __future__ import annotations

from collections.abc import Mapping

import click

from linnaeus.cli.changes import called
from linnaeus.cli.words import count
from linnaeus.consolidate.history import named_by, wordings
from linnaeus.consolidate.mapped import mapped
from linnaeus.consolidate.people import find_label
from linnaeus.store import Filed, Store
from linnaeus.types import LabelId

LONGEST = 200  # characters of a text


def show_label(store: Store, name: str, texts: int) -> None:
    """Print the label or category called `name` and up to `texts` of its texts."""
    label = find_label(store, name)
    categories = store.categories()
    filed = path(store.category_of(label), categories)
    about = store.descriptions().get(label, "")
    if store.is_category(label):
        click.echo(f"{store.names_of([label])[label]} (category {label})")
        _say("about", about)
        _say("category", filed)
        for one in [*(one.id for one in store.labels(retired=True)), *categories]:
            if store.category_of(one) == label:
                click.echo(f"  {called(store, one)}")
        return
    total = next((one.texts for one in store.labels(retired=True) if one.id == label), 0)
    title = f"{store.names()[label][0]} (label {label}, {count(total, 'text')}"
    click.echo(f"{title}, named by {named_by(store, label)})")
    _say("about", about)
    _say("category", filed)
    entry = mapped(store).get(label)
    _say("taxonomy", f"{entry.path} [{entry.id}]" if entry else "")
    _say("retired", "no text gets it any more" if label in store.retired() else "")
    print_wordings(store, label)
    click.echo("texts:" if texts else "")
    for _, text in store.texts_of(store.surfaces_of(label), most=texts)[:texts]:
        click.echo(f"  {text[:LONGEST]}")


def _say(what: str, words: str) -> None:
    if words:
        click.echo(f"{what}: {words}")


def print_wordings(store: Store, label: LabelId) -> None:
    """Print how many texts were given each wording of a label, and why it is there."""
    for one in wordings(store, label):
        click.echo(f"  {one.texts:6,}  {one.key}" + (f"   {one.reason}" if one.reason else ""))


def path(category: LabelId | None, categories: Mapping[LabelId, Filed]) -> str:
    """A category and those that it is under, from the top: "cards > lost cards"; empty for None."""
    names: list[str] = []
    while category is not None:
        name, category = categories[category]
        names.insert(0, name)
    return " > ".join(names)
