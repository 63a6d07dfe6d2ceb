"""Votes, events and the texts that events moved, append-only. Knows nothing of what follows for labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from linnaeus.store.base import Base, now, row_id
from linnaeus.store.rows import Event, Move, Vote
from linnaeus.types import SurfaceId

JUDGE = "judge"  # the author of a vote that a model was asked for


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

    def judged(self) -> list[tuple[SurfaceId, SurfaceId, str]]:
        """What a model said of pairs of surfaces, oldest first."""
        return self._rows(
            "SELECT a, b, kind FROM evidence WHERE author = ? AND event_id IS NULL ORDER BY id", (JUDGE,)
        )

    def add_event(self, kind: str, detail: dict[str, Any], *, author: str) -> int:
        """Append an event; return its id. A new generation begins."""
        self.new_generation()
        detail_json = msgspec.json.encode(detail).decode()
        cursor = self._write(
            "INSERT INTO events (kind, detail, author, at) VALUES (?, ?, ?, ?)",
            (kind, detail_json, author, now()),
        )
        return row_id(cursor)

    def generation(self) -> int:
        """How often labels were changed, and not only added to: whoever read them before reads them again."""
        rows = self._rows("SELECT value FROM meta WHERE key = 'generation'")
        return int(rows[0][0]) if rows else 0

    def new_generation(self) -> int:
        """Note that what others have read holds no longer; the generation that begins."""
        self._write(
            "INSERT INTO meta VALUES ('generation', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1", ()
        )
        return self.generation()

    def undo_event(self, event: int, *, by: int) -> None:
        """Mark an event as undone by another."""
        self._write("UPDATE events SET undone_by = ? WHERE id = ?", (by, event))

    def events(self) -> list[Event]:
        """Every event, oldest first."""
        return [
            Event(*row)
            for row in self._rows("SELECT id, kind, detail, author, at, undone_by FROM events ORDER BY id")
        ]

    # -- texts that events moved

    def add_moves(self, event: int, moves: Iterable[Move]) -> None:
        """Note that an event gave texts other surfaces; see `follow_moves`."""
        rows = ((event, move.text_id, move.rank, move.was, move.now) for move in moves)
        self._write_many(
            "INSERT INTO moves (event_id, text_id, rank, surface_from, surface_to) VALUES (?, ?, ?, ?, ?)",
            rows,
        )

    def follow_moves(self) -> None:
        """Give every text the surface of its latest move that stands, or the one that it was given.

        A surface that a split made is not there while the split is undone; its texts have the one it was split from.
        """
        self._write("UPDATE assignments SET surface_id = given_id WHERE given_id IS NOT NULL", ())
        self._write(
            "UPDATE assignments SET given_id = coalesce(given_id, assignments.surface_id), surface_id = surface_to"
            " FROM (SELECT text_id, rank, surface_to, max(event_id) FROM moves JOIN events ON events.id = event_id"
            "       WHERE undone_by IS NULL GROUP BY text_id, rank) AS latest"
            " WHERE latest.text_id = assignments.text_id AND latest.rank = assignments.rank",
            (),
        )
        asleep = (
            "SELECT surfaces.id FROM surfaces JOIN events ON events.id = event_id WHERE undone_by IS NOT NULL"
        )
        moved = 1
        while moved:  # a sense may have been split from another
            moved = self._write(
                "UPDATE assignments SET given_id = coalesce(given_id, surface_id),"
                " surface_id = (SELECT sense_of FROM surfaces WHERE surfaces.id = assignments.surface_id)"
                f" WHERE surface_id IN ({asleep})",
                (),
            ).rowcount
