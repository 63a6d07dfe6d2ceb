"""Trust: what is said of a candidate depends on its own text alone, falls along a row, and follows a project's verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus.closed.entries import Entries
from linnaeus.closed.label_sets import chosen
from linnaeus.closed.signs import SIGNS, signs_of
from linnaeus.closed.source import Scorer
from linnaeus.closed.trust import SHIPPED, Trust
from linnaeus.closed.trusted import Trusted
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.errors import InputError
from tests.closed.test_sources import chain, embed, entries, names, texts


def trusted(labels: list[str]) -> Trusted:
    held = entries(labels)
    return Trusted(ZeroShot.of(held, embed(held.texts), chain(held.labels), embed))


@settings(max_examples=30)
@given(names, texts)
def test_a_batch_gives_what_its_texts_give_one_by_one(names: list[str], texts: list[str]) -> None:
    source = trusted(names)
    whole = source.candidates(texts, embed(texts), 5)
    for row, text in enumerate(texts):
        one = source.candidates([text], embed([text]), 5)
        assert one.places[0].tolist() == whole.places[row].tolist()
        assert one.scores[0].tolist() == whole.scores[row].tolist()


@settings(max_examples=30)
@given(names, texts, st.integers(1, 60))
def test_scores_are_falling_probabilities_of_the_same_labels(
    names: list[str], texts: list[str], most: int
) -> None:
    source = trusted(names)
    found = source.candidates(texts, embed(texts), most)
    assert found.places.shape == found.scores.shape == (len(texts), most)
    assert found.places.dtype == np.int32 and found.scores.dtype == np.float32
    fused = source.zero_shot.candidates(texts, embed(texts), 60)
    for row, (places, scores) in enumerate(zip(found.places.tolist(), found.scores.tolist(), strict=True)):
        held = [place for place in places if place >= 0]
        assert len(set(held)) == len(held) == min(most, int((fused.places[row] >= 0).sum()))
        assert set(held) <= set(fused.places[row].tolist())
        assert all(0 < score < 1 for score in scores[: len(held)]) and not any(scores[len(held) :])
        pairs = list(zip([-score for score in scores[: len(held)]], held, strict=True))
        assert pairs == sorted(pairs)
    counts = chosen(found.scores, source.trust.none(found.scores))
    assert np.all(counts <= (found.places >= 0).sum(axis=1))


@settings(max_examples=30)
@given(names, texts, st.integers(1, 12))
def test_how_many_are_asked_for_changes_no_probability(names: list[str], texts: list[str], most: int) -> None:
    source = trusted(names)
    few, all_of_them = (source.candidates(texts, embed(texts), count) for count in (most, 50))
    assert few.places.tolist() == all_of_them.places[:, :most].tolist()
    assert few.scores.tolist() == all_of_them.scores[:, :most].tolist()


@settings(max_examples=30)
@given(names, texts)
def test_signs_are_what_they_say(names: list[str], texts: list[str]) -> None:
    zero_shot = trusted(names).zero_shot
    looked = zero_shot.looked(texts, embed(texts), 8)
    signs = signs_of(texts, looked, zero_shot.lexical, zero_shot.labels)
    held = looked.found.places >= 0
    assert signs.shape == (len(texts), 8, len(SIGNS)) and np.all(np.isfinite(signs))
    assert not signs[~held].any() and np.all(signs[held][:, SIGNS.index("one")] == 1)
    name, crowd = signs[held][:, SIGNS.index("name")], signs[held][:, SIGNS.index("crowd")]
    assert np.all((name >= 0) & (name <= 1)) and np.all(crowd >= -1e-9)
    lead = signs[:, :, SIGNS.index("lead")]
    assert np.all(lead[:, 1:] <= 1e-6)  # only the first is ahead of all others
    totals = looked.found.scores.astype(np.float64)
    assert lead[:, 0] == pytest.approx(totals[:, 0] - totals[:, 1])


def test_a_name_that_stands_in_the_text_is_trusted_more_than_one_that_does_not() -> None:
    source = trusted(["acute gout", "flu virus", "chronic leukaemia", "left foot"])
    found = source.candidates(["acute gout", "right"], embed(["acute gout", "right"]), 4)
    assert found.places[0, 0] == 0
    assert found.scores[0, 0] > 2 * found.scores[1, 0]
    none = source.trust.none(found.scores)
    assert none[0] < none[1]


def test_without_labels_or_texts_there_is_nothing() -> None:
    empty = Entries.of([])
    source = Trusted(ZeroShot.of(empty, np.zeros((0, 26), np.int8)))
    assert source.candidates(["gout"], embed(["gout"]), 3).places.tolist() == [[-1, -1, -1]]
    assert trusted(["gout"]).candidates([], embed([]), 3).places.shape == (0, 3)


def made(count: int, level: float, slope: float) -> tuple[np.ndarray, np.ndarray]:
    """Signs, and verdicts where the shipped log-odds are off by level and slope."""
    rng = np.random.default_rng(0)
    signs = rng.normal(size=(count, len(SIGNS)))
    signs[:, 0] = 1
    odds = level + slope * SHIPPED.odds(signs)
    return signs, rng.random(count) < 1 / (1 + np.exp(-odds))


def test_no_verdict_changes_nothing_and_few_change_little() -> None:
    signs, right = made(1, 0, 1)
    assert SHIPPED.refit(signs[:0], right[:0]).weights == pytest.approx(SHIPPED.weights)
    moved = SHIPPED.refit(signs, np.array([True])).weights[0] - SHIPPED.weights[0]
    assert 0 < abs(moved) < 0.5


def test_many_verdicts_set_level_and_slope() -> None:
    signs, right = made(20_000, 1.0, 1.3)
    again = SHIPPED.refit(signs, right)
    expected = 1.3 * np.array(SHIPPED.weights)
    expected[0] += 1.0
    assert again.weights == pytest.approx(expected.tolist(), abs=0.12)
    assert again.chance(signs).mean() == pytest.approx(right.mean(), abs=0.005)


def test_texts_without_a_label_lower_the_trust_of_a_project() -> None:
    source = trusted(["acute gout", "flu virus", "left foot"])
    asked = ["gout of foot", "flu", "left"]
    never = source.refitted(asked * 5, embed(asked * 5), [[]] * 15)
    always = source.refitted(asked * 5, embed(asked * 5), [{0, 1, 2}] * 15)
    scores = [own.candidates(asked, embed(asked), 3).scores.max() for own in (never, source, always)]
    assert scores == sorted(scores) and scores[0] < scores[2]
    assert never.zero_shot is source.zero_shot


def test_weights_that_are_not_one_a_sign_are_refused() -> None:
    with pytest.raises(InputError, match="2 weights"):
        Trust((1.0, 2.0), (0.0, 0.0, 0.0))


def test_a_text_without_a_candidate_has_none_that_fits() -> None:
    rows = np.array([[0.9, 0.1], [0.0, 0.0]])
    some, nothing = SHIPPED.none(rows)
    assert some < 0.2 < 0.8 < nothing


def test_how_often_nothing_fits_is_learnt_from_a_project() -> None:
    rng = np.random.default_rng(0)
    chances = -np.sort(-(rng.random((5_000, 4)) ** 3), axis=1)
    odds = np.log(SHIPPED.none(chances) / (1 - SHIPPED.none(chances)))
    none = rng.random(5_000) < 1 / (1 + np.exp(-1.5 - odds))
    again = SHIPPED.refit_none(chances, none)
    assert again.none(chances).mean() == pytest.approx(none.mean(), abs=0.01)
    assert again.weights == SHIPPED.weights
    assert SHIPPED.refit_none(chances[:0], none[:0]).nothing == pytest.approx(SHIPPED.nothing)


@settings(max_examples=30)
@given(names, texts)
def test_parts_are_what_the_scorers_say_of_the_candidates(names: list[str], texts: list[str]) -> None:
    held = entries(names)
    zero_shot = ZeroShot.of(held, embed(held.texts), chain(held.labels))  # without a closer look
    codes = embed(texts)
    looked = zero_shot.looked(texts, codes, 5)
    scorers: tuple[Scorer, ...] = (zero_shot.dense, zero_shot.lexical, zero_shot.contained)
    for number, scorer in enumerate(scorers):
        scores = scorer.scores(texts, codes)
        for row, places in enumerate(looked.found.places.tolist()):
            expected = [scores[row, place] if place >= 0 else 0 for place in places]
            assert looked.parts[row, :, number].tolist() == expected


def test_labels_that_are_as_likely_stand_in_their_order() -> None:
    source = trusted(["flu virus", "acute gout", "left gout", "gout"])
    alike = Trusted(source.zero_shot, Trust((0.0,) * len(SIGNS), (0.0, 0.0, 0.0)))
    assert alike.candidates(["gout"], embed(["gout"]), 4).places.tolist() == [[0, 1, 2, 3]]
