"""A student judges no text by what was said of it, and neither by the order in which texts came."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus.consolidate import second_opinion
from linnaeus.consolidate.book import Book
from linnaeus.consolidate.neighbours import unit
from linnaeus.consolidate.second_opinion import LARGEST, STEPS, leads, learnt
from linnaeus.index import quantise, units
from linnaeus.store import SurfaceRow
from linnaeus.types import LabelId, SurfaceId

WIDTH = 12
UNKNOWN = 99


def rows(seed: int, *shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def book(texts: NDArray[np.float32], given: list[int], wordings: NDArray[np.float32]) -> Book:
    """Texts (t, d) that were `given` a surface each, -1 for those that memory answered; a label for each wording."""
    made = Book()
    for number, wording in enumerate(quantise(wordings) if wordings.shape[1] else wordings.astype(np.int8)):
        row = SurfaceRow(SurfaceId(number), f"w{number}", "w", LabelId(number), LabelId(number), False)
        made.add(row, wording, texts.shape[1])
    for code, place in zip(quantise(texts), given, strict=True):
        if place < 0:
            made.follow(code)
        else:
            made.count([place], code)
    return made


def clouds(seed: int, labels: int, count: int) -> tuple[NDArray[np.float32], list[int], NDArray[np.float32]]:
    """Texts around what they are called, but for noise; one in four was not asked."""
    draw = np.random.default_rng(seed)
    wordings = rows(seed, labels, WIDTH)
    right = np.concatenate([np.arange(labels), draw.integers(labels, size=count)])
    texts = wordings[right] + 0.5 * draw.normal(size=(len(right), WIDTH)).astype(np.float32)
    given = [
        label if number < 2 * labels or draw.random() > 0.25 else -1
        for number, label in enumerate(right.tolist())
    ]
    return texts.astype(np.float32), given, wordings


def every_label(texts: NDArray[np.float32], labels: int) -> NDArray[np.int64]:
    return np.tile(np.arange(labels), (len(texts), 1))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), labels=st.integers(2, 6), count=st.integers(4, 60))
def test_the_order_of_texts_does_not_matter(seed: int, labels: int, count: int) -> None:
    texts, given, wordings = clouds(seed, labels, count)
    order = np.random.default_rng(seed).permutation(len(texts))
    found = leads(book(texts, given, wordings), every_label(texts, labels))
    shuffled = book(texts[order], [given[place] for place in order], wordings)
    assert np.allclose(found[order], leads(shuffled, every_label(texts, labels)), atol=2e-3)
    assert (np.abs(found) <= LARGEST).all() and ((found > 0).sum(axis=1) <= 1).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(20, 60))
def test_a_text_is_not_judged_by_what_was_said_of_it(seed: int, count: int) -> None:
    texts, given, wordings = clouds(seed, 3, count)
    one = len(given) - 1
    found = [
        leads(book(texts, [*given[:one], said], wordings), every_label(texts, 3))[one] for said in range(3)
    ]
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[1], found[2])


def test_it_knows_new_texts_by_others_and_by_the_words_of_labels() -> None:
    texts, given, wordings = clouds(1, 5, 300)
    unasked = [place for place, label in enumerate(given) if label < 0]
    right = (texts @ wordings.T - (wordings**2).sum(axis=1) / 2).argmax(axis=1)
    named = leads(book(texts, given, wordings), every_label(texts, 5))[unasked]
    nameless = leads(book(texts, given, rows(7, 5, WIDTH)), every_label(texts, 5))[unasked]
    assert (named.argmax(axis=1) == right[unasked]).mean() > 0.85
    assert (nameless.argmax(axis=1) == right[unasked]).mean() > 0.85, "what texts say outweighs the words"
    few = [label if place < 5 else -1 for place, label in enumerate(given)]  # each label has one text
    by_name = leads(book(texts, few, wordings), every_label(texts, 5))
    without = leads(book(texts, few, rows(7, 5, WIDTH)), every_label(texts, 5))
    assert (by_name.argmax(axis=1) == right).mean() > (without.argmax(axis=1) == right).mean() + 0.1


def test_it_says_nothing_where_there_is_nothing_to_learn() -> None:
    texts, given, wordings = clouds(2, 3, 20)
    assert not leads(book(texts, [-1] * len(texts), wordings), every_label(texts, 3)).any()
    assert not leads(book(texts, [0] * len(texts), wordings), every_label(texts, 3)).any()
    assert not leads(book(texts, given, np.zeros((3, 0), np.float32)), every_label(texts, 3)).any()
    for count in range(1, 8):
        assert np.isfinite(
            leads(book(texts[:count], given[:count], wordings), every_label(texts[:count], 3))
        ).all()
    unknown = leads(book(texts, given, wordings), np.full((len(texts), 1), UNKNOWN))
    assert (unknown < LARGEST).all() and unknown.shape == (len(texts), 1)


def test_of_many_texts_a_part_teaches(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, given, wordings = clouds(3, 4, 400)
    made = book(texts, given, wordings)
    whole = leads(made, every_label(texts, 4))
    monkeypatch.setattr(second_opinion, "MOST", 100)
    monkeypatch.setattr(second_opinion, "BLOCK", 64)
    part = leads(made, every_label(texts, 4))
    assert (part.argmax(axis=1) == whole.argmax(axis=1)).mean() > 0.9
    assert np.array_equal(part, leads(made, every_label(texts, 4)))


def test_labels_without_texts_share_a_column_and_count_as_many() -> None:
    texts, given, wordings = clouds(5, 4, 80)
    places = 3 * np.maximum(np.array(given), 0)  # of 20 labels only 0, 3, 6 and 9 have texts
    found = learnt(quantise(texts), unit(wordings)[places // 3], places, 20)
    assert found.weights.shape[1] == 5
    odds = found.odds(quantise(texts))
    assert (odds[:, [1, 2, 4, 19]] == odds[:, [1]]).all()
    each = _with_a_column_each(quantise(texts), unit(wordings)[places // 3], places, 20)
    assert np.allclose(odds, each, atol=1e-4)


def _with_a_column_each(
    codes: NDArray[np.int8], said: NDArray[np.float32], places: NDArray[np.intp], among: int
) -> NDArray[np.float32]:
    """The log-odds of a fit in which every label has weights of its own."""
    rows = units(codes) - units(codes).mean(axis=0)
    rows = np.hstack([rows, np.full((len(rows), 1), second_opinion.CONSTANT)])
    right = np.eye(among)[places]
    start = np.vstack([second_opinion.NAMED * unit(right.T @ (said - said.mean(axis=0))).T, np.zeros(among)])
    inverse = np.linalg.inv(rows.T @ rows / 2 + second_opinion.DECAY * np.eye(rows.shape[1]))
    weights, ahead, pace = start, start, 1.0
    for _ in range(STEPS):
        chances = np.exp(rows @ ahead)
        chances /= chances.sum(axis=1, keepdims=True)
        moved = ahead + inverse @ (rows.T @ (right - chances) - second_opinion.DECAY * (ahead - start))
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        weights, ahead, pace = moved, moved + (pace - 1) / faster * (moved - weights), faster
    return np.asarray(rows @ weights, dtype=np.float32)
