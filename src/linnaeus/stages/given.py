"""The stages that label texts in a project that holds a taxonomy, cheap ones first. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Callable

from linnaeus.closed.source import Calibrated
from linnaeus.stages.audited import Audited
from linnaeus.stages.choose import Pick
from linnaeus.stages.chooser import Chooser
from linnaeus.stages.options import Given
from linnaeus.stages.rank import Rank
from linnaeus.stages.sureness import Sureness
from linnaeus.types import Stage


def given_stages(
    given: Given,
    shortlist: Calibrated,
    *,
    top: int | None,
    chooser: Chooser | None,
    sureness: Callable[[], Sureness],
) -> list[Stage]:
    """The labels that examples and names speak for.

    With a model these stand only where they are sure enough by `sureness`, and 2% of those are audited; it chooses for the
    other texts, and where it does not know, they stand after all.
    """
    rank = Rank(shortlist, given, top=top)
    if chooser is None or top is not None:
        return [rank]
    return [Audited(rank, Pick(chooser, given, shortlist), sureness), rank]
