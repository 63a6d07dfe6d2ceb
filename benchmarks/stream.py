"""Recorded streams in shuffled orders: what Linnaeus and the baseline make of the same answers and the same vectors.

    python benchmarks/stream.py [--orders 5] [--only banking77] [--max-error 0.05]

Model answers are replayed from recordings, so "calls" are calls that a live model would have been paid for. Figures are
means over the orders (seeds 0, 1, ...):

    calls      share of texts that the model was asked for; judging: judging calls as a share of texts (a model that judges
               whole groups is simulated from recorded verdicts on pairs)
    labels     labels at the end; V, ARI, accuracy (best one-to-one matching): final labels against the gold classes, texts
               out of scope left out
    hit error  of the texts that memory answered: other gold class than the text whose answer was used (gold), other final
               label than the wording that the model itself gave to the text, where that wording has a label (own)
    recourse   how many of 1,000 texts got another label by the last regrouping than they had when they came
    orders     mean ARI between the final labels of every two orders
    none       the same without any model
    texts/s    of one whole pass; embedding is measured apart, since it is the same for both
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.classifier import Classifier
from linnaeus.embed import open_embedder
from linnaeus.metrics.clusters import clusters, matching
from linnaeus.settings import MAX_ERROR
from linnaeus.texts import clean_text
from linnaeus.types import Embedder, Vectors

SHARED = Path(__file__).resolve().parents[2] / "shared"
RECORDINGS = ("banking77", "clinc150", "tweets")


@dataclass(frozen=True)
class Stream:
    """One recording: its rows, and unit vectors of texts (n, d) and of label strings in sorted order (m, d)."""

    name: str
    path: Path
    rows: list[dict[str, Any]]
    texts: Vectors
    names: list[str]
    labels: Vectors


@dataclass(frozen=True)
class Run:
    """One order's outcome, in the order of the recording."""

    final: NDArray[np.int64]  # (n,) label numbers
    asked: NDArray[np.bool_]  # (n,)
    source: NDArray[np.int64]  # (n,) the text whose answer was used
    own: NDArray[np.int64]  # (n,) the final label of the model's own wording, -1 where it has none
    seconds: dict[str, float]
    judging: int = 0  # calls
    moved: float = 0.0  # share of texts whose first label is not the last


class Remembered:
    """The packaged embedder with its vectors at hand, so that five orders are embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._seen: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) unit rows."""
        new = [text for text in dict.fromkeys(texts) if text not in self._seen]
        if new:
            self._seen.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._seen[text] for text in texts])


def load(name: str, embedder: Embedder) -> Stream | None:
    """Read a recording; None where it is not there."""
    path = SHARED / "data" / "recorded" / f"{name}-proposals.jsonl.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    names = sorted({row["label"] for row in rows})
    texts = embedder.embed([clean_text(row["text"]) for row in rows])
    return Stream(name, path, rows, texts, names, embedder.embed([name.replace("_", " ") for name in names]))


def linnaeus(stream: Stream, order: NDArray[np.int64], embedder: Embedder, max_error: float, llm: str) -> Run:
    """One pass in `order`, then the final labels."""
    texts = [stream.rows[place]["text"] for place in order]
    began = time.perf_counter()
    with Classifier.open(llm=llm, embedder=embedder, max_error=max_error) as classifier:
        opened = time.perf_counter()
        first = classifier.label(texts)
        labelled = time.perf_counter()
        classifier.tidy()
        tidied = time.perf_counter()
        answers = [answer for answer in classifier.today(texts) if answer is not None]
        read = time.perf_counter()
        labels = {row.key: row.label for row in classifier.store.surfaces()}
        judging = sum(usage.calls for usage in classifier.usages if usage.task == "judge")
        today = {label: classifier.store.today(label) for answer in first for label in answer.label_ids}
    asked = np.array([answer.by == "ask" for answer in answers])
    moved = np.mean(
        [today[then.label_ids[0]] != now.label_ids[0] for then, now in zip(first, answers, strict=True)]
    )
    seconds = {
        "open": opened - began,
        "label": labelled - opened,
        "tidy": tidied - labelled,
        "read": read - tidied,
    }
    final = np.array([answer.label_ids[0] for answer in answers])
    own = np.array([labels.get(stream.rows[place]["label"], -1) for place in order])
    run = _in_recorded_order(stream, order, final, asked, own, seconds)
    return replace(run, judging=judging, moved=float(moved))


def baseline(stream: Stream, order: NDArray[np.int64]) -> Run:
    """The seed essay's algorithm on the same vectors, from ../shared/bench."""
    sys.path.insert(0, str(SHARED / "bench"))
    from seed_baseline import run  # type: ignore[import-not-found]

    place = {name: number for number, name in enumerate(stream.names)}
    proposed = np.array([place[stream.rows[row]["label"]] for row in order])
    began = time.perf_counter()
    final, calls = run(stream.texts[order], stream.labels, proposed, 0.8, 0.8)
    seconds = {"label": time.perf_counter() - began}
    within = stream.texts[order] @ stream.texts[order].T
    asked = np.zeros(len(order), dtype=bool)
    for row in range(len(order)):
        asked[row] = not (within[row, :row][asked[:row]] >= 0.8).any()
    assert abs(int(asked.sum()) - calls) <= 3  # the last bits of a float32 product may differ
    used = {int(label): int(group) for label, group in zip(proposed[asked], final[asked], strict=True)}
    own = np.array([used.get(int(label), -1) for label in proposed])
    return _in_recorded_order(stream, order, final, asked, own, seconds)


