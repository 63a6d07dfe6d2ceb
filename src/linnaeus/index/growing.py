"""An array that grows by rows without being copied each time."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)


class GrowingArray(Generic[Number]):
    """Rows of one width and type; room grows by half when it runs out."""

    def __init__(self, rows: NDArray[Number]) -> None:
        self._room = rows
        self._size = len(rows)

    def __len__(self) -> int:
        return self._size

    @property
    def rows(self) -> NDArray[Number]:
        """The rows held (n, ...), as a view that further rows may leave behind."""
        return self._room[: self._size]

    def add(self, rows: NDArray[Number]) -> None:
        """Append rows (m, ...)."""
        needed = self._size + len(rows)
        if needed > len(self._room):
            room = np.zeros((max(needed, 3 * len(self._room) // 2, 256), *rows.shape[1:]), dtype=rows.dtype)
            if self._size:
                room[: self._size] = self.rows
            self._room = room
        self._room[self._size : needed] = rows
        self._size = needed
