"""What candidates without examples cost for more and more labels.

    python benchmarks/scale.py [LABELS ...]

The labels are made: names of two to five words of a made vocabulary (20,000 words, the n-th 1/n as frequent), and vectors
drawn at random, so that nothing is embedded. Each row is a process of its own; processor time of one thread, the median of
three turns over 64 texts of eight words at once, and the peak of memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

LABELS = (1_000, 10_000, 100_000, 1_000_000)
TEXTS, MOST, WIDTH = 64, 50, 384


def words(count: int, each: int, seed: int) -> list[str]:
    """So many made texts of up to `each` words."""
    random = np.random.default_rng(seed)
    chances = 1 / np.arange(1, 20_001)
    drawn = random.choice(20_000, (count, each), p=chances / chances.sum())
    lengths = random.integers(2, each + 1, count)
    return [
        " ".join(f"w{word:x}ord" for word in row[:length]) for row, length in zip(drawn, lengths, strict=True)
    ]


def measure(labels: int) -> None:
    """Print a row."""
    from linnaeus.closed.entries import Entries
    from linnaeus.closed.zero_shot import ZeroShot

    random = np.random.default_rng(0)
    codes = random.integers(-127, 128, (labels, WIDTH), np.int8)
    asked, texts = random.integers(-127, 128, (TEXTS, WIDTH), np.int8), words(TEXTS, 8, 1)
    began = time.process_time()
    made = ZeroShot.of(Entries.of(words(labels, 5, 0)), codes)
    built = time.process_time() - began
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index.npz"
        arrays: dict[str, Any] = dict(made.to_arrays())
        np.savez(file, **arrays)
        began, size = time.process_time(), file.stat().st_size / 1e6
        with np.load(file) as held:
            kept = ZeroShot.from_arrays(dict(held))
        loaded = time.process_time() - began
    turns = []
    for _ in range(3):
        began = time.process_time()
        kept.candidates(texts, asked, MOST)
        turns.append(1000 * (time.process_time() - began) / TEXTS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{labels:9,} labels: made in {built:6.1f} s, loaded in {loaded:5.2f} s, {size:5.0f} MB,"
        f" {np.median(turns):6.2f} CPU-ms a text, {peak:5.0f} MB memory",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", nargs="*", type=int, default=LABELS)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    for labels in args.labels:
        if args.here:
            measure(labels)
        else:
            alone = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            subprocess.run([sys.executable, __file__, "--here", str(labels)], check=True, env=alone)


if __name__ == "__main__":
    main()
