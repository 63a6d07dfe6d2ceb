"""Texts to unit vectors, one embedder a file.

Knows nothing of labels, and keeps nothing: the store remembers vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linnaeus.registry import load

if TYPE_CHECKING:
    from linnaeus.types import Embedder

__all__ = ["DEFAULT", "open_embedder"]

DEFAULT = "minilm"
"""The packaged embedder: all-MiniLM-L6-v2, int8, no network."""


def open_embedder(spec: str = DEFAULT) -> Embedder:
    """Make the embedder that `spec` ("scheme:argument") names.

    Raises UsageError (no such scheme), MissingExtra (its package is absent) or ModelError (it cannot be
    used).

        open_embedder().embed(["hello"]).shape     # (1, 384)
    """
    embedder: Embedder = load("embedder", spec)
    return embedder
