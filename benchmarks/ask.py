"""`evaluate --ask` on public sets: how many fewer answers than at random, and how often its intervals hold.

    python benchmarks/ask.py [SET ...] [--answers 100] [--runs 1000]

A person is simulated by gold: a label of a taxonomy is right if gold has it; a label that was found without one
(`stream:SET`: recorded answers, replayed; `none:SET`: no model) is right if most of its texts have the gold label of this
text. Each run draws anew.

    answers      given in each run
    share        of labels that are right, in truth, and on average as estimated
    width        mean width of the 95% interval
    fewer        1 - answers / texts that would have to be drawn at random for that width, at the true share
    spread       the same from how much estimates vary over the runs, whatever their intervals say
    held         share of runs whose interval holds the truth
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.classifier import Classifier
from linnaeus.embed import open_embedder
from linnaeus.evaluate.asking import BATCH, Asking, estimate
from linnaeus.evaluate.signs import signs
from linnaeus.metrics.clusters import majority
from linnaeus.texts import clean_text

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SETS = ("banking77", "clinc150", "snips", "tate_artworks")
FOUND = ("stream:banking77", "stream:clinc150", "none:stackexchange_titles", "none:banking77")
MOST = 3_000
Z = 1.959964


class Labelled(NamedTuple):
    """The labels (m,) that texts got, their signs (m, d), and whether each is right (m,)."""

    labels: NDArray[np.int64]
    signs: NDArray[np.float64]
    right: NDArray[np.bool_]


def of_taxonomy(name: str) -> Labelled:
    """The test texts of a set with the labels of its taxonomy that fit best, without one example."""
    rows = _test(name)
    taxonomy = next((DATA / "sets" / name).glob("labels.csv*"))
    with Classifier.open(taxonomy=str(taxonomy)) as classifier:
        classifier.label([row["text"] for row in rows])
        answers = classifier.today([row["text"] for row in rows])
    kept = [(row, answer) for row, answer in zip(rows, answers, strict=True) if answer and answer.labels]
    right = [answer.codes[0] in row["labels"] for row, answer in kept]
    return _labelled(kept, np.array(right))


def of_stream(name: str) -> Labelled:
    """A recorded stream with the labels that were found."""
    path = DATA / "recorded" / f"{name}-proposals.jsonl.gz"
    rows = [row for row in _lines(path) if row["gold"] != "oos"][:MOST]
    return _found(rows, f"replay:{path},{path.with_name(f'{name}-verdicts.jsonl.gz')}")


def of_none(name: str) -> Labelled:
    """The test texts of a set with the labels that were found without a model."""
    return _found([row | {"gold": row["labels"][0]} for row in _test(name)], "none")


def _test(name: str) -> list[dict[str, Any]]:
    rows = _lines(DATA / "sets" / name / "texts.jsonl.gz")
    return [row for row in rows if row["split"] == "test" and row["labels"]][:MOST]


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _found(rows: list[dict[str, Any]], llm: str) -> Labelled:
    with Classifier.open(llm=llm) as classifier:
        classifier.label([row["text"] for row in rows])
        classifier.tidy()
        answers = classifier.today([row["text"] for row in rows])
    kept = [(row, answer) for row, answer in zip(rows, answers, strict=True) if answer and answer.labels]
    gold = np.unique([row["gold"] for row, _ in kept], return_inverse=True)[1]
    found = np.unique([str(answer.label) for _, answer in kept], return_inverse=True)[1]
    return _labelled(kept, majority(gold, found)[found] == gold)


def _labelled(kept: list[tuple[dict[str, Any], Any]], right: NDArray[np.bool_]) -> Labelled:
    vectors = open_embedder().embed([clean_text(row["text"]) for row, _ in kept])
    labels = np.unique([str(answer.label) for _, answer in kept], return_inverse=True)[1]
    scores = np.array([answer.score for _, answer in kept])
    return Labelled(labels, signs(vectors, labels, scores), right)


def measure(name: str, data: Labelled, answers: int, runs: int) -> None:
    """Print one line."""
    truth, m = float(data.right.mean()), len(data.right)
    told = dict(enumerate(data.right.tolist()))
    shares, widths, held, given = [], [], 0, 0
    for seed in range(runs):
        asking = Asking(data.signs, data.labels, seed)
        said: dict[int, bool] = {}
        while len((state := asking.state(said)).done) * BATCH < answers:
            said |= {text: told[text] for text in state.ask}
        found = estimate(state.done, said, (), m)
        given = found.answers
        shares.append(found.share)
        widths.append(found.high - found.low)
        held += found.low <= truth <= found.high
    spread = truth * (1 - truth) / float(np.var(shares))
    random = truth * (1 - truth) * (2 * Z / float(np.mean(widths))) ** 2
    fewer = [1 - given / (n / (1 + (n - 1) / m)) for n in (random, spread)]
    print(
        f"{name:22}{m:7,}{given:9}{truth:8.3f}{np.mean(shares):8.3f}{np.mean(widths):8.3f}"
        f"{fewer[0]:8.0%}{fewer[1]:8.0%}{held / runs:8.3f}",
        flush=True,
    )


def main() -> None:
    """Print a line for each set and stream."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--answers", type=int, nargs="*", default=[100, 200])
    parser.add_argument("--runs", type=int, default=1000)
    args = parser.parse_args()
    print(
        f"{'':22}{'texts':>7}{'answers':>9}{'share':>8}{'mean':>8}{'width':>8}{'fewer':>8}{'spread':>8}{'held':>8}"
    )
    for name in args.sets or (*SETS, *FOUND):
        kind, _, found = name.partition(":")
        data = {"stream": of_stream, "none": of_none}[kind](found) if found else of_taxonomy(name)
        for answers in args.answers:
            measure(name, data, answers, args.runs)


if __name__ == "__main__":
    main()
