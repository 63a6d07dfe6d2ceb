"""Which wordings should a model judge? Those on which most of the grouping hangs. Knows nothing of models or storage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.consolidate.neighbours import unit
from linnaeus.consolidate.partition import LARGE, PER_DOUBLING, partition

FINER = 0.1  # groups are taken as they would be with a threshold so much higher, so that too large ones show their parts
DOUBT = 0.15  # how far below the threshold two groups may be to be worth a question
SHARPNESS = 0.05  # how fast a pair loses interest with its distance from the threshold
MOST, OF_EACH = 10, 3  # wordings in one question, and of one group
BLOCK = 512

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Two groups, and how many texts hang on whether they are one."""

    a: int
    b: int
    weight: float


def questions(
    rows: Rows, wordings: Rows, weights: NDArray[np.float64], at_least: float, known: Set[Pair], most: int
) -> list[list[int]]:
    """Up to `most` lists of 2 to 10 rows (n, d) to be judged together, those on which most texts hang first.

    `wordings` (n, e): the vectors of the wordings alone; `weights` (n,): the texts of each; `known`: pairs that were judged.
    """
    first = partition(rows.copy(), at_least=at_least + FINER, sizes=weights)
    names, group = np.unique(first, return_inverse=True)
    members = [np.flatnonzero(group == number) for number in range(len(names))]
    judged: dict[Pair, int] = defaultdict(int)
    for a, b in known:
        judged[_pair(int(group[a]), int(group[b]))] += 1
    doubts = [
        doubt
        for doubt in _doubts(rows, group, weights, at_least)
        if judged[_pair(doubt.a, doubt.b)] < min(2, len(members[doubt.a]) * len(members[doubt.b]))
    ]
    doubts.sort(key=lambda doubt: (-doubt.weight, doubt.a, doubt.b))
    near: dict[int, list[_Doubt]] = defaultdict(list)
    for doubt in doubts:
        near[doubt.a].append(doubt)
        near[doubt.b].append(doubt)
    asked: set[Pair] = set()
    made: list[list[int]] = []
    for doubt in doubts:
        if len(made) >= most:
            break
        if (doubt.a, doubt.b) in asked:
            continue
        groups = _together(doubt, near, asked)
        asked.update(_pair(a, b) for a in groups for b in groups if a < b)
        made.append(_speakers(groups, members, wordings))
    return made


def _doubts(
    rows: Rows, group: NDArray[np.intp], weights: NDArray[np.float64], at_least: float
) -> Iterator[_Doubt]:
    """Pairs of groups that are nearly alike enough to be joined, or hardly."""
    count = int(group.max()) + 1
    sums = np.zeros((count, rows.shape[1]), dtype=np.float32)
    np.add.at(sums, group, rows)
    middles = unit(sums)
    texts = np.bincount(group, weights=weights)
    for start in range(0, count, BLOCK):
        likeness = middles[start : start + BLOCK] @ middles.T
        smaller = np.minimum(np.minimum(texts[start : start + BLOCK, None], texts[None]), LARGE)
        off = likeness - PER_DOUBLING * np.log2(np.maximum(smaller, 1)) - at_least
        for row, column in zip(*np.nonzero((off >= -DOUBT) & (off <= FINER)), strict=True):
            a, b = int(row) + start, int(column)
            if a < b:
                weight = float(smaller[row, column]) * np.exp(-abs(float(off[row, column])) / SHARPNESS)
                yield _Doubt(a, b, weight)


def _together(doubt: _Doubt, near: Mapping[int, Sequence[_Doubt]], asked: Set[Pair]) -> list[int]:
    """The two groups of `doubt`, and others that are doubtful with one of them, as many as one question holds."""
    groups = [doubt.a, doubt.b]
    more = sorted([*near[doubt.a], *near[doubt.b]], key=lambda one: -one.weight)
    for one in more:
        if len(groups) * OF_EACH + OF_EACH > MOST:
            break
        other = one.b if one.a in (doubt.a, doubt.b) else one.a
        if other not in groups and (one.a, one.b) not in asked:
            groups.append(other)
    return groups


def _speakers(groups: Sequence[int], members: Sequence[NDArray[np.intp]], wordings: Rows) -> list[int]:
    """Of each group the wordings that are most like those of the others: if any are one label, these are."""
    chosen: list[int] = []
    for group in groups:
        own = members[group]
        others = np.concatenate([members[other] for other in groups if other != group])
        nearest = (wordings[own] @ wordings[others].T).max(axis=1)
        chosen += own[np.lexsort((own, -np.round(nearest, 5)))[:OF_EACH]].tolist()
    return chosen[:MOST]


def _pair(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)
