"""Embedders behind the OpenAI embeddings protocol: OpenAI, Ollama, vLLM, llama.cpp's server and others.

No SDK.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
import numpy as np

from linnaeus.embed.endpoint import Endpoint
from linnaeus.embed.rows import cleaned, unit
from linnaeus.errors import ModelError, UsageError

if TYPE_CHECKING:
    from linnaeus.types import Vectors

BATCH = 128
_BLANK = "(empty)"
"""Sent for a text without a visible character, which OpenAI and others refuse."""


class HttpEmbedder:
    """A model behind POST .../embeddings.

    Reads the first 4,000 characters of a text; sends 128 texts a request.

    Whether a row depends on its own text alone is the server's doing: most differ in the last bits from batch
    to batch.
    """

    def __init__(self, name: str, endpoint: Endpoint, model: str, *, batch: int = BATCH) -> None:
        if not model:
            raise UsageError(f"{name!r} names no model", hint="for example openai:text-embedding-3-small")
        self.name = name
        self._endpoint = endpoint
        self._model = model
        self._batch = batch
        self._dimension = 0

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) float32 unit rows in the order of `texts`. Raises ModelError."""
        sent = [_BLANK if not text.strip() else text for text in cleaned(texts)]
        parts = [self._ask(sent[start : start + self._batch]) for start in range(0, len(sent), self._batch)]
        return unit(np.concatenate(parts)) if parts else np.empty((0, self._width()), np.float32)

    def _width(self) -> int:
        return self._dimension or self._ask([_BLANK]).shape[1]

    def _ask(self, texts: list[str]) -> Vectors:
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        content = self._endpoint.post(msgspec.json.encode(body))
        try:
            answer = msgspec.json.decode(content, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            hint = "does it speak the OpenAI embeddings protocol?"
            raise ModelError(
                f"{self.name} answered with something else than vectors: {error}", hint=hint
            ) from error
        if sorted(row.index for row in answer.data) != list(range(len(texts))):
            raise ModelError(f"{self.name} answered {len(texts)} texts with {len(answer.data)} vectors")
        rows = [row.embedding for row in sorted(answer.data, key=lambda row: row.index)]
        found = {len(row) for row in rows}
        if len(found) > 1 or 0 in found or found != {self._dimension or len(rows[0])}:
            known = f", not {self._dimension} as before" if self._dimension else ""
            raise ModelError(f"{self.name} answered with vectors of {sorted(found)} numbers{known}")
        self._dimension = len(rows[0])
        return np.array(rows, np.float32)


@dataclass(frozen=True, slots=True)
class _Row:
    """One vector, and the place of its text in the request."""

    index: int
    embedding: list[float]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the server says."""

    data: list[_Row]


def openai(argument: str) -> HttpEmbedder:
    """`openai:MODEL`, with OPENAI_API_KEY; OPENAI_BASE_URL is honoured."""
    variable = "OPENAI_API_KEY"
    key = _key(variable)
    if not key:
        raise ModelError("openai: needs a key", hint=f"set {variable} in the environment")
    base = os.environ.get("OPENAI_BASE_URL", "").strip() or "https://api.openai.com/v1"
    return HttpEmbedder(f"openai:{argument}", Endpoint(_url(base), key, variable), argument)


def ollama(argument: str) -> HttpEmbedder:
    """`ollama:MODEL`, on OLLAMA_HOST or this machine."""
    host = os.environ.get("OLLAMA_HOST", "").strip() or "localhost:11434"
    base = (host if "://" in host else f"http://{host}").replace("//0.0.0.0", "//127.0.0.1").rstrip("/")
    base = base if base.endswith("/v1") else f"{base}/v1"
    return HttpEmbedder(f"ollama:{argument}", Endpoint(_url(base), _key("LINNAEUS_API_KEY")), argument)


def http(argument: str) -> HttpEmbedder:
    """`http://HOST/v1#MODEL`; LINNAEUS_API_KEY is sent where it is set."""
    return _anywhere(f"http:{argument}")


def https(argument: str) -> HttpEmbedder:
    """`https://HOST/v1#MODEL`; LINNAEUS_API_KEY is sent where it is set."""
    return _anywhere(f"https:{argument}")


def _anywhere(spec: str) -> HttpEmbedder:
    base, _, model = spec.partition("#")
    return HttpEmbedder(spec, Endpoint(_url(base), _key("LINNAEUS_API_KEY")), model)


def _url(base: str) -> str:
    """The endpoint under `base`. The address becomes the embedder's name, so it must hold no secret."""
    try:
        parts = urlsplit(base)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{base!r} is no address", hint="it reads like https://HOST/v1#MODEL")
    if parts.username or parts.password or parts.query:
        shown = f"{parts.scheme}://{parts.hostname}"
        raise UsageError(
            f"an address like {shown} takes no user, password or query", hint="set LINNAEUS_API_KEY"
        )
    return base.rstrip("/") + "/embeddings"


def _key(variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if value and (not value.isascii() or not value.isprintable() or " " in value):
        raise ModelError(f"{variable} has characters that no key has", hint="set it again, without quotes")
    return value
