"""The stages that label texts in a project that holds a taxonomy, cheap ones first. Knows nothing of files."""

from __future__ import annotations

from linnaeus.stages.exact import Exact
from linnaeus.stages.rank import Rank, Shortlist
from linnaeus.store import Store
from linnaeus.types import Stage


def given_stages(store: Store, shortlist: Shortlist, *, top: int | None) -> list[Stage]:
    """Exact repeats, then the labels that examples and names speak for."""
    return [Exact(store), Rank(shortlist, top=top)]
