"""The stages that label texts in a project that holds a taxonomy, cheap ones first. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Callable

from linnaeus.closed.source import Calibrated, Shortlist
from linnaeus.stages.audited import Audited
from linnaeus.stages.choose import SHOWN, Pick
from linnaeus.stages.chooser import Chooser
from linnaeus.stages.descend import LEVELS, Descend
from linnaeus.stages.if_none import IfNone
from linnaeus.stages.options import Given
from linnaeus.stages.rank import Rank
from linnaeus.stages.sureness import Sureness
from linnaeus.taxonomy import Taxonomy
from linnaeus.types import Stage


def given_stages(
    given: Given,
    shortlist: Calibrated,
    *,
    top: int | None,
    chooser: Chooser | None,
    sureness: Callable[[], Sureness],
    student: bool = False,
) -> list[Stage]:
    """The labels that examples and names speak for.

    With a model these stand only where they are sure enough by `sureness`, and 2% of those are audited; it chooses for the
    other texts. Where none of the candidates fits it walks down from the roots, and where it does not know, they stand
    after all.
    """
    rank = Rank(shortlist, given, top=top, student=student)
    if chooser is None or top is not None:
        return [rank]
    return [Audited(rank, asked_stage(chooser, given, shortlist), sureness), rank]


def asked_stage(chooser: Chooser, given: Given, shortlist: Shortlist) -> Stage:
    """What asks a model: it chooses among candidates and, where none fits and there are levels, walks down."""
    pick = Pick(chooser, given, shortlist)
    if not levels_to_walk(given.taxonomy):
        return pick
    return IfNone(pick, Descend(chooser, given, shortlist))


def most_questions(taxonomy: Taxonomy) -> int:
    """How often a model may be asked about a text: to choose, once more after it looked for labels, and on the way down."""
    return 1 if len(taxonomy) <= SHOWN else 2 + levels_to_walk(taxonomy)


def levels_to_walk(taxonomy: Taxonomy) -> int:
    """How many levels a walk has at most; 0 where it could find nothing new: one level, or labels that were all shown."""
    if len(taxonomy) <= SHOWN or len(taxonomy.roots) == len(taxonomy):
        return 0
    return min(int(taxonomy.depth.max()) + 1, LEVELS)
