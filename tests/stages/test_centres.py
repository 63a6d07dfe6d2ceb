"""How near texts are to the centre of each label: exact, whatever else is in the batch."""

from __future__ import annotations

import numpy as np

from linnaeus.index import quantise
from linnaeus.stages.centres import Centres


def clouds(count: int) -> tuple[np.ndarray, list[str]]:
    draw = np.random.default_rng(1)
    middles = draw.normal(size=(4, 32)) + 1.0  # all share a direction
    owners = draw.integers(4, size=count)
    rows = middles[owners] + 0.5 * draw.normal(size=(count, 32))
    return quantise(rows.astype(np.float32)), [f"label {owner}" for owner in owners]


def test_texts_are_nearest_to_their_own_label() -> None:
    codes, labels = clouds(200)
    centres = Centres(codes[:100], labels[:100])
    near = centres.nearness(centres.rows(codes[100:]))
    found = [list(centres.place)[place] for place in near.argmax(axis=1)]
    assert np.mean([a == b for a, b in zip(found, labels[100:], strict=True)]) > 0.95
    assert near.mean() < 0.2  # what all share was taken off


def test_batches_do_not_matter() -> None:
    codes, labels = clouds(60)
    centres = Centres(codes, labels)
    whole = centres.nearness(centres.rows(codes))
    single = [centres.nearness(centres.rows(codes[place : place + 1]))[0] for place in range(60)]
    assert np.array_equal(whole, np.stack(single))
