"""Try a strategy by cross-validation: what it says of each text from all others, and what that takes. Knows no strategy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linnaeus.evaluate.strategies.sample import Sample

Rows: TypeAlias = NDArray[np.intp]
"""Places of texts in a sample."""
Labels: TypeAlias = list[tuple[int, ...]]
"""The places of the labels of texts, best first."""
Answer: TypeAlias = Callable[[Rows], Labels]
Learn: TypeAlias = Callable[[Rows], Answer]
"""Learn from these texts of a sample, and give what answers others."""


class Tried(NamedTuple):
    """What a strategy said of each text of a sample without having learnt from it; the processor time that it took.

    `ms`: a text, its vector not counted where `embeds`. `seconds`: to learn once. `usd`: a model's price a text, None where
    it is unknown. `runs`: the commands that label so: "names", "teach", "student", "sure student", "choose", "cascade", or
    "" where none does. `asks`: a language model. `rows`: the texts that it was tried on, None for all.
    """

    name: str
    found: Labels
    ms: float
    seconds: float
    embeds: bool = True
    runs: str = ""
    usd: float | None = 0.0
    asks: bool = False
    rows: Rows | None = None


@dataclass(slots=True)
class Clock:
    """Processor time by what it was spent on, in seconds."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Count the time of a block."""
        began = time.process_time()
        yield
        self.spent[what] = self.spent.get(what, 0.0) + time.process_time() - began


def tried(name: str, learn: Learn, sample: Sample, *, embeds: bool = True, runs: str = "") -> Tried:
    """Let each fifth of a sample be answered by what was learnt from the other four."""
    clock, parts = Clock(), sample.parts()
    found: Labels = [()] * len(sample)
    for part in parts:
        with clock.on("learn"):
            answer = learn(np.setdiff1d(np.arange(len(sample)), part))
        with clock.on("answer"):
            said = answer(part)
        for row, own in zip(part.tolist(), said, strict=True):
            found[row] = own
    ms = 1000 * clock.spent["answer"] / len(sample)
    return Tried(name, found, ms, clock.spent["learn"] / len(parts), embeds, runs)


def tried_once(name: str, answer: Answer, sample: Sample, *, embeds: bool = True, runs: str = "") -> Tried:
    """Let all of a sample be answered by what needs no example."""
    clock = Clock()
    with clock.on("answer"):
        found = answer(np.arange(len(sample)))
    return Tried(name, found, 1000 * clock.spent["answer"] / len(sample), 0.0, embeds, runs)
