"""The project: one SQLite file, the only state."""

from linnaeus.store.connection import MEMORY
from linnaeus.store.rows import DecidedText, Event, LabelSummary, Named, SurfaceRow, Vote
from linnaeus.store.sqlite import Store
from linnaeus.store.vectors import CachedVectors, content_key

__all__ = [
    "MEMORY",
    "CachedVectors",
    "DecidedText",
    "Event",
    "LabelSummary",
    "Named",
    "Store",
    "SurfaceRow",
    "Vote",
    "content_key",
]
