"""What people do to labels: merge, rename, undo. Each is an event that stays on record; nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import msgspec

from linnaeus.consolidate.consolidator import Consolidator
from linnaeus.consolidate.tidy import PERSON
from linnaeus.consolidate.wording import wording_key
from linnaeus.errors import InputError
from linnaeus.store import Event, Store, Vote
from linnaeus.types import LabelId


@dataclass(frozen=True, slots=True)
class Change:
    """What came of an event: the label it was about, and how many wordings stand for another label now."""

    event: int
    label: LabelId
    moved: int


def find_label(store: Store, name: str) -> LabelId:
    """Return the label that a person means: an id (also one that was merged away), a name, or a wording."""
    key = wording_key(name)
    found = [label for label, (called, _) in store.names().items() if wording_key(called) == key]
    if not found and (worded := store.label_worded(key)) is not None:
        found = [worded]
    if not found and name.lstrip("#").isdecimal():
        today = store.today(LabelId(int(name.lstrip("#"))))
        found = [] if today is None else [today]
    if not found:
        known = [label.name for label in store.labels()]
        close = get_close_matches(wording_key(name), known, n=3)
        raise InputError(
            f"there is no label {name!r}",
            hint=f"did you mean {', '.join(close)}?" if close else "see `labels list`",
        )
    if len(found) > 1:
        raise InputError(
            f"{name!r} is the name of several labels", hint="use an id: " + ", ".join(map(str, found))
        )
    return found[0]


def merge(
    consolidator: Consolidator, into: LabelId, others: Sequence[LabelId], *, author: str = PERSON
) -> Change:
    """Let all wordings of `others` stand for `into`, which keeps its id and, from now on, its name."""
    store = consolidator.store
    into, *rest = (_today(store, label) for label in (into, *others))
    gone = set(rest) - {into}
    if not gone:
        raise InputError("a label cannot be merged with itself", hint="name another label")
    detail = {"label": into, "name": store.names()[into][0], "labels": sorted(gone)}
    head = store.surface_of(into)
    members = [row.id for row in store.surfaces() if row.label in {into, *gone} and row.id != head]
    with consolidator.all_or_nothing():
        event = store.add_event("merge", detail, author=author)
        store.add_votes(Vote(head, member, "same", 1.0, author, event=event) for member in members)
        return Change(event, into, consolidator.tidy())


def rename(consolidator: Consolidator, label: LabelId, name: str, *, author: str = PERSON) -> Change:
    """Give a label another name; its id and wordings stay. The name is unique among the labels of today."""
    store, key = consolidator.store, wording_key(name)
    if not key:
        raise InputError(f"{name!r} has no letter or digit", hint="give a name such as card_lost")
    label = _today(store, label)
    for other, (called, _) in store.names().items():
        if other != label and wording_key(called) == key:
            hint = "merge the two, or choose another name"
            raise InputError(f"label {other} is already called {called!r}", hint=hint)
    with consolidator.all_or_nothing():
        event = store.add_event("rename", {"label": label, "name": name.strip()}, author=author)
        return Change(event, label, consolidator.tidy())


def undo(
    consolidator: Consolidator, event: int | None = None, *, author: str = PERSON
) -> tuple[Event, Change]:
    """Take back an event (the last one that stands, unless named): labels are as the rest of the evidence says."""
    store = consolidator.store
    undoable = [one for one in store.events() if one.undone_by is None and one.kind != "undo"]
    chosen = next((one for one in reversed(undoable) if event in (None, one.id)), None)
    if chosen is None:
        why = "there is nothing to undo" if event is None else f"there is no event {event} that stands"
        raise InputError(why)
    detail: dict[str, Any] = msgspec.json.decode(chosen.detail)
    with consolidator.all_or_nothing():
        by = store.add_event("undo", {"event": chosen.id}, author=author)
        store.undo_event(chosen.id, by=by)
        moved = consolidator.tidy()
    return chosen, Change(by, _today(store, LabelId(detail["label"])), moved)


def _today(store: Store, label: LabelId) -> LabelId:
    today = store.today(label)
    if today is None:
        raise InputError(f"there is no label with the id {label}", hint="see `linnaeus labels list`")
    return today
