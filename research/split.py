"""Splitting a label by its texts: are two classes found, is one class left whole, and which texts are in doubt?

    python research/split.py

For each recording: the texts of every gold class alone, of every class with the class nearest to it, and of 100 pairs of
classes drawn at random (seed 0; all their texts, and 8 of each), each cut in two by the product. Gold classes say what is
right; the product never reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from recordings import load

from linnaeus.consolidate.features import unit_rows
from linnaeus.consolidate.halves import Halves, halve
from linnaeus.types import Codes

BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, np.inf)


def cut(texts: Codes, gold: NDArray[np.str_], classes: Iterable[str]) -> tuple[Halves, NDArray[np.bool_]]:
    """The halves of the texts of some classes, and which of them are in the wrong one."""
    own = np.isin(gold, list(classes))
    found = halve(texts[own])
    assert found is not None
    wrong = found.side != (gold[own] == max(classes))
    return found, wrong if wrong.mean() <= 0.5 else ~wrong


def main() -> None:
    """Print a table for each recording."""
    for name in ("banking77", "clinc150"):
        recording = load(name)
        texts, gold = recording.texts, recording.gold
        classes = [label for label in sorted(set(gold.tolist())) if label not in ("", "oos")]
        centres = unit_rows(np.stack([unit_rows(texts[gold == label]).mean(axis=0) for label in classes]))
        near = centres @ centres.T - 2 * np.eye(len(classes))
        random = np.random.default_rng(0)
        alone = [cut(texts, gold, [label])[0].by_chance for label in classes]
        print(f"{name}: one class, no better than chance {np.mean(alone):.2f} of {len(alone)}")
        nearest = {
            tuple(sorted((label, classes[int(row.argmax())])))
            for label, row in zip(classes, near, strict=True)
        }
        drawn = [tuple(random.choice(classes, 2, replace=False).tolist()) for _ in range(100)]
        few = [np.concatenate([np.flatnonzero(gold == label)[:8] for label in pair]) for pair in drawn]
        small = [cut(texts[own], gold[own], pair) for own, pair in zip(few, drawn, strict=True)]
        print(
            f"  8 texts each of two at random: no better than chance {np.mean([found.by_chance for found, _ in small]):.2f},"
            f" right half {1 - np.mean([wrong.mean() for _, wrong in small]):.3f}"
        )
        for kind, pairs in (("a class and the nearest", sorted(nearest)), ("two at random", drawn)):
            cuts = [cut(texts, gold, pair) for pair in pairs]
            by_chance = np.array([found.by_chance for found, _ in cuts])
            right = np.array([1 - wrong.mean() for _, wrong in cuts])
            print(
                f"  {kind}: {len(pairs)} pairs, no better than chance {by_chance.mean():.2f}, right half {right.mean():.3f}"
                f" (where better than chance {right[~by_chance].mean():.3f})"
            )
            margins = np.concatenate([found.margin for found, wrong in cuts if wrong.mean() < 0.25])
            wrongs = np.concatenate([wrong for _, wrong in cuts if wrong.mean() < 0.25])
            for low, high in pairwise(BINS):
                here = (margins >= low) & (margins < high)
                print(
                    f"    margin {low} to {high}: {here.mean():.3f} of texts, wrong {wrongs[here].mean():.2f}"
                )


if __name__ == "__main__":
    main()
