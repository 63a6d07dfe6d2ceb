"""What is said of an example is said without it."""

from __future__ import annotations

import numpy as np
import pytest

from linnaeus.closed.taught.centroids import Centroids
from linnaeus.closed.taught.folds import FOLDS, count_at, counts_of, folds
from linnaeus.closed.taught.linear import out_of_fold
from linnaeus.closed.taught.meanings import Meanings
from linnaeus.closed.taught.neighbours import Neighbours
from linnaeus.closed.taught.sources import Batch, Source
from linnaeus.closed.taught.sparse import Sparse, at_pairs, from_parts, unit_rows
from linnaeus.closed.taught.wording import FEW, Wording, as_new, read
from tests.closed.taught.made import NAMES, by_letters, fruit, table

TEXTS, LABELS = fruit(5)
WORDS = read(TEXTS)
ROWS = Wording.fit(WORDS)[1]
VECTORS = by_letters(TEXTS)
OWN = table([[*own, 3] if own != [3] and number % 4 == 0 else own for number, own in enumerate(LABELS)], 4)


def everything(texts: int) -> Sparse:
    """All pairs."""
    return from_parts(np.ones(4 * texts), np.tile(np.arange(4), texts), np.arange(texts + 1) * 4, 4)


def made(kind: str, kept: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Source:
    """A source that knows some of the examples."""
    if kind == "neighbours":
        return Neighbours(ROWS[kept], OWN[kept])
    if kind == "near vectors":
        return Neighbours(VECTORS[kept], OWN[kept])
    if kind == "centroids":
        return Centroids.fit(ROWS[kept], OWN[kept])
    return Meanings.fit(VECTORS[kept], OWN[kept], by_letters(NAMES), np.arange(4, dtype=np.int32))


@pytest.mark.parametrize("kind", ["neighbours", "near vectors", "centroids", "meanings"])
def test_leaving_one_out_is_learning_without_it(kind: str) -> None:
    every = np.arange(len(TEXTS))
    pairs = everything(len(TEXTS))
    said = made(kind, every).look(Batch(WORDS, ROWS, VECTORS), OWN).features(pairs)
    for left_out in every:
        one = Batch([WORDS[left_out]], ROWS[[left_out]], VECTORS[[left_out]])
        others = made(kind, np.delete(every, left_out)).look(one).features(everything(1))
        for name, values in others.items():
            mine = said[name][4 * left_out : 4 * left_out + 4]
            assert np.allclose(mine, values, atol=1e-5), (name, left_out)


def test_an_example_has_no_part_in_which_terms_of_a_mean_are_kept() -> None:
    random = np.random.default_rng(0)
    rows = unit_rows(from_parts(random.random(1200), random.integers(0, 900, 1200), np.arange(7) * 200, 900))
    labels, pairs = table([[0]] * 6, 1), from_parts(np.ones(6), np.zeros(6), np.arange(7), 1)
    said = Centroids.fit(rows, labels).look(Batch([], rows, None), labels).features(pairs)["words_central"]
    for row in range(6):
        others = np.delete(np.arange(6), row)
        anew = Centroids.fit(rows[others], labels[others]).look(Batch([], rows[[row]], None))
        assert np.isclose(said[row], anew.features(pairs[[0]])["words_central"][0], atol=1e-5)


def test_what_one_other_example_has_alone_is_not_known_of_a_new_text() -> None:
    columns = np.array([0, 1, 0, 1, 0] + [0] * (FEW - 3))
    rows = from_parts(np.ones(FEW + 2), columns, np.concatenate([[0, 2, 4], np.arange(5, FEW + 3)]), 2)
    new = as_new(rows)
    assert new[0].indices.tolist() == [0] and new[0].data.tolist() == [1.0], "two have the second term"
    assert (as_new(rows[:10]) != rows[:10]).nnz == 0, "of few examples all terms are known"


def test_margins_of_other_folds_do_not_know_the_label() -> None:
    """Where labels are given at random, margins of texts that were not seen tell nothing of them."""
    random = np.random.default_rng(0)
    rows = from_parts(np.ones(600), random.integers(0, 50, 600), np.arange(201) * 3, 50)
    rows.sum_duplicates()
    labels = table([[int(one)] for one in random.integers(0, 4, 200)], 4)
    pairs = everything(200)
    margins, right = out_of_fold(rows, pairs, labels, pairs), at_pairs(labels, pairs) > 0
    above = (margins[right][:, None] > margins[~right][None, :]).mean()
    assert 0.4 < above < 0.6


def best_by_count(sizes: np.ndarray[tuple[int], np.dtype[np.float32]], right: Sparse) -> float:
    """How often the label that has the fewest examples is the right one, ties shared."""
    rows = sizes.reshape(-1, right.shape[1])
    fewest = rows == rows.min(axis=1, keepdims=True)
    return float((fewest * right.toarray() / fewest.sum(axis=1, keepdims=True)).sum(axis=1).mean())


def test_counts_do_not_give_the_right_label_away() -> None:
    """Labels with ten examples each: without the one, the right label would be the one that has nine."""
    labels = table([[number % 10] for number in range(300)], 10)
    pairs = from_parts(np.ones(3000), np.tile(np.arange(10), 300), np.arange(301) * 10, 10)
    alone = np.asarray(labels.sum(axis=0)).ravel()[pairs.indices] - at_pairs(labels, pairs)
    assert best_by_count(alone, labels) == 1.0, "the trap that counts by folds avoid"
    by_folds = count_at(counts_of(labels), pairs, own=True)
    assert best_by_count(by_folds, labels) < 0.4
    assert np.all(count_at(counts_of(labels), pairs, own=False) == 30)


def test_counts_of_other_folds_scaled_up() -> None:
    labels = table([[0]] * 9, 1)
    assert sorted(folds(9).tolist()) == sorted(list(range(FOLDS)) * 3)
    assert np.allclose(count_at(counts_of(labels), labels, own=True), 9)


def test_an_example_is_no_reason_that_its_own_label_is_a_candidate() -> None:
    """Each of 100 labels has one example, all as near to each other: left out, nothing is left of its label."""
    vectors = np.eye(100, dtype=np.float32) + np.float32(0.1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = table([[place] for place in range(100)], 100)
    source = Meanings.fit(vectors, labels, vectors, np.arange(100, dtype=np.int32))
    assert not np.any(at_pairs(source._nearest_means(source._central(vectors, labels)), labels))
    assert np.all(at_pairs(source._nearest_means(source._central(vectors, None)), labels) > 0.9)
