"""Does `evaluate --stability`, which asks no model, say what asking it in other orders would show? On recorded streams.

    python benchmarks/stability.py [--texts 2000] [--only banking77]

Truth: a recording is replayed in its order and in three others, and the labels at the end compared; every text has the
model's own answer, whoever is asked. Foreseen: what is said of the project of the first run alone. Printed: ARI of other
orders by both, with the least and the most, and the correlation over labels of how well they come back.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from stream import Remembered

from linnaeus.classifier import Classifier
from linnaeus.embed import open_embedder
from linnaeus.evaluate.again import RUNS, made_again
from linnaeus.evaluate.stability import Made, Numbers, Run, Stability, numbered, stability
from linnaeus.store import Store
from linnaeus.texts import clean_text
from linnaeus.types import Embedder

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"


def main() -> None:
    """Print a line a recording."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=2_000)
    parser.add_argument("--only", choices=("banking77", "clinc150"))
    given = parser.parse_args()
    embedder = Remembered(open_embedder())
    for name in [given.only] if given.only else ("banking77", "clinc150"):
        with TemporaryDirectory() as folder:
            true, foreseen = _both(name, given.texts, embedder, str(Path(folder) / "p.db"))
        print(
            name,
            _said(true),
            _said(foreseen),
            f"correlation {_correlation(true, foreseen):.2f}",
            sep="\t",
            flush=True,
        )


def _both(name: str, most: int, embedder: Embedder, project: str) -> tuple[Stability, Stability]:
    path = RECORDED / f"{name}-proposals.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = list(dict.fromkeys(clean_text(json.loads(line)["text"]) for line in file))
    texts = [texts[row] for row in np.random.default_rng(0).permutation(len(texts))[:most]]
    llm = f"replay:{path},{path.with_name(f'{name}-verdicts.jsonl.gz')}"
    names: dict[str, int] = {}

    def labels(order: list[str], known: dict[str, int], project: str = ":memory:") -> Numbers:
        with Classifier.open(project, llm=llm, embedder=embedder) as classifier:
            classifier.label(order)
            classifier.tidy()
            answers = classifier.today(texts)
            return numbered((answer.label if answer else None for answer in answers), known)

    first = labels(texts, names, project)
    orders = (np.random.default_rng([0, seed]).permutation(len(texts)) for seed in range(RUNS))
    runs = [Run("order", labels([texts[row] for row in order], {})) for order in orders]
    true = stability(Made(list(names), first, runs, False, []))
    with Store(project, create=False, write=False) as store:
        return true, stability(made_again(store, lambda text: True, lambda name: None))


def _said(found: Stability) -> str:
    order = next(one for one in found.agreement if one.kind == "order")
    return f"ARI {order.mean:.3f} ({order.least:.3f} to {order.most:.3f})"


def _correlation(true: Stability, foreseen: Stability) -> float:
    sides = [{one.label: one.comes_back["order"] for one in found.labels} for found in (true, foreseen)]
    both = sorted(sides[0].keys() & sides[1].keys())
    shares = np.array([[side[label] for label in both] for side in sides])
    return float(np.corrcoef(shares)[0, 1])


if __name__ == "__main__":
    main()
