"""How far labels stay the same, from runs that are given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.evaluate.stability import Made, Run, numbered, stability
from linnaeus.metrics.rows import Whole

LABELLINGS = st.lists(st.integers(-1, 4), min_size=6, max_size=40).filter(lambda labels: max(labels) >= 0)


def made(labels: list[int], *runs: list[int], is_given: bool = False, kind: str = "order") -> Made:
    names = [f"label {one}" for one in range(5)]
    return Made(names, whole(labels), [Run(kind, whole(run)) for run in runs], is_given, [])


def whole(labels: list[int]) -> Whole:
    return np.array(labels, np.int64)


@given(LABELLINGS, st.permutations(range(5)), st.booleans())
def test_the_same_again_comes_back_whole(labels: list[int], order: list[int], is_given: bool) -> None:
    """Labels that were found may be numbered otherwise; what texts are left out does not matter then."""
    again = labels if is_given else [-1 if one < 0 else order[one] for one in labels]
    found = stability(made(labels, again, again, is_given=is_given))
    assert all(one.comes_back == {"order": 1.0} and not one.mixed_up_with for one in found.labels)
    assert not found.wobbling
    assert {one.label: one.texts for one in found.labels} == {
        f"label {one}": labels.count(one) for one in set(labels) - {-1} if labels.count(one) >= 3
    }
    adjusted = found.agreement[0].mean
    assert adjusted is None or adjusted == pytest.approx(1), "undefined where there is nothing to tell apart"


@given(LABELLINGS, st.lists(LABELLINGS, min_size=1, max_size=3), st.booleans())
def test_figures_are_shares_and_the_worst_is_first(
    labels: list[int], others: list[list[int]], is_given: bool
) -> None:
    runs = [(own * len(labels))[: len(labels)] for own in others]
    found = stability(made(labels, *runs, is_given=is_given))
    assert all(0 <= share <= 1 for one in found.labels for share in one.comes_back.values())
    assert [one.least for one in found.labels] == sorted(one.least for one in found.labels)
    assert all(one.mixed_up_with != one.label for one in found.labels)


def test_labels_that_run_together_are_named() -> None:
    """All 4 + 4 texts of two labels, and 1 more, get one label: 4 of its 9 are those of each."""
    found = stability(made([0] * 4 + [1] * 4 + [2] * 4, [0] * 9 + [2] * 3))
    shares = {one.label: one.comes_back["order"] for one in found.labels}
    assert shares == {"label 0": 0.4444, "label 1": 0.4444, "label 2": 0.75}
    assert {one.mixed_up_with for one in found.labels[:2]} == {"label 0", "label 1"}
    assert [one.label for one in found.wobbling] == ["label 0", "label 1"]


def test_texts_that_were_not_drawn_do_not_count() -> None:
    found = stability(made([0, 0, 0, 0, 1, 1, 1], [3, 3, -1, -1, 2, 2, 2], kind="sample"))
    assert [one.comes_back for one in found.labels] == [{"sample": 1.0}] * 2
    gone = stability(made([0, 0, 0, 1, 1, 1], [-1, -1, -1, 1, 1, 1], kind="sample"))
    assert [one.label for one in gone.labels] == ["label 1"] and gone.small == 1


def test_labels_that_are_given_are_not_matched() -> None:
    found = stability(made([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0], is_given=True, kind="examples"))
    assert [one.comes_back["examples"] for one in found.labels] == [0, 0]
    assert [(one.figure, one.mean) for one in found.agreement] == [("ARI", 1.0), ("same label", 0.0)]


def test_numbers_of_labels() -> None:
    known = {"a": 0}
    assert numbered(["b", None, "a", "b"], known).tolist() == [1, -1, 0, 1] and known == {"a": 0, "b": 1}
