"""How long `linnaeus evaluate` takes, and how much memory, for many predictions of many labels.

    python benchmarks/evaluate.py [--texts 1000000] [--labels 30000] [--found]

The file is made up: labels as frequent as 1, 1/2, 1/3, ..., four of five predictions right. With `--found` the labels that
are given are called otherwise than gold, as where labels were found. Printed, tab-separated: megabytes of the file, seconds
of processor and of clock, peak memory in MB, and the first figures that it printed.
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def main() -> None:
    """Print one line of costs, and the first figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=1_000_000)
    options.add_argument("--labels", type=int, default=30_000)
    options.add_argument("--found", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "labelled.csv"
        write(file, given.texts, given.labels, "group" if given.found else "label")
        began = time.perf_counter()
        ran = subprocess.run(
            [sys.executable, "-m", "linnaeus", "evaluate", str(file)],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        wall = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        size = file.stat().st_size
    cost = (size / 1e6, used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)
    print("file_mb\tcpu_s\twall_s\tpeak_mb", "\t".join(f"{value:.1f}" for value in cost), sep="\n")
    print(*ran.stdout.splitlines()[:5], sep="\n")


def write(file: Path, texts: int, labels: int, word: str) -> None:
    """Predictions as `label` writes them, with gold in `input_labels`."""
    random = np.random.default_rng(0)
    shares = 1 / np.arange(1, labels + 1)
    shares /= shares.sum()
    gold, other = random.choice(labels, (2, texts), p=shares)
    found = np.where(random.random(texts) < 0.8, gold, other).tolist()
    scores = random.random(texts).round(4).tolist()
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "text", "input_labels", "label", "label_id", "labels", "score", "by", "error"])
        for row, (right, own, score) in enumerate(zip(gold.tolist(), found, scores, strict=True)):
            name = f"{word} {own}"
            rows.writerow([row, f"text number {row}", f"label {right}", name, own, name, score, "recall", ""])


if __name__ == "__main__":
    main()
