"""The records that go into and come out of the store. Knows nothing of SQL."""

from __future__ import annotations

from dataclasses import dataclass

from linnaeus.types import LabelId, SurfaceId


@dataclass(frozen=True, slots=True)
class DecidedText:
    """A text and the surfaces it got, best first. `key` is its content hash."""

    key: bytes
    text: str
    by: str
    score: float
    surfaces: tuple[SurfaceId, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What the store says of one text today: labels without repeats, best first."""

    by: str
    score: float
    label_ids: tuple[LabelId, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SurfaceRow:
    """One label string (None where no model was asked), the label it stands for today, and the one it founded."""

    id: SurfaceId
    key: str
    words: str | None
    label: LabelId
    own_label: LabelId
    pinned: bool


@dataclass(frozen=True, slots=True)
class Vote:
    """One piece of evidence: why surfaces `a` and `b` are the same label, or are not.

    `weight` is signed: positive for `same`. `wording` and `texts` are the cosines behind a machine's vote.
    """

    a: SurfaceId
    b: SurfaceId
    kind: str
    weight: float
    author: str
    wording: float | None = None
    texts: float | None = None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person did to labels."""

    id: int
    kind: str
    detail: str
    author: str
    at: str
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class LabelSummary:
    """One line of `labels list`."""

    id: LabelId
    name: str
    texts: int
    wordings: int
