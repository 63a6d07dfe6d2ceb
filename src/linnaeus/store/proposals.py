"""Changes to labels that wait for a person. Knows nothing of what accepting one does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from linnaeus.store.base import Base, now


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change that could be made. `key` tells it from others of its `kind`; `why` holds figures and `words`."""

    kind: str
    key: str
    detail: dict[str, Any]
    why: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change as it is on record; `state` is open, accepted or dismissed."""

    id: int
    kind: str
    state: str
    detail: dict[str, Any]
    why: dict[str, Any]
    at: str
    event: int | None


class Proposals(Base):
    """The part of the store that knows what could be done to labels."""

    def propose(self, proposed: Iterable[Proposed]) -> int:
        """Add proposals; return how many are new. One that is open gets the new figures, one that is decided stays."""
        at, before = now(), self._count()
        rows = ((one.kind, one.key, _json(one.detail), _json(one.why), at) for one in proposed)
        self._write_many(
            "INSERT INTO proposals (kind, key, detail, why, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, key)"
            " DO UPDATE SET detail = excluded.detail, why = excluded.why WHERE event_id IS NULL"
            " OR (SELECT undone_by FROM events WHERE events.id = event_id) IS NOT NULL",
            rows,
        )
        return self._count() - before

    def withdraw(self, kind: str, *, but: Iterable[str] = ()) -> None:
        """Forget the open proposals of a kind, but those with these keys."""
        keep = set(but)
        rows = self._rows(
            "SELECT id, key FROM proposals JOIN proposal_view ON proposal_id = id"
            " WHERE proposals.kind = ? AND state = 'open'",
            (kind,),
        )
        self._write_many("DELETE FROM proposals WHERE id = ?", ((id,) for id, key in rows if key not in keep))

    def proposals(self) -> list[Proposal]:
        """Every proposal, oldest first."""
        rows = self._rows(
            "SELECT proposal_id, kind, state, detail, why, at, event_id FROM proposal_view ORDER BY proposal_id"
        )
        return [
            Proposal(id, kind, state, msgspec.json.decode(detail), msgspec.json.decode(why), at, event)
            for id, kind, state, detail, why, at, event in rows
        ]

    def decide_proposal(self, proposal: int, event: int) -> None:
        """Note the event that accepted or dismissed a proposal."""
        self._write("UPDATE proposals SET event_id = ? WHERE id = ?", (event, proposal))

    def _count(self) -> int:
        return int(self._rows("SELECT count(*) FROM proposals")[0][0])


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
