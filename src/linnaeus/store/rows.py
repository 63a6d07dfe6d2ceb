"""The records that go into and come out of the store. Knows nothing of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from linnaeus.types import Guess, LabelId, SurfaceId


@dataclass(frozen=True, slots=True)
class DecidedText:
    """A text and the surfaces it got, best first. `key` is its content hash; `scores`, where known, one for each surface.

    `agreed`: see `Decision`.
    """

    key: bytes
    text: str
    by: str
    score: float
    surfaces: tuple[SurfaceId, ...]
    guess: Guess | None = None
    scores: tuple[float, ...] = ()
    agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class Guessed:
    """What memory thought of the text `text`, and the wording that a model or a person gave it (None: memory answered).

    `share`: of the votes of the asked texts around it, as all was last grouped, those for what memory thinks; None for a
    text that came later. `lead`: by how much a student's log-odds of that exceed those of any other label. `doubted`: where
    it answers, a model should be asked after all.
    """

    guess: Guess
    own: SurfaceId | None
    text: int
    share: float | None = None
    doubted: bool = False
    lead: float = 0.0


class Rethought(NamedTuple):
    """What memory says of the text `text` today: its wording, and `share` and `lead` as in `Guessed`."""

    text: int
    surface: SurfaceId
    share: float | None
    lead: float


@dataclass(frozen=True, slots=True)
class Named:
    """What the store says of one text today: labels without repeats, best first.

    Of labels of a taxonomy also their `codes` there, and the score of each.
    """

    by: str
    score: float
    label_ids: tuple[LabelId, ...]
    names: tuple[str, ...]
    codes: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SurfaceRow:
    """One label string (None where no model was asked), the label it stands for today, and the one it founded.

    Where `event` split a wording by its texts, `sense_of` is the surface that this one was split from. `glimpse` is the
    label that it stood for at the last regrouping within a stream.
    """

    id: SurfaceId
    key: str
    words: str | None
    label: LabelId
    own_label: LabelId
    pinned: bool
    sense_of: SurfaceId | None = None
    event: int | None = None
    glimpse: LabelId | None = None


@dataclass(frozen=True, slots=True)
class AssignedText:
    """A text (its content hash), its surfaces, best first, and whether a model or a person was asked for them."""

    id: int
    key: bytes
    asked: bool
    surfaces: tuple[SurfaceId, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """A surface that a text has today. `key` is the text's content hash; `rank` 0 is the best."""

    text_id: int
    rank: int
    surface: SurfaceId
    key: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """A text that an event gave another surface."""

    text_id: int
    rank: int
    was: SurfaceId
    now: SurfaceId


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
    category: LabelId | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class KeptName:
    """The name that a label without wordings got when texts had come in, and what stood for it then."""

    name: str
    shape: str