def _in_recorded_order(
    stream: Stream,
    order: NDArray[np.int64],
    final: NDArray[np.int64],
    asked: NDArray[np.bool_],
    own: NDArray[np.int64],
    seconds: dict[str, float],
) -> Run:
    within = stream.texts[order] @ stream.texts[order].T
    source = np.arange(len(order))
    for row in np.flatnonzero(~asked):
        source[row] = int(np.where(asked[:row], within[row, :row], -1).argmax())
    back = np.argsort(order)
    return Run(final[back], asked[back], order[source[back]], own[back], seconds)


def figures(stream: Stream, runs: Sequence[Run]) -> dict[str, float]:
    """The means over `runs` that the table shows."""
    gold = np.array([row.get("gold", "") for row in stream.rows])
    out: dict[str, float] = {"calls": float(np.mean([run.asked.mean() for run in runs]))}
    out["judging"] = float(np.mean([run.judging for run in runs])) / len(stream.rows)
    out["labels"] = float(np.mean([len(set(run.final.tolist())) for run in runs]))
    if gold.any():
        scores = [_scores(gold, run.final) for run in runs]
        out.update({name: float(np.mean([one[name] for one in scores])) for name in ("v", "ari", "acc")})
        out["error gold"] = float(np.mean([(gold != gold[run.source])[~run.asked].mean() for run in runs]))
    known = [~run.asked & (run.own >= 0) for run in runs]
    errors = [(run.final != run.own)[k].mean() for run, k in zip(runs, known, strict=True) if k.any()]
    out["error own"] = float(np.mean(errors)) if errors else float("nan")
    out["recourse"] = 1000 * float(np.mean([run.moved for run in runs]))
    pairs = [_clusters(a.final, b.final)["ARI"] for a, b in combinations(runs, 2)]
    out["orders"] = float(np.mean(pairs)) if pairs else float("nan")
    out["texts/s"] = len(stream.rows) / float(np.median([sum(run.seconds.values()) for run in runs]))
    return out


def _scores(gold: NDArray[np.str_], final: NDArray[np.int64]) -> dict[str, float]:
    """V-measure, ARI and accuracy under the best matching, of texts in scope."""
    kept = ~np.isin(gold, ["", "oos"])
    classes, found = (np.unique(side[kept], return_inverse=True)[1] for side in (gold, final))
    means = matching(classes, found)
    measured = _clusters(classes, found)
    right = float("nan") if means is None else float((means[found] == classes).mean())
    return {"v": measured["V-measure"], "ari": measured["ARI"], "acc": right}


def _clusters(gold: NDArray[np.int64], found: NDArray[np.int64]) -> dict[str, float]:
    return clusters(gold, found)(np.ones(len(gold)))


def main() -> None:
    """Print a table a recording."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=5)
    parser.add_argument("--only", choices=RECORDINGS)
    parser.add_argument("--max-error", type=float, default=MAX_ERROR)
    args = parser.parse_args()
    if not (SHARED / "bench" / "seed_baseline.py").exists():
        sys.exit("the recordings and the baseline of ../shared are not there; nothing to measure")
    embedder = Remembered(open_embedder())
    for name in [args.only] if args.only else RECORDINGS:
        began = time.perf_counter()
        stream = load(name, embedder)
        if stream is None:
            print(f"{name}: no recording")
            continue
        embedding = time.perf_counter() - began
        orders = [np.random.default_rng(seed).permutation(len(stream.rows)) for seed in range(args.orders)]
        verdicts = stream.path.with_name(f"{name}-verdicts.jsonl.gz")
        replay = ",".join(str(path) for path in (stream.path, verdicts) if path.exists())
        systems = {"baseline": [baseline(stream, order) for order in orders]}
        for system, llm in (("linnaeus", f"replay:{replay}"), ("none", "none")):
            systems[system] = [linnaeus(stream, order, embedder, args.max_error, llm) for order in orders]
        report(stream, systems, embedding)


def report(stream: Stream, systems: dict[str, list[Run]], embedding: float) -> None:
    """Print the table of one recording."""
    rows = {name: figures(stream, runs) for name, runs in systems.items()}
    columns = list(next(iter(rows.values())))
    runs = len(next(iter(systems.values())))
    print(f"\n{stream.name}: {len(stream.rows):,} texts, {runs} shuffled orders, answers replayed")
    print(f"{'':10}" + "".join(f"{column:>11}" for column in columns))
    for name, values in rows.items():
        print(
            f"{name:10}"
            + "".join(
                f"{value:11,.0f}" if abs(value) >= 10 else f"{value:11.3f}" for value in values.values()
            )
        )
    steps = {
        step: float(np.median([run.seconds[step] for run in systems["linnaeus"]]))
        for step in systems["linnaeus"][0].seconds
    }
    speeds = {**steps, "embedding": embedding}
    said = ", ".join(
        f"{step} {len(stream.rows) / seconds:,.0f}" for step, seconds in speeds.items() if seconds
    )
    print(f"texts/s by step: {said}", flush=True)


if __name__ == "__main__":
    main()
