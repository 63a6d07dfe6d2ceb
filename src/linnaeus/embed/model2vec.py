"""Static embedders of the model2vec family (potion and others): the one door to model2vec."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from linnaeus.embed.rows import cleaned, unit
from linnaeus.errors import MissingExtra, ModelError, UsageError

if TYPE_CHECKING:
    from linnaeus.types import Vectors


class Model2Vec:
    """A model2vec StaticModel.

    Reads the first 4,000 characters of a text; a text without tokens gets (1, 0, 0, ...).
    """

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self._model = model

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) float32 unit rows in the order of `texts`."""
        clean = cleaned(texts)
        # Separate processes cost more than they bring for batches of our size, and need a main module.
        rows = self._model.encode(clean or [""], use_multiprocessing=False)
        return unit(rows)[: len(clean)]


def load(argument: str) -> Model2Vec:
    """`model2vec:NAME` on the Hugging Face hub (kept after the first use), or `model2vec:FOLDER`.

    The name holds a hash of the vectors, since a hub's NAME may come to mean others.
    """
    if not argument:
        raise UsageError("model2vec: names no model", hint="for example model2vec:minishlab/potion-base-8M")
    if find_spec("model2vec") is None:
        raise MissingExtra("model2vec", "model2vec")
    from model2vec import StaticModel

    try:
        model = StaticModel.from_pretrained(argument, force_download=False)
    except (OSError, ValueError, KeyError) as error:  # the hub's errors are OSError or ValueError
        hint = "is the name right, and can the hub be reached?"
        raise ModelError(f"model2vec:{argument} cannot be loaded: {error}", hint=hint) from error
    digest = sha256(model.embedding.tobytes()).hexdigest()
    return Model2Vec(f"model2vec:{argument}@{digest[:8]}", model)
