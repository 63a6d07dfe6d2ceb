"""What a change of ICD-10-CM touches: which texts are looked at again, and do all end as if all were? (needs ../shared/data)

    python benchmarks/changes.py [--texts 12000] [--labels 1000] [--leaves] [--seed 0] [--vectors FOLDER]

Texts are labelled by names alone. Then a third of the labels that change is added (leaves, which the version before did not
have), a third renamed (the words in reverse), a third moved a level up; these two are drawn from all labels, so that what is
under them has another path, or with `--leaves` from what has nothing under it. Through the product, in a project in memory.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sets import Set

from linnaeus import Classifier
from linnaeus.closed.project import import_taxonomy
from linnaeus.embed import open_embedder
from linnaeus.taxonomy import Entry, Taxonomy, read_taxonomy, taxonomy_of, write_taxonomy
from linnaeus.types import Vectors

BATCH = 512


class Kept:
    """The built-in embedder, which does not embed again what a set has vectors of."""

    def __init__(self, data: Set, texts: Sequence[str]) -> None:
        self._embedder = open_embedder("minilm")
        self.name = self._embedder.name
        own = (data.train.texts, data.test.texts, data.entries.texts)
        every = [(data.vectors(some), {text: row for row, text in enumerate(some)}) for some in own]
        wanted = {*texts, *data.entries.texts}
        self._known = {text: rows[at[text]] for rows, at in every for text in wanted if text in at}

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Unit rows (n, d)."""
        new = [text for text in texts if text not in self._known]
        made = iter(self._embedder.embed(new)) if new else iter(())
        return np.stack([self._known[text] if text in self._known else next(made) for text in texts])


def versions(data: Set, count: int, seed: int, *, leaves: bool) -> tuple[Taxonomy, Taxonomy]:
    """The taxonomy before and after `count` labels change."""
    names = list(data.entries.texts)
    now = {
        code: Entry(0, code, name, "", (above,) if above else ())
        for code, name, above in zip(data.ids, names, data.parents, strict=True)
    }
    parents = {row.parents[0] for row in now.values() if row.parents}
    drawn = [str(code) for code in np.random.default_rng(seed).permutation(list(now))]
    added = [code for code in drawn if code not in parents][: count // 3]
    left = [code for code in drawn if code not in added and not (leaves and code in parents)]
    renamed = [code for code in left if " " in now[code].name][: count // 3]
    low = (
        code for code in left if code not in renamed and any(now[one].parents for one in now[code].parents)
    )
    before = {code: row for code, row in now.items() if code not in set(added)}
    for code in renamed:
        now[code] = now[code]._replace(name=" ".join(reversed(now[code].name.split())))
    for code, _ in zip(low, range(count - len(added) - len(renamed)), strict=False):
        now[code] = now[code]._replace(parents=now[now[code].parents[0]].parents)
    return taxonomy_of(before.values()), taxonomy_of(now.values())


def labelled(classifier: Classifier, texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The labels of each text as the project has them, in no order; new texts are labelled."""
    found: list[tuple[str, ...]] = []
    for start in range(0, len(texts), BATCH):
        answers = classifier.label(texts[start : start + BATCH])
        found += [tuple(sorted(answer.codes)) for answer in answers]
    return found


def measure(data: Set, args: argparse.Namespace, folder: Path) -> None:
    """Print the figures."""
    every = list(dict.fromkeys([*data.train.texts, *data.test.texts]))
    texts = [every[row] for row in np.random.default_rng(args.seed).permutation(len(every))[: args.texts]]
    before, after = versions(data, args.labels, args.seed, leaves=args.leaves)
    embedder, file, seconds = Kept(data, texts), folder / "labels.jsonl", time.process_time
    write_taxonomy(file, before)
    with Classifier.open(embedder=embedder, taxonomy=str(file)) as classifier:
        labelled(classifier, texts)
        write_taxonomy(file, after)
        change, began = import_taxonomy(classifier.store, read_taxonomy(str(file))), seconds()
        touched, looked_s = classifier.find_touched(), seconds() - began
        classifier.tidy()
        found, changed = labelled(classifier, texts), classifier.looked_again.changed
    with Classifier.open(embedder=embedder, taxonomy=str(file)) as anew:
        began = seconds()
        same = sum(one == other for one, other in zip(found, labelled(anew, texts), strict=True))
        anew_s = seconds() - began
    print(
        f"{len(change.added)} added, {len(change.renamed)} renamed, {len(change.moved)} moved of {len(after):,} labels,"
        f" {len(texts):,} texts\n  {touched / len(texts):.2%} looked at again, {changed / len(texts):.2%} got other labels;"
        f" {same / len(texts):.2%} have what all anew gives\n  {looked_s:.0f} CPU-s to find them, {anew_s:.0f} to label all",
        flush=True,
    )


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=12_000)
    parser.add_argument("--labels", type=int, default=1000, help="that change")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn, labels and texts")
    parser.add_argument("--leaves", action="store_true", help="renamed and moved are leaves alone")
    parser.add_argument("--vectors", type=Path, help="where vectors are kept for another run")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = args.vectors or Path(name)
        measure(Set("icd10cm", None, folder), args, Path(name))


if __name__ == "__main__":
    main()
