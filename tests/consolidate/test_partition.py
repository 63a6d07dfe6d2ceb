"""Average linkage is equal to scipy's where nothing is forced, and true to what is; Ward's order where rows weigh."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus.consolidate.neighbours import unit
from linnaeus.consolidate.partition import Constraints, partition, partition_again

pytest.importorskip("scipy", reason="scipy is the referee; it comes with scikit-learn, extra `test`")


def rows_of(seed: int, count: int, spread: float) -> NDArray[np.float32]:
    """Unit rows around a few directions."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(max(1, count // 6), 24))
    rows = centres[random.integers(len(centres), size=count)] + spread * random.normal(size=(count, 24))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def as_sets(groups: NDArray[np.intp]) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(groups == group).tolist()) for group in set(groups.tolist())}


cases = given(st.integers(0, 10**6), st.integers(2, 120), st.floats(0.1, 1.5), st.floats(0.2, 0.9))


@cases
def test_equals_the_reference(seed: int, count: int, spread: float, at_least: float) -> None:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    rows = rows_of(seed, count, spread)
    away = 2 - rows.astype(np.float64) @ rows.T.astype(np.float64)
    np.fill_diagonal(away, 0)
    tree = linkage(squareform((away + away.T) / 2, checks=False), "average")
    heights = np.abs(tree[:, 2] - (2 - at_least))
    if heights.min() < 1e-5:
        return  # at the threshold itself float32 may differ
    assert as_sets(partition(rows.copy(), at_least=at_least)) == as_sets(
        fcluster(tree, 2 - at_least, "distance")
    )


@cases
def test_order_of_rows_does_not_matter(seed: int, count: int, spread: float, at_least: float) -> None:
    rows = rows_of(seed, count, spread)
    order = np.random.default_rng(seed).permutation(count)
    shuffled = {
        frozenset(order[list(group)].tolist()) for group in as_sets(partition(rows[order], at_least=at_least))
    }
    assert shuffled == as_sets(partition(rows.copy(), at_least=at_least))


@cases
def test_what_is_forced_holds(seed: int, count: int, spread: float, at_least: float) -> None:
    rows = rows_of(seed, count, spread)
    pairs = np.random.default_rng(seed).integers(count, size=(6, 2)).tolist()
    together, pinned = pairs[:2], pairs[2]
    free = partition(rows.copy(), at_least=2.0, held=Constraints(together=together))
    apart = [pair for pair in pairs[3:] if free[pair[0]] != free[pair[1]]]
    first = partition(rows.copy(), at_least=at_least, held=Constraints(together, apart, pinned))
    assert all(first[a] == first[b] for a, b in together)
    assert all(first[a] != first[b] for a, b in apart)
    assert first[pinned[0]] != first[pinned[1]] or free[pinned[0]] == free[pinned[1]]


@cases
def test_short_lists_of_neighbours_leave_nothing_to_join(
    seed: int, count: int, spread: float, at_least: float
) -> None:
    """Whatever is left out of the lists at first, in the end no two groups reach the threshold."""
    rows = rows_of(seed, count, spread)
    first = partition(rows.copy(), at_least=at_least, most_near=2)
    names = sorted(set(first.tolist()))
    means = np.stack([rows[first == name].mean(axis=0) for name in names])
    between = means @ means.T
    np.fill_diagonal(between, -1)
    assert between.max(initial=-1) < at_least + 1e-5


def test_groups_do_not_chain() -> None:
    """A is like B and B like C, but A is not like C: the three are not one label."""
    angles = np.radians([0, 40, 80])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert len(set(partition(rows.copy(), at_least=0.7).tolist())) == 2  # cos 40 = 0.77, cos 80 = 0.17


@cases
def test_order_of_rows_that_stand_for_texts_does_not_matter(
    seed: int, count: int, spread: float, at_least: float
) -> None:
    rows, random = rows_of(seed, count, spread), np.random.default_rng(seed)
    order, sizes = random.permutation(count), random.integers(1, 20, count).astype(np.float64)
    found = as_sets(partition(rows.copy(), at_least=at_least, sizes=sizes))
    shuffled = as_sets(partition(rows[order], at_least=at_least, sizes=sizes[order]))
    assert {frozenset(order[list(group)].tolist()) for group in shuffled} == found


