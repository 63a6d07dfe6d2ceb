"""Other systems that learn labels from examples, from their own packages (extra `bench`), at their defaults.

All but Annif get the rows of words that ours gets, and what it costs to make them counts as theirs too, as it does for
ours; what is on vectors gets the built-in embedder's.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sets import MOST, Measured, Set, best_of, filled

from linnaeus.closed.taught.sparse import Sparse, best_of_rows
from linnaeus.closed.taught.wording import Wording, read

System = Callable[[Set], Measured]
NEIGHBOURS = 30
TOO_MANY = 1000  # labels, from which one classifier a label on vectors is not tried


def megabytes(folder: str | Path) -> float:
    """The size of all files in a folder."""
    return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6


class Words(NamedTuple):
    """Rows of words of training texts that have both words and labels, these labels, and the rows of test texts.

    What it took to make them: CPU-s of the first, CPU-ms a text of the last.
    """

    rows: Sparse
    labels: Sparse
    test: Sparse
    train_s: float
    ms: float


def words_of(data: Set) -> Words:
    """What a peer on words learns from; some cannot take a text without a word or a label."""
    began = time.process_time()
    wording, rows = Wording.fit(read(data.train.texts))
    train_s = time.process_time() - began
    rows.sort_indices()
    full = np.flatnonzero((np.diff(rows.indptr) > 0) & (np.diff(data.train.labels.indptr) > 0))
    began = time.process_time()
    test = wording.rows(read(data.test.texts))
    ms = 1000 * (time.process_time() - began) / len(data.test.texts)
    return Words(rows[full], data.train.labels[full], test, train_s, ms)


def omikuji(bonsai: bool) -> System:
    """Bonsai (Khandagale et al. 2019) or Parabel (Prabhu et al. 2018), three trees."""

    def run(data: Set) -> Measured:
        import omikuji as package

        hyper = package.Model.default_hyper_param()
        if bonsai:
            hyper.cluster_balanced, hyper.cluster_k, hyper.max_depth = False, 100, 3
        words = words_of(data)
        with tempfile.TemporaryDirectory() as folder:
            _write_svm(Path(folder) / "train.txt", words)
            began = time.process_time()
            model = package.Model.train_on_data(f"{folder}/train.txt", hyper, n_threads=1)
            train_s = time.process_time() - began
            model.save(f"{folder}/model")
            size = megabytes(f"{folder}/model")
        began = time.process_time()
        found = [model.predict(pairs, top_k=MOST) for pairs in _pairs(words.test)]
        ms = 1000 * (time.process_time() - began) / len(found)
        return Measured(*filled(found), words.train_s + train_s, size, words.ms + ms)

    return run


def napkinxc(kind: str) -> System:
    """A tree of logistic classifiers (`PLT`: Jasinska-Kobus et al. 2020), or one of them a label (`BR`)."""

    def run(data: Set) -> Measured:
        from napkinxc import models

        words = words_of(data)
        labels = [words.labels[row].indices.tolist() for row in range(words.labels.shape[0])]
        with tempfile.TemporaryDirectory() as folder:
            model = getattr(models, kind)(folder, threads=1, seed=0)
            began = time.process_time()
            model.fit(words.rows, labels)
            train_s = time.process_time() - began
            began = time.process_time()
            found = model.predict_proba(words.test, top_k=MOST)
            ms = 1000 * (time.process_time() - began) / len(found)
            return Measured(*filled(found), words.train_s + train_s, megabytes(folder), words.ms + ms)

    return run


def neighbours(data: Set, *, by_vector: bool) -> Measured:
    """The labels of the 30 nearest examples, weighted by their cosine."""
    if by_vector:
        rows, test = (data.vectors(part.texts) for part in (data.train, data.test))
        labels, size, train_s, making = data.train.labels, rows.nbytes / 4e6, 0.0, 0.0  # as whole numbers
    else:
        rows, labels, test, train_s, making = words_of(data)
        size = rows.nnz * 6 / 1e6
    began = time.process_time()
    across, parts = rows.T, []
    for start in range(0, len(data.test.texts), 512):
        block = test[start : start + 512] @ across
        parts.append(_votes(block, labels))
    places = np.concatenate([one[0] for one in parts])
    scores = np.concatenate([one[1] for one in parts])
    ms = 1000 * (time.process_time() - began) / len(places)
    return Measured(places, scores, train_s, size, making + ms)


def _votes(cosines: Any, labels: Sparse) -> Any:
    import scipy.sparse

    near = best_of_rows(scipy.sparse.csr_matrix(cosines), NEIGHBOURS)
    near = scipy.sparse.diags(1 / np.maximum(np.asarray(near.sum(axis=1)).ravel(), 1e-9)) @ near
    return best_of((near @ labels).tocsr())


def machines(data: Set) -> Measured:
    """One linear support vector machine a label on vectors (scikit-learn)."""
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    rows, test = (data.vectors(part.texts) for part in (data.train, data.test))
    known = np.unique(data.train.labels.indices)
    began = time.process_time()
    model = OneVsRestClassifier(LinearSVC(random_state=0)).fit(rows, data.train.labels[:, known])
    train_s = time.process_time() - began
    began = time.process_time()
    places, scores = best_of(model.decision_function(test))
    ms = 1000 * (time.process_time() - began) / len(places)
    places = np.where(places >= 0, known[places], -1).astype(np.int32)
    return Measured(places, scores, train_s, len(known) * rows.shape[1] * 4 / 1e6, ms)


def annif(data: Set) -> Measured:
    """Annif's command line with an omikuji project at its defaults.

    Its tokeniser wants NLTK's model of where sentences end, which no package holds: it gets one that knows no abbreviation.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = folder / "nltk" / "tokenizers" / "punkt_tab" / "english"
        parts.mkdir(parents=True)
        for file in ("collocations.tab", "sent_starters.txt", "abbrev_types.txt", "ortho_context.tab"):
            (parts / file).touch()
        (folder / "projects.toml").write_text(
            '[peer]\nname = "Peer"\nlanguage = "en"\nbackend = "omikuji"\nvocab = "set"\n'
            f'analyzer = "snowball(english)"\nlimit = {MOST}\n'
        )
        names = "".join(f"<urn:x:{n}>\tL{n}\n" for n in range(data.entries.labels))
        (folder / "set.tsv").write_text(names)
        _write_lines(folder / "train.tsv", data.train.texts, data.train.labels)
        _write_lines(folder / "test.tsv", data.test.texts, None)
        _annif(folder, "load-vocab", "set", "set.tsv", "--language", "en")
        train_s = _annif(folder, "train", "-j", "1", "peer", "train.tsv")
        asked_s = _annif(folder, "index", "peer", "test.tsv", "--limit", str(MOST))
        lines = (folder / "test.annif.jsonl").read_text().splitlines()
        found = [
            [(int(one["uri"].rpartition(":")[2]), one["score"]) for one in json.loads(line)["results"]]
            for line in lines
        ]
        size = megabytes(folder / "data" / "projects")
        return Measured(*filled(found), train_s, size, 1000 * asked_s / len(found))


