"""Votes and events, append-only. Knows nothing of what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from linnaeus.store.base import Base, now, row_id
from linnaeus.store.rows import Event, Vote
from linnaeus.types import SurfaceId


class Evidence(Base):
    """The part of the store that knows why labels are as they are."""

    def add_votes(self, votes: Iterable[Vote]) -> None:
        """Append evidence."""
        at = now()
        self._write_many(
            "INSERT INTO evidence (a, b, kind, weight, wording, texts, author, event_id, at) VALUES (?,?,?,?,?,?,?,?,?)",
            ((v.a, v.b, v.kind, v.weight, v.wording, v.texts, v.author, v.event, at) for v in votes),
        )

    def votes(self, *, by_people: bool = False, surfaces: Sequence[SurfaceId] = ()) -> list[Vote]:
        """Evidence of events that were not undone, oldest first; of people only, or about `surfaces` only."""
        known = set(surfaces)
        rows = self._rows(
            "SELECT a, b, evidence.kind, weight, evidence.author, wording, texts, event_id FROM evidence"
            " LEFT JOIN events ON events.id = event_id WHERE undone_by IS NULL"
            + (" AND event_id IS NOT NULL" if by_people else "")
            + " ORDER BY evidence.id"
        )
        return [Vote(*row) for row in rows if not known or (row[0] in known and row[1] in known)]

    def add_event(self, kind: str, detail: dict[str, Any], *, author: str) -> int:
        """Append an event; return its id."""
        detail_json = msgspec.json.encode(detail).decode()
        cursor = self._write(
            "INSERT INTO events (kind, detail, author, at) VALUES (?, ?, ?, ?)",
            (kind, detail_json, author, now()),
        )
        return row_id(cursor)

    def undo_event(self, event: int, *, by: int) -> None:
        """Mark an event as undone by another."""
        self._write("UPDATE events SET undone_by = ? WHERE id = ?", (by, event))

    def events(self) -> list[Event]:
        """Every event, oldest first."""
        return [
            Event(*row)
            for row in self._rows("SELECT id, kind, detail, author, at, undone_by FROM events ORDER BY id")
        ]
