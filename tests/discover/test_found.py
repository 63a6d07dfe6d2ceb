"""Groups found in texts: planted ones come back, the order of texts changes nothing, what is like nothing is in none."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, silhouette_score

from linnaeus.consolidate.features import Rows
from linnaeus.consolidate.neighbours import spread, unit
from linnaeus.discover.found import find_groups
from linnaeus.discover.grouping import METHODS, Grouping, agglomerative, finenesses, renumbered
from linnaeus.discover.parts import LINKED, WIDTH, Parts, _narrowed
from linnaeus.discover.sample import representative
from linnaeus.discover.stability import comebacks, mean_best, stable_fineness
from linnaeus.discover.tiers import _silhouette, tiers
from linnaeus.errors import InputError
from linnaeus.types import Embedder, Vectors


def planted(groups: int, each: int, noise: float = 0.06, seed: int = 0) -> tuple[Rows, np.ndarray]:
    """Unit rows around `groups` random directions, and the direction of each."""
    made = np.random.default_rng(seed)
    gold = np.repeat(np.arange(groups), each)
    rows = made.normal(size=(groups, 32))[gold] / np.sqrt(32) + noise * made.normal(size=(len(gold), 32))
    return unit(rows.astype(np.float32)), gold


class Known:
    """An embedder of texts that are numbers of rows."""

    name = "known"

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def embed(self, texts: Sequence[str], /) -> Vectors:
        return self._rows[[int(text) for text in texts]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("groups", [5, 12])
def test_as_many_groups_are_found_as_there_are(method: str, groups: int) -> None:
    rows, gold = planted(groups, 30)
    found = find_groups(map(str, range(len(rows))), Known(rows), method=method, resamples=3)
    inside = found.groups >= 0
    assert inside.mean() > 0.9
    numbers = np.array([int(text) for text in found.texts])
    assert adjusted_rand_score(gold[numbers][inside], found.groups[inside]) > 0.95
    assert found.stability is not None and np.median(found.stability) > 0.9
    assert not found.close()
    assert found.sizes.tolist() == sorted(found.sizes.tolist(), reverse=True)


@settings(max_examples=4)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_texts_and_how_they_are_written_change_nothing(
    seed: int, embedder: Embedder, questions: list[str]
) -> None:
    texts = questions[:90]
    mixed = [text if number % 3 else f"  {text} " for number, text in enumerate(texts)]
    random.Random(seed).shuffle(mixed)
    one, other = (find_groups(own, embedder, resamples=2) for own in (texts, mixed))
    assert one.texts == other.texts and one.groups.tolist() == other.groups.tolist()
    assert one.stability is not None and other.stability is not None
    assert one.stability.tolist() == other.stability.tolist()


def test_what_is_like_nothing_is_in_none() -> None:
    rows, gold = planted(5, 30)
    strange = unit(np.random.default_rng(7).normal(size=(8, 32)).astype(np.float32))
    found = find_groups(map(str, range(len(rows) + 8)), Known(np.vstack([rows, strange])))
    in_none = {int(text) for text, group in zip(found.texts, found.groups, strict=True) if group < 0}
    assert len(in_none & set(range(len(gold), len(gold) + 8))) >= 4
    assert len(in_none & set(range(len(gold)))) <= 0.05 * len(gold)
    assert found.share_in_none == pytest.approx(len(in_none) / len(found.texts))


def test_repeats_count_but_weigh_nothing() -> None:
    rows, _ = planted(4, 20)
    texts = [str(number) for number in range(len(rows))]
    once, often = find_groups(texts, Known(rows)), find_groups(texts + ["3"] * 500, Known(rows))
    assert adjusted_rand_score(once.groups, often.groups) == 1
    assert often.sizes.sum() + often.counts[often.groups < 0].sum() == len(texts) + 500


def test_noise_does_not_come_back() -> None:
    rows = unit(np.random.default_rng(3).normal(size=(120, 32)).astype(np.float32))
    groups = agglomerative(rows)(12)
    assert comebacks(Parts(rows), agglomerative, 12, groups, 5).mean() < 0.5


def test_how_well_groups_come_back_by_hand() -> None:
    groups = np.array([0, 0, 0, 1, 1, -1])
    runs = [(np.array([0, 1, 3, 5]), np.array([0, 0, 0, -1])), (np.array([0, 1, 2]), np.array([4, 4, -1]))]
    assert mean_best(groups, 2, runs) == pytest.approx([(2 / 3 + 2 / 3) / 2, 1 / 3])


def test_halves_are_not_cut_finer_than_any_that_could_be_chosen() -> None:
    rows, _ = planted(40, 30)
    asked = []

    def counted(rows: Rows) -> Grouping:
        cut = agglomerative(rows)
        return lambda number: (asked.append(number), cut(number))[1]  # type: ignore[func-returns-value]

    tried = finenesses(len(rows))
    assert 35 <= stable_fineness(Parts(rows), counted, tried) <= 45
    assert 45 < max(asked) < tried[-2]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], "find labels in: 0"),
        (["a", "b", "c"], "find labels in: 3"),
        (["the same"] * 500, "find labels in: 1"),
        (["", " "] * 30, "find labels in: 0"),
    ],
)
def test_too_few_texts(texts: list[str], words: str, embedder: Embedder) -> None:
    with pytest.raises(InputError, match=words):
        find_groups(texts, embedder)


def test_texts_with_one_vector_are_one_label() -> None:
    rows = np.tile(unit(np.ones((1, 32), dtype=np.float32)), (40, 1))
    found = find_groups(map(str, range(40)), Known(rows))
    assert set(found.groups.tolist()) <= {-1, 0, 1}


def test_a_sample_covers_what_there_is() -> None:
    rows, gold = planted(40, 100)
    rows, gold = np.vstack([rows, planted(1, 3, seed=9)[0]]), np.append(gold, [40] * 3)
    chosen = representative(rows, 600)
    assert len(chosen) == 600 and (np.diff(chosen) > 0).all()
    assert set(gold[chosen].tolist()) == set(range(41))
    assert representative(rows, 10_000).tolist() == list(range(len(rows)))


def test_the_rest_of_a_large_input_goes_to_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linnaeus.discover.found.representative", lambda rows: representative(rows, 200))
    rows, gold = planted(6, 100)
    found = find_groups(map(str, range(len(rows))), Known(rows))
    numbers = np.array([int(text) for text in found.texts])
    inside = found.groups >= 0
    assert inside.mean() > 0.9
    assert adjusted_rand_score(gold[numbers][inside], found.groups[inside]) > 0.95


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), groups=st.integers(1, 9), each=st.integers(4, 40), share=st.floats(0.1, 1))
def test_a_part_leans_as_though_there_were_no_others(seed: int, groups: int, each: int, share: float) -> None:
    rows, _ = planted(groups, each, noise=0.15, seed=seed)
    places = np.flatnonzero(np.random.default_rng(seed).random(len(rows)) < share)
    if len(places) > 1:
        np.testing.assert_allclose(Parts(rows).leaned(places), spread(rows[places], alike=LINKED), atol=1e-5)


def test_main_directions_hold_what_rows_have_in_common() -> None:
    made = np.random.default_rng(5)
    rows = unit((made.normal(size=(60, 40)) @ made.normal(size=(40, 3 * WIDTH))).astype(np.float32))
    narrow = _narrowed(rows)
    assert narrow.shape == (60, WIDTH)
    np.testing.assert_allclose(narrow @ narrow.T, rows @ rows.T, atol=1e-5)


def test_the_silhouette_is_that_of_scikit_learn() -> None:
    rows, _ = planted(4, 6, noise=0.15)
    distances = np.maximum(1 - rows @ rows.T, 0)
    np.fill_diagonal(distances, 0)
    groups = np.random.default_rng(0).integers(0, 5, len(rows))
    groups[:5] = range(5)
    assert _silhouette(distances, groups) == pytest.approx(
        silhouette_score(distances, groups, metric="precomputed"), abs=1e-5
    )


def test_small_groups_are_none_and_numbers_follow_the_rows() -> None:
    assert renumbered(np.array([7, 7, 2, 2, 2, 7, 9, -1, -1, -1])).tolist() == [
        0,
        0,
        1,
        1,
        1,
        0,
        -1,
        -1,
        -1,
        -1,
    ]


def test_tiers() -> None:
    rows, gold = planted(4, 5, noise=0.04)
    (parents,) = tiers(rows)
    assert adjusted_rand_score(gold, parents) == 1
    assert tiers(rows[:5]) == []
    both = tiers(planted(30, 3, noise=0.04)[0])
    assert len(both) <= 2 and both[0].max() == 29


def test_nothing_alike_by_density() -> None:
    rows = np.eye(32, dtype=np.float32)
    with pytest.raises(InputError, match="no texts are alike enough"):
        find_groups(map(str, range(32)), Known(rows), method="density")
