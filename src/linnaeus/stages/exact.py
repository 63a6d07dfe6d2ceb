"""Answer texts that were decided before. Knows nothing of vectors or models."""

from __future__ import annotations

from collections.abc import Sequence

from linnaeus.store import Store, content_key
from linnaeus.types import Decision, Verdict


class Exact:
    """Repeats of a text get what it got, under today's labels."""

    name = "exact"

    def __init__(self, store: Store) -> None:
        self._store = store

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return the stored decision of each text, or None."""
        keys = [content_key(text) for text in texts]
        known = self._store.decided(keys)
        named = self._store.named(list(known.values()))
        decisions: list[Decision | None] = []
        for key in keys:
            row = named[known[key]] if key in known else None
            verdicts = (
                () if row is None else (Verdict(label, row.score, self.name) for label in row.label_ids)
            )
            none_by = self.name if row is not None and not row.label_ids else ""
            decisions.append(None if row is None else Decision(tuple(verdicts), none_by=none_by))
        return decisions
