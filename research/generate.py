"""How good are label sets that are merged from several calls, and the filing of all texts under them?

    python research/generate.py [banking77 clinc150]     # prints the table of LOG.md, "Labels that a model writes"

No model is asked: one is simulated. In each call it puts texts of one gold class under one label, in the words that the
recorded model gave to one of these texts by itself, and leaves out texts that are out of scope. So the figures say what
merging and filing lose, not how good a model's labels are.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from recordings import CACHE, load_rows
from sklearn.metrics import adjusted_rand_score, v_measure_score

from linnaeus.discover.asking import ask
from linnaeus.discover.found import counted
from linnaeus.discover.generated import generated, questions
from linnaeus.discover.grouping import centred
from linnaeus.discover.merged import merged
from linnaeus.embed import open_embedder
from linnaeus.store import CachedVectors, Store
from linnaeus.texts import clean_text
from linnaeus.types import Draft, Generate, Reply, Task


class Simulated:
    """Labels by gold class, in recorded words."""

    name = "simulated"

    def __init__(self, said: dict[str, str], gold: dict[str, str]) -> None:
        self._said, self._gold = said, gold

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield drafts for each task, in order: classes with the most texts first, as many as may stand."""
        for position, task in enumerate(tasks):
            assert isinstance(task, Generate)
            of: dict[str, list[int]] = defaultdict(list)
            for place, text in enumerate(task.texts):
                if self._gold[text] != "oos":
                    of[self._gold[text]].append(place)
            drawn = random.Random(position)
            made: dict[str, Draft] = {}
            for places in sorted(of.values(), key=lambda own: -len(own))[: task.at_most]:
                name = self._said[task.texts[drawn.choice(places)]]
                made.setdefault(name.casefold(), Draft(name, "", tuple(places)))
            yield position, Reply(calls=1, drafts=tuple(made.values()))


def scores(gold: Sequence[str], groups: Sequence[int]) -> str:
    """V-measure and ARI."""
    return f"V {v_measure_score(gold, groups):.3f}  ARI {adjusted_rand_score(gold, groups):.3f}"


def measure(name: str) -> None:
    """Print what merging and filing come to on a recording."""
    rows = load_rows(name)
    said = {clean_text(row["text"]): row["label"] for row in rows}
    gold = {clean_text(row["text"]): row["gold"] for row in rows}
    model = Simulated(said, gold)
    CACHE.mkdir(parents=True, exist_ok=True)
    with Store(str(CACHE / f"generate-{name}.db")) as store, Store() as journal:
        vectors = CachedVectors(open_embedder(), store)
        texts, _ = counted(gold)
        tasks = questions(texts, centred(vectors.embed(texts)))
        store.commit()
        told = ask(model, tasks, Store())
        made = merged(
            [(task, one.drafts) for task, one in zip(tasks, told.replies, strict=True) if one], vectors
        )
        pairs = [(gold[text], number) for number, one in enumerate(made) for text in one.texts]
        print(
            f"{name}, {len(tasks)} calls, {len(pairs)} texts under {len({key for key, _ in pairs})} classes"
        )
        print(f"  merged: {len(made)} labels, {scores(*map(list, zip(*pairs, strict=True)))}")
        began = time.process_time()
        found, named, _ = generated(gold, vectors, model, journal)
        seconds = time.process_time() - began
        true = np.array([gold[text] for text in found.texts])
        inside = true != "oos"
        none = [f"{np.mean(found.groups[part] < 0):.3f}" for part in (inside, ~inside) if part.any()]
        print(
            f"  all texts: {len(named)} labels, {scores(true[inside], found.groups[inside])}, in none {none}"
        )
        print(f"  {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or ("banking77", "clinc150"):
        measure(name)
