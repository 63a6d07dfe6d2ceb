"""What an event did to labels, in one line on stderr. Knows nothing of how it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from linnaeus.cli.words import count

if TYPE_CHECKING:
    from linnaeus.consolidate.changes import Change
    from linnaeus.store import Store
    from linnaeus.types import LabelId


def say_change(store: Store, done: str, change: Change, more: str = "") -> None:
    """Event, what was `done`, the label it was about, and how many wordings follow."""
    moved = f"; {count(change.moved, 'wording')} moved" if change.moved else ""
    click.echo(f"event {change.event}: {done} {called(store, change.label)}{more}{moved}", err=True)


def called(store: Store, label: LabelId) -> str:
    """A label as people name it: "card_lost (label 3)"."""
    return f"{store.names_of([label])[label]} (label {label})"
