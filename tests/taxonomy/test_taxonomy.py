"""What is above and under a label, on any graph without circles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus import InputError
from linnaeus.taxonomy import Entry, Links, Taxonomy, taxonomy_of
from linnaeus.taxonomy.entries import entries_of
from tests.taxonomy.made import taxonomies

BEARS = taxonomy_of(
    [
        Entry(1, "a", "Animal"),
        Entry(2, "p", "Panda", parents=("b", "e")),
        Entry(3, "b", "Bear", parents=("a",)),
        Entry(4, "e", "Endangered"),
        Entry(5, "g", "Giant panda", parents=("p",)),
    ]
)


def all_above(taxonomy: Taxonomy, place: int) -> Iterator[int]:
    for parent in taxonomy.parents[place].tolist():
        yield parent
        yield from all_above(taxonomy, parent)


def test_a_label_with_two_parents() -> None:
    place = BEARS.place
    assert BEARS.path(place("g")) == ["Animal", "Bear", "Panda", "Giant panda"]
    assert BEARS.ancestors(place("g")).tolist() == [0, 1, 2, 3] and BEARS.ancestors(0).tolist() == []
    assert BEARS.subtree(place("e")).tolist() == [1, 3, 4] and BEARS.subtree(place("a")).tolist() == [
        0,
        1,
        2,
        4,
    ]
    assert BEARS.roots.tolist() == [0, 3] and BEARS.leaves().tolist() == [4] == BEARS.leaves(3).tolist()
    assert BEARS.depth.tolist() == [0, 2, 1, 0, 3] and BEARS.children[3].tolist() == [1]
    assert BEARS.places(["g", "x", "a"]).tolist() == [4, -1, 0] and BEARS.places([]).dtype == np.int32
    with pytest.raises(InputError, match="no label with the id 'x'"):
        BEARS.place("x")


@given(taxonomies())
def test_any_graph_is_as_walked_by_hand(taxonomy: Taxonomy) -> None:
    everything = range(len(taxonomy))
    above = [set(all_above(taxonomy, place)) for place in everything]
    for place in everything:
        assert taxonomy.ancestors(place).tolist() == sorted(above[place])
        under = [one for one in everything if one == place or place in above[one]]
        assert taxonomy.subtree(place).tolist() == under
        assert taxonomy.leaves(place).tolist() == [one for one in under if not len(taxonomy.children[one])]
        line = taxonomy.line(place)
        assert (
            line[-1] == place
            and not len(taxonomy.parents[line[0]])
            and taxonomy.depth[place] == len(line) - 1
        )
        assert all(taxonomy.parents[low][0] == high for high, low in pairwise(line))
        assert taxonomy.children[place].tolist() == [
            one for one in everything if place in taxonomy.parents[one].tolist()
        ]
        assert taxonomy.place(taxonomy.ids[place]) == place
    assert taxonomy.roots.tolist() == [place for place in everything if not above[place]]
    assert taxonomy.leaves().tolist() == [one for one in everything if not len(taxonomy.children[one])]
    assert taxonomy_of(entries_of(taxonomy)) == taxonomy


def test_a_chain_of_very_many_is_walked_without_recursion() -> None:
    rows = (Entry(n, str(n), f"N{n}", parents=(str(n - 1),) if n else ()) for n in range(20_000))
    chain = taxonomy_of(reversed(list(rows)))
    assert chain.depth.max() == 19_999 and len(chain.path(0)) == 20_000 and len(chain.leaves()) == 1


def test_taxonomies_differ_by_any_column() -> None:
    rows = list(entries_of(BEARS))
    for changed in (
        {"name": "X"},
        {"description": "x"},
        {"synonyms": ("x",)},
        {"parents": ("e", "b")},
        {"id": "q"},
    ):
        other = [rows[0], rows[1]._replace(**changed), *rows[2:]]
        if "id" in changed:
            other[4] = other[4]._replace(parents=("q",))
        assert taxonomy_of(other) != BEARS
    assert taxonomy_of(rows) == BEARS


GRAPHS = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, n - 1), max_size=3, unique=True), min_size=n, max_size=n)
)


@given(GRAPHS)
def test_circles_are_found(graph: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, graph)])
    links = Links(starts, np.array([place for places in graph for place in places], np.int32))
    left = set(range(len(graph)))
    while free := {place for place in left if not left & set(graph[place])}:
        left -= free
    assert links.circular().tolist() == sorted(left)
