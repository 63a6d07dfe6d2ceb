"""Students: from gold labels, from a model's recorded labels, and how fast they are.

    python benchmarks/students.py gold [--embedder static] [--only clinc150] [--cache DIR]
    python benchmarks/students.py recorded [--cache DIR]
    python benchmarks/students.py curve [--embedder static] [--only banking77] [--cache DIR]
    python benchmarks/students.py speed

gold: trained on the training part alone, measured on the test part. Accuracy (reuters21578: micro-F1) if all is
answered, with its 95% interval; ECE of scores; `answered`: the share with a score that keeps --max-error 0.05, and the
error among those; `new`: the share of CLINC150's out-of-scope texts that get a label. "10 a class" is the mean of 3 draws.

recorded: the Banking77 stream is labelled by replaying a model's answers; a student learns one half of its texts under
the project's labels and is measured on the other half under the model's own; the same with gold labels beside it.

curve: what the learning curve of a part of the training texts says that twice as many would leave wrong, and what they do.

--cache DIR keeps vectors. Seconds are of the processor.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.classifier import Classifier
from linnaeus.distill.curve import curve_of
from linnaeus.distill.distil import Distilled, data_of, distil
from linnaeus.distill.examples import Examples, examples, of_project
from linnaeus.distill.figures import Figures, figures, interval
from linnaeus.embed import open_embedder
from linnaeus.store import CachedVectors, Store
from linnaeus.types import LabelId, Vectors

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
PROMISED = 0.05


@dataclass(frozen=True)
class Texts:
    """Texts, their vectors (n, d), and the gold labels of each."""

    texts: list[str]
    vectors: Vectors
    labels: list[list[str]]

    def take(self, places: Sequence[int]) -> Texts:
        """Those at `places`."""
        chosen = list(places)
        return Texts([self.texts[i] for i in chosen], self.vectors[chosen], [self.labels[i] for i in chosen])


def read(name: str, embedder: str, cache: Path | None) -> tuple[Texts, list[str]]:
    """All texts of a set, and the part that each is of."""
    with gzip.open(SHARED / "sets" / name / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts = [row["text"] for row in rows]
    kept = cache / f"{name}-{embedder}.npy" if cache else None
    if kept is not None and kept.exists():
        vectors = np.load(kept)
    else:
        vectors = open_embedder(embedder).embed(texts)
        if kept is not None:
            np.save(kept, vectors)
    return Texts(texts, vectors, [row["labels"] for row in rows]), [row["split"] for row in rows]


def learn(train: Texts) -> Distilled:
    """A student of gold labels."""
    return distil(as_examples(train), "benchmark", "", PROMISED)


def as_examples(train: Texts) -> Examples:
    """Gold labels as a project would hold them, given by people."""
    names = sorted({label for own in train.labels for label in own})
    ids = {name: LabelId(number) for number, name in enumerate(names)}
    ones = np.ones(len(train.texts))
    labels = [[ids[label] for label in own] for own in train.labels]
    return examples(train.texts, train.vectors, labels, {ids[n]: n for n in names}, ones, ones == 1)


def measure(student: Distilled, test: Texts) -> Figures:
    """Figures on texts that it never saw; labels that it does not know count as missed."""
    own = student.student
    looked = own.look(test.texts, test.vectors)
    known = {name: column for column, name in enumerate(own.about.labels)}
    unknown = sorted({label for labels in test.labels for label in labels} - set(known))
    known |= {name: len(known) + place for place, name in enumerate(unknown)}
    right = np.zeros((len(test.texts), len(known)), np.bool_)
    for row, labels in enumerate(test.labels):
        right[row, [known[label] for label in labels]] = True
    chosen = np.pad(looked.chosen, ((0, 0), (0, len(unknown))))
    fitted = own.about.calibration
    return figures(chosen, right, looked.scores, fitted.least, several=fitted.several)


def show(name: str, found: Sequence[Figures], seconds: float, new: float | None = None) -> None:
    """Print a row, the mean of several draws."""
    score = float(np.mean([one.micro_f1 for one in found]))
    low, high = interval(score, found[0].texts)
    answered = np.mean([one.answered / one.texts for one in found])
    print(
        f"{name:28} {score:6.2%} ({low:.1%} to {high:.1%}, n = {found[0].texts:,})"
        f"  ECE {np.mean([one.ece for one in found]):.3f}  answered {answered:.1%}, wrong"
        f" {np.mean([one.wrong for one in found]):.2%}"
        + (f"  new {new:.1%}" if new is not None else "")
        + f"  {seconds / len(found):.0f} s",
        flush=True,
    )


def gold(embedder: str, only: str | None, cache: Path | None) -> None:
    """All sets with gold labels."""
    for name, shots in (("banking77", 0), ("banking77", 10), ("clinc150", 0), ("reuters21578", 0)):
        row = f"{name}, {shots} a class" if shots else name
        if only is not None and only not in (name, row):
            continue
        every, parts = read(name, embedder, cache)
        train, test = (part_of(every, parts, part) for part in ("train", "test"))
        if name == "reuters21578":
            train, test = r90(train, test)
        new = test.take([place for place, own in enumerate(test.labels) if not own])
        train, test = (one.take([i for i, own in enumerate(one.labels) if own]) for one in (train, test))
        began = time.process_time()
        draws = [_shots(train, shots, seed) for seed in range(3)] if shots else [train]
        made = [learn(draw) for draw in draws]
        seconds = time.process_time() - began
        share = None
        if new.texts:
            student = made[0].student
            share = float(
                (student.look(new.texts, new.vectors).scores >= student.about.calibration.least).mean()
            )
        show(row, [measure(one, test) for one in made], seconds, share)


def part_of(every: Texts, parts: list[str], wanted: str) -> Texts:
    """The texts of one part."""
    return every.take([place for place, part in enumerate(parts) if part == wanted])


def r90(train: Texts, test: Texts) -> tuple[Texts, Texts]:
    """With those topics alone that both parts have."""
    both = {label for own in train.labels for label in own} & {label for own in test.labels for label in own}

    def kept(one: Texts) -> Texts:
        labels = [[label for label in own if label in both] for own in one.labels]
        return Texts(one.texts, one.vectors, labels).take([i for i, own in enumerate(labels) if own])

    return kept(train), kept(test)


def _shots(train: Texts, shots: int, seed: int) -> Texts:
    order = np.random.default_rng(seed).permutation(len(train.texts)).tolist()
    left = {label: shots for own in train.labels for label in own}
    places = []
    for place in order:
        (label,) = train.labels[place]
        left[label] -= 1
        if left[label] >= 0:
            places.append(place)
    return train.take(places)


def recorded(cache: Path | None) -> None:
    """From a model's answers, and from gold, on the same texts."""
    files = ",".join(
        str(SHARED / "recorded" / f"banking77-{what}.jsonl.gz") for what in ("proposals", "verdicts")
    )
    every, parts = read("banking77", "minilm", cache)
    stream = part_of(every, parts, "test")
    order = np.random.default_rng(0).permutation(len(stream.texts)).tolist()
    stream = stream.take(order)
    with tempfile.TemporaryDirectory() as folder:
        project = str(Path(folder) / "p.db")
        with Classifier.open(project, llm=f"replay:{files}") as classifier:
            classifier.label(stream.texts)
            classifier.tidy()
        with Store(project) as store:
            said = of_project(store, CachedVectors(open_embedder(), store))
    today = {text: said.names[own[0]] for text, own in zip(said.texts, said.columns, strict=True) if own}
    known = [place for place, text in enumerate(stream.texts) if text in today]
    model = Texts(
        stream.texts, stream.vectors, [[today[text]] if text in today else [] for text in stream.texts]
    )
    for what, texts in (("a model's labels", model), ("gold", stream)):
        half = len(known) // 2
        began = time.process_time()
        made = learn(texts.take(known[:half]))
        seconds = time.process_time() - began
        show(f"{what}, {half:,} texts", [measure(made, texts.take(known[half:]))], seconds)


