"""Trees walked here say what scikit-learn says; what is less likely by a monotone feature never comes out likelier."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from linnaeus.closed.taught import trees
from linnaeus.closed.taught.trees import Trees

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(size=(1500, 5)).astype(np.float32)
FEATURES[:, 4] = RANDOM.integers(0, 3, 1500)
RIGHT = (FEATURES[:, 0] - FEATURES[:, 1] + RANDOM.normal(size=1500) > 0).astype(np.float32)
SIGNS = [1, -1, 0, 0, 0]


def test_the_walk_is_that_of_scikit_learn() -> None:
    theirs = HistGradientBoostingClassifier(
        learning_rate=trees.RATE,
        max_iter=trees.ROUNDS,
        max_leaf_nodes=trees.LEAVES,
        max_depth=trees.DEPTH,
        min_samples_leaf=40,
        early_stopping=False,
        monotonic_cst=SIGNS,
        random_state=0,
    ).fit(FEATURES, RIGHT)
    ours = Trees.fit(FEATURES, RIGHT, SIGNS)
    for rows in (FEATURES, RANDOM.normal(size=(500, 5)).astype(np.float32)):
        assert np.allclose(ours.log_odds(rows), theirs.decision_function(rows), atol=1e-4)
    again = Trees.from_arrays(ours.to_arrays())
    assert np.array_equal(again.log_odds(FEATURES), ours.log_odds(FEATURES))
    more = FEATURES + np.array([1, -1, 0, 0, 0], np.float32)
    assert np.all(ours.log_odds(more) >= ours.log_odds(FEATURES) - 1e-5)


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_nothing_to_tell_apart(right: float) -> None:
    odds = Trees.fit(FEATURES, np.full(1500, right, np.float32), SIGNS).log_odds(FEATURES)
    assert np.all(odds > 10 if right else odds < -10)
    assert Trees.none().log_odds(FEATURES[:3]).tolist() == [0, 0, 0]
    assert len(Trees.none().log_odds(FEATURES[:0])) == 0
