"""What has changed in a stream of labelled texts since a moment: labels that come, go, move, grow together, fall apart.

Works on arrays alone; survey.py fills them from a project. Thresholds: research/drift.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.clouds import Change, approach, falling, halves_likeness, likeness, shift
from linnaeus.consolidate.features import unit_rows
from linnaeus.consolidate.life import FALSE_ALARMS, Counts, Life, Windows, life, windows
from linnaeus.consolidate.tails import discoveries
from linnaeus.types import Codes

ENOUGH = 12  # texts that a label must have since, and before, to be looked at
ENOUGH_HALVES = 24  # the same where they are cut in two
MOST = 300  # texts of a label that are looked at since, and before
MOVED = 0.8  # likeness of now and before below which a label has drifted
SAME = 0.85  # likeness above which two labels are about the same
NEARER = 0.15  # how much more alike they must be than before
TWO = 0.3  # likeness of halves below which a label is about two things
APART = 0.3  # how much less alike they must be than before
CHANCE = 0.01  # of a change as large where time means nothing


@dataclass(frozen=True, slots=True)
class Stream:
    """Dated texts. `all` (n,): when each was written, in seconds. The rest is a row for each label of each text, oldest
    first: its time, the place of the label, and how to get vectors (m, d) of some rows by their positions.
    """

    all: NDArray[np.float64]
    times: NDArray[np.float64]
    labels: NDArray[np.intp]
    count: int
    codes: Callable[[NDArray[np.intp]], Codes]


@dataclass(frozen=True, slots=True)
class Found:
    """What has changed. `first` (n,): when each label was first seen, infinite if never."""

    windows: Windows
    life: Life
    first: NDArray[np.float64]
    moved: dict[int, Change]
    nearer: dict[tuple[int, int], Change]
    apart: dict[int, Change]


@dataclass(frozen=True, slots=True)
class _Sample:
    """Some texts of a label, centred rows (n, d), and which of them are recent (n,)."""

    rows: NDArray[np.float64]
    recent: NDArray[np.bool_]


def examine(stream: Stream, since: float | None) -> Found:
    """Compare what came since a moment (None: the newest twelfth or so) with what came before."""
    laid = windows(stream.all, since)
    recent = stream.times >= laid.since
    lived = life(_counts(stream, laid), np.bincount(laid.place))
    first = np.full(stream.count, np.inf)
    np.minimum.at(first, stream.labels, stream.times)
    samples = _samples(stream, recent)
    return Found(laid, lived, first, _moved(samples), _nearer(samples), _apart(samples))


def _counts(stream: Stream, laid: Windows) -> Counts:
    """Texts (labels, windows) of each label."""
    counts = np.zeros((stream.count, int(laid.place.max()) + 1), dtype=np.int64)
    since, width = laid.since, laid.width
    place = np.maximum(1, np.ceil((since - stream.times) / width)).astype(np.int64)
    np.add.at(counts, (stream.labels, np.where(stream.times >= since, 0, place)), 1)
    return counts


def _samples(stream: Stream, recent: NDArray[np.bool_]) -> dict[int, _Sample]:
    """Texts of the labels that have enough since and before, evenly from each, without what all of them share."""
    taken: dict[int, NDArray[np.intp]] = {}
    order = np.argsort(stream.labels, kind="stable")
    bounds = np.searchsorted(stream.labels[order], np.arange(stream.count + 1))
    for label in range(stream.count):
        own = order[bounds[label] : bounds[label + 1]]
        if min(recent[own].sum(), (~recent[own]).sum()) >= ENOUGH:
            taken[label] = np.concatenate([_evenly(own[~recent[own]]), _evenly(own[recent[own]])])
    if not taken:
        return {}
    rows = {label: unit_rows(stream.codes(own)) for label, own in taken.items()}
    centre = np.mean([part.mean(axis=0) for part in rows.values()], axis=0)
    return {label: _Sample(part - centre, recent[taken[label]]) for label, part in rows.items()}


def _evenly(places: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.asarray(places[np.linspace(0, len(places) - 1, min(MOST, len(places))).astype(int)])


def _moved(samples: dict[int, _Sample]) -> dict[int, Change]:
    """Labels whose texts are about something else now; at most 5% of those are expected to be chance."""
    changes = {label: shift(one.rows, one.recent) for label, one in samples.items()}
    chances = np.array([change.chance for change in changes.values()])
    certain = discoveries(chances, FALSE_ALARMS)
    return {
        label: change
        for (label, change), sure in zip(changes.items(), certain, strict=True)
        if sure and change.now < MOVED
    }


def _nearer(samples: dict[int, _Sample]) -> dict[tuple[int, int], Change]:
    """Pairs of labels that are about the same now, and were not."""
    found = {}
    for a, b in _near_pairs(samples):
        left, right = samples[a], samples[b]
        now = likeness(left.rows[left.recent], right.rows[right.recent])
        before = likeness(left.rows[~left.recent], right.rows[~right.recent])
        if now >= SAME and now - before >= NEARER:
            change = approach(left.rows, left.recent, right.rows, right.recent)
            if change.chance <= CHANCE:
                found[a, b] = change
    return found


def _near_pairs(samples: dict[int, _Sample]) -> Iterator[tuple[int, int]]:
    """Pairs whose recent means, as they are, are near: chance takes less than half of a cosine off."""
    if len(samples) < 2:
        return
    labels = list(samples)
    means = unit_rows(np.stack([one.rows[one.recent].mean(axis=0) for one in samples.values()]))
    near = means @ means.T >= SAME / 2
    for i, j in np.argwhere(np.triu(near, 1)):
        yield labels[i], labels[j]


def _apart(samples: dict[int, _Sample]) -> dict[int, Change]:
    """Labels that are about two things now, and were not."""
    found = {}
    for label, one in samples.items():
        if min(one.recent.sum(), (~one.recent).sum()) < ENOUGH_HALVES:
            continue
        now, before = halves_likeness(one.rows[one.recent]), halves_likeness(one.rows[~one.recent])
        if now <= TWO and before - now >= APART:
            change = falling(one.rows, one.recent)
            if change.chance <= CHANCE:
                found[label] = change
    return found
