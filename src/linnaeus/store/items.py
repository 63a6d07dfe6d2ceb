"""Under which ids input files named texts, and when each was written. Knows nothing of how texts are decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from linnaeus.store.base import Base
from linnaeus.store.connection import mapped
from linnaeus.types import LabelId


class Item(NamedTuple):
    """A text under the id it had in its file; `time` is ISO 8601 in UTC, or None."""

    id: str
    text: int
    time: str | None = None


class Dated(NamedTuple):
    """A text that was written at `time` and has `label` today; `key` is its content hash."""

    time: str
    label: LabelId
    key: bytes


class Items(Base):
    """The part of the store that knows what texts were called where they came from."""

    def add_items(self, items: Iterable[Item]) -> None:
        """Remember items; one that is known keeps its time unless it comes with another."""
        self._write_many(
            "INSERT INTO items (id, text_id, time) VALUES (?, ?, ?)"
            " ON CONFLICT (id, text_id) DO UPDATE SET time = coalesce(excluded.time, time)",
            items,
        )

    def labelled(self) -> Iterator[tuple[LabelId, bytes]]:
        """(label, content hash) of every text, once for each label that it has today, oldest first."""
        with mapped(self.path):
            rows = self._connection.execute(
                "SELECT DISTINCT surfaces.label_id, texts.key, texts.id FROM texts"
                " JOIN assignments ON assignments.text_id = texts.id JOIN surfaces ON surfaces.id = surface_id"
                " ORDER BY texts.id"
            )
            yield from ((LabelId(label), key) for label, key, _ in rows)

    def times(self) -> list[str]:
        """The time of every item that has one, oldest first."""
        return [row[0] for row in self._rows("SELECT time FROM items WHERE time IS NOT NULL ORDER BY time")]

    def dated(self) -> Iterator[Dated]:
        """Every item that has a time, once for each label that its text has today, oldest first."""
        with mapped(self.path):
            rows = self._connection.execute(
                "SELECT time, surfaces.label_id, texts.key FROM items JOIN texts ON texts.id = items.text_id"
                " JOIN assignments ON assignments.text_id = texts.id JOIN surfaces ON surfaces.id = surface_id"
                " WHERE time IS NOT NULL GROUP BY items.id, items.text_id, surfaces.label_id"
                " ORDER BY time, items.id, items.text_id, min(rank)"
            )
            yield from (Dated(time, LabelId(label), key) for time, label, key in rows)
