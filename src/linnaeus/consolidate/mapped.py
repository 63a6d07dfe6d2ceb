"""Which entry of a taxonomy stands for each label: what is proposed, and what people accepted.

What was accepted is read from the events that stand; how entries are found is in mapping.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from linnaeus.consolidate.changes import record
from linnaeus.consolidate.mapping import Match, match
from linnaeus.consolidate.portraits import portraits
from linnaeus.consolidate.readings import Readings
from linnaeus.consolidate.tidy import PERSON
from linnaeus.store import CachedVectors, LabelSummary, Proposed, Store
from linnaeus.taxonomy import BETWEEN, Taxonomy
from linnaeus.types import Codes, LabelId

AT_LEAST = 0.5  # chance from which an entry is proposed; below it is "none of these"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a taxonomy as an event keeps it; `path` runs from the root to its name."""

    id: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A label and the entry that may stand for it. `state` is accepted, proposed, or none: nothing is near enough.

    `number` is that of the proposal. Where the state is none, `reason` says what came nearest.
    """

    label: LabelSummary
    state: str
    entry: Entry | None
    chance: float
    reason: str
    number: int | None = None


def map_label(
    store: Store, label: LabelId, entry: Entry, *, evidence: str = "", author: str = PERSON, why: str = ""
) -> int:
    """Let `entry` stand for a label, for the `evidence` given; return the event. Commits nothing."""
    named = {"taxonomy_id": entry.id, "taxonomy_label": entry.name, "path": entry.path}
    return record(store, "map", {"label": label, **named, "evidence": evidence}, author=author, why=why)


def mapped(store: Store) -> dict[LabelId, Entry]:
    """The entry of each label of today that has one.

    Its own, the latest; without one that of a label that was merged into it, the latest.
    """
    own: dict[LabelId, Entry] = {}
    inherited: dict[LabelId, Entry] = {}
    for event in store.events():
        if event.kind == "map" and event.undone_by is None:
            detail: dict[str, Any] = msgspec.json.decode(event.detail)
            label = LabelId(detail["label"])
            today = store.today(label)
            entry = Entry(detail["taxonomy_id"], detail["taxonomy_label"], detail["path"])
            if today == label:
                own[label] = entry
            elif today is not None:
                inherited[today] = entry
    return inherited | own


def of_taxonomy(labels: Sequence[LabelId], entries: Mapping[LabelId, Entry]) -> dict[str, str]:
    """The entries of a text's labels, best first, `|`-separated; empty where none is mapped."""
    found = list(dict.fromkeys(entries[label] for label in labels if label in entries))
    return {
        "taxonomy_id": "|".join(entry.id for entry in found),
        "taxonomy_label": "|".join(entry.name.replace("|", "/") for entry in found),
    }


def propose_mappings(store: Store, vectors: CachedVectors, taxonomy: Taxonomy) -> list[Mapped]:
    """Find the entry of each label, those with most texts first; put what is new on the review list. Commits.

    Open proposals of an earlier look are withdrawn; an entry that was dismissed for a label is not proposed for it again.
    """

    def codify(texts: Sequence[str]) -> Codes:
        codes = vectors.codes(texts)
        store.commit()  # a large taxonomy takes minutes: what is embedded is kept
        return codes

    found = portraits(store, vectors)
    accepted = mapped(store)
    there = taxonomy.places(entry.id for entry in accepted.values()).tolist()
    standing = {label: accepted[label] for label, place in zip(accepted, there, strict=True) if place >= 0}
    dismissed = [row.detail for row in store.proposals() if row.kind == "map" and row.state == "dismissed"]
    places = taxonomy.places(detail["taxonomy_id"] for detail in dismissed).tolist()
    refused = {
        (store.today(LabelId(detail["label"])), place)
        for detail, place in zip(dismissed, places, strict=True)
        if place >= 0
    }
    matches = match(found, Readings(taxonomy, codify), never=refused)
    mappings = [
        Mapped(label, "accepted", standing[label.id], 1.0, "accepted")
        if label.id in standing
        else _mapping(label, one, taxonomy)
        for label, one in zip(found.labels, matches, strict=True)
    ]
    made = {_key(one): _proposed(one) for one in mappings if one.state == "proposed"}
    store.propose(made.values())
    store.withdraw("map", but=made)
    store.commit()
    return _numbered(store, mappings)


def _mapping(label: LabelSummary, found: Match | None, taxonomy: Taxonomy) -> Mapped:
    if found is None:
        return Mapped(label, "none", None, 0.0, "no entry is near")
    path = taxonomy.path(found.place)
    entry = Entry(taxonomy.ids[found.place], path[-1], BETWEEN.join(path))
    reason = _reason(found, taxonomy)
    if found.chance < AT_LEAST:
        return Mapped(label, "none", None, found.chance, f"nearest is {entry.path} [{entry.id}]: {reason}")
    return Mapped(label, "proposed", entry, found.chance, reason)


def _reason(found: Match, taxonomy: Taxonomy) -> str:
    if found.same == 1:
        return "the same name"
    signs = found.signs
    parts = [f"{found.same} entries have this name"] if found.same else []
    parts += [f"wordings {signs.words:.2f} alike"] if signs.words else []
    parts += [f"texts {signs.texts:.2f} alike"]
    if found.next is not None:
        ahead = "ahead of" if signs.lead >= 0 else "behind"
        parts += [f"{abs(signs.lead):.2f} {ahead} {taxonomy.names[found.next]}"]
    return ", ".join(parts)


def _key(mapping: Mapped) -> str:
    return f"{mapping.label.id} {mapping.entry.id if mapping.entry else ''}"


def _proposed(mapping: Mapped) -> Proposed:
    entry = mapping.entry
    assert entry is not None
    detail = {
        "label": mapping.label.id,
        "taxonomy_id": entry.id,
        "taxonomy_label": entry.name,
        "path": entry.path,
    }
    why = {"words": f"{mapping.reason}; chance {mapping.chance:.2f}", "chance": round(mapping.chance, 4)}
    return Proposed("map", _key(mapping), detail, why)


def _numbered(store: Store, mappings: Sequence[Mapped]) -> list[Mapped]:
    numbers = {
        f"{row.detail['label']} {row.detail['taxonomy_id']}": row.id
        for row in store.proposals()
        if row.kind == "map" and row.state == "open"
    }
    return [replace(one, number=numbers.get(_key(one))) for one in mappings]
