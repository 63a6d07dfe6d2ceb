"""What every embedder does before and after its model: clean texts in, unit rows out. Knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from linnaeus.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linnaeus.types import Vectors

MOST_CHARACTERS = 4_000
"""An embedder reads this much of a text and no more: a text of 10 MB must not take seconds."""


def cleaned(texts: Sequence[str]) -> list[str]:
    """Each text cut to its first 4,000 characters, half surrogate pairs replaced. Refuses a bare str."""
    if isinstance(texts, str):
        raise UsageError("embed takes a sequence of texts, not one text", hint="write embed([text])")
    return [_encodable(text[:MOST_CHARACTERS]) for text in texts]


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text


def unit(rows: NDArray[Any]) -> Vectors:
    """Rows (n, d) scaled to length 1, float32.

    A row without a direction (zeros, not finite) becomes (1, 0, 0, ...).

    Each row is scaled on its own, in float64, so that it does not depend on the rows beside it.
    """
    wide = np.array(rows, np.float64)  # (n, d), a copy
    if wide.shape[1] == 0:
        return wide.astype(np.float32)
    wide[~np.isfinite(wide).all(axis=1)] = 0.0
    wide[~wide.any(axis=1), 0] = 1.0
    wide /= np.abs(wide).max(axis=1, keepdims=True)  # so that no square overflows
    lengths = np.sqrt((wide * wide).sum(axis=1, keepdims=True))  # (n, 1)
    scaled: Vectors = (wide / lengths).astype(np.float32)
    return scaled
