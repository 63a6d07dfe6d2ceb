"""The project: one SQLite file, the only state."""

from linnaeus.store.connection import MEMORY
from linnaeus.store.evidence import JUDGE
from linnaeus.store.filing import CATEGORY, Filed
from linnaeus.store.items import Dated, Item
from linnaeus.store.looks import Look, MachineText
from linnaeus.store.proposals import Proposal, Proposed
from linnaeus.store.rows import (
    Assigned,
    AssignedText,
    DecidedText,
    Event,
    Guessed,
    KeptName,
    LabelSummary,
    Move,
    Named,
    Rethought,
    SurfaceRow,
    Vote,
)
from linnaeus.store.sqlite import Store
from linnaeus.store.taxonomies import TAXONOMY, TaxonomyColumns, TaxonomyRow
from linnaeus.store.vectors import CachedVectors, content_key

__all__ = [
    "CATEGORY",
    "JUDGE",
    "MEMORY",
    "TAXONOMY",
    "Assigned",
    "AssignedText",
    "CachedVectors",
    "Dated",
    "DecidedText",
    "Event",
    "Filed",
    "Guessed",
    "Item",
    "KeptName",
    "LabelSummary",
    "Look",
    "MachineText",
    "Move",
    "Named",
    "Proposal",
    "Proposed",
    "Rethought",
    "Store",
    "SurfaceRow",
    "TaxonomyColumns",
    "TaxonomyRow",
    "Vote",
    "content_key",
]
