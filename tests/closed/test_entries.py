"""Entries, and the best of each label's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.closed.entries import Entries, Field
from linnaeus.closed.owners import Owners
from linnaeus.errors import InputError


def test_entries_of_columns() -> None:
    entries = Entries.of(["gout", "flu"], [["podagra"], ["grippe", " "]], ["", "A virus."])
    assert list(entries.texts) == ["gout", "flu", "podagra", "grippe", "A virus."]
    assert entries.owners.tolist() == [0, 1, 0, 1, 1]
    assert entries.places(Field.NAME, Field.SYNONYM).tolist() == [0, 2, 1, 3]
    assert entries.places(Field.DESCRIPTION).tolist() == [4]


def test_entries_that_do_not_fit_are_refused() -> None:
    one = np.zeros(1, np.uint8)
    with pytest.raises(InputError, match="2 entries, 1 owners"):
        Entries(["a", "b"], np.zeros(1, np.int32), one, 3)
    for owner in (-1, 3):
        with pytest.raises(InputError, match="not one of the 3"):
            Entries(["a"], np.array([owner], np.int32), one, 3)


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 3), st.data())
def test_a_label_has_the_score_of_its_best_entry(owned: list[int], texts: int, data: st.DataObject) -> None:
    owned = sorted(owned)
    values = st.lists(st.integers(-3, 3), min_size=len(owned), max_size=len(owned))
    scores = np.array([data.draw(values) for _ in range(texts)], np.float32).reshape(texts, len(owned))
    owners = Owners(np.array(owned, np.int32), 6)
    plain = [
        [max((row[i] for i, own in enumerate(owned) if own == label), default=-9.0) for label in range(6)]
        for row in scores.tolist()
    ]
    assert owners.best(scores, missing=-9.0).tolist() == plain
    labels = np.array([4, 0, 5])
    assert owners.entries(labels).tolist() == [
        i for own in (4, 0, 5) for i, o in enumerate(owned) if o == own
    ]
