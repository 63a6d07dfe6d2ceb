"""Does `distil --doubts` find labels that were made wrong on purpose? Banking77 (one label), Reuters R90 (several).

    PYTHONPATH=src:benchmarks python research/noisy_labels.py [--only banking77] [--cache DIR]

Training parts alone. One text in twenty gets another label of the set in place of its own (one label); one of its labels is
dropped or one is added (several). Chances come from five folds by the linear machine, calibrated as `distil` does. Recall:
the share of the changed texts that are doubted; precision: the share of doubted texts that were changed (others may be wrong
too: gold labels are not perfect).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from students import Texts, as_examples, part_of, r90, read

from linnaeus.distill.calibrating import fitted
from linnaeus.distill.distil import data_of
from linnaeus.distill.doubts import doubted
from linnaeus.distill.margin import MARGIN
from linnaeus.distill.trial import parts_of, without

SHARE = 0.05


def spoilt(texts: Texts, draw: np.random.Generator, several: bool) -> tuple[Texts, set[int]]:
    """The texts with some labels made wrong, and the places of these."""
    names = sorted({label for own in texts.labels for label in own})
    places = set(draw.permutation(len(texts.texts))[: round(SHARE * len(texts.texts))].tolist())
    labels = [list(own) for own in texts.labels]
    for place in places:
        own = labels[place]
        other = str(draw.choice([name for name in names if name not in own]))
        if not several:
            own[:] = [other]
        elif len(own) > 1 and draw.random() < 0.5:
            own.pop(int(draw.integers(len(own))))
        else:
            own.append(other)
    return Texts(texts.texts, texts.vectors, labels), places


def main() -> None:
    """Run both sets, or the one that is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only")
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    for name, several in (("banking77", False), ("reuters21578", True)):
        if given.only not in (None, name):
            continue
        every, parts = read(name, "minilm", given.cache)
        train, test = part_of(every, parts, "train"), part_of(every, parts, "test")
        train = r90(train, test)[0] if several else train
        texts, wrong = spoilt(train, np.random.default_rng(0), several)
        examples = as_examples(texts)
        data, _ = data_of(examples)
        said = [without(data, part, [MARGIN]) for part in parts_of(len(data))]
        places = np.concatenate([one.places for one in said])
        logits = np.concatenate([one.logits[0] for one in said])
        calibration = fitted(logits, data.labels[places], data.several)
        found = doubted(examples, places, calibration.chances(logits))
        doubtful = {one.place for one in found}
        hits = len(doubtful & wrong)
        print(
            f"{name:14} {len(texts.texts):,} texts, {len(wrong):,} made wrong: recall {hits / len(wrong):.1%},"
            f" precision {hits / max(len(doubtful), 1):.1%} ({len(doubtful):,} doubted)",
            flush=True,
        )


if __name__ == "__main__":
    main()
