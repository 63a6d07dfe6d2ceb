"""What people do to labels: merge, rename, undo. Each is an event that stays on record; nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import msgspec

from linnaeus.consolidate.consolidator import Consolidator
from linnaeus.consolidate.wording import wording_key
from linnaeus.errors import InputError
from linnaeus.store import Event, Store, Vote
from linnaeus.types import LabelId

PERSON = "human"


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
    """Let all wordings of `others` stand for `into`, which keeps its id and name."""
    store = consolidator.store
    if not set(others) - {into}:
        raise InputError("a label cannot be merged with itself", hint="name another label")
    event = store.add_event("merge", {"into": into, "labels": list(others)}, author=author)
    head = store.surface_of(into)
    name = store.names()[into]
    members = [row.id for row in store.surfaces() if row.label in {into, *others} and row.id != head]
    store.add_votes(Vote(head, member, "same", 1.0, author, event=event) for member in members)
    moved = consolidator.regroup()
    store.set_names([(into, *name)])
    store.commit()
    return Change(event, into, moved)


def rename(consolidator: Consolidator, label: LabelId, name: str, *, author: str = PERSON) -> Change:
    """Give a label another name; its id and wordings stay. The name is unique among the labels of today."""
    store = consolidator.store
    if not wording_key(name):
        raise InputError(f"{name!r} has no letter or digit", hint="give a name such as card_lost")
    known = store.names()
    other = next(
        (
            one
            for one, (called, _) in known.items()
            if one != label and wording_key(called) == wording_key(name)
        ),
        None,
    )
    if other is not None:
        raise InputError(
            f"label {other} is already called {known[other][0]!r}",
            hint="merge the two, or choose another name",
        )
    was, by = known[label]
    event = store.add_event(
        "rename", {"label": label, "name": name, "was": was, "was_named_by": by}, author=author
    )
    store.set_names([(label, name.strip(), author)])
    store.commit()
    return Change(event, label, 0)


def undo(
    consolidator: Consolidator, event: int | None = None, *, author: str = PERSON
) -> tuple[Event, Change]:
    """Take back an event (the last one that stands, unless named): the labels are as the rest of the evidence says."""
    store = consolidator.store
    standing = [one for one in store.events() if one.undone_by is None and one.kind != "undo"]
    chosen = next((one for one in reversed(standing) if event in (None, one.id)), None)
    if chosen is None:
        raise InputError(
            "there is nothing to undo" if event is None else f"there is no event {event} that stands"
        )
    detail: dict[str, Any] = msgspec.json.decode(chosen.detail)
    by = store.add_event("undo", {"event": chosen.id}, author=author)
    store.undo_event(chosen.id, by=by)
    moved = 0
    if chosen.kind == "rename":
        store.set_names([(LabelId(detail["label"]), detail["was"], detail["was_named_by"])])
        label = LabelId(detail["label"])
    else:
        label = LabelId(detail["into"])
        moved = consolidator.regroup()
    store.commit()
    return chosen, Change(by, label, moved)
