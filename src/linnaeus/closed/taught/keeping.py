"""What was taught as plain arrays, and back; small floats and whole numbers, so that it stays small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.centroids import Centroids
from linnaeus.closed.taught.linear import Linear
from linnaeus.closed.taught.meanings import Meanings
from linnaeus.closed.taught.model import Taught
from linnaeus.closed.taught.names import Names
from linnaeus.closed.taught.neighbours import Neighbours
from linnaeus.closed.taught.nothing import Nothing
from linnaeus.closed.taught.ranker import Ranker
from linnaeus.closed.taught.sources import Source
from linnaeus.closed.taught.sparse import Sparse, from_parts
from linnaeus.closed.taught.trees import Trees
from linnaeus.closed.taught.wording import Wording
from linnaeus.closed.trust import SHIPPED
from linnaeus.index import quantise, units

Arrays = dict[str, NDArray[Any]]


def to_arrays(taught: Taught) -> Arrays:
    """All of it by name; `from_arrays` makes from it what ranks the same but for the last digits."""
    near, central, names, *meaning = taught.sources
    assert isinstance(near, Neighbours) and isinstance(central, Centroids) and isinstance(names, Names)
    parts = {
        "wording": taught.wording.to_arrays(),
        "examples": _packed(near.examples),
        "labels": _packed(near.labels),
        "centroids": _packed(central.sums) | {"lengths": central.lengths},
        "linear": _packed_linear(taught.linear),
        "names": names.to_arrays(),
        "ranker": taught.ranker.to_arrays(),
        "trees": taught.ranker.trees.to_arrays(),
        "sizes": {
            "sizes": taught.sizes,
            "sentences": np.array([taught.sentences]),
            "least": np.array([taught.least]),
        },
        "nothing": _packed_linear(taught.nothing.unlabelled)
        | {"line": taught.nothing.line, "trust": np.array(taught.nothing.trust.nothing)},
    }
    if meaning:
        by_vector, nearest = meaning
        assert isinstance(by_vector, Neighbours) and isinstance(nearest, Meanings)
        parts["meaning"] = {
            "examples": quantise(by_vector.examples),
            "names": quantise(nearest.names),
            "owners": nearest.owners,
            "sums": nearest.sums,
            "known": nearest.known,
        }
    return {f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()}


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Taught:
    """See `to_arrays`."""
    parts: dict[str, Arrays] = {}
    for key, array in arrays.items():
        part, _, name = key.partition(".")
        parts.setdefault(part, {})[name] = array
    labels = _unpacked(parts["labels"])
    sources: tuple[Source, ...] = (
        Neighbours(_unpacked(parts["examples"]), labels),
        Centroids(_unpacked(parts["centroids"]), parts["centroids"]["lengths"]),
        Names.from_arrays(parts["names"]),
    )
    if "meaning" in parts:
        meaning = parts["meaning"]
        sums, known, owners = meaning["sums"], meaning["known"], meaning["owners"]
        nearest = Meanings(sums, known, units(meaning["names"]), owners, labels.shape[1])
        sources = (*sources, Neighbours(units(meaning["examples"]), labels), nearest)
    first, second, third = parts["nothing"]["trust"].tolist()
    trust = replace(SHIPPED, nothing=(first, second, third))
    nothing = Nothing(parts["nothing"]["line"], _linear(parts["nothing"]), trust)
    ranker = Ranker.from_arrays(Trees.from_arrays(parts["trees"]), parts["ranker"])
    wording, sizes = Wording.from_arrays(parts["wording"]), parts["sizes"]
    sentences, least = int(sizes["sentences"][0]), float(sizes["least"][0])
    return Taught(
        wording, sources, _linear(parts["linear"]), sizes["sizes"], ranker, nothing, sentences, least
    )


def _packed_linear(linear: Linear) -> Arrays:
    return _packed(linear.weights) | {"constants": linear.constants}


def _linear(arrays: Arrays) -> Linear:
    return Linear(_unpacked(arrays), arrays["constants"])


def _packed(matrix: Sparse) -> Arrays:
    return {
        "values": matrix.data.astype(np.float16),
        "columns": matrix.indices.astype(np.int32),
        "starts": matrix.indptr.astype(np.int64),
        "width": np.array([matrix.shape[1]]),
    }


def _unpacked(arrays: Arrays) -> Sparse:
    return from_parts(arrays["values"], arrays["columns"], arrays["starts"], int(arrays["width"][0]))
