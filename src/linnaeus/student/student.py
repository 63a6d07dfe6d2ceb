"""A small trained model: a directory that gives texts labels without a project. Knows nothing of how it was trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.embed import open_embedder
from linnaeus.errors import UsageError
from linnaeus.student.calibration import Calibration, signs
from linnaeus.student.network import Committee
from linnaeus.student.words import Floats, Words
from linnaeus.texts import clean_text
from linnaeus.types import Answer, Embedder, LabelId, Vectors

AT_ONCE = 1024  # texts
PACKAGED = ("minilm", "static")


@dataclass(frozen=True, slots=True)
class About:
    """The embedder of a student, its labels by column, how its networks weigh (`Committee`), and how it was calibrated."""

    embedder: str
    embedder_spec: str
    label_ids: tuple[int, ...]
    labels: tuple[str, ...]
    slopes: tuple[float, ...]
    calibration: Calibration


class Looked(NamedTuple):
    """How likely each label fits (n, labels), those chosen (n, labels), and how likely these are right (n,)."""

    chances: Floats
    chosen: NDArray[np.bool_]
    scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Student:
    """Labels for texts, or none where it is in doubt. `centres` (labels, d): the mean vector of each label's texts."""

    about: About
    words: Words
    network: Committee
    centres: Floats

    name = "student"

    def look(self, texts: Sequence[str], vectors: Floats) -> Looked:
        """What the student makes of texts and their unit rows (n, d)."""
        logits = self.network.logits(vectors, self.words.rows(texts))
        fitted = self.about.calibration
        likely = fitted.chances(logits)
        chosen = fitted.chosen(likely)
        scores = fitted.scores(signs(logits, likely, chosen, vectors, self.centres))
        return Looked(likely, chosen, scores)

    def answer(self, texts: Sequence[str], embedder: Embedder) -> list[Answer]:
        """The answer for each text, in order; without a label where it is in doubt, or none fits.

        Raises UsageError where `embedder` is not the one that it was trained with.
        """
        check_embedder(self.about, embedder)
        clean = [clean_text(text) for text in texts]
        parts = [clean[start : start + AT_ONCE] for start in range(0, len(clean), AT_ONCE)]
        answers: list[Answer] = []
        for part, vectors in zip(parts, _embedded(parts, embedder), strict=True):
            answers += self._answers(part, self.look(part, vectors))
        return [answer if answer.text else _empty(answer) for answer in answers]

    def _answers(self, texts: Sequence[str], looked: Looked) -> Iterator[Answer]:
        names, ids = self.about.labels, self.about.label_ids
        rows, columns = np.nonzero(looked.chosen)
        columns = columns[np.lexsort((-looked.chances[rows, columns], rows))]  # of each row, best first
        ends = np.searchsorted(rows, np.arange(len(texts) + 1)).tolist()
        own = columns.tolist()
        least = self.about.calibration.least
        for row, (text, score) in enumerate(zip(texts, looked.scores.tolist(), strict=True)):
            best = own[ends[row] : ends[row + 1]] if score >= least else []
            labels = tuple(names[place] for place in best)
            yield Answer(text, labels, tuple(LabelId(ids[place]) for place in best), score, self.name)


def _embedded(parts: Sequence[list[str]], embedder: Embedder) -> Iterator[Vectors]:
    """The rows of each part; the next ones are made while these are looked at."""
    if len(parts) < 2:
        yield from map(embedder.embed, parts)
        return
    with ThreadPoolExecutor(1) as pool:
        yield from pool.map(embedder.embed, parts)


def check_embedder(about: About, embedder: Embedder) -> None:
    """Raise UsageError unless `embedder` is the one that a student was trained with."""
    if embedder.name != about.embedder:
        raise UsageError(
            f"this student was trained on vectors of {about.embedder}, not of {embedder.name}",
            hint=f"--embedder {about.embedder_spec}" if about.embedder_spec else "give its own --embedder",
        )


def open_own_embedder(student: Student, spec: str | None = None) -> Embedder:
    """The embedder of a student, or the one that `spec` names.

    A directory may come from anyone, so of itself it opens none but those that are packaged: texts go nowhere.
    Raises UsageError where another is needed.
    """
    own = student.about.embedder_spec
    if spec is None and own not in PACKAGED:
        raise UsageError(
            f"this student was trained on vectors of {student.about.embedder}",
            hint=f"name it: --embedder {own or 'SPEC'}",
        )
    embedder = open_embedder(spec or own)
    check_embedder(student.about, embedder)
    return embedder


def _empty(answer: Answer) -> Answer:
    return replace(answer, labels=(), label_ids=(), score=0.0, by="error", error="the text is empty")
