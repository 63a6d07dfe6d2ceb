"""Embedders of the sentence-transformers library (torch), from a hub or a folder: the one door to it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from linnaeus.embed.rows import cleaned, unit
from linnaeus.errors import MissingExtra, ModelError, UsageError

if TYPE_CHECKING:
    from linnaeus.types import Vectors


class SentenceTransformers:
    """A SentenceTransformer. Reads the first 4,000 characters of a text, and of those what the model takes.

    torch gives rows that differ in the last bits with the shape of the batch; a project keeps the first row
    it saw.
    """

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self._model = model

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) float32 unit rows in the order of `texts`."""
        clean = cleaned(texts)
        rows = self._model.encode(clean or [""], show_progress_bar=False, convert_to_numpy=True)
        return unit(rows)[: len(clean)]


def load(argument: str) -> SentenceTransformers:
    """`sentence-transformers:NAME` on the Hugging Face hub (kept after the first use), or a folder."""
    if not argument:
        raise UsageError(
            "sentence-transformers: names no model", hint="for example sentence-transformers:all-MiniLM-L6-v2"
        )
    if find_spec("sentence_transformers") is None:
        raise MissingExtra("sentence-transformers", "sentence-transformers")
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(argument)
    except (OSError, ValueError) as error:
        hint = "is the name right, and can the hub be reached?"
        raise ModelError(f"sentence-transformers:{argument} cannot be loaded: {error}", hint=hint) from error
    return SentenceTransformers(f"sentence-transformers:{argument}", model)
