"""What was done to labels and why: every event in words, and why each wording is where it is. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from linnaeus.consolidate.changes import FIT
from linnaeus.consolidate.standing import acts_of
from linnaeus.consolidate.tidy import PERSON
from linnaeus.store import Event, Store, SurfaceRow, Vote
from linnaeus.types import LabelId, SurfaceId

SHOWN = 5  # labels that texts were given at once


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as people read it. `undone_by`: the event that took it back."""

    event: int
    at: str
    author: str
    what: str
    why: str
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording of a label, how many texts were given it, and why it is there; no reason for the one that founded it."""

    key: str
    texts: int
    reason: str


def history(store: Store, label: LabelId | None = None) -> list[Entry]:
    """Every event, oldest first; of one label those about it, and about the labels that have become it."""
    read: dict[int, tuple[Event, dict[str, Any]]] = {}
    entries = []
    today = None if label is None else store.today(label)
    for event in store.events():
        detail: dict[str, Any] = msgspec.json.decode(event.detail)
        read[event.id] = event, detail
        undone = read.get(detail["event"]) if event.kind == "undo" else None
        about = undone[1] if undone else detail
        if today is None or today in {store.today(one) for one in _labels(about)}:
            what = f"undid {undone[0].kind} (event {undone[0].id})" if undone else _what(event.kind, detail)
            why = "; ".join(words for words in (detail.get("why"), detail.get("evidence")) if words)
            entries.append(Entry(event.id, event.at, event.author, what, why, event.undone_by))
    return entries


def _labels(detail: dict[str, Any]) -> Iterator[LabelId]:
    named = [detail.get("label"), detail.get("new"), detail.get("category"), *detail.get("labels", [])]
    return (LabelId(label) for label in named if label is not None)


def _what(kind: str, detail: dict[str, Any]) -> str:
    """An event in words, with what labels were called when it happened."""

    def called(label: int) -> str:
        name = detail.get("called", {}).get(str(label))
        return f"label {label}" if name is None else f"{name} (label {label})"

    label = called(detail["label"]) if "label" in detail else ""
    if kind == "merge":
        return f"merged {', '.join(map(called, detail['labels']))} into {label}"
    if kind == "rename":
        return f"renamed {label} to {detail['name']}"
    if kind == "split":
        return _split(label, detail)
    if kind == "move":
        return f"moved {label} " + (
            "to the top" if detail["category"] is None else f"under {_category(detail)}"
        )
    if kind == "retire":
        return f"retired {label}"
    if kind == FIT:
        return _fit([called(one) for one in detail["labels"]], detail["texts"])
    if kind == "map":
        return f"mapped {label} to {detail['path']} [{detail['taxonomy_id']}]"
    if kind == "dismiss":
        return f"dismissed proposal {detail['proposal']} ({detail['of']}) about {label}"
    return f"{kind} {label}".strip()


def _category(detail: dict[str, Any]) -> str:
    return f"{detail['called'].get(str(detail['category']))} (label {detail['category']})"


def _fit(labels: Sequence[str], texts: int) -> str:
    more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    what = "1 text" if texts == 1 else f"{texts} texts"
    return f"labelled {what}: {', '.join(labels[:SHOWN])}{more}"


def _split(label: str, detail: dict[str, Any]) -> str:
    if "wordings" in detail:
        return f"split {', '.join(detail['wordings'])} from {label}, new: label {detail['new']}"
    name = detail["names"].get(str(detail["new"]))
    texts = f"{detail['texts']} text" + ("" if detail["texts"] == 1 else "s")
    return f"split {texts} from {label}, new: {name} (label {detail['new']})"


# -- why wordings are where they are

_DID = {"merge": "merged", "split": "split", "rename": "named", "retire": "retired"}


def wordings(store: Store, label: LabelId) -> list[Wording]:
    """The wordings of a label of today, those given most first, and why each is there."""
    own = set(store.surfaces_of(label))
    rows = [row for row in store.surfaces() if row.id in own]
    counts, reasons = store.surface_counts(), _reasons(store, label, rows)
    found = [
        Wording(row.key, counts.get(row.id, 0), reasons.get(row.id, ""))
        for row in rows
        if row.words is not None
    ]
    return sorted(found, key=lambda wording: -wording.texts)


def named_by(store: Store, label: LabelId) -> str:
    """Who gave a label its name: "ada (event 3)" for a person."""
    by = store.names()[label][1]
    for event in reversed(store.events()) if by == PERSON else ():
        if any(label in act.names for act in acts_of([event])):
            return f"{event.author} (event {event.id})"
    return by


def _reasons(store: Store, label: LabelId, rows: Sequence[SurfaceRow]) -> dict[SurfaceId, str]:
    """What a person did, else what a machine saw, for each of `rows` but the one that founded `label`."""
    events = {event.id: event for event in store.events()}
    founded = {row.id: row.own_label for row in rows}
    machine: dict[SurfaceId, tuple[SurfaceId, str]] = {}  # what it joined, and why
    person: dict[SurfaceId, tuple[SurfaceId, str]] = {}
    for vote in store.votes(surfaces=list(founded)):
        if vote.event is None:
            if vote.texts is not None:  # else a model judged a pair, which need not have joined it
                machine[vote.b] = vote.a, _seen(vote)
        elif vote.kind == "same":
            event = events[vote.event]
            there, words = person.get(vote.b) or machine.get(vote.b) or (None, "")
            gone = msgspec.json.decode(event.detail).get("labels", ())  # what a merge took in
            if event.kind == "split" or there != vote.a or founded[vote.b] in gone:
                words = _done(event)
            elif vote.b not in person:
                words += f"; {_done(event)}"
            person[vote.b] = vote.a, words
    for row in rows:
        if row.event is not None and row.id not in person:
            person[row.id] = row.id, _done(events[row.event])
    why = machine | person
    return {row.id: why[row.id][1] for row in rows if row.own_label != label and row.id in why}


def _done(event: Event) -> str:
    return f"{_DID.get(event.kind, event.kind)} by {event.author} (event {event.id})"


def _seen(vote: Vote) -> str:
    wording = "" if vote.wording is None else f"wording {vote.wording:.2f}, "
    return f"joined: {wording}texts {vote.texts:.2f}, chance {vote.weight:.2f}"
