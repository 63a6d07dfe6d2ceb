"""Split a label: wordings that a person names become a label of their own, or its texts part as proposed (parting.py).

A wording whose texts part becomes two senses: surfaces with the same words (`card` and `card#2`). Each split is an event
with votes that keep the two sides apart, and with the texts it moved; what follows from events is in standing.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from linnaeus.consolidate.changes import (
    Change,
    checked_name,
    label_today,
    likeness_of,
    record,
    undisturbed,
    votes,
)
from linnaeus.consolidate.consolidator import Consolidator
from linnaeus.consolidate.parting import Split, balance_of, separation
from linnaeus.consolidate.standing import standing
from linnaeus.consolidate.tidy import PERSON
from linnaeus.consolidate.wording import sense_key, wording_key
from linnaeus.errors import InputError
from linnaeus.store import Move, Store, SurfaceRow
from linnaeus.types import LabelId, SurfaceId


@dataclass(frozen=True, slots=True)
class _Cut:
    """The surfaces of the two sides of a label and the names that labels keep; what a split by texts moved and made."""

    label: LabelId
    out: Sequence[SurfaceRow]
    rest: Sequence[SurfaceRow]
    names: dict[LabelId, str]
    evidence: str
    more: dict[str, Any]
    moves: Sequence[Move] = ()
    senses: Sequence[SurfaceId] = field(default=())


@undisturbed
def split_wordings(
    consolidator: Consolidator,
    label: LabelId,
    wordings: Sequence[str],
    *,
    name: str = "",
    author: str = PERSON,
    why: str = "",
) -> Change:
    """Make wordings of a label a label of their own, called `name` if that is given.

    The id goes with the wording that founded the label, and so does the name, unless it is a wording of the other side.
    """
    store = consolidator.store
    label = label_today(store, label)
    rows = _surfaces(store, label)
    out = _worded(store, label, rows, wordings)
    rest = [row for row in rows if row not in out]
    if not rest:
        raise InputError(f"nothing would be left of {store.names()[label][0]!r}", hint="leave one wording")
    called = store.names()[label][0]
    other = rest if any(row.own_label == label for row in out) else out
    names = {}
    if wording_key(called) not in {row.key for row in other}:
        names[label] = called
    elif label in standing(store).names:
        names[_head(other).own_label] = called
    if name:
        names[label if other is rest else _head(out).own_label] = checked_name(store, name)
    evidence = likeness_of(consolidator, _head(rest).id, _head(out).id)
    more = {"wordings": [row.key for row in out]}
    with consolidator.all_or_nothing():
        return _part(consolidator, _Cut(label, out, rest, names, evidence, more), author=author, why=why)


@undisturbed
def split_texts(
    consolidator: Consolidator,
    split: Split,
    *,
    answers: dict[int, bool] | None = None,
    author: str = PERSON,
    why: str = "",
) -> Change:
    """Carry out a proposed split; `answers` say of texts, by id, whether they are in the new half after all."""
    store, label = consolidator.store, split.label
    if store.assigned(store.surfaces_of(label)) != list(split.rows):
        raise InputError(f"label {label} has changed since the split was proposed", hint="propose it again")
    out = split.out | (answers or {})
    if len(set(out.values())) < 2:
        raise InputError("all texts are in one half after all", hint="nothing to split")
    rows, balance = _surfaces(store, label), balance_of(split.rows, out)
    leaves = {row.id: row.own_label != label and balance[row.id] > 0 for row in rows}
    with consolidator.all_or_nothing():
        senses = _senses(
            store, rows, {row.surface for row in split.rows if out[row.text_id] != leaves[row.surface]}
        )
        moves = [  # of all texts: they stay where this split puts them
            Move(
                row.text_id,
                row.rank,
                row.surface,
                row.surface if out[row.text_id] == leaves[row.surface] else senses[row.surface].id,
            )
            for row in split.rows
        ]
        gone = [row for row in rows if leaves[row.id]] + [
            made for of, made in senses.items() if not leaves[of]
        ]
        rest = [row for row in rows if not leaves[row.id]] + [
            made for of, made in senses.items() if leaves[of]
        ]
        names = {label: split.kept.name, _head(gone).own_label: split.new.name}
        more = {"texts": sum(out.values()), "asked": len(answers or {}), "doubtful": len(split.doubtful)}
        cut = _Cut(
            label, gone, rest, names, separation(split), more, moves, [one.id for one in senses.values()]
        )
        return _part(consolidator, cut, author=author, why=why)


def _part(consolidator: Consolidator, cut: _Cut, *, author: str, why: str) -> Change:
    """Append the event of a split, and let labels follow."""
    store = consolidator.store
    founder = store.surface_of(cut.label)
    head = _head(cut.out)
    anchor = next((row for row in cut.rest if row.id == founder), _head(cut.rest))
    new = anchor if any(row.id == founder for row in cut.out) else head
    detail = {
        "label": cut.label,
        "new": new.own_label,
        "names": {str(label): name for label, name in cut.names.items()},
        "alone": [head.id, anchor.id],
        "evidence": cut.evidence,
        **cut.more,
    }
    holding = standing(store).holding
    event = record(store, "split", detail, author=author, why=why)
    store.wake(cut.senses, event)
    loose = [row.id for row in cut.rest if holding.head(row.id) != holding.head(anchor.id)]
    store.add_votes(votes("same", head.id, [row.id for row in cut.out if row != head], event, author))
    store.add_votes(votes("same", anchor.id, loose, event, author))
    store.add_votes(votes("different", head.id, [row.id for row in cut.rest], event, author))
    if cut.moves:
        store.add_moves(event, cut.moves)
        store.follow_moves()
        consolidator.reload()
    return Change(event, cut.label, consolidator.tidy(), store.today(new.own_label))


def _surfaces(store: Store, label: LabelId) -> list[SurfaceRow]:
    own = set(store.surfaces_of(label))
    return [row for row in store.surfaces() if row.id in own]


def _head(rows: Sequence[SurfaceRow]) -> SurfaceRow:
    """The surface whose label a side takes: a person's wording, else the oldest."""
    return min(rows, key=lambda row: (not row.pinned, row.id))


def _worded(
    store: Store, label: LabelId, rows: Sequence[SurfaceRow], wordings: Sequence[str]
) -> list[SurfaceRow]:
    """The surfaces among `rows` that have these wordings, in their order there."""
    known = {row.key: row for row in rows if row.words is not None}
    found = {}
    for wording in wordings:
        row = known.get(wording_key(wording)) or known.get(wording)
        if row is None:
            listed = ", ".join(list(known)[:10]) + (", ..." if len(known) > 10 else "")
            hint = f"it has {listed}" if known else "it has no wordings; its texts can be split"
            raise InputError(f"{store.names()[label][0]!r} has no wording {wording!r}", hint=hint)
        found[row.id] = row
    return [row for row in rows if row.id in found]


def _senses(store: Store, rows: Sequence[SurfaceRow], parted: set[SurfaceId]) -> dict[SurfaceId, SurfaceRow]:
    """A second sense for each of the surfaces `parted`, by the surface that it is of."""
    taken = {row.key for row in store.surfaces()}
    made = {}
    for row in (row for row in rows if row.id in parted):
        made[row.id] = store.add_sense(row, sense_key(row.key, taken))
        taken.add(made[row.id].key)
    return made
