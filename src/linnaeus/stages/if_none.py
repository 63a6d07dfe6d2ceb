"""A stage that is asked where another one finds that no label fits. Knows neither."""

from __future__ import annotations

from collections.abc import Sequence

from linnaeus.types import Decision, Stage


class IfNone:
    """What `first` decides stands, but where it says that none fits `then` has the last word, if it has one.

    A text that `first` passes on is passed on.
    """

    name = "if none"

    def __init__(self, first: Stage, then: Stage) -> None:
        self._first, self._then = first, then

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order; None where `first` has none."""
        found = self._first.decide(texts)
        none = [place for place, one in enumerate(found) if one is not None and _fits_none(one)]
        for place, said in zip(none, self._then.decide([texts[place] for place in none]), strict=True):
            found[place] = said or found[place]
        return found


def _fits_none(decision: Decision) -> bool:
    return decision.error is None and not decision.verdicts
