"""The recordings of ../shared/data as arrays, embedded once with the packaged embedder. For the scripts of research/."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.embed import open_embedder
from linnaeus.index import quantise
from linnaeus.types import Codes, Vectors

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CACHE = Path(__file__).resolve().parents[1] / "out" / "research"


@dataclass(frozen=True)
class Recording:
    """Texts (n,), the label the model gave each as an index into names, and the gold class (never used by the product)."""

    name: str
    texts: Codes  # (n, d)
    wordings: Codes  # (m, d)
    proposed: NDArray[np.intp]  # (n,)
    gold: NDArray[np.str_]  # (n,)
    names: list[str]


def load(name: str) -> Recording:
    """Read `name` (banking77, clinc150 or tweets); embedding takes seconds the first time."""
    rows = load_rows(name)
    names = sorted({row["label"] for row in rows})
    place = {label: number for number, label in enumerate(names)}
    proposed = np.array([place[row["label"]] for row in rows])
    gold = np.array([row.get("gold", "") for row in rows])
    texts = _vectors(f"{name}-texts", [row["text"] for row in rows])
    wordings = _vectors(f"{name}-wordings", [label.replace("_", " ") for label in names])
    return Recording(name, texts, wordings, proposed, gold, names)


def load_rows(name: str) -> list[dict[str, Any]]:
    """The rows of a recording, in its order."""
    path = DATA / "recorded" / f"{name}-proposals.jsonl.gz"
    if not path.exists():
        raise SystemExit(f"{path} is not there: this script needs the recordings")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _vectors(name: str, texts: list[str]) -> Codes:
    embedder = open_embedder()
    path = CACHE / f"{name}-{embedder.name}.npy"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        np.save(path, quantise(embedder.embed(texts)))
    codes: Codes = np.load(path)
    return codes


class Remembered:
    """The packaged embedder with its vectors at hand, so that several orders are embedded once."""

    def __init__(self) -> None:
        self._embedder = open_embedder()
        self.name = self._embedder.name
        self._seen: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) unit rows."""
        new = [text for text in dict.fromkeys(texts) if text not in self._seen]
        if new:
            self._seen.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._seen[text] for text in texts])
