"""Does the true number of model calls lie in the range that `label --plan` states? On recorded streams, leaving one out.

    python benchmarks/plan.py [--only banking77]

Each recording is replayed whole and in parts, in its own order (which is sorted by class in two of them) and shuffled, under
several promised errors. The relation between what is known before and the share of texts that are asked is fitted on the two
other recordings, and the range that it gives is held against what the run then asked. `offset`: by how much the truth lies
off, in log-odds of being asked; "all" where every text was asked. The last line is the relation fitted on all streams, which
is the one that ships. With --only the others are run too, as they are needed for the fit, but not shown.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from stream import Remembered

from linnaeus.classifier import Classifier
from linnaeus.embed import open_embedder
from linnaeus.index import quantise
from linnaeus.plan.nearness import Nearness, nearness
from linnaeus.plan.range import Range
from linnaeus.plan.share import Line, share
from linnaeus.stages.arbiter import TEXTS_A_CALL
from linnaeus.texts import clean_text
from linnaeus.types import Embedder

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
RECORDINGS = ("banking77", "clinc150", "tweets")
STREAMS = (  # seed of the order (None: as recorded), texts (None: all), promised error
    (None, None, 0.05),
    (0, None, 0.05),
    (None, 500, 0.05),
    (0, 500, 0.05),
    (0, 1500, 0.05),
    (None, 1500, 0.05),
    (1, 1500, 0.02),
    (1, 2500, 0.15),
)
EXPECTED = Line(17.0, -20.0, 2.0, -0.3, -0.5, 0.0)  # a steep fall about a cosine of 0.85
UNSURE = (10.0, 10.0, 2.0, 0.3, 1.0)  # standard deviations of these, so that two recordings are enough
NOISE = 0.5  # of the log-odds of a share, on average over a recording
WITHIN = 3.0  # standard deviations of the offsets that the range reaches
ALL = 0.97  # a share that counts as all in the fit


@dataclass(frozen=True)
class Seen:
    """One stream: what is known of it before, and how often the model was asked then."""

    name: str
    order: str
    texts: int
    max_error: float
    nearness: Nearness
    proposed: int
    judged: int

    def foreseen(self, line: Line) -> Range:
        """The share of texts that will be asked."""
        return share(self.nearness, self.texts, self.max_error, line)

    def offset(self, line: Line) -> float:
        """By how much the log-odds of being asked are too low; infinite where all was asked."""
        low, high = -8.0, 8.0
        while high - low > 1e-4:
            middle = (low + high) / 2
            too_low = (
                self.foreseen(replace(line, start=line.start + middle)).likely < self.proposed / self.texts
            )
            low, high = (middle, high) if too_low else (low, middle)
        return low if low < 7.9 else math.inf


def run(name: str, seed: int | None, most: int | None, max_error: float, embedder: Embedder) -> Seen:
    """Look at one stream, then replay it."""
    path = RECORDED / f"{name}-proposals.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    if seed is not None:
        texts = [texts[place] for place in np.random.default_rng(seed).permutation(len(texts))]
    texts = list(dict.fromkeys(clean_text(text) for text in texts[:most]))
    codes = quantise(embedder.embed(texts))
    files = [path, path.with_name(f"{name}-verdicts.jsonl.gz")]
    llm = "replay:" + ",".join(str(file) for file in files if file.exists())
    with Classifier.open(llm=llm, embedder=embedder, max_error=max_error) as classifier:
        classifier.label(texts)
        classifier.tidy()
        calls = {usage.task: usage.calls for usage in classifier.usages}
    order = "as recorded" if seed is None else f"shuffled {seed}"
    seen = nearness(codes, codes[:0])
    return Seen(name, order, len(texts), max_error, seen, calls["propose"], calls["judge"])


def fitted(streams: Sequence[Seen]) -> Line:
    """The likeliest line for these streams; each recording counts the same."""
    from scipy.optimize import least_squares

    counts = Counter(one.name for one in streams)
    expected = np.array(astuple(EXPECTED)[:-1])

    def off(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        line = _line(weights)
        shares = np.array([(one.foreseen(line).likely, one.proposed / one.texts) for one in streams])
        odds = np.log(shares := np.clip(shares, 1 - ALL, ALL)) - np.log(1 - shares)
        noise = NOISE * np.sqrt([counts[one.name] for one in streams])
        return np.concatenate([(odds[:, 0] - odds[:, 1]) / noise, (weights - expected) / UNSURE])

    line = _line(least_squares(off, expected).x)
    offsets = np.array([one.offset(line) for one in streams])
    return replace(line, spread=WITHIN * float(np.sqrt(np.mean(offsets[np.isfinite(offsets)] ** 2))))


def _line(weights: NDArray[np.float64]) -> Line:
    start, cosine, order, texts, error = weights.tolist()
    return Line(start, cosine, order, texts, error, 0.0)


def report(one: Seen, line: Line) -> bool:
    """Print how the range of one stream compares with the truth; whether it holds that."""
    found, offset = one.foreseen(line), one.offset(line)
    asked = one.proposed / one.texts
    judging = one.texts // TEXTS_A_CALL
    least, likely, most = (round(part * one.texts) for part in found)
    true = one.proposed + one.judged
    inside = least <= true <= most + judging and found.least <= asked <= found.most
    print(
        f"{one.name:10} {one.order:12} {one.texts:6,} {one.max_error:6.2f} {one.proposed:7,} {one.judged:5,}"
        f"   {least:6,} {likely:6,} {most:6,} {judging:5,}   {'all' if math.isinf(offset) else f'{offset:+.2f}':>6}"
        f"  {'inside' if inside else 'OUTSIDE'}",
        flush=True,
    )
    return inside


def main() -> None:
    """Print a row a stream."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=RECORDINGS)
    args = parser.parse_args()
    if not RECORDED.exists():
        sys.exit("the recordings of ../shared are not there; nothing to measure")
    embedder = Remembered(open_embedder())
    streams = [run(name, seed, most, error, embedder) for name in RECORDINGS for seed, most, error in STREAMS]
    print(
        f"{'':10} {'order':12} {'texts':>6} {'error':>6} {'propose':>7} {'judge':>5}   {'least':>6} {'likely':>6}"
        f" {'most':>6} {'judge':>5}   {'offset':>6}"
    )
    held = []
    for name in [args.only] if args.only else RECORDINGS:
        line = fitted([one for one in streams if one.name != name])
        held += [report(one, line) for one in streams if one.name == name]
    print(f"{sum(held)} of {len(held)} inside; fitted on all: {fitted(streams)}")


if __name__ == "__main__":
    main()
