"""A cheap stage in front of one that asks a model, and a small part of its answers asked all the same. Knows neither.

Which ones follows from their content, so that a run repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from linnaeus.stages.gate import is_audited
from linnaeus.store import content_key
from linnaeus.types import Decision, Stage


class Audited:
    """What `cheap` decides stands, but for 2% that are asked of `dear` too: there its word counts, if it has one."""

    name = "audited"

    def __init__(self, cheap: Stage, dear: Stage) -> None:
        self._cheap, self._dear = cheap, dear

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order; None where neither has one."""
        found = self._cheap.decide(texts)
        asked = [
            place for place, one in enumerate(found) if one is None or is_audited(content_key(texts[place]))
        ]
        for place, said in zip(asked, self._dear.decide([texts[place] for place in asked]), strict=True):
            found[place] = _of_both(found[place], said)
        return found


def _of_both(cheap: Decision | None, dear: Decision | None) -> Decision | None:
    if cheap is None or dear is None:
        return dear or cheap
    if dear.error is not None:
        return cheap
    return replace(dear, agreed=_labels(cheap) == _labels(dear))


def _labels(decision: Decision) -> set[int]:
    return {verdict.label for verdict in decision.verdicts}
