"""Labels of a taxonomy from examples: ours and its peers in one run, on public sets (needs ../shared/data).

    pip install '.[bench]'
    python benchmarks/taxonomy.py [SET ...] [--systems NAME ...] [--texts N] [--vectors FOLDER]

Trained on each set's train and validation parts, measured on its test part, on texts that have labels; in brackets the
middle 95% of 200 bootstrap samples of texts. In icd10cm and stw_economics the synonyms hold the test texts: left out.
Each system is a process of its own; processor time without embedding, which several systems need (3 ms a short text).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scoring
from numpy.typing import NDArray
from peers import System, peers_for
from sets import MOST, Measured, Set

from linnaeus.closed.taught.keeping import to_arrays
from linnaeus.closed.taught.model import Taught, Vectors

SETS = ("reuters21578", "stw_economics", "tate_artworks", "icd10cm", "clinc150", "tibkat_core")
OURS = "Linnaeus"
COMPARED = ("P@1", "nDCG@5")


class Result(NamedTuple):
    """What a system measured, and the peak of its memory in MB."""

    said: Measured
    peak: float


def ours(data: Set) -> Measured:
    """Linnaeus, with vectors where texts are short, as `teach` does it."""
    vectors = asked = None
    if data.short:
        vectors = Vectors(data.vectors(data.train.texts), data.vectors(data.entries.texts))
        asked = data.vectors(data.test.texts)
    began = time.process_time()
    taught = Taught.fit(data.train.texts, data.train.labels, data.entries, vectors)
    train_s = time.process_time() - began
    began = time.process_time()
    found = taught.candidates(data.test.texts, asked, MOST)
    ms = 1000 * (time.process_time() - began) / len(data.test.texts)
    size = sum(array.nbytes for array in to_arrays(taught).values()) / 1e6
    return Measured(found.places, found.scores, train_s, size, ms, taught.counts(found.scores))


def systems_for(data: Set) -> dict[str, System]:
    """All that can be tried on a set."""
    return {OURS: ours, **peers_for(data)}


def alone(name: str, system: str, args: argparse.Namespace, folder: Path) -> Result:
    """Run one system in a process of its own."""
    out = folder / "said.npz"
    texts = ["--texts", str(args.texts)] if args.texts else []
    command = [sys.executable, __file__, name, "--systems", system, "--vectors", str(args.vectors or folder)]
    done = subprocess.run([*command, *texts, "--into", str(out)], capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{system} failed:\n{done.stderr.decode()[-3000:]}")
    with np.load(out) as held:
        costs = held["costs"].tolist()
        counts = held["counts"] if len(held["counts"]) else None
        return Result(
            Measured(held["places"], held["scores"], costs[0], costs[1], costs[2], counts), costs[3]
        )


def say(data: Set, system: str, into: Path) -> None:
    """Run one system here, and write what it says."""
    said = systems_for(data)[system](data)
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(one).ru_maxrss for one in whose) / 1024
    costs = np.array([said.train_s, said.megabytes, said.ms, peak])
    counts = np.zeros(0, np.intp) if said.counts is None else said.counts
    np.savez(into, places=said.places, scores=said.scores, counts=counts, costs=costs)


def show(system: str, figures: dict[str, scoring.Doubles], result: Result, has: NDArray[np.bool_]) -> None:
    """Print the figures of a system."""
    ranks = "  ".join(f"{key} {scoring.interval(values[has])}" for key, values in figures.items())
    said = result.said
    costs = f"{said.train_s:.0f} CPU-s, {said.megabytes:.0f} MB, {said.ms:.2f} CPU-ms a text, {result.peak:.0f} MB memory"
    print(f"  {system:16} {ranks}\n  {'':16} {costs}", flush=True)


def show_sets(data: Set, results: dict[str, Result]) -> None:
    """Print how good our label sets are beside those of fixed size, and our probabilities."""
    truth, said = data.test.labels, results[OURS].said
    right = scoring.marked(said.places, truth)
    assert said.counts is not None
    counts = np.minimum(said.counts, (said.places >= 0).sum(axis=1))
    taken = np.arange(MOST) < counts[:, None]
    print(
        f"  label sets: micro-F1 {scoring.micro_f1(taken, right, truth):.3f}, macro-F1"
        f" {scoring.macro_f1(said.places, taken, right, truth):.3f}, {counts.mean():.2f} labels a text; of a fixed number:"
    )
    for system, result in results.items():
        places = result.said.places
        best, k = scoring.best_fixed(places, scoring.marked(places, truth), truth)
        print(f"    {system:16} {best:.3f} with {k}")
    held = said.places >= 0
    error = scoring.calibration_error(said.scores[held], right[held])
    first = scoring.calibration_error(said.scores[:, 0], right[:, 0])
    chance = scoring.error_by_chance(said.scores[:, 0])
    print(f"  calibration error: of all pairs {error:.4f}, of the first label {first:.4f}", end=" ")
    print(f"(of perfect probabilities as these {chance:.4f})", end="")
    labelled = np.diff(truth.indptr) > 0
    own = scoring.calibration_error(said.scores[labelled, 0], right[labelled, 0])
    print("" if labelled.all() else f", where a text has a label {own:.4f}", flush=True)


def show_lead(figures: dict[str, dict[str, scoring.Doubles]], has: NDArray[np.bool_]) -> None:
    """Print how far we are from the best peer, text by text."""
    for key in COMPARED:
        peers = {name: values[key][has] for name, values in figures.items() if name != OURS}
        best = max(peers, key=lambda name: float(peers[name].mean()))
        lead = figures[OURS][key][has] - peers[best]
        print(f"  {key} above the best peer ({best}): {scoring.interval(lead)}", flush=True)


def show_none(said: Any, has: NDArray[np.bool_]) -> None:
    """Print how well texts that have no label are told from the others."""
    from sklearn.metrics import roc_auc_score

    area = roc_auc_score(has, said.scores[:, 0])
    print(f"  texts without a label: {(~has).sum():,}, AUROC of the best label's probability {area:.3f}")


def compare(name: str, data: Set, args: argparse.Namespace, folder: Path) -> None:
    """Print the table of a set."""
    print(f"\n{name}: {len(data.train.texts):,} train, {len(data.test.texts):,} test,", end=" ")
    print(f"{data.entries.labels:,} labels", flush=True)
    has = np.diff(data.test.labels.indptr) > 0
    results, figures = {}, {}
    for system in args.systems or systems_for(data):
        results[system] = alone(name, system, args, folder)
        figures[system] = scoring.ranking(results[system].said.places, data.test.labels, data.train.labels)
        show(system, figures[system], results[system], has)
    if OURS in results:
        show_sets(data, results)
        if len(results) > 1:
            show_lead(figures, has)
        if not has.all():
            show_none(results[OURS].said, has)


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--systems", nargs="*")
    parser.add_argument("--texts", type=int, help="of each part, at most")
    parser.add_argument("--vectors", type=Path, help="where vectors are kept for another run")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = args.vectors or Path(name)
        for one in args.sets:
            data = Set(one, args.texts, folder)
            if args.into:
                say(data, args.systems[0], args.into)
            else:
                compare(one, data, args, Path(name))


if __name__ == "__main__":
    main()
