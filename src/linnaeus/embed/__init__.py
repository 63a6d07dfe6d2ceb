"""Texts to unit vectors, one embedder a file.

Knows nothing of labels, and keeps nothing: the store remembers vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linnaeus.errors import ModelError
from linnaeus.registry import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linnaeus.types import Embedder, Vectors

__all__ = ["DEFAULT", "LaterEmbedder", "open_embedder"]

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


class LaterEmbedder:
    """An embedder whose name is known, opened when first used: kept vectors need no model and no key."""

    def __init__(self, name: str, spec: str) -> None:
        self.name = name
        self._spec = spec
        self._opened: Embedder | None = None

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return what the embedder returns.

        Raises ModelError if `spec` now names other weights than `name`.
        """
        if self._opened is None:
            self._opened = open_embedder(self._spec)
        if self.name and self._opened.name != self.name:
            hint = "the project's vectors were made with other weights"
            raise ModelError(f"{self._spec} is {self._opened.name} now, not {self.name}", hint=hint)
        return self._opened.embed(texts)
