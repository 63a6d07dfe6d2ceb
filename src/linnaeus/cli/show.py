"""One label in full, on stdout: wordings with the evidence that joined them, and texts. Knows nothing of models."""

from __future__ import annotations

import click

from linnaeus.cli.words import count
from linnaeus.consolidate.people import find_label
from linnaeus.store import Store, Vote


def show_label(store: Store, name: str, texts: int) -> None:
    """Print the label called `name` and up to `texts` of its texts."""
    label = find_label(store, name)
    surfaces = [row for row in store.surfaces() if row.label == label]
    counts = store.surface_counts()
    called, by = store.names()[label]
    total = next((one.texts for one in store.labels() if one.id == label), 0)
    click.echo(f"{called} (label {label}, {count(total, 'text')}, named by {by})")
    why = {vote.b: vote for vote in store.votes(surfaces=[row.id for row in surfaces])}
    for row in sorted(surfaces, key=lambda row: -counts.get(row.id, 0)):
        reason = "" if row.own_label == label or row.id not in why else f"   {_reason(why[row.id], store)}"
        if row.words is not None:
            click.echo(f"  {counts.get(row.id, 0):6,}  {row.key}{reason}")
    click.echo("texts:" if texts else "")
    for _, text in store.texts_of([row.id for row in surfaces], most=texts)[:texts]:
        click.echo(f"  {text[:200]}")


def _reason(vote: Vote, store: Store) -> str:
    if vote.event is not None:
        return f"merged by {vote.author} (event {vote.event})"
    wording = "" if vote.wording is None else f"wording {vote.wording:.2f}, "
    return f"joined: {wording}texts {vote.texts:.2f}"
