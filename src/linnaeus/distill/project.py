"""Distil a project into a directory. Knows nothing of how networks learn."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.curve import curve_of, squared, wishes, words_of
from linnaeus.distill.distil import data_of, distil
from linnaeus.distill.examples import Examples, of_project
from linnaeus.distill.figures import figures
from linnaeus.distill.onnx_file import check_onnx, to_onnx
from linnaeus.distill.report import Report, few, report
from linnaeus.distill.telling import next_texts
from linnaeus.distill.trial import MANY
from linnaeus.embed import DEFAULT, LaterEmbedder
from linnaeus.errors import MissingExtra
from linnaeus.store import CachedVectors, Store
from linnaeus.student import save
from linnaeus.student.student import PACKAGED


def distil_project(
    project: str, out: Path, max_error: float, *, wanted: int = 0, onnx: bool = False
) -> Report:
    """Train a student on today's labels of `project` and write it to the directory `out`; the project is left as it is.

    `wanted`: how many texts to name that a person should label next. `onnx`: write it as an ONNX model too.
    """
    if find_spec("sklearn") is None:
        raise MissingExtra("scikit-learn", "train")
    if onnx:
        check_onnx()
    with Store(project, create=False) as store:
        name, spec = store.meta("embedder") or "", store.meta("embedder_spec") or ""
        vectors = CachedVectors(LaterEmbedder(name, spec or DEFAULT), store)
        examples = of_project(store, vectors)
        made = distil(examples, name, spec or _packaged(name), max_error)
        asked = next_texts(store, vectors, examples, made, wanted) if wanted else []
    right = np.zeros(made.chosen.shape, np.bool_)
    for row, place in enumerate(made.places.tolist()):
        right[row, list(examples.columns[place])] = True
    least = made.student.about.calibration.least
    found = figures(made.chosen, right, made.scores, least, several=examples.several)
    said = report(examples, made, found, max_error, _more(examples, found.f1))
    save(made.student, said.card, out, to_onnx(made.student) if onnx else None)
    return replace(said, next=asked)


def _more(examples: Examples, f1: NDArray[np.float64]) -> list[str]:
    """What more examples would bring, by the F1 of each label; of very many there is no curve, to save time."""
    columns = [column for own in examples.columns for column in own]
    counts = np.bincount(columns, minlength=len(f1))
    lines = [squared(len(f1), len(examples.texts)), *few(counts)]
    if len(examples.texts) > MANY:
        return lines
    curve = curve_of(data_of(examples)[0])
    return [*words_of(curve, wishes(curve, f1, counts), examples.names), *lines]


def _packaged(name: str) -> str:
    """The spec of a packaged embedder by its name, for projects that keep none; "" for another."""
    return next((spec for spec in PACKAGED if name.startswith(f"{spec}-")), "")
