"""What a project adds to an evaluation: its taxonomy, and how often each label was taught. Knows no result."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.project import load
from linnaeus.store import Store
from linnaeus.taxonomy import Taxonomy


class Given(NamedTuple):
    """The taxonomy of a project; in how many examples each of its labels (labels,) is, and how many examples there are."""

    taxonomy: Taxonomy
    counts: NDArray[np.float64]
    examples: int


def given(path: str, *, wanted: bool) -> Given | None:
    """The taxonomy of the project at `path`, or None; raises InputError or StoreError where it is `wanted` and not there."""
    if not wanted and not Path(path).exists():
        return None
    with Store(path, create=False, write=False) as store:
        if not wanted and not store.has_taxonomy():
            return None
        taxonomy, ids = load(store)
        examples = store.examples()
    labels = np.array([label for _, several in examples for label in several], np.int64)
    at = np.minimum(np.searchsorted(ids, labels), len(ids) - 1)
    counts = np.bincount(at[ids[at] == labels], minlength=len(ids)).astype(np.float64)
    return Given(taxonomy, counts, len(examples))
