"""Arrays by name: what was learnt, and what can be made anew. Knows nothing of what they mean."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.store.base import Base


class Arrays(Base):
    """The part of the store that knows arrays. Nothing is committed here."""

    def arrays(self, kind: str) -> dict[str, NDArray[Any]]:
        """The arrays of one kind by name; none where there are none."""
        rows = self._rows("SELECT name, data FROM arrays WHERE kind = ? ORDER BY rowid", (kind,))
        return {name: np.load(io.BytesIO(data), allow_pickle=False) for name, data in rows}

    def set_arrays(self, kind: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Let these be the arrays of one kind."""
        self._write("DELETE FROM arrays WHERE kind = ?", (kind,))
        self._write_many(
            "INSERT INTO arrays (kind, name, data) VALUES (?, ?, ?)",
            ((kind, name, _bytes(array)) for name, array in arrays.items()),
        )


def _bytes(array: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()
