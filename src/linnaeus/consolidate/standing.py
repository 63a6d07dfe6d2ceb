"""What people said of labels and still holds, read from the events that were not undone, so that undo is exact.

Where two events contradict each other the later one counts, and the earlier one again when that is undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from linnaeus.consolidate.holding import Holding
from linnaeus.consolidate.wording import wording_key
from linnaeus.store import Event, Store, SurfaceRow, Vote
from linnaeus.types import LabelId, SurfaceId

NAMING = ("merge", "rename", "split", "retire")  # events after which a label keeps its name


@dataclass(frozen=True, slots=True)
class Act:
    """An event that stands, with its detail read."""

    id: int
    kind: str
    detail: dict[str, Any]

    @property
    def names(self) -> dict[LabelId, str]:
        """The names that it gave to labels."""
        if self.kind not in NAMING:
            return {}
        own = {self.detail["label"]: self.detail["name"]} if "name" in self.detail else {}
        return {LabelId(int(label)): name for label, name in (own | self.detail.get("names", {})).items()}

    @property
    def newest_surface(self) -> SurfaceId:
        """The newest surface at that time; 0 for an event of an older version."""
        return SurfaceId(self.detail.get("newest_surface", 0))


@dataclass(frozen=True, slots=True)
class Alone:
    """No surface up to `newest` joins a label by machine, but those on its own `side` of the event that said so."""

    newest: SurfaceId
    side: frozenset[SurfaceId]


@dataclass(frozen=True, slots=True)
class Standing:
    """`names`: of labels that people named, merged into, split or retired, the latest last.

    `holding`: surfaces that people joined or separated. `alone`: surfaces whose label is to stay as people left it.
    `asleep`: surfaces of splits that are undone, each with the surface that has its texts. `categories`: the name of each
    that people made; `renamed`: the names that people gave, also to others.
    `parents`: where labels and categories were filed (None: at the top), the latest last. `retired`: the
    newest text that may have the label.
    """

    names: dict[LabelId, str] = field(default_factory=dict)
    holding: Holding = field(default_factory=Holding)
    alone: dict[SurfaceId, Alone] = field(default_factory=dict)
    asleep: dict[SurfaceId, SurfaceId] = field(default_factory=dict)
    categories: dict[LabelId, str] = field(default_factory=dict)
    renamed: dict[LabelId, str] = field(default_factory=dict)
    parents: dict[LabelId, LabelId | None] = field(default_factory=dict)
    retired: dict[LabelId, int] = field(default_factory=dict)

    def called(self, key: str) -> LabelId | None:
        """The label that a person gave the name with this wording key."""
        return next((label for label, name in self.names.items() if wording_key(name) == key), None)


def standing(store: Store) -> Standing:
    """Read the events of `store` that were not undone."""
    events, rows = store.events(), store.surfaces()
    asleep = _asleep(rows, {event.id for event in events if event.undone_by is not None})
    awake = [row for row in rows if row.id not in asleep]
    acts = list(acts_of(reversed(events)))
    names, since = _names(acts, {row.own_label for row in awake})
    holding, alone = _votes(acts, store.votes(by_people=True), {row.id for row in awake})
    founder = {row.own_label: row.id for row in awake}
    worded = {row.key: row.id for row in awake}
    for label, name in reversed(names.items()):
        surface = worded.get(wording_key(name))
        if surface is not None and surface > since[label]:  # it came later, as the name of this label
            holding.join(founder[label], surface)
    return Standing(
        names=names,
        holding=holding,
        alone=alone,
        asleep=asleep,
        categories=_categories(acts),
        renamed={label: name for act in reversed(acts) for label, name in act.names.items()},
        parents=_parents(acts, {row.own_label for row in rows if row.id in asleep}),
        retired={
            LabelId(act.detail["label"]): act.detail["newest_text"]
            for act in reversed(acts)
            if act.kind == "retire"
        },
    )


def acts_of(events: Iterable[Event]) -> Iterator[Act]:
    """Those of `events` that stand, read; in their order."""
    for event in events:
        if event.undone_by is None:
            yield Act(event.id, event.kind, msgspec.json.decode(event.detail))


def _asleep(rows: Sequence[SurfaceRow], undone: set[int]) -> dict[SurfaceId, SurfaceId]:
    """Surfaces of undone splits, each with the nearest surface that it was split from and that is awake."""
    asleep: dict[SurfaceId, SurfaceId] = {}
    for row in rows:  # oldest first: what a sense was split from is older
        if row.sense_of is not None and row.event in undone:
            asleep[row.id] = asleep.get(row.sense_of, row.sense_of)
    return asleep


def _names(acts: Sequence[Act], labels: set[LabelId]) -> tuple[dict[LabelId, str], dict[LabelId, SurfaceId]]:
    """The name of each label, the latest last, and the newest surface when it was given; of two equal ones the later."""
    names: dict[LabelId, str] = {}
    since: dict[LabelId, SurfaceId] = {}
    taken: set[str] = set()
    for act in acts:
        for label, name in act.names.items():
            if label in labels and label not in names and wording_key(name) not in taken:
                names[label], since[label] = name, act.newest_surface
                taken.add(wording_key(name))
    return dict(reversed(names.items())), since


def _votes(
    acts: Sequence[Act], votes: Iterable[Vote], awake: Container[SurfaceId]
) -> tuple[Holding, dict[SurfaceId, Alone]]:
    """Take up the votes of each event, the latest first; those on surfaces that sleep are void."""
    by_event: dict[int | None, list[Vote]] = defaultdict(list)
    for vote in votes:
        if vote.a in awake and vote.b in awake:
            by_event[vote.event].append(vote)
    holding = Holding()
    alone: dict[SurfaceId, Alone] = {}
    for act in acts:
        own = by_event[act.id]
        for head in (SurfaceId(one) for one in act.detail.get("alone", ()) if one in awake):
            side = _side(head, own)
            later = [one for one in holding.joined(head) if one not in side and one <= act.newest_surface]
            if not later:  # what was merged with it since does not leave it alone
                alone.setdefault(head, Alone(act.newest_surface, frozenset(side)))
        for vote in own:
            (holding.join if vote.kind == "same" else holding.separate)(vote.a, vote.b)
    return holding, alone


def _side(head: SurfaceId, votes: Sequence[Vote]) -> set[SurfaceId]:
    """The surfaces on the side of `head` in one event: joined to it, or with it separated from another."""
    others = {vote.b for vote in votes if vote.kind == "different"}
    return {
        head,
        *(vote.b for vote in votes if vote.a == head and vote.kind == "same"),
        *(others if head in others else ()),
    }


def _categories(acts: Sequence[Act]) -> dict[LabelId, str]:
    """What each category is called, by the latest rename; without one, as it was when it was made."""
    found = {
        LabelId(act.detail["category"]): act.detail["made"]
        for act in acts
        if act.kind == "move" and act.detail["category"] is not None
    }
    renamed = {label: name for act in reversed(acts) for label, name in act.names.items()}
    return {label: renamed.get(label, name) for label, name in found.items()}


def _parents(acts: Sequence[Act], gone: Container[LabelId]) -> dict[LabelId, LabelId | None]:
    """Where each label or category was filed last, the latest last, without labels that are `gone`; never in a circle.

    What was split from a label is where that was, until it is filed itself.
    """
    parents: dict[LabelId, LabelId | None] = {}
    heirs: dict[LabelId, list[LabelId]] = defaultdict(list)  # what was split from each label after an act
    for act in acts:
        if act.kind == "split":
            new = LabelId(act.detail["new"])
            heirs[act.detail["label"]] += [new, *heirs[new]]
        elif act.kind == "move":
            for label in (LabelId(act.detail["label"]), *heirs[act.detail["label"]]):
                category = act.detail["category"]
                if label not in gone and label not in parents and label not in above(category, parents):
                    parents[label] = category
    return dict(reversed(parents.items()))


def above(category: LabelId | None, parents: Mapping[LabelId, LabelId | None]) -> list[LabelId]:
    """`category` and the categories that it is under, the nearest first."""
    found: list[LabelId] = []
    while category is not None:
        found.append(category)
        category = parents.get(category)
    return found
