"""A few examples move what names say: towards labels that have near ones, as far as examples cover what texts are about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus import Classifier
from linnaeus.closed.few import NEAREST, SIGNS, WEIGHTS, Few, are_few, log_odds, unseen
from linnaeus.closed.source import NOWHERE
from linnaeus.index import quantise
from linnaeus.types import Codes
from tests.closed.test_touched import entries, named, written
from tests.letters import Letters


def codes(*texts: str) -> Codes:
    return quantise(Letters().embed(list(texts)))


def by_label(few: Few, text: str, places: list[int], odds: list[float]) -> dict[int, float]:
    found, chances = few.chances(codes(text), np.array([places], np.int32), np.array([odds]))
    rows = zip(found[0].tolist(), chances[0].tolist(), strict=True)
    return {place: chance for place, chance in rows if place != NOWHERE}


def test_the_share_of_labels_that_are_unknown_is_that_of_labels_seen_once() -> None:
    assert unseen([[1], [1], [2], [3]]) == pytest.approx((2 + 0.5) / (4 + 1))
    assert unseen([[1, 2], [1, 2], []]) == pytest.approx(0.5 / 5)
    assert are_few([[1]]) and are_few([[1], [2], [3]]) and not are_few([[1]] * 40)
    assert not are_few([[n] for n in range(2000)])


def test_an_example_near_by_raises_its_label_and_no_other() -> None:
    few = Few.of(codes("aaa bbb", "ccc ddd", "aaa bb"), [[7], [3], [7]])
    near, far = by_label(few, "aaab bbb", [7, 5], [-1, -1]), by_label(few, "xxx yyy", [7, 5], [-1, -1])
    assert near[7] > 0.5 > far[7] and near[7] > 3 * near[3]
    assert near[5] < far[5], "an example so near says that another label fits"
    assert by_label(few, "aaab bbb", [5], [-1])[7] > by_label(few, "aaab bbb", [5], [-1])[5]


def test_only_the_labels_with_the_nearest_examples_are_candidates_by_these() -> None:
    letters = "abcdefghijklmnopqrst"
    few = Few.of(codes(*(letter * 3 for letter in letters)), [[n] for n in range(len(letters))])
    found = by_label(few, "aaa", [19, 50], [0, 0])
    assert {0, 19, 50} <= found.keys() and len(found) in (NEAREST + 1, NEAREST + 2)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=1, max_size=12))
def test_a_text_gets_the_same_alone_and_in_a_batch(labels: list[list[int]]) -> None:
    few = Few.of(codes(*(f"abc{n} {n % 3}de" for n in range(len(labels)))), labels)
    asked = codes("abc", "de", "xyz abc")
    places = np.array([[0, 9], [9, 3], [NOWHERE, NOWHERE]], np.int32)
    odds = np.array([[1.0, 0.0], [-2.0, 0.5], [0.0, 0.0]])
    whole = few.chances(asked, places, odds)
    for row in range(3):
        own = slice(row, row + 1)
        alone = few.chances(asked[own], places[own], odds[own])
        assert np.array_equal(whole[0][own], alone[0]) and np.array_equal(whole[1][own], alone[1])
    known = {label for own in labels for label in own}
    _check(whole[0], whole[1], known)


def _check(places: NDArray[np.int32], chances: NDArray[np.float64], known: set[int]) -> None:
    for row, own in zip(places.tolist(), chances.tolist(), strict=True):
        held = [place for place in row if place != NOWHERE]
        assert len(held) == len(set(held)) and set(held) <= known | {0, 9, 3}
        assert all(
            0 <= chance <= 1 and (place != NOWHERE or chance == 0)
            for place, chance in zip(row, own, strict=True)
        )


def test_log_odds_are_finite() -> None:
    assert np.isfinite(log_odds(np.array([0.0, 0.5, 1.0], np.float32))).all()
    assert len(SIGNS) == len(WEIGHTS)


def test_two_examples_do_not_drown_names(tmp_path: Path) -> None:
    asked = [f"all about {named(n)}" for n in range(0, 400, 8)]
    with Classifier.open(embedder=Letters(), taxonomy=written(tmp_path, entries().values())) as classifier:
        classifier.give(["what a thing qq", "another zz"], [["t1"], ["t2"]])
        assert classifier.learn().few
        answers = classifier.label(asked)
        right = sum(
            answer.codes[:1] == (f"t{n}",) for n, answer in zip(range(0, 400, 8), answers, strict=True)
        )
        assert right > 0.8 * len(asked)
        first = classifier.explain("what a thing qqq")[0]
        assert classifier.taxonomy.ids[first.place] == "t1"
        assert first.figures["examples"] == 1 and first.figures["nearest"] > 0.8
