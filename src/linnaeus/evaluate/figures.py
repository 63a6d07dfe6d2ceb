"""What an evaluation says, as it is written and shown. Knows not how it is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of n texts with its 95% interval; `value` is None where it is undefined, and `why` says why."""

    name: str
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of one kind: flat, ranking, hierarchy, clusters or calibration."""

    name: str
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class ByStep:
    """The texts that one step answered: how many, how many of them have gold, the share of those that is right."""

    by: str
    texts: int
    gold: int
    right: float | None
    low: float | None
    high: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class ByLabel:
    """One label: texts that have it right, were given it, should have it; None where a figure is undefined."""

    label: str
    gold: int
    found: int
    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Texts that should have one label and got another ("" for none), with some of them."""

    gold: str
    found: str
    texts: int
    examples: list[str]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a line, by rising x."""

    x: list[float]
    y: list[float]


@dataclass(frozen=True, slots=True)
class Scored:
    """Answers of about one score: how many, mean score, share that is right and its interval."""

    n: int
    score: float
    right: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All of it. `kind`: single, multi or open. `asked`: texts that a model was asked about, over the stream.

    `learning`: what a small model gets right after so many of the gold labels (`learning.py`), where that was looked at.
    """

    file: str
    kind: str
    texts: int
    gold: int
    gold_labels: int
    found_labels: int
    headline: list[str]
    groups: list[Group]
    steps: list[ByStep]
    labels: list[ByLabel]
    pairs: list[Pair]
    reliability: list[Scored]
    coverage: Curve
    growth: Curve
    asked: Curve
    learning: Curve | None = None
    cost: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
    version: str = ""
    command: str = ""
