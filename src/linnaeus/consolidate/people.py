"""What people do to labels: merge, rename, move, retire, undo. Each is an event that stays on record; nothing is deleted.

Splits are in splits.py; what follows from the events that stand is in standing.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

from linnaeus.consolidate.changes import (
    FIT,
    Change,
    checked_name,
    label_today,
    likeness_of,
    record,
    today_of,
    undisturbed,
    votes,
)
from linnaeus.consolidate.consolidator import Consolidator
from linnaeus.consolidate.filing import file_labels
from linnaeus.consolidate.standing import above, standing
from linnaeus.consolidate.tidy import PERSON
from linnaeus.consolidate.wording import wording_key
from linnaeus.errors import InputError
from linnaeus.store import Event, Store
from linnaeus.types import LabelId


def find_label(store: Store, name: str) -> LabelId:
    """Return the label that a person means: an id (also one that was merged away), a name, or a wording."""
    key = wording_key(name)
    found = [label for label, (called, _) in store.names().items() if wording_key(called) == key]
    if not found and (worded := store.label_worded(key) or store.label_worded(name)) is not None:
        found = [worded]
    if not found and name.lstrip("#").removeprefix("-").isdecimal():
        today = store.today(LabelId(int(name.lstrip("#"))))
        found = [] if today is None else [today]
    if not found:
        known = [label.name for label in store.labels()]
        close = get_close_matches(key, known, n=3) or [one for one in known if key in wording_key(one)][:3]
        raise InputError(
            f"there is no label {name!r}",
            hint=f"did you mean {', '.join(close)}?" if close else "see `labels list`",
        )
    if len(found) > 1:
        raise InputError(
            f"{name!r} is the name of several labels", hint="use an id: " + ", ".join(map(str, found))
        )
    return found[0]


@undisturbed
def merge(
    consolidator: Consolidator,
    into: LabelId,
    others: Sequence[LabelId],
    *,
    author: str = PERSON,
    why: str = "",
) -> Change:
    """Let all wordings of `others` stand for `into`, which keeps its id, its category and, from now on, its name."""
    store = consolidator.store
    into, *rest = (label_today(store, label) for label in (into, *others))
    gone = sorted(set(rest) - {into})
    if not gone:
        raise InputError("a label cannot be merged with itself", hint="name another label")
    if into in store.retired():
        hint = "merge it into the other one, or undo its retirement first"
        raise InputError(f"{store.names()[into][0]!r} is retired", hint=hint)
    head = store.surface_of(into)
    likeness = "; ".join(likeness_of(consolidator, head, store.surface_of(label)) for label in gone)
    detail = {"label": into, "name": store.names()[into][0], "labels": gone, "evidence": likeness}
    members = [one for label in (into, *gone) for one in store.surfaces_of(label) if one != head]
    with consolidator.all_or_nothing():
        event = record(store, "merge", detail, author=author, why=why)
        store.add_votes(votes("same", head, members, event, author))
        return Change(event, into, consolidator.tidy())


@undisturbed
def rename(
    consolidator: Consolidator, label: LabelId, name: str, *, author: str = PERSON, why: str = ""
) -> Change:
    """Give a label or category another name; its id and wordings stay. The name is unique among those of today."""
    store = consolidator.store
    label = today_of(store, label)
    name = checked_name(store, name, label)
    was = store.names_of([label])[label]
    worded = {row.key: row for row in store.surfaces() if row.label == label}.get(wording_key(name))
    with consolidator.all_or_nothing():
        event = record(store, "rename", {"label": label, "name": name, "was": was}, author=author, why=why)
        if (
            worded is not None and worded.own_label != label
        ):  # the wording is the name: it stays with the label
            store.add_votes(votes("same", store.surface_of(label), [worded.id], event, author))
        return Change(event, label, consolidator.tidy())


@undisturbed
def move(
    consolidator: Consolidator,
    label: LabelId,
    category: str | None,
    *,
    author: str = PERSON,
    why: str = "",
) -> Change:
    """File a label, or a category, under the category with this name or id, made if there is none; None: at the top."""
    store = consolidator.store
    label, parents = today_of(store, label), standing(store).parents
    under = None if category is None else _find_category(store, category)
    detail: dict[str, Any] = {"label": label, "was": store.category_of(label)}
    new = category is not None and under is None
    if not new and under == detail["was"]:
        raise InputError(f"{store.names_of([label])[label]!r} is there already")
    if label in above(under, parents):
        raise InputError(f"{category!r} is under {store.names_of([label])[label]!r}, or is itself that")
    with consolidator.all_or_nothing():
        if category is not None and under is None:
            under = store.add_category(checked_name(store, category))
        detail |= {"category": under, "made": None if under is None else store.made_as(under)}
        event = record(store, "move", detail, author=author, why=why)
        file_labels(standing(store), store)
        store.commit()
    return Change(event, label, 0)


@undisturbed
def retire(consolidator: Consolidator, label: LabelId, *, author: str = PERSON, why: str = "") -> Change:
    """Let no later text have a label; those decided before keep it. Its wordings stay together and join no other."""
    store = consolidator.store
    label = label_today(store, label)
    name = store.names()[label][0]
    if label in store.retired():
        raise InputError(f"{name!r} is retired already", hint="`labels undo` brings it back")
    head = store.surface_of(label)
    members = [one for one in store.surfaces_of(label) if one != head]
    with consolidator.all_or_nothing():
        detail = {"label": label, "name": name, "alone": [head]}
        event = record(store, "retire", detail, author=author, why=why)
        store.add_votes(votes("same", head, members, event, author))
        return Change(event, label, consolidator.tidy())


@undisturbed
def undo(
    consolidator: Consolidator, event: int | None = None, *, author: str = PERSON, why: str = ""
) -> tuple[Event, Change]:
    """Take back an event (the last one that stands, unless named): labels are as the rest of the evidence says.

    Not an undo, nor that texts were labelled: label them anew.
    """
    store = consolidator.store
    undoable = [one for one in store.events() if one.undone_by is None and one.kind not in ("undo", FIT)]
    chosen = next((one for one in reversed(undoable) if event in (None, one.id)), None)
    if chosen is None:
        nothing = "there is nothing to undo" if event is None else f"there is no event {event} that stands"
        raise InputError(nothing, hint="see `linnaeus labels history`")
    label = LabelId(msgspec.json.decode(chosen.detail)["label"])
    with consolidator.all_or_nothing():
        by = record(store, "undo", {"event": chosen.id}, author=author, why=why)
        store.undo_event(chosen.id, by=by)
        store.follow_moves()
        consolidator.reload()
        moved = consolidator.tidy()
    return chosen, Change(by, today_of(store, label), moved)


def _find_category(store: Store, name: str) -> LabelId | None:
    """The category with this name or id; None if nothing is called so. Raises InputError where a label is."""
    number = name.lstrip("#")
    if number.isdecimal() and store.is_category(LabelId(int(number))):
        return LabelId(int(number))
    for label, (called, _) in store.names().items():
        if wording_key(called) == wording_key(name):
            if not store.is_category(label):
                raise InputError(f"{called!r} is a label, not a category", hint="choose another name")
            return label
    return None