def curve(embedder: str, only: str | None, cache: Path | None) -> None:
    """What the learning curve of a part of the training texts says of twice as many, and what comes of these."""
    for name in ("banking77", "clinc150"):
        if only not in (None, name):
            continue
        every, parts = read(name, embedder, cache)
        train = part_of(every, parts, "train")
        train = train.take([place for place, own in enumerate(train.labels) if own])
        order = np.random.default_rng(0).permutation(len(train.texts)).tolist()
        for count in (len(order) // 8, len(order) // 4, len(order) // 2):
            now, later = (
                curve_of(data_of(as_examples(train.take(order[:n])))[0]) for n in (count, 2 * count)
            )
            said = now.after(now.errors[-1], now.sizes[-1], now.sizes[-1])
            came = f"twice as many: {said:.1%} said, {later.errors[-1]:.1%} came"
            print(f"{name:12} {count:6,} texts: {now.errors[-1]:.1%} wrong; {came}", flush=True)


def speed() -> None:
    """Texts a second of a static student, which learnt 2,000, from raw texts; one text; 100,000 texts of 500 labels."""
    every, parts = read("banking77", "static", None)
    made = learn(part_of(every, parts, "train").take(range(0, 10_000, 5)))
    embedder = open_embedder("static")
    student = _named(made, embedder.name)
    texts = every.texts
    student.answer(texts[:2000], embedder)
    began, processor = time.perf_counter(), time.process_time()
    student.answer(texts, embedder)
    wall, spent = time.perf_counter() - began, time.process_time() - processor
    print(
        f"static, Banking77: {len(texts) / wall:,.0f} texts/s, {spent / len(texts) * 1e6:.0f} us of processor time each",
        flush=True,
    )
    times = []
    for text in texts[:1000]:
        began = time.perf_counter()
        student.answer([text], embedder)
        times.append(time.perf_counter() - began)
    print(
        f"one text: median {np.median(times) * 1e3:.2f} ms, 95% under {np.quantile(times, 0.95) * 1e3:.2f} ms",
        flush=True,
    )
    began, processor = time.perf_counter(), time.process_time()
    learn(_many(100_000, 500))
    wall, spent = time.perf_counter() - began, time.process_time() - processor
    print(f"distil of 100,000 texts, 500 labels: {wall:.0f} s, {spent:.0f} s of the processor")


def _named(made: Distilled, embedder: str) -> Any:
    from dataclasses import replace

    return replace(made.student, about=replace(made.student.about, embedder=embedder))


def _many(count: int, labels: int) -> Texts:
    draw = np.random.default_rng(0)
    centres: NDArray[np.floating] = draw.standard_normal((labels, 384))
    own = draw.integers(labels, size=count)
    rows = (centres[own] + 1.5 * draw.standard_normal((count, 384))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    words = draw.integers(30_000, size=(count, 10))
    texts = [
        " ".join(f"w{word}" for word in row) + f" l{label}"
        for row, label in zip(words.tolist(), own, strict=True)
    ]
    return Texts(texts, rows, [[str(label)] for label in own])


def main() -> None:
    """Run what is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("gold", "recorded", "curve", "speed"))
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--only")
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    if given.what == "gold":
        gold(given.embedder, given.only, given.cache)
    elif given.what == "recorded":
        recorded(given.cache)
    elif given.what == "curve":
        curve(given.embedder, given.only, given.cache)
    else:
        speed()


if __name__ == "__main__":
    main()
