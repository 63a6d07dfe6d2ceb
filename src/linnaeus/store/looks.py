"""What answers under a taxonomy hang on, and which of them wait to be given anew. Knows nothing of how they are found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.store.base import Base


class Look(NamedTuple):
    """What the answer for a text hangs on: `labels` (k,) that may fit it, by id, and what another had to reach (f,)."""

    labels: NDArray[np.int64]
    floors: NDArray[np.float32]


class MachineText(NamedTuple):
    """A text that no person labelled: its id, its content hash and itself."""

    id: int
    key: bytes
    text: str


class Looks(Base):
    """The part of the store that knows looks at texts under a taxonomy."""

    def keep_looks(self, looks: Iterable[tuple[bytes, Look]]) -> None:
        """Keep looks by content hash, in place of earlier ones: at once, or with the open transaction."""
        rows = ((key, look.labels.tobytes(), look.floors.tobytes()) for key, look in looks)
        self._add_at_once("INSERT OR REPLACE INTO looks VALUES (?, ?, ?)", rows)

    def looks(self, keys: Sequence[bytes]) -> dict[bytes, Look]:
        """The look at each content hash that has one."""
        rows = self._chunked("SELECT key, labels, floors FROM looks WHERE key IN ({})", keys)
        return {
            key: Look(np.frombuffer(labels, np.int64), np.frombuffer(floors, np.float32))
            for key, labels, floors in rows
        }

    def texts_given(self, labels: Sequence[int], *, but_by: str = "") -> set[int]:
        """The texts, by id, that have one of these labels of the taxonomy, but for those that this stage decided."""
        sql = """SELECT text_id, texts.by FROM assignments JOIN surfaces ON surfaces.id = surface_id
            JOIN texts ON texts.id = text_id WHERE own_label_id IN ({})"""
        return {text for text, by in self._chunked(sql, labels) if by != but_by}

    def machine_texts(self, *, after: int, most: int) -> list[MachineText]:
        """Up to `most` texts after the id `after` that no person labelled, by rising id."""
        sql = "SELECT id, key, text FROM texts WHERE id > ? AND by <> 'human' ORDER BY id LIMIT ?"
        return [MachineText(*row) for row in self._rows(sql, (after, most))]

    def let_wait(self, texts: Iterable[int]) -> None:
        """Note that texts, by id, are to be looked at again. Nothing is committed here."""
        self._write_many("UPDATE texts SET doubted = 1 WHERE id = ?", ((text,) for text in texts))

    def let_wait_all(self, *by: str) -> None:
        """Note that all texts that these stages decided are to be looked at again. Nothing is committed here."""
        self._write_many("UPDATE texts SET doubted = 1 WHERE by = ?", ((stage,) for stage in by))

    def waiting(self, *, after: int, most: int) -> list[MachineText]:
        """Up to `most` texts after the id `after` that are to be looked at again, by rising id."""
        sql = "SELECT id, key, text FROM texts WHERE doubted AND by <> 'human' AND id > ? ORDER BY id LIMIT ?"
        return [MachineText(*row) for row in self._rows(sql, (after, most))]

    def waiting_count(self) -> int:
        """How many texts are to be looked at again."""
        return int(self._rows("SELECT count(*) FROM texts WHERE doubted AND by <> 'human'")[0][0])
