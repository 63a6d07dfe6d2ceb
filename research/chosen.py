"""How many texts must a model be asked about under a taxonomy, where what it chose is learnt from? A simulated model.

    python research/chosen.py [--only banking77] [--texts 3080] [--wrong 0.05] [--cache DIR] [--without]

The model takes the gold labels; of a share of the texts it takes the label whose texts are nearest. No examples are given.
`--without`: nothing is learnt from it, as before.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from noisy_labels import made_wrong

from linnaeus.classifier import Classifier
from linnaeus.embed import open_embedder
from linnaeus.stages import learning
from linnaeus.texts import clean_text
from linnaeus.types import Choose, Reply, Task, Vectors

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from students import SHARED, Texts, part_of, read


class Chooses:
    """Takes of each text what is on record."""

    name = "simulated"

    def __init__(self, said: dict[str, list[str]]) -> None:
        self._said = said

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield (position in `tasks`, reply)."""
        for position, task in enumerate(tasks):
            assert isinstance(task, Choose) and task.means is not None
            chosen = dict.fromkeys(
                task.labels[place] for label in self._said[task.text] for place in task.means(label)
            )
            yield position, Reply(tuple(chosen)[: task.at_most], calls=1)


class Known:
    """The packaged embedder with the texts' vectors at hand."""

    def __init__(self, vectors: dict[str, Vectors]) -> None:
        self._embedder, self._vectors = open_embedder(), vectors
        self.name = self._embedder.name

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) unit rows."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, self._embedder.embed(new) if new else (), strict=True))
        return np.stack([self._vectors[text] for text in texts])


def measure(name: str, stream: Texts, wrong: float, draw: np.random.Generator) -> None:
    """Print what came of one stream."""
    gold = {clean_text(text): labels for text, labels in zip(stream.texts, stream.labels, strict=True)}
    rows = {clean_text(text): row for text, row in zip(stream.texts, stream.vectors, strict=True)}
    names, own = np.unique(["|".join(labels) for labels in gold.values()], return_inverse=True)
    distinct = Texts(list(gold), np.stack([rows[text] for text in gold]), list(gold.values()))
    said = names[made_wrong(own, distinct, wrong, "nearest", draw)]
    model = {text: [label for label in one.split("|") if label] for text, one in zip(gold, said, strict=True)}
    began = time.process_time()
    taxonomy = str(next((SHARED / "sets" / name).glob("labels.csv*")))
    with Classifier.open(llm=Chooses(model), embedder=Known(rows), taxonomy=taxonomy) as classifier:
        classifier.label(list(gold))
        classifier.tidy()
        answers = [answer for answer in classifier.today(list(gold)) if answer is not None]
        calls, gate = classifier.usage.calls, classifier.gate
    alone = [answer for answer in answers if answer.by in ("rank", "student")]
    differs = np.mean([set(one.codes) != set(model[one.text]) for one in alone]) if alone else 0
    off = np.mean([set(one.codes) != set(gold[one.text]) for one in alone]) if alone else 0
    print(
        f"{name:12} {len(answers):6,} texts, asked {1 - len(alone) / len(answers):.3f} ({calls:,} calls);"
        f" of the others {differs:.3f} differ from the model, {off:.3f} from gold"
        f"; audit {gate.audit if gate else None}; {time.process_time() - began:.0f} CPU-s",
        flush=True,
    )


def main() -> None:
    """Print a row for each set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=("banking77", "clinc150"))
    parser.add_argument("--texts", type=int, default=3080)
    parser.add_argument("--wrong", type=float, default=0.05)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--without", action="store_true")
    given = parser.parse_args()
    if given.without:
        learning.FIRST = 10**9
    for name in [given.only] if given.only else ("banking77", "clinc150"):
        every, parts = read(name, "minilm", given.cache)
        test = part_of(every, parts, "test")
        draw = np.random.default_rng(0)
        order = draw.permutation(len(test.texts))[: given.texts]
        measure(name, test.take(order.tolist()), given.wrong, draw)


if __name__ == "__main__":
    main()
