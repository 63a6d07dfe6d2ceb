"""Fit the chance that a text gets the label of its nearest asked text; check it on the recordings it was not fitted on.

    python research/recall.py [--error 0.08]

The product streams every recording in two shuffled orders, answers replayed, and what memory looks at (`Recall.features`)
is noted for every text. Right is what memory would say at the end of the stream (the texts around it have voted by then) if
that and the wording that the model itself gave to the text are one label when every text is asked. Prints the coefficients
of stages/recall.py; then for each recording, with the coefficients of the others: AUC, and the share that must be asked so
that of the others 5% and 10% are wrong, with one feature left out in turn.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from recordings import DATA, Remembered, load_rows
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from linnaeus.classifier import Classifier
from linnaeus.consolidate import wording_key
from linnaeus.stages import Recall
from linnaeus.texts import clean_text
from linnaeus.types import Embedder

NAMES = ("banking77", "clinc150", "tweets")
FEATURES = ("cosine", "agreement", "lead")
SEEDS = (0, 1)
EVERYTHING = 1e-6  # a promised error for which every text is asked
FIRST = 64  # texts before which there are no centres


@dataclass(frozen=True)
class Walk:
    """What memory saw of each text that had a neighbour (m, 3), whether it was right (m,), and how many texts there were."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    texts: int


def streamed(
    name: str, rows: Sequence[dict[str, Any]], embedder: Embedder, max_error: float, project: Path
) -> dict[str, tuple[float, float, float]]:
    """Label `rows` into `project`; return the features of each text that had a neighbour."""
    recorded = DATA / "recorded"
    files = [recorded / f"{name}-{kind}.jsonl.gz" for kind in ("proposals", "verdicts")]
    replay = "replay:" + ",".join(str(path) for path in files if path.exists())
    seen: dict[str, tuple[float, float, float]] = {}
    with Classifier.open(str(project), llm=replay, embedder=embedder, max_error=max_error) as classifier:
        (recall,) = [stage for stage in classifier.stage.stages if isinstance(stage, Recall)]
        look = recall.features

        def features(batch: Any, place: int, nearest: Any) -> tuple[float, float, float]:
            seen[batch.texts[place]] = found = look(batch, place, nearest)
            return found

        recall.features = features  # type: ignore[method-assign]
        classifier.label([row["text"] for row in rows])
        classifier.tidy()
    return seen


def walk(name: str, seed: int, embedder: Embedder, max_error: float) -> Walk:
    """Stream one shuffled order of a recording, and all of it with every text asked."""
    rows = load_rows(name)
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = [rows[place] for place in order]
    with tempfile.TemporaryDirectory() as folder:
        asked, stream = Path(folder) / "asked.db", Path(folder) / "stream.db"
        streamed(name, shuffled, embedder, EVERYTHING, asked)
        seen = streamed(name, shuffled, embedder, max_error, stream)
        label_of = dict(sqlite3.connect(asked).execute("SELECT key, label_id FROM surfaces"))
        said = sqlite3.connect(stream).execute(
            "SELECT text, surfaces.key FROM texts JOIN assignments ON text_id = texts.id JOIN surfaces"
            " ON surfaces.id = CASE WHEN by = 'recall' THEN surface_id ELSE guess_id END WHERE rank = 0"
        )
        thought = {text: label_of[key] for text, key in said}
    own = {clean_text(row["text"]): label_of[wording_key(row["label"])] for row in rows}
    known = [clean_text(row["text"]) for row in shuffled[FIRST:]]
    known = [text for text in dict.fromkeys(known) if text in seen and text in thought]
    return Walk(
        np.array([seen[text] for text in known]),
        np.array([thought[text] == own[text] for text in known]),
        len(rows),
    )


def fit(walks: Sequence[Walk], columns: Sequence[int]) -> LogisticRegression:
    """One logistic regression over all walks, each with the same weight."""
    rows = np.vstack([one.features[:, columns] for one in walks])
    right = np.concatenate([one.right for one in walks])
    weights = np.concatenate([np.full(len(one.right), 1 / len(one.right)) for one in walks]) * len(right)
    return LogisticRegression(C=100, max_iter=1000).fit(rows, right, sample_weight=weights)


def asked_share(odds: NDArray[np.float64], one: Walk, error: float) -> float:
    """The share of texts to ask if memory answers from the surest on as long as `error` of its answers are wrong."""
    right = one.right[np.argsort(-odds)]
    good = np.flatnonzero(np.cumsum(~right) <= error * np.arange(1, len(right) + 1))
    return 1 - (int(good[-1]) + 1 if len(good) else 0) / one.texts


def main() -> None:
    """Print the coefficients and the checks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--error", type=float, default=0.08, help="promised error of the streams")
    error = parser.parse_args().error
    embedder = Remembered()
    walks = {name: [walk(name, seed, embedder, error) for seed in SEEDS] for name in NAMES}
    everything = range(len(FEATURES))
    for name, group in [*walks.items(), ("all", [one for own in walks.values() for one in own])]:
        model = fit(group, everything)
        terms = zip(model.coef_[0], FEATURES, strict=True)
        said = " + ".join(f"{value:.2f} {feature}" for value, feature in terms)
        print(f"fitted on {name:10} {model.intercept_[0]:6.2f} + {said}")
    for name, group in walks.items():
        others = [one for other, own in walks.items() if other != name for one in own]
        print(f"\n{name}, fitted on the others: AUC, share asked at 5% and at 10% error")
        for left_out in (None, *everything):
            columns = [column for column in everything if column != left_out]
            model = fit(others, columns)
            odds = [model.decision_function(one.features[:, columns]) for one in group]
            auc = np.mean([roc_auc_score(one.right, row) for one, row in zip(group, odds, strict=True)])
            shares = [
                np.mean([asked_share(row, one, bound) for one, row in zip(group, odds, strict=True)])
                for bound in (0.05, 0.10)
            ]
            said = "all" if left_out is None else f"without {FEATURES[left_out]}"
            print(f"  {said:18} {auc:.3f} {shares[0]:.3f} {shares[1]:.3f}")


if __name__ == "__main__":
    main()
