"""What Linnaeus costs beside embedding and model: time a text, memory at 100,000 texts, a finished command again, --help.

    python benchmarks/overhead.py [--texts 100000]

Takes real texts from the sets in ../shared/data (their first 80 characters), in a fixed shuffled order. The model is
simulated: a replay file whose answers are the data sets' own label names, so that there is something to join. Each row is a
run of the real command in a process of its own; memory is the operating system's peak for it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

SETS = Path(__file__).resolve().parents[2] / "shared" / "data" / "sets"
NAMES = (
    "banking77",
    "clinc150",
    "snips",
    "stackexchange_titles",
    "icd10cm",
    "tibkat_core",
    "esco_occupations",
)


def texts_with_labels() -> Iterator[tuple[str, str]]:
    """Every text of the sets with the name of its first label."""
    for name in NAMES:
        table = next((SETS / name).glob("labels.csv*"), None)
        if table is None:
            continue
        names = dict(_label_names(table))
        with gzip.open(SETS / name / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                label = names.get(row["labels"][0], "") if row["labels"] else ""
                words = re.findall(r"[A-Za-z]+", label)[:4]
                if words:
                    yield " ".join(row["text"].split())[:80].strip(), "_".join(words)


def _label_names(path: Path) -> Iterator[tuple[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")):
        yield row["id"], row["name"]


def run(arguments: Sequence[str], folder: Path) -> tuple[float, float, dict[str, Any]]:
    """Run `linnaeus label` in its own process: seconds, peak memory in MB, the summary."""
    summary = folder / "summary.json"
    command = [sys.executable, "-m", "linnaeus", *arguments, "--summary", str(summary)]
    began = time.perf_counter()
    with (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit((folder / "stderr").read_text())
    return seconds, usage.ru_maxrss / 1024, json.loads(summary.read_text())


def line(what: str, seconds: float, memory: float, summary: dict[str, Any]) -> None:
    """Print one row of the table."""
    texts, steps = summary["texts"], summary["seconds"]
    beside = steps["total"] - steps["embed"] - steps["model"]
    print(
        f"{what:34} {texts:8,} {summary['labels']:8,} {summary['surfaces']:9,} {seconds:8.1f} {steps['embed']:8.1f}"
        f" {1000 * beside / texts:12.3f} {texts / seconds:10,.0f} {memory:8.0f}",
        flush=True,
    )


def help_seconds() -> float:
    """The median of 7 runs of `linnaeus --help`."""
    times = []
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "linnaeus", "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return sorted(times)[3]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=100_000)
    most = parser.parse_args().texts
    print(f"linnaeus --help: {help_seconds():.2f} s (median of 7)")
    if not SETS.exists():
        sys.exit("the sets of ../shared/data are not there; nothing more to measure")
    rows = list(dict(texts_with_labels()).items())
    random.Random(0).shuffle(rows)
    rows = rows[:most]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "replay.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(
                json.dumps({"task": "propose", "text": t, "label": label}) + "\n" for t, label in rows
            )
        with (folder / "texts.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(
                json.dumps({"id": number, "text": t}) + "\n" for number, (t, _) in enumerate(rows)
            )
        print(
            f"{'':34} {'texts':>8} {'labels':>8} {'wordings':>9} {'seconds':>8} {'embed':>8} {'ms/text else':>12}",
            end="",
        )
        print(f" {'texts/s':>10} {'peak MB':>8}")
        simulated = [
            "label",
            "texts.jsonl",
            "--out",
            "out.csv",
            "--llm",
            "replay:replay.jsonl",
            "--project",
            "p.db",
        ]
        line("first 15,000, simulated model", *run([*simulated, "--limit", "15000"], folder))
        line(f"all {len(rows):,}, simulated model", *run(simulated, folder))
        line("the same command again", *run(simulated, folder))
        line(
            f"all {len(rows):,}, no model",
            *run(["label", "texts.jsonl", "--out", "n.csv", "--project", "n.db"], folder),
        )


if __name__ == "__main__":
    main()
