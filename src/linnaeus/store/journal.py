"""Paid answers of models, written down as they arrive."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from linnaeus.store.base import Base, now
from linnaeus.types import Reply


class Journal(Base):
    """The part of the store that knows what a model said."""

    def answered(self, model: str, task: str, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        """Replies of `model` that are on file; they cost nothing any more."""
        rows = self._chunked(
            "SELECT key, reply FROM answers WHERE model = ? AND task = ? AND key IN ({})", keys, model, task
        )
        return {key: Reply(labels=tuple(msgspec.json.decode(reply, type=list[str]))) for key, reply in rows}

    def models_asked(self, task: str) -> list[str]:
        """The models whose replies to such tasks are on file, in the order of their names."""
        return [
            row[0]
            for row in self._rows("SELECT DISTINCT model FROM answers WHERE task = ? ORDER BY 1", (task,))
        ]

    def journal(
        self, model: str, task: str, replies: Sequence[tuple[bytes, Reply]], *, to_disk: bool = True
    ) -> None:
        """Write answers down at once, in a transaction of their own; what is open is committed before.

        A kill loses none of them. A power cut may lose those written since the last call `to_disk`, which waits for the
        disk and takes a hundred times as long. Nobody who groups a project holds this up.
        """
        at = now()
        with self._aside(to_disk=to_disk):
            self._add(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                ((model, task, key, _words(r), r.tokens_in, r.tokens_out, r.usd, at) for key, r in replies),
            )


def _words(reply: Reply) -> str:
    return msgspec.json.encode(reply.labels).decode()