def _annif(folder: Path, *args: str) -> float:
    """Run it; the processor seconds that took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    program = Path(sys.executable).with_name("annif")
    done = subprocess.run(
        [program, *args],
        cwd=folder,
        env=os.environ | {"NLTK_DATA": str(folder / "nltk")},
        capture_output=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _write_lines(path: Path, texts: Sequence[str], labels: Sparse | None) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row, text in enumerate(texts):
            mine = () if labels is None else labels[row].indices
            file.write(f"{' '.join(text.split())}\t{' '.join(f'<urn:x:{label}>' for label in mine)}\n")


def _write_svm(path: Path, words: Words) -> None:
    with path.open("w") as file:
        file.write(f"{words.rows.shape[0]} {words.rows.shape[1]} {words.labels.shape[1]}\n")
        for row, pairs in enumerate(_pairs(words.rows)):
            values = " ".join(f"{column}:{value:.5f}" for column, value in pairs)
            file.write(f"{','.join(map(str, words.labels[row].indices))} {values}\n")


def _pairs(rows: Sparse) -> list[list[tuple[int, float]]]:
    bounds = zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
    return [
        list(zip(rows.indices[low:high].tolist(), rows.data[low:high].tolist(), strict=True))
        for low, high in bounds
    ]


def peers_for(data: Set) -> dict[str, System]:
    """Those that can be tried on a set."""
    found: dict[str, System] = {
        "omikuji Parabel": omikuji(bonsai=False),
        "omikuji Bonsai": omikuji(bonsai=True),
        "Annif omikuji": annif,
        "napkinXC PLT": napkinxc("PLT"),
        "one-vs-rest": napkinxc("BR"),
        "kNN words": lambda data: neighbours(data, by_vector=False),
    }
    if data.short:
        found["kNN vectors"] = lambda data: neighbours(data, by_vector=True)
        if len(np.unique(data.train.labels.indices)) < TOO_MANY:
            found["SVMs vectors"] = machines
    return found
