"""What results hold of labels of a taxonomy, beside what they hold of all labels. Knows no project."""

from __future__ import annotations

from linnaeus.types import Answer

GRADES = ("taxonomy_ids", "scores")
"""Columns of texts with labels of a taxonomy: their ids there, and how likely each fits."""


def grades(answer: Answer) -> dict[str, str]:
    """What stands in these columns."""
    return {
        "taxonomy_ids": "|".join(answer.codes),
        "scores": "|".join(f"{score:.3f}" for score in answer.scores),
    }
