"""An embedder with a memory: each content is embedded once a project. Knows nothing of labels."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from itertools import islice

import numpy as np

from linnaeus.index import quantise, units
from linnaeus.store.sqlite import Store
from linnaeus.types import Codes, Embedder, Vectors

PART = 4096  # texts embedded and kept together: what a kill may cost


def content_key(text: str) -> bytes:
    """Return 16 bytes that stand for a text: BLAKE2b of its UTF-8 (lone surrogates replaced)."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


class CachedVectors:
    """Whole-number vectors of texts, from the store where it has them. `seconds` counts the time spent embedding."""

    def __init__(self, embedder: Embedder, store: Store) -> None:
        self.embedder = embedder
        self.name = embedder.name
        self.seconds = 0.0
        self._store = store

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Unit rows (n, d) of the kept vectors: an `Embedder` itself, for what can do with them."""
        return units(self.codes(texts))

    def codes(self, texts: Sequence[str]) -> Codes:
        """Return (n, d) whole numbers for n texts, in order; new ones join the store's open transaction, if it has one."""
        keys = [content_key(text) for text in texts]
        known = self._store.vectors(list(dict.fromkeys(keys)), self.name)
        new = iter({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        while part := dict(islice(new, PART)):
            began = time.perf_counter()
            made = quantise(self.embedder.embed(list(part.values())))
            self.seconds += time.perf_counter() - began
            if self._store.writable:
                self._store.add_vectors(list(part), made, self.name)
            known.update(zip(part, made, strict=True))
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, 0), dtype=np.int8)
