"""A column of cells as numbers, and lists of labels in a cell. Knows nothing of files."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

_FORMULA = ("'=", "'+", "'-", "'@")  # what a spreadsheet would run has a ' in front in a result


class Column:
    """Cells one by one, each kept once: `values`, and for each row which of them it has."""

    def __init__(self) -> None:
        self._seen: dict[Any, int] = {}
        self._rows = array("i")
        self.values: list[Any] = []

    def add(self, cell: Any) -> None:
        """Put the cell of one more row behind the others; lists become tuples."""
        if cell.__class__ is list:
            cell = tuple(cell)
        place = self._seen.get(cell)
        if place is None:
            place = self._seen[cell] = len(self.values)
            self.values.append(cell)
        self._rows.append(place)

    @property
    def rows(self) -> NDArray[np.int64]:
        """Which value each row (n,) has."""
        return np.array(self._rows, np.int64)


def labels_in(cell: Any) -> list[str] | None:
    """The labels of a cell, each once: a list, one in JSON, or joined by `|`. None: nothing is said; [] says: none fits."""
    if isinstance(cell, str) and cell.startswith("["):
        cell = _from_json(cell)
    if isinstance(cell, (list, tuple)):
        return list(dict.fromkeys(_clean(part) for part in cell))
    if cell is None or not str(cell).strip():
        return None
    return list(dict.fromkeys(label for part in str(cell).split("|") if (label := _clean(part))))


def _from_json(cell: str) -> Any:
    try:
        found = msgspec.json.decode(cell)
    except msgspec.DecodeError:
        return cell
    return found if isinstance(found, list) else cell


def _clean(part: Any) -> str:
    words = " ".join(str(part).split())
    return words[1:] if words.startswith(_FORMULA) else words


def numbers_in(cells: list[Any]) -> Iterator[float]:
    """The numbers of cells that each hold one or several joined by `|`, in order; NaN for what is none."""
    for cell in cells:
        for part in cell.split("|") if isinstance(cell, str) else (cell,):
            try:
                yield float(part)
            except (TypeError, ValueError):
                yield float("nan")