def test_what_moves_few_texts_is_joined_first() -> None:
    """Two rows of 10 texts are nearer to each other than a single text is to one of them, but it joins first."""
    angles = np.radians([0, 20, 50])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert as_sets(partition(rows.copy(), at_least=0.745)) == {frozenset({0, 1, 2})}
    found = partition(rows.copy(), at_least=0.745, sizes=np.array([10.0, 10.0, 1.0]))
    assert as_sets(found) == {frozenset({0}), frozenset({1, 2})}


def test_groups_are_as_alike_as_their_middles() -> None:
    """Two wide groups about one middle join, though no row is so alike to one of the other; not so by the mean of pairs."""
    side, up = np.sin(np.radians(25)), np.cos(np.radians(25))
    rows = np.array([[up, side, 0], [up, -side, 0], [up, 0, side], [up, 0, -side]], np.float32)
    held = Constraints(together=[(0, 1), (2, 3)])
    assert (
        len(as_sets(partition(rows.copy(), at_least=0.83, held=held))) == 2
    )  # 0.5 and 6 doublings; pairs: 0.82
    assert len(as_sets(partition(rows.copy(), at_least=0.5, held=held, sizes=np.full(4, 32.0)))) == 1


@pytest.mark.parametrize("sizes", [None, np.ones(7)])
def test_rows_at_right_angles_and_without_a_direction_join_where_that_is_enough(
    sizes: NDArray[np.float64] | None,
) -> None:
    """A number of labels is looked for down to a likeness of -0.5."""
    rows = np.vstack([np.eye(5, dtype=np.float32), np.zeros((2, 5), dtype=np.float32)])
    assert partition(rows.copy(), at_least=0.0, sizes=sizes).tolist() == [0] * 7
    assert partition(rows.copy(), at_least=0.1, sizes=sizes).tolist() == list(range(7))


def test_no_rows_and_one() -> None:
    assert partition(np.zeros((0, 3), np.float32), at_least=0.5).tolist() == []
    assert partition(np.ones((1, 3), np.float32), at_least=0.5).tolist() == [0]


def test_verdicts_part_what_they_agree_on() -> None:
    """Of five equal rows one leaves if it was judged different from three, none for two verdicts; of two rows for one."""
    rows = np.ones((5, 3), np.float32) / np.sqrt(3).astype(np.float32)

    def groups(count: int, *different: tuple[int, int]) -> int:
        return len(
            set(
                partition(rows[:count].copy(), at_least=0.5, verdicts=dict.fromkeys(different, -1.0)).tolist()
            )
        )

    assert groups(5, (0, 1), (0, 2)) == 1
    assert groups(5, (0, 1), (0, 2), (0, 3)) == 2
    assert groups(2, (0, 1)) == 2


def test_what_people_say_changes_no_other_group() -> None:
    """A row is taken out of its group, or two groups are joined: all others are as they were. Not so without that care."""
    disturbed = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        rows = unit(random.normal(size=(40, 5)).astype(np.float32))
        sizes, judged = np.ones(40), dict[tuple[int, int], float]()
        first = partition(rows.copy(), at_least=0.4)
        one, other = random.choice(40, size=2, replace=False).tolist()
        group = np.flatnonzero(first == first[one]).tolist()
        if first[one] == first[other]:
            held, spoken_of = Constraints(apart=[(one, row) for row in range(40) if row != one]), group
        else:
            held = Constraints(together=[(one, row) for row in (other, *group)])
            spoken_of = [other, *group]
        again = partition_again(first, spoken_of, rows, at_least=0.4, held=held, sizes=sizes, verdicts=judged)
        others = ~np.isin(first, first[spoken_of])
        assert (again[others] == first[others]).all()
        assert (again[one] == again[other]) == (first[one] != first[other])
        disturbed += bool((partition(rows.copy(), at_least=0.4, held=held)[others] != first[others]).any())
    assert disturbed > 5
