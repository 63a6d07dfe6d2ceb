"""What came of distilling, in words: for the terminal and the model card. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.distil import Distilled
from linnaeus.distill.doubts import NONE
from linnaeus.distill.examples import LEAST_OF_LABEL, Examples
from linnaeus.distill.figures import Figures, interval

FEW = 10  # examples of a label, below which it has too few to be told well

CARD = """# Model card

A student of Linnaeus: it gives texts one of {labels} labels, or none where it is in doubt.

| what | value |
|---|---|
| labels | {names} |
| network | {network}, on vectors of `{embedder}` and on words |
| format | `weights.safetensors` (float16), `student.json`, `SHA256SUMS`; `student.onnx` where it was asked for |
| made by | Linnaeus {version}, {date} |
| answers | from a score of {least:.2f} on, so that at most {promised:.0%} are wrong |
| used by | `linnaeus label FILE --student DIR` |

## Data

{data}
The texts are not in this directory, but words of them are, as 20-bit hashes, and label names are in `student.json`.

## Figures

On texts that it had not seen ({folds}): how far it agrees with the labels of the project, right or wrong. Scores, and
the least of them that is answered, were fitted to these same answers.

{figures}
- {meaning}

## Limits

- It knows these labels alone. Texts about something new get a low score because they are far from the texts that it learnt
  from; scores assume that one text in twenty is of that kind.
- Figures hold for texts like those of the project. If later texts differ, label some and distil again.
- It learnt what the project says; where that is wrong, so is the student.

## Licence

The weights were fitted to the texts and labels of the project, so their licences and, where a language model gave the
labels, that model's terms of use apply to them. The embedder is not part of this directory and has its own licence.
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of a student: lines for people, the model card, and examples in doubt (text, label, other, chance).

    `next`: texts that a person should label next, with the likeliest label and its chance.
    """

    lines: list[str]
    card: str
    doubts: list[tuple[str, str, str, float]]
    next: list[tuple[str, str, float]] = field(default_factory=list)


def report(
    examples: Examples, distilled: Distilled, found: Figures, promised: float, more: list[str]
) -> Report:
    """Put it together; `more` lines are of the learning curve."""
    about = distilled.student.about
    figures = [*_figures(found, promised, about.calibration.least), *more]
    data = list(_data(examples, distilled))
    shown = ", ".join(about.labels[:20]) + (", ..." if len(about.labels) > 20 else "")
    card = CARD.format(
        labels=len(about.labels),
        names=f"{len(about.labels)}: {shown}".replace("|", "\\|"),
        network=" and ".join(one.name for one in distilled.settings),
        embedder=about.embedder,
        version=_version(),
        date=datetime.now(timezone.utc).date(),
        least=about.calibration.least,
        promised=promised,
        data="".join(f"- {line}\n" for line in data),
        folds="five-fold cross-validation" if found.texts == len(examples.texts) else "a fifth held out",
        figures="\n".join(f"- {line}" for line in figures),
        meaning=_meaning(examples),
    )
    doubts = [
        (
            examples.texts[one.place],
            "" if one.own == NONE else about.labels[one.own],
            "" if one.other == NONE else about.labels[one.other],
            round(one.chance, 4),
        )
        for one in distilled.doubts
    ]
    return Report([*data, *figures, _meaning(examples)], card, doubts)


def _version() -> str:
    """This package's version; nothing where it runs without being installed."""
    try:
        return version("linnaeus")
    except PackageNotFoundError:
        return ""


def _meaning(examples: Examples) -> str:
    """What the figures say of quality, by who gave the labels."""
    people, texts = int(examples.given.sum()), len(examples.texts)
    if people == texts:
        return "people gave all these labels: the figures hold as far as people were right"
    return (
        f"this is agreement, not quality: {texts - people:,} of {texts:,} labels were given by no person,"
        " and where they are wrong the student learnt it; `linnaeus evaluate` says how right labels are"
    )


def _data(examples: Examples, distilled: Distilled) -> Iterator[str]:
    people = int(examples.given.sum())
    yield f"{len(examples.texts):,} texts with {len(examples.names):,} labels; {people:,} texts labelled by people"
    if examples.rare:
        yield f"{examples.rare:,} labels with fewer than {LEAST_OF_LABEL} texts left out: their texts should get none"
    if distilled.doubts:
        doubtful = len({one.place for one in distilled.doubts})
        yield f"{doubtful:,} examples whose labels others speak against count less, unless a person gave them"


def _figures(found: Figures, promised: float, least: float) -> Iterator[str]:
    what = "micro-F1" if found.several else "accuracy"
    low, high = interval(found.micro_f1, found.texts)
    yield (
        f"agreement with the labels of the project, if all are answered: {what} {found.micro_f1:.3f}"
        f" (n = {found.texts:,}, 95%: {low:.3f} to {high:.3f}), macro-F1 {found.macro_f1:.3f}"
    )
    yield f"expected calibration error of scores: {found.ece:.3f}"
    if not found.answered:
        yield f"nothing is sure enough for an error of {promised:.0%}: it labels nothing; give more examples or --max-error"
        return
    low, high = interval(found.wrong, found.answered)
    yield (
        f"answered (score at least {least:.2f}): {found.answered / found.texts:.1%}; {found.wrong:.1%} of these labels"
        f" are not the project's (n = {found.answered:,}, 95%: {low:.1%} to {high:.1%}), promised {promised:.0%}"
    )


def few(counts: NDArray[np.int64]) -> list[str]:
    """How many labels have too few examples, by those of each, as a line."""
    short = int((counts < FEW).sum())
    return [f"{short:,} labels have too few examples (under {FEW})"] if short else []
