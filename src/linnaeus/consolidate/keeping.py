"""Decisions as rows of the store. Knows nothing of how they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from linnaeus.store import DecidedText, Store, content_key
from linnaeus.types import Decision

GRADED = ("rank", "student", "choose", "descend")
"""The stages that say of each label how likely it is."""


def anything_new(decided: Iterable[tuple[str, Decision | None]], store: Store) -> bool:
    """Whether `rows_to_keep` gives a row."""
    made = {content_key(text) for text, one in decided if one is not None and (one.verdicts or one.none_by)}
    return bool(made - store.decided(list(made)).keys())


def rows_to_keep(decided: Iterable[tuple[str, Decision | None]], store: Store) -> Iterator[DecidedText]:
    """`rows_of` those texts that are not in `store` yet."""
    made = list(decided)
    known = store.decided([content_key(text) for text, _ in made])
    return rows_of(((text, one) for text, one in made if content_key(text) not in known), store)


def rows_of(decided: Iterable[tuple[str, Decision | None]], store: Store) -> Iterator[DecidedText]:
    """A row for each text that was decided, in order; of equal texts the first counts."""
    made: dict[bytes, tuple[str, Decision]] = {}
    for text, decision in decided:
        if decision is not None and (decision.verdicts or decision.none_by):
            made.setdefault(content_key(text), (text, decision))
    for key, (text, decision) in made.items():
        if not decision.verdicts:
            yield DecidedText(key, text, decision.none_by, 0.0, (), agreed=decision.agreed)
            continue
        best = decision.verdicts[0]
        graded = best.by in GRADED and best.surface is None
        surface_of = store.stand_for if graded else store.surface_of
        surfaces = (one.surface or surface_of(one.label) for one in decision.verdicts)
        scores = tuple(one.score for one in decision.verdicts) if graded else ()
        yield DecidedText(
            key,
            text,
            best.by,
            best.score,
            tuple(dict.fromkeys(surfaces)),
            decision.guess,
            scores,
            decision.agreed,
        )
