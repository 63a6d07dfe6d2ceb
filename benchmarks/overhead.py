"""What Linnaeus costs beside embedding and model: time a text, memory at 100,000 texts, a finished command again, --help.

    python benchmarks/overhead.py [--texts 100000] [--wordings 20000]

Takes real texts from the sets in ../shared/data (their first 80 characters), in a fixed shuffled order. The model is
simulated: a replay file whose answers are the data sets' own label names, so that there is something to join. Each row of
the table is a run of the real command in a process of its own; memory is the operating system's peak for it.

    mean ms/text  all that is not embedding and model, by all texts: also every regrouping, `tidy` and writing the result
    one more      what one more text takes when all of them are remembered, before all is grouped anew the next time
    tidy          of a project with so many wordings, a text each: `Classifier.tidy` with judging and the second look, and
                  then `Consolidator.tidy` alone, which groups, files and names all anew; both read the project first

With OMP_NUM_THREADS=1 all runs on one core. CPU seconds count those of embedding too.
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
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from linnaeus import Classifier
from linnaeus.consolidate import wording_key
from linnaeus.embed import DEFAULT
from linnaeus.types import Embedder

BATCH = 512
MOST_WORDS = 12  # of a label's name, where each is to be a wording of its own
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
MORE = ("stw_economics", "tate_artworks", "esco_skills")  # for as many wordings as `tidy` is measured with


def texts_with_labels(most_words: int = 4, names: Sequence[str] = NAMES) -> Iterator[tuple[str, str]]:
    """Every text of the sets with the first words of the name of its first label."""
    for name in names:
        table = next((SETS / name).glob("labels.csv*"), None)
        if table is None:
            continue
        name_of = dict(_label_names(table))
        with gzip.open(SETS / name / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                label = name_of.get(row["labels"][0], "") if row["labels"] else ""
                words = re.findall(r"[A-Za-z]+", label)[:most_words]
                if words:
                    yield " ".join(row["text"].split())[:80].strip(), "_".join(words)


def _label_names(path: Path) -> Iterator[tuple[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")):
        yield row["id"], row["name"]


class Run(NamedTuple):
    """What a process took: seconds, CPU seconds, peak memory in MB; and its summary."""

    seconds: float
    cpu: float
    memory: float
    summary: dict[str, Any]


def run(arguments: Sequence[str], folder: Path) -> Run:
    """Run `linnaeus label` in its own process."""
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
    return Run(
        seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(summary.read_text())
    )


def line(what: str, done: Run) -> None:
    """Print one row of the table."""
    summary = done.summary
    texts, steps = summary["texts"], summary["seconds"]
    beside = steps["total"] - steps["embed"] - steps["model"]
    print(
        f"{what:34} {texts:8,} {summary['labels']:8,} {summary['surfaces']:9,} {done.seconds:8.1f} {done.cpu:8.1f}"
        f" {steps['embed']:8.1f} {1000 * beside / texts:12.3f} {texts / done.seconds:10,.0f} {done.memory:8.0f}",
        flush=True,
    )


def one_more(project: Path, replay: Path, texts: Sequence[str], embedder: str | Embedder = DEFAULT) -> None:
    """Print what each of some more texts takes, once the project is read and their vectors are at hand."""
    with Classifier.open(str(project), llm=f"replay:{replay}", embedder=embedder) as classifier:
        remembered = classifier.store.count_texts()
        classifier.label(texts[:BATCH])  # reads the project
        consolidator = classifier.consolidator
        rest = texts[BATCH : BATCH + consolidator.room - 1]
        consolidator.vectors.codes(rest)
        began, cpu = time.perf_counter(), time.process_time()
        classifier.label(rest)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    each = 1000 / len(rest)
    print(
        f"one more text when {remembered:,} are remembered: {each * seconds:.2f} ms ({each * cpu:.2f} CPU-ms)"
    )


def tidied(folder: Path, wordings: int, embedder: str | Embedder = DEFAULT) -> None:
    """Print what `tidy` takes for so many wordings."""
    every = texts_with_labels(MOST_WORDS, (*NAMES, *MORE))
    by_wording = {wording_key(words): (text, words) for text, words in every}
    rows = list(dict(by_wording.values()).items())
    write_replay(folder / "w.jsonl", rows[:wordings])
    llm = f"replay:{folder / 'w.jsonl'}"
    with Classifier.open(str(folder / "w.db"), llm=llm, embedder=embedder) as classifier:
        consolidator, texts = classifier.consolidator, [text for text, _ in rows[:wordings]]
        for start in range(0, len(texts), BATCH):
            classifier.label(texts[start : start + BATCH])
        print(f"tidy of {consolidator.surface_count:,} wordings", end="")
        for what, tidy in (("all of it", classifier.tidy), ("grouping and naming", consolidator.tidy)):
            with consolidator.all_or_nothing():
                classifier.store.set_meta("level_at", "")
                classifier.store.set_meta("tidied_at", "")
            consolidator.reload()
            before, cpu = consolidator.vectors.seconds, time.process_time()
            began = time.perf_counter()
            tidy()
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            print(f"; {what} {seconds:.1f} s ({cpu:.1f} CPU-s)", end="")
            print(f", of which embedding {consolidator.vectors.seconds - before:.1f}", end="", flush=True)
        print()


def write_replay(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    """Write what the simulated model says: (text, label)."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"task": "propose", "text": t, "label": label}) + "\n" for t, label in rows
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
    parser.add_argument("--wordings", type=int, default=20_000)
    given = parser.parse_args()
    print(f"linnaeus --help: {help_seconds():.2f} s (median of 7)")
    if not SETS.exists():
        sys.exit("the sets of ../shared/data are not there; nothing more to measure")
    rows = list(dict(texts_with_labels()).items())
    random.Random(0).shuffle(rows)
    rows, more = rows[: given.texts], rows[given.texts :][: 3 * BATCH]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_replay(folder / "replay.jsonl", [*rows, *more])
        with (folder / "texts.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(
                json.dumps({"id": number, "text": t}) + "\n" for number, (t, _) in enumerate(rows)
            )
        print(f"{'':34} {'texts':>8} {'labels':>8} {'wordings':>9} {'seconds':>8} {'CPU-s':>8}", end="")
        print(f" {'embed':>8} {'mean ms/text':>12} {'texts/s':>10} {'peak MB':>8}")
        simulated = ["label", "texts.jsonl", "--out", "out.csv", "--llm", "replay:replay.jsonl"]
        simulated += ["--project", "p.db"]
        line("first 15,000, simulated model", run([*simulated, "--limit", "15000"], folder))
        line(f"all {len(rows):,}, simulated model", run(simulated, folder))
        line("the same command again", run(simulated, folder))
        without = ["label", "texts.jsonl", "--out", "n.csv", "--project", "n.db"]
        line(f"all {len(rows):,}, no model", run(without, folder))
        one_more(folder / "p.db", folder / "replay.jsonl", [text for text, _ in more])
        tidied(folder, given.wordings)


if __name__ == "__main__":
    main()
