"""What a machine's vote says: how alike two surfaces are, in figures a person can check."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.features import unit_rows
from linnaeus.store import Vote
from linnaeus.types import Codes

AUTHOR = "linnaeus"


def machine_vote(book: Book, founder: int, place: int, likeness: float, code: Codes | None = None) -> Vote:
    """Return the vote that joins the surface at `place` to the label of `founder`, with plain cosines as reasons.

    `likeness` is what the surfaces were joined for; `code` (d,) stands in for the texts of a surface not counted yet.
    """
    sums = book.sums.rows
    return Vote(
        book.rows[founder].id,
        book.rows[place].id,
        "same",
        likeness,
        AUTHOR,
        wording=_cosine(book.wordings[founder], book.wordings[place]) if book.wordings.shape[1] else None,
        texts=_cosine(sums[founder], sums[place] if code is None else code),
    )


def _cosine(left: NDArray[np.integer], right: NDArray[np.integer]) -> float:
    return round(float(unit_rows(left[None])[0] @ unit_rows(right[None])[0]), 4)
