"""The stages that label texts in a project that holds a taxonomy, cheap ones first. Knows nothing of files."""

from __future__ import annotations

from linnaeus.closed.shortlists import open_shortlist
from linnaeus.stages.exact import Exact
from linnaeus.stages.rank import Rank
from linnaeus.store import CachedVectors, Store
from linnaeus.types import Stage


def given_stages(store: Store, vectors: CachedVectors, *, top: int | None) -> list[Stage]:
    """Exact repeats, then the labels that examples and names speak for."""
    return [Exact(store), Rank(open_shortlist(store, vectors), top=top)]
