"""How many of a text's labels are among the candidates that names and descriptions alone give, and how fast?

    python research/zero_shot.py [SET ...] [--split validation]   # prints the tables of LOG.md, "Candidates"

Synonyms are left out: in three of these sets they hold the test texts. Vectors are kept in LINNAEUS_VECTORS (a folder), if
set: embedding the 98,466 names of ICD-10-CM takes 5 minutes. "after embedding": stretches of long texts are embedded
before the clock runs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from recordings import DATA

from linnaeus.closed.contained import Contained
from linnaeus.closed.dense import Dense
from linnaeus.closed.entries import Entries
from linnaeus.closed.lexical import Lexical
from linnaeus.closed.source import Alone, Source
from linnaeus.closed.stretches import stretches
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.embed import open_embedder
from linnaeus.index import quantise
from linnaeus.taxonomy import Links
from linnaeus.types import Codes

SETS = ("icd10cm", "esco_skills", "stw_economics", "esco_occupations")
AT = (1, 10, 50)
KEPT = os.environ.get("LINNAEUS_VECTORS")


@dataclass(frozen=True)
class Case:
    """A set: its labels as entries, their parents, texts that have a label, and the places of these."""

    names: list[str]
    descriptions: list[str]
    parents: Links
    texts: list[str]
    gold: list[set[int]]


def load(name: str, split: str) -> Case:
    """Read a set; texts without a label are left out."""
    folder = DATA / "sets" / name
    with gzip.open(folder / "labels.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = {row["id"]: place for place, row in enumerate(rows)}
    parents = [[places[own] for own in row["parent_ids"].split("|") if own in places] for row in rows]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(own) for own in parents])])
    links = Links(starts, np.array([place for own in parents for place in own], np.int32))
    with gzip.open(folder / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [row for row in map(json.loads, file) if row["split"] == split and row["labels"]]
    gold = [{places[label] for label in row["labels"]} for row in texts]
    return Case(
        [row["name"] for row in rows],
        [row["description"] for row in rows],
        links,
        [row["text"] for row in texts],
        gold,
    )


def vectors(texts: Sequence[str]) -> Codes:
    """The quantised vectors of `texts`, from the folder of kept ones if they are there."""
    if KEPT is None:
        return quantise(open_embedder().embed(texts))
    path = Path(KEPT) / f"{sha256(json.dumps(list(texts)).encode()).hexdigest()[:16]}.npy"
    if not path.exists():
        np.save(path, quantise(open_embedder().embed(texts)))
    codes: Codes = np.load(path)
    return codes


class Known:
    """Vectors of stretches, embedded before the clock runs."""

    def __init__(self, texts: Sequence[str]) -> None:
        every = list(dict.fromkeys(own for text in texts for own in stretches(text)))
        self._rows = {own: place for place, own in enumerate(every)}
        self._codes = vectors(every)

    def __call__(self, texts: Sequence[str]) -> Codes:
        """As an embedder."""
        return self._codes[[self._rows[text] for text in texts]]


def sources(case: Case) -> dict[str, Source]:
    """Each row of the table."""
    plain, whole = Entries.of(case.names), Entries.of(case.names, descriptions=case.descriptions)
    joined = Entries.of([f"{n} {d}" for n, d in zip(case.names, case.descriptions, strict=True)])
    names = vectors(case.names)
    described = [own for own in case.descriptions if own.strip()]
    codes = np.concatenate([names, vectors(described)]) if described else names
    fused = ZeroShot.of(whole, codes, case.parents, Known(case.texts))
    found: dict[str, Source] = {"BM25, names": Alone(Lexical.of(plain, cut="words", k1=1.2, b=0.75))}
    if described:
        found["BM25, names and descriptions"] = Alone(Lexical.of(joined, cut="words", k1=1.2, b=0.75))
    found["embeddings, names"] = Alone(Dense.of(plain, names))
    if described:
        owned = np.array([place for place, own in enumerate(case.descriptions) if own.strip()], np.int32)
        only = Entries(described, owned, np.zeros(len(owned), np.uint8), len(case.names))
        found["embeddings, descriptions"] = Alone(Dense.of(only, vectors(described)))
    found |= {
        "pieces": Alone(fused.lexical),
        "dense": Alone(fused.dense),
        "contained": Alone(Contained.of(plain)),
        "fused, texts whole": ZeroShot.of(whole, codes, case.parents),
        "fused": fused,
    }
    return found


def hits(source: Source, case: Case, codes: Codes) -> tuple[np.ndarray, float]:
    """For each text the share of its labels among the first 1, 10, 50 (n, 3), and the ms a text."""
    started = time.process_time()
    places = source.candidates(case.texts, codes, max(AT)).places
    spent = 1000 * (time.process_time() - started) / len(case.texts)
    found = [
        [len(own & set(row[:most].tolist())) / len(own) for most in AT]
        for row, own in zip(places, case.gold, strict=True)
    ]
    return np.array(found), spent


def report(name: str, split: str) -> None:
    """Print the rows of one set, with 95% intervals of recall@50 (bootstrap over texts, seed 0)."""
    case = load(name, split)
    codes = vectors(case.texts)
    print(f"\n{name}, {split}: {len(case.names)} labels, {len(case.texts)} texts")
    print("| source | @1 | @10 | @50 | 95% | CPU-ms a text |\n|---|---:|---:|---:|---|---:|")
    every = {}
    for title, source in sources(case).items():
        every[title], spent = hits(source, case, codes)
        low, high = interval(every[title][:, 2])
        shown = " | ".join(f"{100 * value:.1f}" for value in every[title].mean(axis=0))
        print(f"| {title} | {shown} | {low:.1f} to {high:.1f} | {spent:.2f} |", flush=True)
    cut = sum(len(stretches(text)) for text in case.texts) / len(case.texts)
    print(f"{cut:.1f} stretches a text, were all of them looked at by stretches")
    alone = [title for title in every if title.startswith(("BM25", "embeddings"))]
    best = max(alone, key=lambda title: float(every[title][:, 2].mean()))
    gain = every["fused"][:, 2] - every[best][:, 2]
    low, high = interval(gain)
    print(f"fused over {best}: {100 * gain.mean():+.1f} ({low:+.1f} to {high:+.1f}) at 50")


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95% interval of the mean of `values` (n,) in %."""
    draws = np.random.default_rng(0).integers(0, len(values), (1000, len(values)))
    low, high = np.percentile(100 * values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def loading(name: str) -> None:
    """Print how long the index takes to make and to load from plain arrays, and its size."""
    case = load(name, "test")
    started = time.perf_counter()
    made = ZeroShot.of(Entries.of(case.names), vectors(case.names), case.parents)
    arrays = made.to_arrays()
    seconds = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.npz"
        np.savez(path, **arrays)
        started = time.perf_counter()
        with np.load(path) as held:
            again = ZeroShot.from_arrays(dict(held))
        again.candidates(case.texts[:1], vectors(case.texts[:1]), 50)
        loaded = time.perf_counter() - started
        size = path.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"\n{name}: made in {seconds:.1f} s, loaded in {loaded:.2f} s, {size:.0f} MB, peak {peak:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--split", default="test")
    chosen = parser.parse_args()
    for own in chosen.sets:
        report(own, chosen.split)
    loading("icd10cm" if "icd10cm" in chosen.sets else chosen.sets[0])
