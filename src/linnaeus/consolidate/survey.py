"""What has changed in a project since a moment: the life of its labels, what people did, what is proposed.

Merges and splits that the texts suggest go on the review list, with their figures. The statistics are in drift.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.clouds import Change
from linnaeus.consolidate.drift import Found, Stream, examine
from linnaeus.consolidate.history import Entry, history
from linnaeus.consolidate.reviews import Review, merge_proposal, open_reviews
from linnaeus.errors import InputError
from linnaeus.store import CachedVectors, Dated, LabelSummary, Proposed, Store
from linnaeus.types import Codes, LabelId


@dataclass(frozen=True, slots=True)
class LabelLife:
    """A label since a moment and before. `expected`: the texts it would have had since, had nothing changed.

    `new`: first seen since. `likeness`: of its texts since to those before, where they are about something else now.
    """

    id: LabelId
    name: str
    state: str
    since: int
    before: int
    expected: float
    first: str
    new: bool
    likeness: float | None


@dataclass(frozen=True, slots=True)
class Survey:
    """`texts` since a moment and `before`; every label with texts in that time, those with most texts first.

    `events` and `proposals` are those since then, by the clock.
    """

    since: str
    until: str
    texts: int
    before: int
    labels: list[LabelLife]
    events: list[Entry]
    proposals: list[Review]


def survey(store: Store, vectors: CachedVectors, since: float | None) -> Survey:
    """Look at all dated texts of a project; put the merges and splits that they suggest on the review list. Commits.

    `since` is in seconds since 1970; None: about the last twelfth of the time. Raises InputError if no text has a time, or
    none is from before `since`.
    """
    labels = store.labels(retired=True)
    stream = _stream(store, vectors, [label.id for label in labels])
    end = float(stream.all.max())
    if since is not None and not float(stream.all.min()) < since <= end:
        span = f"{_iso(float(stream.all.min()))} to {_iso(end)}"
        raise InputError(f"there is nothing to compare at {_iso(since)}", hint=f"texts are from {span}")
    found = examine(stream, since)
    store.propose(_proposed(found, labels, {label.id for label in store.labels()}))
    store.commit()
    moment = _iso(found.windows.since)
    recent = int((stream.all >= found.windows.since).sum())
    return Survey(
        since=moment,
        until=_iso(end),
        texts=recent,
        before=len(stream.all) - recent,
        labels=_lives(found, labels),
        events=[event for event in history(store) if event.at >= moment],
        proposals=[one for one in open_reviews(store) if one.at >= moment],
    )


def _stream(store: Store, vectors: CachedVectors, labels: Sequence[LabelId]) -> Stream:
    times = store.times()
    if not times:
        hint = "label FILE --time COLUMN says when its texts were written; known texts cost nothing again"
        raise InputError("no text of this project has a time", hint=hint)
    place = {label: number for number, label in enumerate(labels)}
    rows: list[Dated] = [row for row in store.dated() if row.label in place]
    keys = [row.key for row in rows]

    def codes(places: NDArray[np.intp]) -> Codes:
        wanted = [keys[place] for place in places]
        kept = store.vectors(wanted, vectors.name)
        nothing = np.zeros_like(next(iter(kept.values()), np.zeros(1, dtype=np.int8)))
        return np.stack([kept.get(key, nothing) for key in wanted])

    return Stream(
        all=np.array([_seconds(time) for time in times]),
        times=np.array([_seconds(row.time) for row in rows]),
        labels=np.array([place[row.label] for row in rows], dtype=np.intp),
        count=len(labels),
        codes=codes,
    )


def _lives(found: Found, labels: Sequence[LabelSummary]) -> list[LabelLife]:
    life, since = found.life, found.windows.since
    lives = [
        LabelLife(
            id=label.id,
            name=label.name,
            state=life.state[place],
            since=int(life.recent[place]),
            before=int(life.earlier[place]),
            expected=round(float(life.expected[place]), 1),
            first=_iso(float(found.first[place])),
            new=bool(found.first[place] >= since),
            likeness=round(found.moved[place].now, 2) if place in found.moved else None,
        )
        for place, label in enumerate(labels)
        if np.isfinite(found.first[place])
    ]
    return sorted(lives, key=lambda one: (-one.since, -one.before, one.id))


def _proposed(found: Found, labels: Sequence[LabelSummary], open: set[LabelId]) -> list[Proposed]:
    since = _iso(found.windows.since)[:10]
    merges = [
        merge_proposal((labels[a].id, labels[b].id), _why(change, f"about the same since {since}: texts"))
        for (a, b), change in found.nearer.items()
        if labels[a].id in open and labels[b].id in open
    ]
    splits = [
        Proposed(
            "split",
            str(labels[one].id),
            {"label": labels[one].id},
            _why(change, f"two things since {since}: halves"),
        )
        for one, change in found.apart.items()
        if labels[one].id in open
    ]
    return merges + splits


def _why(change: Change, words: str) -> dict[str, str | float]:
    figures = f"{change.now:.2f} alike, {change.before:.2f} before; chance of that {change.chance:.3f}"
    return {
        "words": f"{words} {figures}",
        "now": round(change.now, 3),
        "before": round(change.before, 3),
        "chance": round(change.chance, 4),
    }


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")
