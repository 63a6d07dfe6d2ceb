"""Name what stands above labels: by a phrase that the labels' names share, else by their texts. Knows nothing of trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from linnaeus.consolidate.candidates import candidates
from linnaeus.consolidate.phrases import counted, name_groups

if TYPE_CHECKING:
    from linnaeus.types import Embedder


def name_parents(
    names: Sequence[Sequence[str]],
    texts: Sequence[Sequence[str]],
    embedder: Embedder,
    *,
    keep: Sequence[str | None],
) -> list[str]:
    """One unique snake_case name for each parent of labels with these `names` and `texts`; `keep` as in `name_groups`."""
    told = [
        list(own if common else said) for own, said, common in zip(names, texts, _common(names), strict=True)
    ]
    return name_groups(told, embedder, keep=keep, shared=True)


def _common(names: Sequence[Sequence[str]]) -> list[bool]:
    """For each parent whether a phrase has words that stand in several of the names."""
    _, counts = counted(names)
    first = [candidates(parent, counts, 1, shared=True) for parent in range(len(names))]
    return [
        any(counts.inside(parent, phrase.stems) > 1 for phrase in best) for parent, best in enumerate(first)
    ]
