"""What a student computes: vectors and words to log-odds of labels, with or without a hidden layer. Learns nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from linnaeus.student.words import Floats


class Table(Protocol):
    """Sparse rows (n, words): `Rows` where texts are answered."""

    def times(self, weights: Floats, /) -> Floats:
        """The product (n, k) with `weights` (words, k)."""
        ...


class Layers(NamedTuple):
    """Weights: `dense` (d, h), `sparse` (words, h), `bias` (h,); `last` (h, labels), `last_bias` (labels,).

    Without a hidden layer h is the number of labels and `last` is empty, (0, labels).
    """

    dense: Floats
    sparse: Floats
    bias: Floats
    last: Floats
    last_bias: Floats


@dataclass(frozen=True, slots=True)
class Network:
    """Log-odds = inputs times weights; with a hidden layer, through rectified units in between."""

    layers: Layers

    def hidden(self, vectors: Floats, words: Table) -> Floats:
        """What the first layer makes (n, h) of unit rows (n, d) and words."""
        own = self.layers
        return np.asarray(vectors @ own.dense + words.times(own.sparse) + own.bias, np.float32)

    def logits(self, vectors: Floats, words: Table) -> Floats:
        """The log-odds (n, labels)."""
        hidden = self.hidden(vectors, words)
        if not len(self.layers.last):
            return hidden
        return np.asarray(np.maximum(hidden, 0) @ self.layers.last + self.layers.last_bias, np.float32)


@dataclass(frozen=True, slots=True)
class Committee:
    """Networks whose log-odds are added, each times its slope."""

    members: tuple[Network, ...]
    slopes: tuple[float, ...]

    def logits(self, vectors: Floats, words: Table) -> Floats:
        """The log-odds (n, labels)."""
        found = (
            np.float32(slope) * network.logits(vectors, words)
            for network, slope in zip(self.members, self.slopes, strict=True)
        )
        return np.asarray(sum(found), np.float32)


def chances(logits: Floats, several: bool) -> Floats:
    """Probabilities (n, labels): each by itself where a text may have `several`, else they sum to 1."""
    if several:
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)
    raised = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
