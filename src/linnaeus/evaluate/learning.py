"""How much could be learnt from so many of the gold labels. Knows nothing of files, or of what was found."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from linnaeus.distill.curve import curve_of
from linnaeus.distill.distil import data_of
from linnaeus.distill.examples import examples
from linnaeus.errors import MissingExtra
from linnaeus.evaluate.figures import Curve
from linnaeus.evaluate.meaning import Labelled
from linnaeus.types import LabelId, Vectors

MOST = 2_000  # texts that are learnt from and asked, so that it ends in seconds


def learning_curve(data: Labelled, embed: Callable[[list[str]], Vectors]) -> Curve:
    """The share of held-out texts that a linear network tells right after so many gold labels, as `distil` would train it.

    Raises InputError where gold labels are too few, MissingExtra without scipy.
    """
    if find_spec("scipy") is None:
        raise MissingExtra("scipy", "train")
    rows = np.flatnonzero(data.known & (data.gold.sizes > 0))
    if len(rows) > MOST:
        rows = np.sort(np.random.default_rng(0).permutation(rows)[:MOST])
    texts = [data.texts[row] for row in rows]
    labels = [tuple(map(LabelId, data.gold[row].tolist())) for row in rows.tolist()]
    names = {label: data.names[label] for own in labels for label in own}
    certain = np.ones(len(rows))
    found, _ = data_of(examples(texts, embed(texts), labels, names, certain, certain > 0))
    curve = curve_of(found)
    return Curve(list(map(float, curve.sizes)), [1 - error for error in curve.errors])
