"""Label sets found without a model or a number of classes, and related texts, on public sets (needs ../shared/data).

    python benchmarks/discover.py [SET ...] [--peer PYTHON]

Groups: V-measure (which is NMI with arithmetic means) and ARI against gold; texts in none count as one more group. Ours is
run on the texts in two orders. PYTHON is an interpreter that has BERTopic; it gets our vectors and its own defaults, and is
run twice in one process, since the first run compiles. Seconds are of processor time, without embedding; ours without
naming. Related: recall@10 of the pages that authors point to.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, v_measure_score

from linnaeus.closed.words import terms
from linnaeus.discover.found import find_groups
from linnaeus.discover.related import Related
from linnaeus.embed import open_embedder
from linnaeus.index.bm25 import Bm25
from linnaeus.index.rows import Rows
from linnaeus.store import CachedVectors, Store
from linnaeus.texts import clean_text

GROUPED = ("banking77", "clinc150", "snips", "stackexchange_titles")
SETS = Path(__file__).parents[2] / "shared" / "data" / "sets"
PEER = """
import sys, time, numpy as np
from bertopic import BERTopic
texts, vectors = np.load(sys.argv[1])["texts"].tolist(), np.load(sys.argv[1])["vectors"]
for run in range(2):
    began = time.process_time()
    topics, _ = BERTopic(embedding_model=None).fit_transform(texts, vectors)
    np.savez(f"{sys.argv[2]}-{run}.npz", topics=topics, seconds=time.process_time() - began)
"""


def read(name: str, split: str | None = None) -> list[dict[str, Any]]:
    """The texts of a set, or of one part of it."""
    with gzip.open(SETS / name / "texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row | {"text": clean_text(row["text"])} for row in rows if split in (None, row.get("split"))]


def say(who: str, gold: Sequence[str], groups: Sequence[int], seconds: float) -> None:
    """Print the scores of one grouping; texts without gold do not count."""
    kept = [place for place, label in enumerate(gold) if label]
    own, true = [groups[place] for place in kept], [gold[place] for place in kept]
    none = sum(group < 0 for group in groups) / len(groups)
    print(
        f"  {who:22} V {v_measure_score(true, own):.3f}  ARI {adjusted_rand_score(true, own):.3f}"
        f"  {len(set(groups) - {-1}):4} groups of {len(set(true))}  none {none:.3f}  {seconds:6.1f} s",
        flush=True,
    )


def groups_of(name: str, vectors: CachedVectors, peer: str | None) -> None:
    """Ours in two orders, and the peer."""
    rows = read(name, "test")
    texts, gold = [row["text"] for row in rows], ["|".join(row["labels"][:1]) for row in rows]
    vectors.codes(texts)
    print(f"{name}, {len(texts)} texts")
    made = []
    for seed in (0, 1):
        mixed = random.Random(seed).sample(texts, len(texts))
        began = time.process_time()
        found = find_groups(mixed, vectors)
        seconds = time.process_time() - began
        group = dict(zip(found.texts, found.groups.tolist(), strict=True))
        made.append([group[text] for text in texts])
        say(f"ours, order {seed}", gold, made[-1], seconds)
    print(f"  orders agree: ARI {adjusted_rand_score(*made):.3f}")
    if peer:
        with tempfile.TemporaryDirectory() as folder:
            np.savez(f"{folder}/in.npz", texts=np.array(texts), vectors=vectors.embed(texts))
            subprocess.run([peer, "-c", PEER, f"{folder}/in.npz", f"{folder}/out"], check=True)
            for run in (0, 1):
                out = np.load(f"{folder}/out-{run}.npz")
                say(f"BERTopic, run {run}", gold, out["topics"].tolist(), float(out["seconds"]))


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
