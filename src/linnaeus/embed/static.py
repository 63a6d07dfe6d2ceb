"""A static embedder: a text is the mean of its tokens' vectors, so there is no model to run. Knows no hub.

The vectors are wordllama's packaged weights (MIT by its own statement), distilled from the token codebooks of
Llama-2 models; both files are read as they lie in that package, and its code is never imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linnaeus.embed.rows import cleaned, unit
from linnaeus.errors import MissingExtra, ModelError, UsageError

if TYPE_CHECKING:
    from linnaeus.types import Vectors

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
CHUNK = 1_024  # texts that are cut into tokens at a time, on all cores; bounds memory


class StaticEmbedder:
    """Mean of token vectors (vocabulary, d), unit length. A text without tokens gets the row (1, 0, 0, ...).

    Reads the first 4,000 characters of a text. Fast and plain: word order is lost.
    """

    def __init__(self, name: str, table: Vectors, tokenizer: Any) -> None:
        self.name = name
        self._table = table
        self._tokenizer = tokenizer

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) float32 unit rows in the order of `texts`."""
        clean = cleaned(texts)
        out = np.empty((len(clean), self._table.shape[1]), np.float32)
        for start in range(0, len(clean), CHUNK):
            part = self._tokenizer.encode_batch(clean[start : start + CHUNK], add_special_tokens=False)
            for row, tokens in enumerate(part, start):
                # each text on its own: a sum over a padded batch could differ in the last bit
                out[row] = self._table[tokens.ids].sum(axis=0)  # (d,)
        return unit(out)


def packaged(argument: str) -> StaticEmbedder:
    """wordllama's 256-d vectors, distilled from Llama-2 codebooks: 16 MB, no network, English above all."""
    if argument:
        raise UsageError(
            f"static takes no argument, not {argument!r}", hint="use model2vec:NAME for other vectors"
        )
    found = find_spec("wordllama")
    if found is None or found.origin is None:
        raise MissingExtra("wordllama", "static")
    if find_spec("safetensors") is None:
        raise MissingExtra("safetensors", "static")
    folder = Path(found.origin).parent
    try:
        weights, words = (folder / WEIGHTS).read_bytes(), (folder / TOKENIZER).read_bytes()
    except OSError as error:
        hint = "pip install wordllama==0.4.0.post1"
        raise ModelError(f"wordllama's weights are not where they should be: {error}", hint=hint) from error
    digest = sha256(weights + sha256(words).digest()).hexdigest()
    return StaticEmbedder(f"static-wordllama-256-{digest[:8]}", _table(weights), _tokenizer(words))


def _table(weights: bytes) -> Vectors:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(weights)
    except SafetensorError as error:
        raise ModelError(f"wordllama's weights cannot be read: {error}") from error
    (table,) = tensors.values()
    return np.ascontiguousarray(table, np.float32)  # (vocabulary, 256)


def _tokenizer(words: bytes) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(words)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
