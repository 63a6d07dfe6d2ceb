"""Strategies that train networks, as `distil` does: linear, with a hidden layer, a whole student. Knows no names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.calibrating import fitted
from linnaeus.distill.distil import Distilled, data_of, distil
from linnaeus.distill.examples import LEAST_OF_LABEL, Examples, examples
from linnaeus.distill.training import DEEP, LINEAR, Data, Settings, Sparse, with_labels
from linnaeus.distill.trial import network_of, parts_of
from linnaeus.evaluate.strategies.sample import Sample
from linnaeus.evaluate.strategies.tried import Clock, Labels, Tried
from linnaeus.store import CachedVectors
from linnaeus.student.calibration import Calibration
from linnaeus.student.network import Network
from linnaeus.student.words import Floats
from linnaeus.types import LabelId

HEADS = {"linear head": LINEAR, "MLP": DEEP}
PROMISED = 0.05


def examples_of(sample: Sample, vectors: CachedVectors) -> Examples:
    """A sample as `distil` takes it: labels with three examples or more. Raises InputError where these are too few."""
    labels = [tuple(map(LabelId, own)) for own in sample.labels]
    names = {label: sample.taxonomy.names[label] for own in labels for label in own}
    certain = np.ones(len(sample))
    return examples(sample.texts, vectors.embed(sample.texts), labels, names, certain, certain > 0)


class Fits:
    """Fits networks, none twice: a student is tried on the same parts as its networks alone.

    `saved`: processor seconds that those took which were there already.
    """

    def __init__(self) -> None:
        self.saved = 0.0
        self._made: dict[tuple[object, ...], tuple[Network, float]] = {}

    def __call__(self, data: Data, settings: Settings) -> Network:
        """The network of `settings` that fits `data`."""
        parts = (data.vectors, data.words.matrix.indices, data.labels.indices, data.weights)
        key = (settings, *(part.tobytes() for part in parts))
        if key in self._made:
            network, seconds = self._made[key]
            self.saved += seconds
            return network
        began = time.process_time()
        network = network_of(data, settings)
        self._made[key] = (network, time.process_time() - began)
        return network


class Networks:
    """The examples of a sample; raises InputError where these are too few."""

    def __init__(self, sample: Sample, vectors: CachedVectors) -> None:
        self._count = len(sample)
        self._embedder = vectors.name
        self._examples = examples_of(sample, vectors)
        self._data, self._words = data_of(self._examples)
        self.fits = Fits()

    @cached_property
    def made(self) -> Distilled:
        """The student of all of the sample."""
        return distil(self._examples, self._embedder, "", PROMISED, self.fits)

    def tries(self) -> Iterator[Tried]:
        """Try all of them, one after the other."""
        for name, settings in HEADS.items():
            yield self._head(name, settings)
        yield from self.students()

    def _head(self, name: str, settings: Settings) -> Tried:
        """One network that answers every text, each fifth by the other four."""
        clock, parts = Clock(), parts_of(self._data)
        logits = np.zeros(self._data.labels.shape, np.float32)
        for part in parts:
            with clock.on("learn"):
                known = np.setdiff1d(np.arange(self._count), part)
                network = self.fits(with_labels(self._data.take(known)), settings)
            with clock.on("answer"):
                rows = self._words.rows([self._examples.texts[row] for row in part])
                words = Sparse.of(rows, len(self._words.hashes))
                logits[part] = network.logits(self._data.vectors[part], words)
        chosen = np.zeros(logits.shape, np.bool_)
        for part in parts:
            calibration = self._calibrated(logits, part)
            chosen[part] = calibration.chosen(calibration.chances(logits[part]))
        ms = 1000 * clock.spent["answer"] / self._count
        return Tried(name, self._labels(chosen, logits), ms, clock.spent["learn"] / len(parts))

    def _calibrated(self, logits: Floats, part: NDArray[np.int64]) -> Calibration:
        """From when on one of several labels is given: as is best for the texts that are not in `part`."""
        if not self._data.several:
            return Calibration(False)
        others = np.setdiff1d(np.arange(self._count), part)
        return fitted(logits[others], self._data.labels[others], True)

    def students(self) -> Iterator[Tried]:
        """One student, that answers every text, and only where it is sure."""
        began = time.process_time()
        made = self.made
        seconds = time.process_time() - began + self.fits.saved
        began = time.process_time()
        made.student.look(self._examples.texts, self._data.vectors)
        ms = 1000 * (time.process_time() - began) / self._count
        chosen, chances = np.zeros((2, *made.chosen.shape))
        chosen[made.places], chances[made.places] = made.chosen, made.chances
        sure = np.zeros(self._count, np.bool_)
        sure[made.places] = made.scores >= made.student.about.calibration.least
        all_found = self._labels(chosen > 0, chances)
        yield Tried("student", all_found, ms, seconds, runs="student")
        found: Labels = [own if sure[row] else () for row, own in enumerate(all_found)]
        yield Tried("student, where it is sure", found, ms, seconds, runs="sure student")

    @cached_property
    def _learnable(self) -> NDArray[np.bool_]:
        """Which labels (n, columns) `distil` would learn without the texts that are held out together with each one."""
        enough = np.zeros(self._data.labels.shape, np.bool_)
        for part in parts_of(self._data):
            known = np.setdiff1d(np.arange(self._count), part)
            enough[part] = np.asarray(self._data.labels[known].sum(axis=0)).ravel() >= LEAST_OF_LABEL
        return enough

    def _labels(self, chosen: NDArray[np.bool_], scores: NDArray[np.floating]) -> Labels:
        """The chosen labels (n, columns) of texts by their places, best first."""
        best = np.argsort(-scores, axis=1, kind="stable")
        chosen, ids = chosen & self._learnable, self._examples.label_ids
        return [
            tuple(ids[column] for column in order if own[column])
            for own, order in zip(chosen, best.tolist(), strict=True)
        ]
