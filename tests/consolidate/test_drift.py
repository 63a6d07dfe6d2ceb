"""Changes of meaning are found in clouds of vectors that have them, and not in those that have none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from linnaeus.consolidate.clouds import falling, halves_likeness, likeness, shift
from linnaeus.consolidate.drift import Found, Stream, examine
from linnaeus.index import quantise

WIDTH = 48
RANDOM = np.random.default_rng(0)
TOPICS = RANDOM.normal(size=(12, WIDTH))
TOPICS /= np.linalg.norm(TOPICS, axis=1, keepdims=True)


def cloud(topic: int, texts: int, seed: int = 0, *, noise: float = 1.0) -> NDArray[np.float64]:
    """Texts about a topic, with as much noise as there is topic, or so many times more."""
    around = noise * np.random.default_rng(seed).normal(size=(texts, WIDTH)) / np.sqrt(WIDTH)
    return np.asarray(TOPICS[topic] + around)


def test_likeness_is_one_for_samples_of_one_thing_however_small() -> None:
    for texts in (6, 12, 50, 400):
        found = [likeness(cloud(1, texts, seed), cloud(1, texts, seed + 500)) for seed in range(60)]
        assert np.mean(found) == pytest.approx(1.0, abs=0.06), texts
        plain = cloud(1, texts).mean(axis=0), cloud(1, texts, 500).mean(axis=0)
        cosine = plain[0] @ plain[1] / np.linalg.norm(plain[0]) / np.linalg.norm(plain[1])
        assert cosine < np.mean(found) + 1e-9, "the cosine of the means is less, the fewer texts the more so"
    other = [likeness(cloud(1, 12, seed), cloud(2, 12, seed + 500)) for seed in range(60)]
    assert np.mean(other) == pytest.approx(float(TOPICS[1] @ TOPICS[2]), abs=0.1)
    assert likeness(cloud(1, 1), cloud(1, 5)) == 0.0 and likeness(cloud(1, 0), cloud(1, 5)) == 0.0


def test_a_shift_is_certain_where_there_is_one() -> None:
    recent = np.arange(40) >= 25
    same = shift(cloud(3, 40), recent)
    assert same.now > 0.8 and same.chance > 0.05
    moved = shift(np.concatenate([cloud(3, 25), cloud(4, 15)]), recent)
    assert moved.now < 0.5 and moved.chance == pytest.approx(1e-4)


def test_halves_that_a_cut_makes_itself_are_alike() -> None:
    """In one noisy cloud: the halves are of texts that the cut was not made from."""
    found = [halves_likeness(cloud(5, 60, seed, noise=2.5)) for seed in range(20)]
    assert np.mean(found) > 0.8


def test_halves_are_alike_unless_there_are_two_things() -> None:
    mixed = np.concatenate([cloud(5, 30), cloud(6, 30)])[np.random.default_rng(0).permutation(60)]
    assert halves_likeness(mixed) < 0.2 < 0.6 < halves_likeness(cloud(5, 60))
    change = falling(np.concatenate([cloud(5, 60, 1), mixed]), np.arange(120) >= 60)
    assert change.chance <= 0.01 and change.now < change.before


def stream(labels: list[int], topics: list[int]) -> Stream:
    """A text a minute, of these labels, each about one of these topics."""
    vectors = np.stack([cloud(topic, 1, seed)[0] for seed, topic in enumerate(topics)])
    codes, times = quantise(vectors.astype(np.float32)), np.arange(len(labels), dtype=float) * 60
    return Stream(
        times, times, np.array(labels, dtype=np.intp), max(labels) + 1, lambda places: codes[places]
    )


def look(labels: list[int], topics: list[int]) -> Found:
    return examine(stream(labels, topics), 60.0 * 1_200)


OLD = [0, 1, 2, 3, 4, 5] * 200  # 1,200 texts before, then 300
NEW = [0, 1, 2, 3, 4, 5] * 50


def test_nothing_is_found_where_nothing_changes() -> None:
    found = look(OLD + NEW, OLD + NEW)
    assert set(found.life.state) == {"active"}
    assert (found.moved, found.nearer, found.apart) == ({}, {}, {})


def test_a_label_whose_texts_become_those_of_another_topic_has_moved() -> None:
    found = look(OLD + NEW, OLD + [7 if label == 2 else label for label in NEW])
    assert list(found.moved) == [2] and found.moved[2].now < 0.5
    assert (found.nearer, found.apart) == ({}, {})


def test_labels_whose_texts_are_mixed_have_come_nearer() -> None:
    mixed = [
        (label if place % 4 < 2 else 1 - label) if label < 2 else label for place, label in enumerate(NEW)
    ]
    found = look(OLD + NEW, OLD + mixed)
    assert list(found.nearer) == [(0, 1)]
    assert found.nearer[0, 1].now > 0.85 > found.nearer[0, 1].before + 0.15
    assert found.apart.keys() <= {0, 1}


def test_a_label_into_which_another_topic_is_poured_falls_apart() -> None:
    poured = [8 if label == 3 and place % 4 < 2 else label for place, label in enumerate(NEW)]
    found = look(OLD + NEW, OLD + poured)
    assert list(found.apart) == [3] and found.nearer == {}


def test_a_label_that_comes_and_one_that_goes() -> None:
    new = [6 if label == 0 else label for label in NEW]
    found = look(OLD + new, OLD + new)
    assert found.life.state == ["dormant", *["active"] * 5, "emerging"]
    assert found.first[6] >= found.windows.since > found.first[0]


def test_few_texts_are_left_alone() -> None:
    few = OLD[:60] + NEW[:60]
    found = examine(
        stream(few, [label if place < 60 else label + 6 for place, label in enumerate(few)]), 3_600.0
    )
    assert (found.moved, found.nearer, found.apart) == ({}, {}, {})
