"""Fit a network to examples: L2-regularised, by Adam on batches. Knows nothing of how its settings are chosen.

Kingma and Ba 2015, algorithm 1. The step falls to nothing, so that linear networks end near their one optimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.student.network import Layers, Network, chances
from linnaeus.student.words import Floats, Rows

STEPS, EPOCHS = 600, 4  # at least
BATCH = 1024
CACHED = 32_768  # weights that are changed at a time
COST = 10.0  # of errors beside half the squares of all weights, as scikit-learn's C
DROPPED = 0.5  # share of hidden units left out in each step


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be chosen: `hidden` units (0: a linear network) and the largest step. `name` is for people."""

    name: str
    hidden: int
    rate: float


LINEAR = Settings("logistic regression", 0, 0.06)
DEEP = Settings("MLP of 256 units", 256, 0.01)


class Sparse:
    """Sparse rows as scipy multiplies them."""

    def __init__(self, matrix: Any) -> None:
        """`matrix`: a scipy CSR matrix of float32 (n, words)."""
        self.matrix = matrix

    @classmethod
    def of(cls, rows: Rows, width: int) -> Sparse:
        """These rows; scipy is imported now."""
        from scipy.sparse import csr_matrix

        shape = (len(rows.starts) - 1, width)
        return cls(csr_matrix((rows.values, rows.columns, rows.starts), shape=shape))

    def times(self, weights: Floats) -> Floats:
        """The product (n, k) with `weights` (words, k)."""
        return np.asarray(self.matrix @ weights)


@dataclass(frozen=True, slots=True)
class Data:
    """Unit rows (n, d), words (n, v), right labels (n, labels) as a CSR matrix of ones, how much each example counts (n,).

    `several`: a text may have several labels, or none.
    """

    vectors: Floats
    words: Sparse
    labels: Any
    weights: Floats
    several: bool

    def __len__(self) -> int:
        return len(self.weights)

    def take(self, places: NDArray[Any]) -> Data:
        """The examples at `places`."""
        words = Sparse(self.words.matrix[places])
        return Data(self.vectors[places], words, self.labels[places], self.weights[places], self.several)


def with_labels(data: Data) -> Data:
    """The examples to learn from: a text that none of several labels fits is one, but no text without its one label."""
    return data if data.several else data.take(np.flatnonzero(np.diff(data.labels.indptr)))


def fit(data: Data, settings: Settings) -> Network:
    """The network of `settings` that fits `data`; always the same."""
    draw = np.random.default_rng(0)
    network = Network(_start(data, settings, draw))
    batch = min(BATCH, len(data))
    steps = max(STEPS, EPOCHS * len(data) // batch)
    optimiser = _Adam(network.layers, 1 / (COST * len(data)))
    order = np.zeros(0, np.int64)
    for step in range(steps):
        while len(order) < batch:
            order = np.concatenate([order, draw.permutation(len(data))])
        rows, order = order[:batch], order[batch:]
        gradients = _gradients(network, data.take(rows), settings, draw)
        optimiser.step(gradients, settings.rate * (1 + np.cos(np.pi * step / steps)) / 2)
    return network


def _start(data: Data, settings: Settings, draw: np.random.Generator) -> Layers:
    wide, words, labels = data.vectors.shape[1], data.words.matrix.shape[1], data.labels.shape[1]
    first = draw.normal(0, 1, (wide, settings.hidden)) if settings.hidden else np.zeros((wide, labels))
    units = first.shape[1]
    last = draw.normal(0, 1, (settings.hidden, labels)) / np.sqrt(max(settings.hidden, 1))
    layers = (first, np.zeros((words, units)), np.zeros(units), last, np.zeros(labels))
    return Layers(*(layer.astype(np.float32) for layer in layers))


def _gradients(network: Network, batch: Data, settings: Settings, draw: np.random.Generator) -> list[Floats]:
    """What each layer should change by, in the order of `Layers`."""
    hidden = network.hidden(batch.vectors, batch.words)
    if not settings.hidden:
        last = [np.zeros_like(network.layers.last), np.zeros_like(network.layers.last_bias)]
        return [*_first(batch, _off(hidden, batch)), *last]
    kept = (draw.random(hidden.shape, np.float32) >= DROPPED).astype(np.float32) / np.float32(1 - DROPPED)
    active = np.asarray(np.maximum(hidden, 0) * kept, np.float32)  # (b, h)
    off = _off(active @ network.layers.last + network.layers.last_bias, batch)
    back = np.asarray((off @ network.layers.last.T) * kept * (hidden > 0), np.float32)
    return [*_first(batch, back), active.T @ off, off.sum(axis=0)]


def _first(batch: Data, off: Floats) -> list[Floats]:
    return [batch.vectors.T @ off, np.asarray(batch.words.matrix.T @ off), off.sum(axis=0)]


def _off(logits: Floats, batch: Data) -> Floats:
    """The gradient of the loss by the log-odds (b, labels)."""
    off = chances(logits, batch.several) - batch.labels.toarray()
    return np.asarray(off * (batch.weights / len(batch))[:, None], np.float32)


class _Adam:
    """Changes layers in place; their weights, not their constants, also shrink by `decay` times what they are."""

    def __init__(self, layers: Layers, decay: float) -> None:
        self._layers, self._decay, self._done = layers, np.float32(decay), 0
        self._means = [np.zeros_like(layer) for layer in layers]
        self._squares = [np.zeros_like(layer) for layer in layers]

    def step(self, gradients: list[Floats], rate: float) -> None:
        """Move against `gradients`, whose room is used up."""
        self._done += 1
        for layer, mean, square, room in zip(
            self._layers, self._means, self._squares, gradients, strict=True
        ):
            rows = max(1, CACHED // max(1, layer[:1].size))
            for start in range(0, len(layer), rows):  # what is in the cache is used as often as it is needed
                part = slice(start, start + rows)
                self._move(layer[part], mean[part], square[part], room[part], rate)

    def _move(self, layer: Floats, mean: Floats, square: Floats, room: Floats, rate: float) -> None:
        if layer.ndim == 2:
            room += layer * self._decay
        square *= np.float32(0.999)
        square += np.float32(0.001) * room**2
        mean *= np.float32(0.9)
        mean += np.float32(0.1) * room
        np.sqrt(square, out=room)
        room *= np.float32(1 / np.sqrt(1 - 0.999**self._done))
        room += np.float32(1e-8)
        np.divide(mean, room, out=room)
        room *= np.float32(rate / (1 - 0.9**self._done))
        layer -= room
