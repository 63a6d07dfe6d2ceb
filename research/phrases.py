"""How good are names made without a language model? Prints the tables of LOG.md, "Names without a model".

    python research/phrases.py              # quality against a plain c-TF-IDF, speed, stability
    python research/phrases.py names SET    # 40 names of groups found by average linkage, with 3 texts each

Reads ../shared/data beside the repository (banking77, clinc150, snips, stackexchange_titles). Quality: mean of five
draws (seeds 0 to 4) of classes, 30 train texts each. "cosine": name to gold name; "nearest": the nearest gold name
is the right one; "held out": test texts whose nearest name is their own class's; "polarity": name and gold name
both say, or both do not say, that something is not so or went wrong.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from linnaeus.consolidate.phrases import name_groups
from linnaeus.consolidate.words import segments, snake, stop_words, tokenise
from linnaeus.embed import open_embedder

SETS = Path(__file__).resolve().parents[2] / "shared" / "data" / "sets"
Namer = Callable[[list[list[str]]], list[str]]


class Remembering:
    """The packaged embedder; a text is embedded once."""

    name = "remembering"

    def __init__(self) -> None:
        self.inner = open_embedder()
        self.known: dict[str, np.ndarray] = {}

    def embed(self, texts: Sequence[str], /) -> np.ndarray:
        """Unit rows in the order of `texts`."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known.update(zip(new, self.inner.embed(new), strict=True))
        return np.stack([self.known[text] for text in texts])


EMBEDDER = Remembering()


