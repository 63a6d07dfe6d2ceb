"""What a machine's vote says: how alike two surfaces are, in figures a person can check."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.chances import Chances, pair_features
from linnaeus.consolidate.features import Frame, unit_rows
from linnaeus.store import Vote

AUTHOR = "linnaeus"


def machine_vote(book: Book, frame: Frame, chances: Chances, founder: int, place: int) -> Vote:
    """Return the vote that joins the surface at `place` to the label of `founder`: weight, and cosines as reasons.

    The weight is the chance that the two are one label by themselves; both have been counted in the book.
    """
    features = pair_features(book, frame, np.array([founder]), np.array([place]))
    return Vote(
        book.rows[founder].id,
        book.rows[place].id,
        "same",
        round(float(chances.of(features)[0]), 4),
        AUTHOR,
        wording=_cosine(book.wordings[founder], book.wordings[place]) if book.wordings.shape[1] else None,
        texts=_cosine(book.sums.rows[founder], book.sums.rows[place]),
    )


def _cosine(left: NDArray[np.integer], right: NDArray[np.integer]) -> float:
    return round(float(unit_rows(left[None])[0] @ unit_rows(right[None])[0]), 4)
