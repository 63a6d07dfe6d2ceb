"""Label sets found without a model or a number of classes, and related texts, on public sets (needs ../shared/data).

    python benchmarks/discover.py [SET ...] [--peer PYTHON]

Groups: V-measure (which is NMI with arithmetic means) and ARI against gold; texts in none count as one more group. Ours
and BERTopic, at its own defaults, get the same texts and vectors, each in a process of its own that groups twice: BERTopic
compiles in its first run, ours gets the texts in another order in its second. Seconds are of processor time, all threads,
without embedding the texts; "whole" is the process from its start to the end of its first run, imports and compiling
included. Names count on both sides: BERTopic's are words by c-TF-IDF, ours key phrases that the embedder ranks, whose part
is shown. PYTHON is an interpreter that has BERTopic. Related: recall@10 of the pages that authors point to.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, v_measure_score

from linnaeus.closed.words import terms
from linnaeus.discover.related import Related
from linnaeus.embed import open_embedder
from linnaeus.index.bm25 import Bm25
from linnaeus.index.rows import Rows
from linnaeus.store import CachedVectors, Store
from linnaeus.texts import clean_text

GROUPED = ("banking77", "clinc150", "snips", "stackexchange_titles")
SETS = Path(__file__).parents[2] / "shared" / "data" / "sets"
START = """
import sys, time, numpy as np
data = np.load(sys.argv[1])
texts, vectors = data["texts"].tolist(), data["vectors"]

def keep(name, began, groups, names=0.0):
    now = time.process_time()
    np.savez(f"{sys.argv[2]}-{name}.npz", groups=groups, seconds=now - began, whole=now, names=names)
"""
PEER = """
from bertopic import BERTopic
for run in range(2):
    began = time.process_time()
    groups, _ = BERTopic(embedding_model=None).fit_transform(texts, vectors)
    keep(run, began, groups)
"""
OURS = """
from linnaeus.discover.found import find_groups
from linnaeus.discover.naming import by_phrases, central
from linnaeus.embed import open_embedder

class Known:
    name = "known"
    place = {text: number for number, text in enumerate(texts)}
    inner = open_embedder()  # not new to who has embedded the texts
    def embed(self, wanted):
        new = [text for text in wanted if text not in self.place]
        made = iter(self.inner.embed(new))
        return np.stack([vectors[self.place[text]] if text in self.place else next(made) for text in wanted])

embedder = Known()
for run in range(2):
    began = time.process_time()
    found = find_groups([texts[own] for own in np.random.default_rng(run).permutation(len(texts))], embedder)
    grouped = time.process_time()
    by_phrases(central(found), embedder)
    group = dict(zip(found.texts, found.groups.tolist()))
    keep(run, began, [group[text] for text in texts], time.process_time() - grouped)
"""


def read(name: str, split: str | None = None) -> list[dict[str, Any]]:
    """The texts of a set, or of one part of it."""
    with gzip.open(SETS / name / "texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row | {"text": clean_text(row["text"])} for row in rows if split in (None, row.get("split"))]


def say(who: str, gold: Sequence[str], groups: Sequence[int], seconds: str) -> None:
    """Print the scores of one grouping; texts without gold do not count."""
    kept = [place for place, label in enumerate(gold) if label]
    own, true = [groups[place] for place in kept], [gold[place] for place in kept]
    none = sum(group < 0 for group in groups) / len(groups)
    print(
        f"  {who:14} V {v_measure_score(true, own):.3f}  ARI {adjusted_rand_score(true, own):.3f}"
        f"  {len(set(groups) - {-1}):4} groups of {len(set(true))}  none {none:.3f}  {seconds}",
        flush=True,
    )


def groups_of(name: str, vectors: CachedVectors, peer: str | None) -> None:
    """Ours in two orders, and the peer, each in a process of its own."""
    rows = read(name, "test")
    texts, gold = [row["text"] for row in rows], ["|".join(row["labels"][:1]) for row in rows]
    print(f"{name}, {len(texts)} texts")
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/in.npz", texts=np.array(texts), vectors=vectors.embed(texts))
        runs = [("ours", sys.executable, OURS)] + ([("BERTopic", peer, PEER)] if peer else [])
        for who, python, script in runs:
            subprocess.run([python, "-c", START + script, f"{folder}/in.npz", f"{folder}/{who}"], check=True)
            made = [np.load(f"{folder}/{who}-{run}.npz") for run in range(2)]
            for run, out in enumerate(made):
                seconds = f"{float(out['seconds']):5.2f} s"
                seconds += f", names {float(out['names']):.2f} of them" if who == "ours" else ""
                seconds += f", whole {float(out['whole']):5.1f} s" if not run else ""
                say(f"{who}, run {run}", gold, out["groups"].tolist(), seconds)
            if who == "ours":
                print(f"  orders agree: ARI {adjusted_rand_score(*(out['groups'] for out in made)):.3f}")


def related(vectors: CachedVectors) -> None:
    """Recall@10 on the manual of PostgreSQL: ours by content, by content and the chapter as label, cosine, BM25."""
    rows = read("postgres_docs")
    texts, place = [row["text"] for row in rows], {row["id"]: number for number, row in enumerate(rows)}
    made = vectors.embed(texts)
    index = Bm25(Rows.of([terms(text) for text in texts]))
    ours = Related(texts, made, [[row["up"]] if row.get("up") else [] for row in rows])

    def best(scores: NDArray[Any], own: int) -> list[int]:
        scores = scores.astype(float)
        scores[own] = -np.inf
        return [int(one) for one in np.argsort(-scores, kind="stable")[:10]]

    ways: dict[str, Callable[[int], list[int]]] = {
        "ours, content": lambda own: [near.place for near in ours.to_place(own, 10, by="content")],
        "ours, and chapters": lambda own: [near.place for near in ours.to_place(own, 10, by="both")],
        "cosine": lambda own: best(made @ made[own], own),
        "BM25": lambda own: best(index.scores(terms(texts[own])), own),
    }
    print(f"postgres_docs, {len(texts)} texts: recall@10 of See Also, and of links in the text")
    for way, found in ways.items():
        print(f"  {way:22}", *(_recall(rows, place, key, found) for key in ("labels", "links")), flush=True)


def _recall(
    rows: list[dict[str, Any]], place: dict[str, int], key: str, found: Callable[[int], list[int]]
) -> str:
    shares = []
    for own, row in enumerate(rows):
        gold = {place[id] for id in row[key] if id in place} - {own}
        if gold:
            shares.append(len(gold & set(found(own))) / len(gold))
    error = 1.96 * np.std(shares) / np.sqrt(len(shares))
    return f"{np.mean(shares):.3f} +- {error:.3f} (n {len(shares)})"


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "sets", nargs="*", metavar="SET", help="of texts with one label [four sets, and related texts]"
    )
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has BERTopic")
    given = parser.parse_args()
    with Store(":memory:") as store:
        vectors = CachedVectors(open_embedder(), store)
        for name in given.sets or GROUPED:
            groups_of(name, vectors, given.peer)
        if not given.sets:
            related(vectors)


if __name__ == "__main__":
    main()
