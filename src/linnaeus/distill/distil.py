"""Make a student of examples: choose a network, calibrate it on texts that it did not see, fit it to all. Knows no files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.calibrating import answered, fitted, new_topics, trusted
from linnaeus.distill.choosing import labelled, summed, tried
from linnaeus.distill.doubts import Doubt, doubted
from linnaeus.distill.examples import Examples
from linnaeus.distill.training import Data, Settings, Sparse, with_labels
from linnaeus.distill.trial import (
    Fit,
    Places,
    Said,
    centres_of,
    network_of,
    parts_of,
    without,
    without_labels,
)
from linnaeus.student.calibration import Calibration, signs
from linnaeus.student.network import Committee
from linnaeus.student.student import About, Student
from linnaeus.student.words import Floats, Words

MOST_WEIGHTS = 2_000_000  # of words times labels: what a step of training costs
MOST_WORDS = 16_384
LEAST_LABELS = 5  # from which on a fifth can be held out as new
DOUBTED = 0.1  # how much an example counts at least that others speak against


@dataclass(frozen=True, slots=True)
class Distilled:
    """A student, and what it said of the examples at `places` (m,) without having seen them.

    `chances` and `chosen` (m, labels), `scores` (m,). `doubts`: examples whose own label others speak against.
    """

    student: Student
    settings: tuple[Settings, ...]
    places: Places
    chances: Floats
    chosen: NDArray[np.bool_]
    scores: NDArray[np.float64]
    doubts: list[Doubt]


def data_of(examples: Examples) -> tuple[Data, Words]:
    """What networks learn from, and the words that they read."""
    from scipy.sparse import csr_matrix

    labels = len(examples.names)
    words = Words.fit(examples.texts, min(MOST_WORDS, MOST_WEIGHTS // labels))
    own = np.array([column for columns in examples.columns for column in columns], np.int64)
    starts = np.cumsum([0, *map(len, examples.columns)])
    table = csr_matrix((np.ones(len(own), np.float32), own, starts), shape=(len(examples.texts), labels))
    rows = Sparse.of(words.rows(examples.texts), len(words.hashes))
    return Data(examples.vectors, rows, table, examples.weights.copy(), examples.several), words


def distil(
    examples: Examples, embedder: str, embedder_spec: str, max_error: float, fitting: Fit = network_of
) -> Distilled:
    """Make a student that errs in at most `max_error` of its answers, as estimated on texts it has not seen.

    `fitting` makes the networks that are held against such texts.
    """
    data, words = data_of(examples)
    parts = parts_of(data)
    settings, slopes, first = tried(data, parts[0], fitting)
    said = [first, *(without(data, part, settings, fitting) for part in parts[1:])]
    places = np.concatenate([one.places for one in said])
    logits = np.concatenate([summed(one, slopes) for one in said])
    kept = labelled(data, places)
    calibration = fitted(logits[kept], data.labels[places[kept]], data.several)
    found = np.concatenate([_signs(data, one, slopes, calibration) for one in said])
    likely = calibration.chances(logits)
    chosen = calibration.chosen(likely)
    seen = answered(found, chosen, data.labels[places], data.weights[places])
    strange = _strange(data, settings, slopes, calibration)
    calibration = trusted(calibration, new_topics(seen, strange), max_error)
    doubts = doubted(examples, places, likely)
    for doubt in doubts:
        if not examples.given[doubt.place]:
            least = examples.weights[doubt.place] * max(doubt.left, DOUBTED)
            data.weights[doubt.place] = min(data.weights[doubt.place], least)
    known = with_labels(data)
    committee = Committee(tuple(network_of(known, one) for one in settings), slopes)
    about = About(embedder, embedder_spec, examples.label_ids, examples.names, slopes, calibration)
    student = Student(about, words, committee, centres_of(known))
    return Distilled(student, settings, places, likely, chosen, calibration.scores(found), doubts)


def _strange(
    data: Data, settings: tuple[Settings, ...], slopes: tuple[float, ...], calibration: Calibration
) -> NDArray[np.float64]:
    """The signs (k, 4) of answers to texts about something new; none where a few labels are all there are."""
    if data.labels.shape[1] < LEAST_LABELS:
        return np.zeros((0, 4))
    new = without_labels(data, settings)
    answered = calibration.chosen(calibration.chances(summed(new, slopes))).any(axis=1)
    return _signs(data, new, slopes, calibration)[answered]


def _signs(
    data: Data, said: Said, slopes: tuple[float, ...], calibration: Calibration
) -> NDArray[np.float64]:
    logits = summed(said, slopes)
    likely = calibration.chances(logits)
    return signs(logits, likely, calibration.chosen(likely), data.vectors[said.places], said.centres)
