"""The values that pass between layers, and the ports they pass through. Knows nothing of files, models or storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, NewType, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Vectors: TypeAlias = "NDArray[np.float32]"
"""(n, d) unit rows, as an embedder gives them."""

Codes: TypeAlias = "NDArray[np.int8]"
"""(n, d) or (d,) whole numbers in [-127, 127]: unit rows quantised by `linnaeus.index.quantise`."""

LabelId = NewType("LabelId", int)
"""One label for ever. Doors: `Consolidator.resolve` (a model's word), `people.find_label` (a person's)."""

SurfaceId = NewType("SurfaceId", int)
"""One label string as a model wrote it (after normalising case and separators)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One label for one text, and who said so.

    `score` is a probability from 0 to 1; `by` names the stage; `surface` is the wording it came from (open sets).
    """

    label: LabelId
    score: float
    by: str
    surface: SurfaceId | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """What memory thought of a text: the wording it would answer with, and its log-odds before they are calibrated.

    `audited`: it would have answered, but the model was asked to see whether it is right. `student`: no asked text is near,
    so a student of all of them thought of it.
    """

    surface: SurfaceId
    odds: float
    audited: bool = False
    student: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdicts for one text, best first. Empty without an error means "none of these".

    `unasked`: the budget ended before this text was decided; nothing is kept of it. `none_by`: the stage that found that
    none of the labels fits. `agreed`: a cheaper stage was sure, and was audited: whether it would have said the same.
    """

    verdicts: tuple[Verdict, ...] = ()
    error: str | None = None
    unasked: bool = False
    guess: Guess | None = None
    none_by: str = ""
    agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets for one text: today's names, best first.

    Of labels of a taxonomy also their ids there, `codes`, and how likely each fits, `scores`.
    """

    text: str
    labels: tuple[str, ...]
    label_ids: tuple[LabelId, ...]
    score: float
    by: str
    error: str | None = None
    codes: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()

    @property
    def label(self) -> str | None:
        """The best label's name, or None."""
        return self.labels[0] if self.labels else None


@dataclass(frozen=True, slots=True)
class Propose:
    """A task for a model: 1 to `at_most` labels for one text, in its own words."""

    task: ClassVar[str] = "propose"
    text: str
    at_most: int = 1


@dataclass(frozen=True, slots=True)
class Judge:
    """A task for a model: which of 2 to 10 wordings name the same category? `examples`: up to 3 texts of each."""

    task: ClassVar[str] = "judge"
    wordings: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.wordings) <= 10:
            raise ValueError(f"2 to 10 wordings can be judged, not {len(self.wordings)}")
        if len(self.examples) != len(self.wordings) or any(len(texts) > 3 for texts in self.examples):
            raise ValueError("each wording has its own 0 to 3 examples")


@dataclass(frozen=True, slots=True)
class Choose:
    """A task for a model: the labels that fit one text, at most `at_most` of those given, or none.

    `descriptions`: a line on each label ("" where there is none), or none at all. `means`: the positions among `labels`
    that a label on record stands for; None: the first that is spelt so. It is no part of what is asked. `looks`: there are
    more labels than these, and the reply may be what to look for among them.
    """

    task: ClassVar[str] = "choose"
    text: str
    labels: tuple[str, ...]
    at_most: int = 1
    descriptions: tuple[str, ...] = ()
    means: Callable[[str], Sequence[int]] | None = field(default=None, compare=False, repr=False)
    looks: bool = False

    def __post_init__(self) -> None:
        if self.descriptions and len(self.descriptions) != len(self.labels):
            raise ValueError("each label has its own description, or none has")


@dataclass(frozen=True, slots=True)
class Name:
    """A task for a model: a name and a line of description for a category, by some of its texts and wordings.

    `others`: texts of other categories that are like these, which the name must not fit.
    """

    task: ClassVar[str] = "name"
    texts: tuple[str, ...]
    wordings: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generate:
    """A task for a model: up to `at_most` labels, with descriptions, under which texts like these can be filed."""

    task: ClassVar[str] = "generate"
    texts: tuple[str, ...]
    at_most: int


Task: TypeAlias = Propose | Judge | Choose | Name | Generate

SAME, NESTED, DIFFERENT = "same", "nested", "different"
"""What a model says of two wordings: one category, one a special case of the other, or neither."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A label that a model made for some of the texts it was shown: `texts` are their positions."""

    name: str
    description: str
    texts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer to one task, or the reason why there is none.

    `labels`, best first: of a proposal in the model's own words, of a choice as the task spells them (none: none
    of these), of a name that name, with its `description`. `verdicts` of a judgement: (i, j, SAME, NESTED or
    DIFFERENT) for positions i < j among the wordings; a pair that is missing is one it does not know. `drafts`: the labels
    that were made for texts, each text under one of them at most. `queries`: what to look for before it can choose.
    No answer, no error and no call: a model that does not know, or cannot do this kind of task.

    `calls` counts requests that reached the model (retries and repairs too; 1 for a replay, which stands for one).
    `usd` is None where the price is unknown. `unasked` means that the budget ended before this task was asked.
    """

    labels: tuple[str, ...] = ()
    error: str | None = None
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0
    unasked: bool = False
    verdicts: tuple[tuple[int, int, str], ...] = ()
    description: str = ""
    drafts: tuple[Draft, ...] = ()
    queries: tuple[str, ...] = ()

    def failed(self, why: str) -> Reply:
        """The same reply with its cost, but without an answer."""
        return replace(self, labels=(), error=why, verdicts=(), description="", drafts=(), queries=())


@dataclass(frozen=True, slots=True)
class Usage:
    """What one kind of task (`Propose.task`, ...) cost so far. `usd` is None as soon as one price was unknown."""

    task: str
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0

    def plus(self, reply: Reply) -> Usage:
        """The sum with one more reply."""
        usd = None if self.usd is None or reply.usd is None else self.usd + reply.usd
        return Usage(
            self.task,
            self.calls + reply.calls,
            self.tokens_in + reply.tokens_in,
            self.tokens_out + reply.tokens_out,
            usd,
        )


def sum_of(usages: Sequence[Usage]) -> Usage:
    """What several tasks cost together."""
    return Usage(
        "all",
        sum(one.calls for one in usages),
        sum(one.tokens_in for one in usages),
        sum(one.tokens_out for one in usages),
        None if any(one.usd is None for one in usages) else sum(one.usd or 0.0 for one in usages),
    )


class Embedder(Protocol):
    """Texts to unit vectors. A row depends on its own text alone."""

    name: str

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) float32 unit rows in the order of `texts`; an empty text gets some unit row too."""
        ...


class Model(Protocol):
    """A language model, or what stands in for one."""

    name: str

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield (position in `tasks`, reply) for every task exactly once, as they arrive; never raises for one task."""
        ...


class Stage(Protocol):
    """One step of a cascade."""

    name: str

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order; None means "not mine, pass it on"."""
        ...
