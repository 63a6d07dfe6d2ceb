"""Labels found by what they are called."""

from __future__ import annotations

import pytest
from hypothesis import given

from linnaeus.closed.spelling import Spelling, above
from linnaeus.taxonomy import Entry, Taxonomy, taxonomy_of
from tests.taxonomy.made import taxonomies, told_apart

LABELS = taxonomy_of(
    [
        Entry(0, "1", "Lost card"),
        Entry(0, "2", "Fees", parents=("1",)),
        Entry(0, "3", "fees", parents=("1", "4")),
        Entry(0, "4", "A > B"),
        Entry(0, "a-b", "1"),
        Entry(0, "A_B", "Fees", parents=("3",)),
        Entry(0, "7", "C", parents=("4",)),
    ]
)


@pytest.mark.parametrize(
    "label,ids",
    [
        ("1", ["1"]),  # an id before a name
        ("LOST-card", ["1"]),
        ("fees", ["2", "3", "A_B"]),
        ("lost card > FEES", ["2", "3"]),
        ("Lost card>Fees>fees", ["A_B"]),
        ("a > b>fees", ["3"]),
        ("A > B > Fees > Fees", ["A_B"]),
        ("A > B", ["4"]),
        ("a>b > c", ["7"]),
        ("a b", ["a-b", "A_B"]),
        ("a-b", ["a-b"]),
        ("B > fees", []),  # not from a root
        ("Fees > fees", []),
        ("Lost card > fees > none", []),
        ("", []),
        (" > ", []),
        ("nothing", []),
        ("\ud800", []),
    ],
)
def test_ids_then_paths_then_names(label: str, ids: list[str]) -> None:
    assert [LABELS.ids[place] for place in Spelling(LABELS).places(label)] == ids


@given(taxonomies().map(told_apart))
def test_every_label_is_found_by_each_of_its_words(taxonomy: Taxonomy) -> None:
    spelling = Spelling(taxonomy)
    for place in range(len(taxonomy)):
        path = ">".join(taxonomy.path(place))
        for words in (taxonomy.ids[place], taxonomy.names[place], path, path.replace(" ", "_")):
            assert spelling.places(words) == [place]


@given(taxonomies())
def test_all_that_is_above(taxonomy: Taxonomy) -> None:
    for place in range(len(taxonomy)):
        assert above(taxonomy, place) == {place, *taxonomy.ancestors(place).tolist()}