def rows(name: str) -> list[dict]:
    """All texts of one set."""
    with gzip.open(SETS / name / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def classes(name: str, split: str) -> dict[str, list[str]]:
    """Class -> its texts."""
    out: dict[str, list[str]] = defaultdict(list)
    for row in rows(name):
        if row["split"] == split and row["labels"]:
            out[row["labels"][0]].append(row["text"])
    return out


def readable(label: str) -> str:
    """A gold name as an embedder should read it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label.split(":")[-1]).replace("_", " ").lower()


def ours(groups: list[list[str]]) -> list[str]:
    """What the product does."""
    return name_groups(groups, EMBEDDER, keep=[None] * len(groups))


def plain(groups: list[list[str]]) -> list[str]:
    """c-TF-IDF over 1- to 4-grams without stop words at the ends: of the top 25, the nearest to the centroid."""
    stops = stop_words([])
    counts = [Counter(gram for text in own for gram in _grams(text, stops)) for own in groups]
    total = Counter()
    for own in counts:
        total.update(own)
    mean = sum(total.values()) / len(groups)
    offers = []
    for group, (own, texts) in enumerate(zip(counts, groups, strict=True)):
        weight = {gram: count * np.log(1 + mean / total[gram]) for gram, count in own.items()}
        top = sorted(weight, key=lambda gram: (-weight[gram], gram))[:25]
        cosines = EMBEDDER.embed(top) @ EMBEDDER.embed(texts[:30]).mean(axis=0)
        offers += [(-cosine, gram, group) for cosine, gram in zip(cosines, top, strict=True)]
    names: dict[int, str] = {}
    for _, gram, group in sorted(offers):
        if group not in names and gram not in names.values():
            names[group] = gram
    return [snake(names[group]) for group in range(len(groups))]


def _grams(text: str, stops: frozenset[str]) -> list[str]:
    words = [token for kind, token in tokenise(text) if kind != "stop"]
    grams = [words[i : i + n] for n in range(1, 5) for i in range(len(words) - n + 1)]
    return [" ".join(gram) for gram in grams if gram[0] not in stops and gram[-1] not in stops]


def measure(namer: Namer, name: str, groups: int, draws: int = 5) -> np.ndarray:
    """The five figures of the table, mean over draws."""
    train, test = classes(name, "train"), classes(name, "test")
    labels = sorted(label for label in train if label in test and label != "oos" and len(train[label]) >= 30)
    out = []
    for seed in range(draws):
        pick = random.Random(seed)
        own = pick.sample(labels, min(groups, len(labels)))
        names = namer([pick.sample(train[label], 30) for label in own])
        vectors = EMBEDDER.embed([name.replace("_", " ") for name in names])
        cosines = vectors @ EMBEDDER.embed([readable(label) for label in own]).T
        texts = [(text, i) for i, label in enumerate(own) for text in test[label]]
        found = (EMBEDDER.embed([text for text, _ in texts]) @ vectors.T).argmax(axis=1)
        right = np.mean(found == [i for _, i in texts])
        same = [_negative(label) == _negative(name) for label, name in zip(own, names, strict=True)]
        words = np.mean([name.count("_") + 1 for name in names])
        nearest = np.mean(cosines.argmax(axis=1) == np.arange(len(own)))
        out.append((np.diag(cosines).mean(), nearest, right, np.mean(same), words))
    return np.mean(out, axis=0)


def _negative(name: str) -> bool:
    found = segments(tokenise(readable(name)), stop_words([]))
    wrong = "fail|declin|reject|block|wrong|lost|stolen|cancel|revert|swallow|forgot|compromis"
    return any(re.search(rf"^!|{wrong}", word.stem) for words in found for word in words)


def found_groups(name: str, cut: float, most: int = 3_000) -> list[list[str]]:
    """Groups by average linkage over centred cosines, largest first."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    texts = [row["text"] for row in rows(name) if row["split"] == "test" or name != "banking77"]
    texts = random.Random(0).sample(sorted(set(texts)), min(most, len(set(texts))))
    vectors = EMBEDDER.embed(texts)
    vectors = vectors - vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    far = np.clip(1 - vectors @ vectors.T, 0, None)
    np.fill_diagonal(far, 0)
    cluster = fcluster(linkage(squareform((far + far.T) / 2, checks=False), "average"), cut, "distance")
    out: dict[int, list[str]] = defaultdict(list)
    for text, number in zip(texts, cluster, strict=True):
        out[number].append(text)
    return sorted(out.values(), key=lambda own: (-len(own), own))


def show_names(name: str) -> None:
    """Print the 20 largest groups and 20 others."""
    groups = found_groups(name, 0.62 if name == "banking77" else 0.7)
    names = ours(groups)
    pick = random.Random(0)
    for i in [*range(20), *sorted(pick.sample(range(20, len(groups)), 20))]:
        texts = " | ".join(text[:70] for text in pick.sample(groups[i], min(3, len(groups[i]))))
        print(f"{names[i]:40} [{len(groups[i])}] {texts}")


def quality() -> None:
    """Print figures on gold classes."""
    print("set, groups        names  cosine nearest held_out polarity words")
    for name, groups in (
        ("banking77", 20),
        ("clinc150", 20),
        ("banking77", 40),
        ("clinc150", 40),
        ("snips", 7),
    ):
        for title, namer in (("plain", plain), ("ours", ours)):
            figures = "  ".join(f"{figure:.3f}" for figure in measure(namer, name, groups))
            print(f"{name:12} {groups:4}  {title:6}  {figures}", flush=True)


def stability() -> None:
    """Print how many names stay when each group grows by half."""
    groups = [own for own in found_groups("banking77", 0.62) if len(own) >= 4]
    before = name_groups([own[: len(own) * 2 // 3] for own in groups], EMBEDDER, keep=[None] * len(groups))
    for title, keep in (("no present names", [None] * len(groups)), ("present names", before)):
        after = name_groups(groups, EMBEDDER, keep=keep)
        stay = sum(a == b for a, b in zip(before, after, strict=True))
        print(f"half as many texts again, {title}: {stay} of {len(groups)} names stay")


def speed() -> None:
    """Print seconds with the packaged embedder, nothing remembered."""
    short = [row["text"] for name in ("banking77", "clinc150") for row in rows(name)]
    longer = [f"{a} {b}" for shift in (1, 2, 3) for a, b in zip(short, short[shift:], strict=False)]
    for texts, count, groups in ((short, 3_000, 250), ([*short, *longer], 100_000, 2_000)):
        some = random.Random(0).sample(texts, count)
        some.sort(key=lambda text: (max(text.split(), key=len), text))
        edges = np.linspace(0, count, groups + 1).astype(int)
        parts = [some[start:end] for start, end in pairwise(edges)]
        began, processor = time.perf_counter(), time.process_time()
        name_groups(parts, EMBEDDER.inner, keep=[None] * groups)
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
        print(f"{count} texts, {groups} groups: {seconds:.1f} s, {processor:.1f} CPU-s, embedding included")


if __name__ == "__main__":
    if not SETS.is_dir():
        sys.exit(f"no data at {SETS}")
    if sys.argv[1:2] == ["names"]:
        show_names(sys.argv[2])
    else:
        quality()
        stability()
        speed()
