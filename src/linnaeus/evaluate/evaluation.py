"""A result with gold labels as one `Evaluation`, its headline in plain words. Knows nothing of how it is shown."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus import __version__
from linnaeus.evaluate import details
from linnaeus.evaluate.figures import Evaluation, Figure, Group
from linnaeus.evaluate.meaning import Labelled
from linnaeus.evaluate.measure import different, groups, kind_of

EXAMPLES_BY_PEOPLE = (
    "{:,} texts were labelled by people (by `human`): what they say is no news of the machine"
)


def evaluated(
    file: str,
    data: Labelled,
    examples: tuple[NDArray[np.float64], int] | None = None,
    cost: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Measure all there is to measure. `cost`: what `label --summary` wrote of the run."""
    kind, made = kind_of(data), groups(data, examples)
    return Evaluation(
        file=file,
        kind=kind,
        texts=len(data.texts),
        gold=int(data.known.sum()),
        gold_labels=different(data.gold),
        found_labels=different(data.found),
        headline=list(_headline(kind, data, made)),
        groups=made,
        steps=details.by_step(data),
        labels=details.by_label(data),
        pairs=details.worst_pairs(data),
        reliability=details.reliability(data),
        coverage=details.coverage(data),
        growth=details.growth(data),
        asked=details.asked(data),
        cost={key: cost[key] for key in ("llm", "seconds", "texts") if key in cost} if cost else None,
        notes=[*data.notes, *_notes(data)],
        version=__version__,
        command="linnaeus " + shlex.join(sys.argv[1:]),
    )


def _headline(kind: str, data: Labelled, made: list[Group]) -> Iterator[str]:
    figure = {one.name: one for group in made for one in group.figures}
    found, gold = different(data.found), different(data.gold)
    if kind == "open":
        yield f"Labels were found without the gold label set: {found:,} of them stand beside {gold:,} gold labels."
        yield from _said(
            figure["accuracy"], "Of 100 texts, {} have the label that stands for their gold label"
        )
        yield from _said(
            figure["purity"], "Of 100 texts, {} share their label mostly with texts of the same gold label"
        )
    elif kind == "single":
        yield from _said(figure["accuracy"], "Of 100 texts, {} have the right label")
        if (figure["answered"].value or 0) < 1:
            yield from _said(
                figure["precision of answered"], "Of 100 that were given a label, {} have the right one"
            )
    else:
        yield from _said(figure["precision"], "Of 100 labels that were given, {} are right")
        yield from _said(figure["recall"], "Of 100 labels that texts should have, {} were given")
    ece = figure.get("ECE")
    if ece is not None and ece.value is not None:
        yield f"Scores are {100 * ece.value:.1f} points off on average (0: of answers with score 0.8, 80% are right)."


def _said(figure: Figure, words: str) -> Iterator[str]:
    if figure.value is None:
        return
    value = words.format(f"{100 * figure.value:.0f}")
    if figure.low is None or figure.high is None:
        yield f"{value}."
        return
    low, high = np.floor(100 * figure.low + 0.5), np.ceil(100 * figure.high - 0.5)
    yield f"{value} (95% sure: {low:.0f} to {high:.0f}; {figure.n:,} texts with gold labels)."


def _notes(data: Labelled) -> Iterator[str]:
    blank = int((~data.known).sum())
    if blank:
        yield f"{blank:,} of {len(data.texts):,} texts have no known gold label: they do not count; [] says that none fits"
    if different(data.gold) == 1:
        yield "there is one gold label only: figures that compare labels say nothing"
    people = int((data.by == data.by_names.index("human")).sum()) if "human" in data.by_names else 0
    if people:
        yield EXAMPLES_BY_PEOPLE.format(people)
    if data.open and data.gold.sizes.max(initial=0) > 1:
        yield "texts with several gold labels count with the first one"
