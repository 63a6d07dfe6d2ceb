"""Group rows by average linkage, or in the order of Ward's method, under constraints. Knows nothing of words or storage.

Average linkage (UPGMA, Sokal and Michener 1958) joins the two groups with the highest mean similarity over all pairs of
their rows, until no mean reaches the threshold; so A~B~C does not chain A to C. The mean of inner products between two
groups is the inner product of their sums over the product of their sizes, and a mean that reaches the threshold needs
at least one pair that does: no n by n matrix is held. Of rows with very many neighbours only the nearest are listed at
first; the groups found are then compared with each other, all of them, until no mean reaches the threshold.

Where rows stand for texts, two groups are as alike as their middles, by the cosine, however widely their texts lie around
these, and need a pair of rows that is alike enough as well. Those are joined first that add least to the squared
distances of texts from the middle of their group (Ward 1963): it finds nearly the same groups when some rows change a
little. Large groups must be more alike than small ones then, so that single odd wordings find a home while large labels
are not thrown together.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.consolidate.neighbours import near_pairs

MOST_NEAR = 64  # neighbours of a row that are listed; long lists cost much in dense regions
ROUNDING = 1e-4  # float32 products of unit rows are right to about 1e-6
PER_DOUBLING = 0.055  # how much more alike groups must be when the smaller one has twice as many texts
LARGE = 64  # texts from which a group is simply large
MET = 3  # verdicts `different` that part a row from a group of four and more

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Constraints:
    """What groups must keep to, by row: `together` share a group whatever else holds; `apart` never do, nor do two
    `pinned` rows, unless joined by `together`. Pairs that are `unlike` are parted at the end.
    """

    together: Iterable[Pair] = ()
    apart: Iterable[Pair] = ()
    pinned: Iterable[int] = ()
    unlike: Iterable[Pair] = ()


def partition(
    rows: Rows,
    *,
    at_least: float,
    held: Constraints = Constraints(),
    sizes: NDArray[np.floating] | None = None,
    verdicts: Mapping[Pair, float] | None = None,
    most_near: int = MOST_NEAR,
) -> NDArray[np.intp]:
    """Return (n,): for each row the first row of its group. Similarity is the inner product of `rows` (n, d).

    `sizes` (n,): the texts of each row; without them, average linkage. `verdicts`: for pairs of rows 1 for the same, -1 for
    different, 0 for neither. Ties go to the earlier rows, so equal input gives equal output. `rows` is used
    up: sums of groups are written over it.
    """
    if not len(rows):
        return np.arange(0)
    groups = _Groups(rows, at_least, held, sizes, most_near)
    for a, b in held.together:
        groups.join(a, b)
    groups.link()
    while groups.look_again():
        groups.link()
    judged = _unanimously_different(groups.first, verdicts or {})
    return _parted(
        groups.first, [*held.unlike, *judged], np.ones(len(rows)) if sizes is None else sizes, held
    )


def partition_again(
    first: NDArray[np.intp],
    spoken_of: Sequence[int],
    rows: Rows,
    *,
    at_least: float,
    held: Constraints,
    sizes: NDArray[np.floating],
    verdicts: Mapping[Pair, float],
) -> NDArray[np.intp]:
    """Part and join the groups `first` (n,) of the rows `spoken_of` anew, under `held`; no other group changes for it."""
    some = np.flatnonzero(np.isin(first, first[spoken_of]))
    number = {row: place for place, row in enumerate(some.tolist())}

    def within(pairs: Iterable[Pair]) -> list[Pair]:
        return [(number[a], number[b]) for a, b in pairs if a in number and b in number]

    pinned = [number[row] for row in held.pinned if row in number]
    own = Constraints(within(held.together), within(held.apart), pinned, within(held.unlike))
    judged = {(number[a], number[b]): verdicts[a, b] for a, b in verdicts if a in number and b in number}
    found = first.copy()
    found[some] = some[partition(rows[some], at_least=at_least, held=own, sizes=sizes[some], verdicts=judged)]
    return found


def _unanimously_different(first: NDArray[np.intp], verdicts: Mapping[Pair, float]) -> list[Pair]:
    """Pairs of one group that were judged different, where one of the two was judged so by all of the group it met.

    And met three, where there are so many: single verdicts on two wordings are often noise (research/LOG.md).
    """
    within = {pair: verdict for pair, verdict in verdicts.items() if first[pair[0]] == first[pair[1]]}
    liked = {row for pair, verdict in within.items() if verdict >= 0 for row in pair}
    against = Counter(row for pair, verdict in within.items() if verdict < 0 for row in pair)
    sizes = Counter(first.tolist())
    alone = {
        row
        for row, count in against.items()
        if row not in liked and count >= min(MET, sizes[int(first[row])] - 1)
    }
    return [pair for pair, verdict in within.items() if verdict < 0 and not alone.isdisjoint(pair)]


def _parted(
    first: NDArray[np.intp], unlike: Iterable[Pair], sizes: NDArray[np.floating], held: Constraints
) -> NDArray[np.intp]:
    """Part groups so that no two rows of a pair `unlike` are in one, but for those that people joined.

    Rows with many texts stay; the others go into as few new groups as hold them. As constraints from the start such pairs
    would keep large groups apart for the sake of a single odd row (research/LOG.md).
    """
    against: dict[int, set[int]] = {}
    for a, b in unlike:
        if first[a] == first[b]:
            against.setdefault(a, set()).add(b)
            against.setdefault(b, set()).add(a)
    bound = {row for pair in held.together for row in pair}
    parts: dict[int, list[set[int]]] = {}  # of each group: the rows that stay, then those of each new group
    for row in sorted(against.keys() - bound, key=lambda row: (-float(sizes[row]), row)):
        own = parts.setdefault(int(first[row]), [set(bound & against.keys())])
        fitting = next((part for part in own if not part & against[row]), None)
        if fitting is None:
            own.append({row})
        else:
            fitting.add(row)
    groups = first.copy()
    for name, (_, *new) in parts.items():
        gone = {row for part in new for row in part}
        rest = [row for row in np.flatnonzero(first == name).tolist() if row not in gone]
        for part in [set(rest), *new]:
            groups[sorted(part)] = min(part)
    return groups


class _Groups:
    def __init__(
        self,
        rows: Rows,
        at_least: float,
        held: Constraints,
        sizes: NDArray[np.floating] | None,
        most_near: int,
    ) -> None:
        self.at_least = at_least
        self.least_mean = at_least - ROUNDING
        self.first = np.arange(len(rows))  # (n,) the group of each row, named by its first row
        self.members: dict[int, list[int]] = {row: [row] for row in range(len(rows))}
        self.ward = sizes is not None
        self.sizes = np.ones(len(rows)) if sizes is None else sizes.astype(np.float64)
        self.more = _more(self.sizes)  # how much more alike others must be, if they are as large
        self.near, self._complete = _pairs(rows, self.least_mean, most_near)
        rows *= self.sizes[:, None]
        self.sums = rows  # (n, d) from here on right for the first row of a group
        self.squares = np.einsum("nd,nd->n", rows, rows)  # of the lengths of sums
        self.pinned = set(held.pinned)
        self.apart: dict[int, set[int]] = {}
        for a, b in held.apart:
            self.apart.setdefault(a, set()).add(b)
            self.apart.setdefault(b, set()).add(a)

    def join(self, a: int, b: int) -> int:
        """Make one group of the groups of rows a and b; return its name."""
        keep, gone = sorted((int(self.first[a]), int(self.first[b])))
        if keep == gone:
            return keep
        moved = self.members.pop(gone)
        self.first[moved] = keep
        self.members[keep] += moved
        self.sums[keep] += self.sums[gone]
        self.squares[keep] = self.sums[keep] @ self.sums[keep]
        self.sizes[keep] += self.sizes[gone]
        self.more[keep] = _more(self.sizes[keep])
        self.near[keep] = self._groups_of(np.concatenate([self.near[keep], self.near.pop(gone)]), keep)
        if gone in self.pinned:
            self.pinned.add(keep)
        for other in self.apart.pop(gone, set()):
            self.apart[other].discard(gone)
            if other != keep:
                self.apart[other].add(keep)
                self.apart.setdefault(keep, set()).add(other)
        return keep

    def link(self) -> None:
        """Join the best pair of groups until none reaches the threshold."""
        best = {group: self._best(group) for group in self.members}
        queue = _queue(best)
        while queue:
            minus, group, other = heapq.heappop(queue)
            if best.get(group) != (other, -minus) or other not in self.members:
                continue  # said before one of the two changed
            gone = max(group, other)
            kept = self.join(group, other)
            del best[gone]
            others, worth = self._worth(kept)
            best[kept] = _highest(others, worth)
            value = dict(zip(others.tolist(), worth.tolist(), strict=True))
            changed = [kept]
            for one in self.near[kept].tolist():
                if best[one][0] in (kept, gone):
                    best[one] = self._best(one)
                    changed.append(one)
                elif one in value and value[one] >= best[one][1]:
                    best[one] = (kept, value[one])  # a group can be alike enough where its parts were not
                    changed.append(one)
            for one in changed:
                if best[one][0] >= 0:
                    heapq.heappush(queue, (-best[one][1], one, best[one][0]))
            if len(queue) > 4 * len(best) + 1000:
                queue = _queue(best)  # most of it was out of date

    def look_again(self) -> bool:
        """Find the groups that could still join but were left out of too long a list of neighbours."""
        if self._complete:
            return False
        names = np.array(sorted(self.members))
        means = self.sums[names] / self.sizes[names].astype(np.float32)[:, None]  # (g, d)
        near, self._complete = _pairs(means, self.least_mean, MOST_NEAR)
        self.near = {int(names[row]): names[found] for row, found in near.items()}
        return any(self._best(int(name))[0] >= 0 for name in names)

    def _candidates(self, group: int) -> NDArray[np.intp]:
        """The groups that have a row near one of `group`, in order."""
        near = self.near[group]
        if (self.first[near] != near).any():  # some were joined since
            self.near[group] = near = self._groups_of(near, group)
        return near

    def _groups_of(self, rows: NDArray[np.intp], group: int) -> NDArray[np.intp]:
        """The groups that have one of `rows`, in order, without `group`."""
        named = _distinct(self.first[rows])
        return np.asarray(named[named != group])

    def _worth(self, group: int) -> tuple[NDArray[np.intp], NDArray[np.floating]]:
        """The groups that are alike enough to join `group`, and how much that is worth: the highest is joined first."""
        refused = self.apart.get(group, set()) | (self.pinned if group in self.pinned else set())
        others = self._candidates(group)
        if refused:
            others = others[np.array([one not in refused for one in others.tolist()], dtype=bool)]
        sizes, size = self.sizes[others], float(self.sizes[group])
        likeness = self.sums[others] @ self.sums[group] / (sizes * size)
        if not self.ward:
            enough, worth = likeness >= self.at_least, likeness
        else:
            more = np.minimum(self.more[others], self.more[group])
            own, theirs = self.squares[group] / size**2, self.squares[others] / sizes**2  # of middles
            enough = likeness >= (self.at_least + more) * np.sqrt(own * theirs)
            away = own + theirs - 2 * likeness  # squared
            worth = -away * sizes * size / (sizes + size)
        return others[enough], worth[enough]

    def _best(self, group: int) -> tuple[int, float]:
        """The group that `group` should join next and how much that is worth; -1 if there is none."""
        return _highest(*self._worth(group))


def _highest(others: NDArray[np.intp], worth: NDArray[np.floating]) -> tuple[int, float]:
    """The first of `others` that is worth most; -1 if there is none."""
    if not len(others):
        return -1, -np.inf
    place = int(worth.argmax())
    return int(others[place]), float(worth[place])


def _more(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(PER_DOUBLING * np.log2(np.clip(sizes, 1, LARGE)))


def _distinct(names: NDArray[np.intp]) -> NDArray[np.intp]:
    """What `np.unique` returns, in a third of its time."""
    names = np.sort(names)
    new = np.ones(len(names), dtype=bool)
    np.not_equal(names[1:], names[:-1], out=new[1:])
    return names[new]


def _queue(best: dict[int, tuple[int, float]]) -> list[tuple[float, int, int]]:
    queue = [(-similarity, group, other) for group, (other, similarity) in best.items() if other >= 0]
    heapq.heapify(queue)
    return queue


def _pairs(rows: Rows, at_least: float, most: int) -> tuple[dict[int, NDArray[np.intp]], bool]:
    """For each row the others whose inner product with it is at least `at_least`, both ways; and whether all are there.

    Of more than `most` only the nearest are taken.
    """
    near = near_pairs(rows, most + 1, at_least=at_least)
    kept = near.rank < most
    row, place = near.row[kept].astype(np.intp), near.place[kept].astype(np.intp)
    a, b = np.concatenate([row, place]), np.concatenate([place, row])
    a, b = np.divmod(_distinct(a * len(rows) + b), len(rows))
    ends = np.searchsorted(a, np.arange(1, len(rows)))
    return dict(enumerate(np.split(b, ends))), bool(kept.all())
