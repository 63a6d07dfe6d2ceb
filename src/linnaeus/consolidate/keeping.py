"""Decisions as rows of the store. Knows nothing of how they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from linnaeus.store import DecidedText, Store, content_key
from linnaeus.types import Decision


def rows_to_keep(decided: Iterable[tuple[str, Decision | None]], store: Store) -> Iterator[DecidedText]:
    """A row for each text that got labels and is not in `store` yet, in order; of equal texts the first counts."""
    made: dict[bytes, tuple[str, Decision]] = {}
    for text, decision in decided:
        if decision is not None and decision.verdicts:
            made.setdefault(content_key(text), (text, decision))
    known = store.decided(list(made))
    for key, (text, decision) in made.items():
        if key not in known:
            best = decision.verdicts[0]
            surfaces = (one.surface or store.surface_of(one.label) for one in decision.verdicts)
            yield DecidedText(key, text, best.by, best.score, tuple(dict.fromkeys(surfaces)), decision.guess)
