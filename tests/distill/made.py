"""Made-up topics: vectors around a centre each, texts of the topic's own words. No embedder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linnaeus.distill.examples import Examples, examples
from linnaeus.student.words import Floats
from linnaeus.types import LabelId

WIDE = 24
CENTRES = np.random.default_rng(9).standard_normal((12, WIDE))


def texts_of(topics: Sequence[int], seed: int = 0) -> tuple[list[str], Floats]:
    """A text and a unit row (n, 24) of each topic, 0 to 11."""
    draw = np.random.default_rng(seed)
    rows = CENTRES[list(topics)] + 0.45 * draw.standard_normal((len(topics), WIDE))
    words = [f"topic{topic} word{draw.integers(4)} of text {number}" for number, topic in enumerate(topics)]
    return words, (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def examples_of(labels: Sequence[Sequence[int]], seed: int = 0, given: bool = False) -> Examples:
    """Examples whose texts are about the first of their labels."""
    texts, vectors = texts_of([own[0] for own in labels], seed)
    ids = [[LabelId(label) for label in own] for own in labels]
    names = {LabelId(label): f"topic {label}" for own in labels for label in own}
    ones = np.ones(len(texts))
    return examples(texts, vectors, ids, names, ones, np.full(len(texts), given))
