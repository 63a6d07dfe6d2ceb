"""What holds of what people said: the later word counts, and nothing that holds contradicts anything else that does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus import Classifier
from linnaeus.consolidate.holding import Holding
from linnaeus.consolidate.people import find_label, merge, rename, retire, undo
from linnaeus.consolidate.splits import split_wordings
from linnaeus.consolidate.standing import standing
from linnaeus.types import LabelId, SurfaceId
from tests.letters import all_asked, turned

THINGS = 5
Word = tuple[bool, int, int]  # whether the two are joined, or separated


def closed(joined: Sequence[tuple[int, int]], size: int) -> list[int]:
    """For each of `size` things the smallest that it is joined to, by way of others too."""
    group = list(range(size))
    for _ in range(size):
        for a, b in joined:
            group[a] = group[b] = min(group[a], group[b])
    return group


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4)), max_size=14))
@settings(max_examples=400)
def test_each_word_holds_unless_those_before_it_contradict_it(words: Sequence[Word]) -> None:
    """Against the definition: a word is taken up where what was taken up so far leaves room for it."""
    holding = Holding()
    joined: list[tuple[int, int]] = []
    apart: list[tuple[int, int]] = []
    for same, a, b in ((same, a, b) for same, a, b in words if a != b):
        (holding.join if same else holding.separate)(SurfaceId(a), SurfaceId(b))
        group = closed([*joined, (a, b)] if same else joined, THINGS)
        if same and all(group[x] != group[y] for x, y in apart):
            joined.append((a, b))
        elif not same and group[a] != group[b]:
            apart.append((a, b))
    group = closed(joined, THINGS)
    for a, b in combinations(range(THINGS), 2):
        assert (holding.head(SurfaceId(a)) == holding.head(SurfaceId(b))) == (group[a] == group[b])
    assert closed([(int(a), int(b)) for a, b in holding.together], THINGS) == group
    assert [(int(a), int(b)) for a, b in holding.apart] == apart
    assert all(
        sorted(holding.joined(SurfaceId(a))) == [b for b in range(THINGS) if group[b] == group[a]]
        for a in range(THINGS)
    )


@pytest.fixture
def project() -> Iterator[Classifier]:
    with all_asked() as classifier:
        classifier.label(turned(("abc", "def", "ghi"), 30))
        classifier.tidy()
        yield classifier


def label(project: Classifier, wording: str) -> LabelId:
    return find_label(project.store, wording)


def test_a_label_is_left_alone_until_a_person_merges_it(project: Classifier) -> None:
    made, store = project.consolidator, project.store
    surface = {row.key: row.id for row in store.surfaces()}
    new = split_wordings(made, label(project, "abcabc"), ["bcabca", "cabcab"]).new
    assert new is not None
    assert {store.surfaces()[0].id, min(surface["bcabca"], surface["cabcab"])} == set(standing(store).alone)
    retire(made, label(project, "ghighi"))
    assert len(standing(store).alone) == 3
    merge(made, label(project, "defdef"), [new])
    assert (
        min(surface["bcabca"], surface["cabcab"]) not in standing(store).alone
        and len(standing(store).alone) == 2
    )
    undo(made)
    assert len(standing(store).alone) == 3


def test_of_two_events_that_give_one_name_the_later_holds(project: Classifier) -> None:
    """A name is free once its label has another; undoing that other would give it to two."""
    made, store = project.consolidator, project.store
    abc, def_ = label(project, "abcabc"), label(project, "defdef")
    was = store.names()[abc][0]
    rename(made, abc, "taken")
    again = rename(made, abc, "free").event
    rename(made, def_, "Taken")
    undo(made, again)
    assert {store.names()[def_][0], store.names()[abc][0]} == {"Taken", was}
    undo(made, 3)
    assert store.names()[abc][0] == "taken"


def test_a_wording_that_is_a_given_name_belongs_to_the_label_if_it_came_later(project: Classifier) -> None:
    made, store = project.consolidator, project.store
    abc, ghi = label(project, "abcabc"), label(project, "ghighi")
    rename(made, abc, "highig")
    project.tidy()
    assert next(row.label for row in store.surfaces() if row.key == "highig") == ghi, "what was there stays"
    rename(made, abc, "xyz")
    project.label(["xyz xyz vvvv", "xyz xyz wwww"])
    made.regroup()
    xyz = next(row for row in store.surfaces() if row.key == "xyz")
    assert xyz.label == abc
    undo(made)
    assert next(row.label for row in store.surfaces() if row.key == "xyz") == xyz.own_label != abc


def test_a_wording_that_a_label_is_named_after_stays_with_it(project: Classifier) -> None:
    made, store = project.consolidator, project.store
    abc = label(project, "abcabc")
    other = next(row for row in store.surfaces() if row.label == abc and row.own_label != abc)
    rename(made, abc, other.key)
    assert standing(store).holding.head(other.id) == standing(store).holding.head(store.surface_of(abc))
    undo(made)
    assert standing(store).holding.together == []
