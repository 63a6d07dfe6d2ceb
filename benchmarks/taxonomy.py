"""Labels of a taxonomy from examples: ours and the peers that are installed, on public sets (needs ../shared/data).

    python benchmarks/taxonomy.py [SET ...] [--peers] [--texts N]

Trained on each set's train and validation parts, measured on its test part, on texts that have labels; intervals are the
middle 95% of 200 bootstrap samples of test texts. In icd10cm and stw_economics the synonyms hold the test texts: left out.
Peers (`pip install omikuji`): Bonsai and Parabel on the same rows of words as ours; they give no probabilities.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.label_sets import chosen
from linnaeus.closed.taught.keeping import to_arrays
from linnaeus.closed.taught.model import Taught, Vectors
from linnaeus.closed.taught.sparse import Sparse, from_parts
from linnaeus.closed.taught.wording import Wording, read
from linnaeus.closed.teaching import are_short
from linnaeus.embed import open_embedder
from linnaeus.index import quantise, units

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "sets"
SETS = ("tibkat_core", "tate_artworks", "icd10cm", "reuters21578", "stw_economics", "clinc150")
LEAKING = ("icd10cm", "stw_economics", "esco_occupations")
MOST = 50
SAMPLES = 200


class Data(NamedTuple):
    """A set: texts and labels (n, labels) of both parts, and what labels are called."""

    train: list[str]
    train_labels: Sparse
    test: list[str]
    test_labels: Sparse
    entries: Entries


class Measured(NamedTuple):
    """What a system gave: places (n, 50) best first, -1 past the last, probabilities or None, and what it cost."""

    places: NDArray[np.int32]
    scores: NDArray[np.float32] | None
    train_s: float
    megabytes: float
    ms: float


def load(name: str, texts: int | None) -> Data:
    """Read a set of the shared data."""
    with gzip.open(DATA / name / "texts.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    path = next((DATA / name).glob("labels.csv*"))
    raw = path.read_bytes()
    csv.field_size_limit(1 << 24)
    labels = list(
        csv.DictReader(io.StringIO((gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()))
    )
    place = {label["id"]: number for number, label in enumerate(labels)}
    synonyms = [() if name in LEAKING else tuple(filter(None, one["synonyms"].split("|"))) for one in labels]

    def table(part: Sequence[dict[str, Any]]) -> Sparse:
        held = [sorted({place[label] for label in row["labels"]}) for row in part]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in held])])
        columns = np.array([label for one in held for label in one])
        return from_parts(np.ones(len(columns)), columns, starts, len(labels))

    train = [row for row in rows if row["split"] != "test"][:texts]
    test = [row for row in rows if row["split"] == "test"][:texts]
    entries = Entries.of([label["name"] for label in labels], synonyms)
    return Data([r["text"] for r in train], table(train), [r["text"] for r in test], table(test), entries)


def ours(data: Data) -> Measured:
    """Linnaeus, with vectors where texts are short, as `teach` does it; embedding is not counted."""
    vectors = None
    if are_short(data.train):
        embedder = open_embedder("minilm")
        vectors, asked = (
            Vectors(_embedded(embedder, data.train), _embedded(embedder, data.entries.texts)),
            _embedded(embedder, data.test),
        )
    began = time.process_time()
    taught = Taught.fit(data.train, data.train_labels, data.entries, vectors)
    train_s = time.process_time() - began
    began = time.process_time()
    found = taught.candidates(data.test, asked if vectors else None, MOST)
    ms = 1000 * (time.process_time() - began) / len(data.test)
    size = sum(array.nbytes for array in to_arrays(taught).values()) / 1e6
    return Measured(found.places, found.scores, train_s, size, ms)


def _embedded(embedder: Any, texts: Sequence[str]) -> NDArray[np.float32]:
    parts = [quantise(embedder.embed(texts[start : start + 512])) for start in range(0, len(texts), 512)]
    return units(np.concatenate(parts))


def omikuji_model(settings: str) -> Callable[[Data], Measured]:
    """A peer of the omikuji package, with its own defaults of "bonsai" or "parabel"."""

    def run(data: Data) -> Measured:
        import omikuji

        wording, rows = Wording.fit(read(data.train))
        hyper = omikuji.Model.default_hyper_param()
        if settings == "bonsai":
            hyper.cluster_balanced, hyper.cluster_k, hyper.max_depth = False, 100, 3
        with tempfile.TemporaryDirectory() as folder:
            _write_svm(Path(folder) / "train.txt", rows, data.train_labels)
            began = time.process_time()
            model = omikuji.Model.train_on_data(f"{folder}/train.txt", hyper, n_threads=1)
            train_s = time.process_time() - began
            model.save(f"{folder}/model")
            size = (
                sum(file.stat().st_size for file in Path(folder, "model").rglob("*") if file.is_file()) / 1e6
            )
        test = wording.rows(read(data.test))
        began = time.process_time()
        places = np.full((len(data.test), MOST), -1, np.int32)
        for row in range(len(data.test)):
            part = slice(test.indptr[row], test.indptr[row + 1])
            pairs = list(zip(test.indices[part].tolist(), test.data[part].tolist(), strict=True))
            best = [label for label, _ in model.predict(pairs, top_k=MOST)]
            places[row, : len(best)] = best
        return Measured(places, None, train_s, size, 1000 * (time.process_time() - began) / len(data.test))

    return run


def _write_svm(path: Path, rows: Sparse, labels: Sparse) -> None:
    with path.open("w") as file:
        file.write(f"{rows.shape[0]} {rows.shape[1]} {labels.shape[1]}\n")
        for row in range(rows.shape[0]):
            mine = ",".join(map(str, labels.indices[labels.indptr[row] : labels.indptr[row + 1]]))
            part = slice(rows.indptr[row], rows.indptr[row + 1])
            words = " ".join(f"{i}:{v:.5f}" for i, v in zip(rows.indices[part], rows.data[part], strict=True))
            file.write(f"{mine} {words}\n")


def figures(data: Data, measured: Measured) -> dict[str, NDArray[np.float64]]:
    """Each figure a text (n,): ranking, and of label sets the counts that micro-F1 is made of."""
    truth = data.test_labels
    sizes = np.diff(truth.indptr)
    places = measured.places
    right = np.zeros(places.shape, bool)
    for row in range(len(places)):
        right[row] = np.isin(places[row], truth.indices[truth.indptr[row] : truth.indptr[row + 1]])
    gain = 1 / np.log2(np.arange(2, MOST + 2))
    propensity = _propensities(data.train_labels)
    weight = np.where(places >= 0, 1 / propensity[places], 0)
    found: dict[str, NDArray[np.float64]] = {f"P@{k}": right[:, :k].mean(axis=1) for k in (1, 3, 5)}
    for k in (5, 10):
        ideal = np.array([gain[: min(k, size)].sum() or 1 for size in sizes])
        found[f"nDCG@{k}"] = (right[:, :k] * gain[:k]).sum(axis=1) / ideal
    best = [
        np.sort(1 / propensity[truth.indices[truth.indptr[row] : truth.indptr[row + 1]]])[::-1][:5].sum()
        for row in range(len(places))
    ]
    found["PSP@5"] = (right * weight)[:, :5].sum(axis=1) / np.mean(best)  # a ratio of means: Jain et al. 2016
    found["F1@5"] = 2 * right[:, :5].sum(axis=1) / (5 + sizes)
    found["R@50"] = right.sum(axis=1) / np.maximum(sizes, 1)
    return found


def _propensities(labels: Sparse) -> NDArray[np.float64]:
    """How likely a right label was noted (labels,): Jain et al. 2016, A = 0.55, B = 1.5."""
    n, counts = labels.shape[0], np.bincount(labels.indices, minlength=labels.shape[1])
    scale = (np.log(n) - 1) * 2.5**0.55
    return np.asarray(1 / (1 + scale * (counts + 1.5) ** -0.55))


def _line(values: NDArray[np.float64]) -> str:
    random = np.random.default_rng(0)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(SAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{100 * values.mean():5.1f} ({100 * low:.1f}-{100 * high:.1f})"


def sets_line(data: Data, measured: Measured) -> str:
    """Micro- and macro-F1 of the label sets chosen, of the best fixed number, and the calibration error."""
    assert measured.scores is not None
    truth, places = data.test_labels, measured.places
    right = np.stack(
        [
            np.isin(places[row], truth.indices[truth.indptr[row] : truth.indptr[row + 1]])
            for row in range(len(places))
        ]
    )
    counts = np.minimum(chosen(measured.scores), (places >= 0).sum(axis=1))
    given = np.arange(MOST) < counts[:, None]

    def micro(taken: NDArray[np.bool_]) -> float:
        return float(2 * (right & taken).sum() / (taken.sum() + truth.nnz))

    fixed = max(micro(np.broadcast_to(np.arange(MOST) < k, right.shape)) for k in range(1, 11))
    held = places >= 0
    bins = np.minimum((measured.scores * 10).astype(int), 9)
    error = sum(
        abs((right & held & (bins == b)).sum() - measured.scores[held & (bins == b)].sum()) for b in range(10)
    )
    top = np.abs(_binned(measured.scores[:, 0], right[:, 0])).sum()
    return (
        f"micro-F1 {micro(given):.3f} (best fixed number {fixed:.3f}), {counts.mean():.2f} labels a text,"
        f" ECE of all pairs {error / held.sum():.4f}, of the first label {top:.3f}"
    )


def _binned(scores: NDArray[np.float32], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    bins = np.minimum((scores * 10).astype(int), 9)
    return np.array([(right[bins == b].sum() - scores[bins == b].sum()) / len(scores) for b in range(10)])


def none_line(data: Data, measured: Measured) -> str:
    """How well texts that have no label are told from the others, by the best label's probability."""
    from sklearn.metrics import roc_auc_score

    assert measured.scores is not None
    has = np.diff(data.test_labels.indptr) > 0
    return f"texts without a label: {(~has).sum():,}, AUROC {roc_auc_score(has, measured.scores[:, 0]):.3f}"


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--texts", type=int)
    args = parser.parse_args()
    systems: dict[str, Callable[[Data], Measured]] = {"Linnaeus": ours}
    if args.peers:
        systems |= {f"omikuji {kind}": omikuji_model(kind) for kind in ("parabel", "bonsai")}
    for name in args.sets:
        data = load(name, args.texts)
        print(
            f"\n{name}: {len(data.train):,} train, {len(data.test):,} test, {data.entries.labels:,} labels",
            flush=True,
        )
        has = np.diff(data.test_labels.indptr) > 0
        for system, run in systems.items():
            measured = run(data)
            shown = "  ".join(
                f"{key} {_line(values[has])}" for key, values in figures(data, measured).items()
            )
            print(f"  {system:16} {shown}")
            print(
                f"  {'':16} {measured.train_s:.0f} CPU-s, {measured.megabytes:.0f} MB, {measured.ms:.2f} CPU-ms a text"
            )
            if measured.scores is not None:
                print(f"  {'':16} {sets_line(data, measured)}")
                if not has.all():
                    print(f"  {'':16} {none_line(data, measured)}", flush=True)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
