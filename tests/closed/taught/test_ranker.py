"""How well the ranker knows how likely labels are, on made pairs whose chances are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.ranker import Ranker
from linnaeus.closed.taught.sparse import Floats

LABELS = 5


def made(texts: int, seed: int) -> tuple[dict[str, Floats], Floats, Floats, NDArray[np.int64]]:
    """The one feature of all pairs, which of them are right, how likely that was, and the text of each."""
    random = np.random.default_rng(seed)
    feature = random.normal(size=texts * LABELS).astype(np.float32)
    chances = 1 / (1 + np.exp(0.5 - 1.5 * feature))
    right = (random.random(len(chances)) < chances).astype(np.float32)
    return {"feature": feature}, right, chances, np.repeat(np.arange(texts), LABELS)


def test_of_few_texts_all_say_how_likely_the_first_label_is() -> None:
    """A quarter of them alone would be wrong by 0.027 on average."""
    asked, _, chances, texts = made(2000, 99)
    first = asked["feature"].reshape(-1, LABELS).argmax(axis=1) + LABELS * np.arange(2000)
    errors = []
    for seed in range(3):
        known, right, _, examples = made(1200, seed)
        said = Ranker.fit(known, right, examples).score(asked, texts)[1]
        errors.append(abs(float((said - chances)[first].mean())))
    assert np.mean(errors) < 0.016, errors
