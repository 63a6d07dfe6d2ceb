"""What every implementation of a port must hold, ours and plugins': call these from your own tests.

Knows no implementation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linnaeus.errors import UsageError

if TYPE_CHECKING:
    from linnaeus.types import Embedder, Vectors

TEXTS = (
    "My card has not arrived yet",
    "",
    "I was charged twice for one transfer",
    "a",
    " \n\t",
    "Wo ist meine Karte? 我的卡在哪里? أين بطاقتي؟ 🦒",
    "The top-up failed and the money is gone. " * 40,
    "My card has not arrived yet",
    "NUL \0 in the middle",
    "word " * 5_000,
    "half a pair \ud83e",
)


def check_embedder(embedder: Embedder) -> None:
    """Raise AssertionError with a sentence where `embedder` breaks the contract of `types.Embedder`.

    Checks shape, dtype, unit length, order, empty texts and repeats, and that a row depends, to the last bit,
    on its own text alone, whatever else is in the batch and however long that is.
    """
    _must(
        isinstance(embedder.name, str) and embedder.name != "", "`name` must be a text that names the weights"
    )
    whole = embedder.embed(TEXTS)
    _check_rows(whole, len(TEXTS))
    _must(np.array_equal(whole[0], whole[7]), "equal texts must get equal rows")
    _must(len({row.tobytes() for row in whole[[0, 2, 3, 5]]}) == 4, "different texts must get different rows")
    _check_empty(embedder, whole.shape[1])
    _check_alone(embedder, whole)
    try:
        embedder.embed("one text")
    except UsageError:
        return
    raise AssertionError("a bare str must be refused with UsageError")


def _check_rows(rows: Vectors, count: int) -> None:
    _must(
        rows.ndim == 2 and rows.shape[0] == count,
        f"{count} texts must give {count} rows, not shape {rows.shape}",
    )
    _must(rows.dtype == np.float32, f"rows must be float32, not {rows.dtype}")
    lengths = np.sqrt((rows.astype(np.float64) ** 2).sum(axis=1))  # (n,)
    _must(
        bool(np.abs(lengths - 1.0).max() < 1e-5),
        f"rows must have length 1, not {lengths.min()} to {lengths.max()}",
    )


def _check_empty(embedder: Embedder, dimension: int) -> None:
    none = embedder.embed([])
    _must(none.shape == (0, dimension), f"no texts must give shape (0, {dimension}), not {none.shape}")
    _must(none.dtype == np.float32, f"no texts must give float32, not {none.dtype}")


def _check_alone(embedder: Embedder, whole: Vectors) -> None:
    for size in (1, 2, 3):
        parts = [embedder.embed(TEXTS[start : start + size]) for start in range(0, len(TEXTS), size)]
        same = np.array_equal(np.concatenate(parts), whole)
        _must(same, f"rows must not depend on the batch: batches of {size} give other rows than all at once")
    backwards = embedder.embed(TEXTS[::-1])[::-1]
    _must(np.array_equal(backwards, whole), "rows must come in the order of the texts and not depend on it")


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
