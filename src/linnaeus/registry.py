"""Turn "scheme:argument" into an object: built-ins and entry points in one table. Knows only where things live."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from linnaeus.errors import UsageError

BUILT_IN = {
    "embedder": {
        "minilm": "linnaeus.embed.onnx:packaged",
        "onnx": "linnaeus.embed.onnx:from_path",
        "static": "linnaeus.embed.static:packaged",
        "model2vec": "linnaeus.embed.model2vec:load",
        "sentence-transformers": "linnaeus.embed.sentence_transformers:load",
        "openai": "linnaeus.embed.http:openai",
        "ollama": "linnaeus.embed.http:ollama",
        "http": "linnaeus.embed.http:http",
        "https": "linnaeus.embed.http:https",
    },
    "model": {
        "openai": "linnaeus.llm.openai:openai",
        "ollama": "linnaeus.llm.openai:ollama",
        "http": "linnaeus.llm.openai:http",
        "https": "linnaeus.llm.openai:https",
        "anthropic": "linnaeus.llm.anthropic:load",
        "gemini": "linnaeus.llm.gemini:load",
        "gguf": "linnaeus.llm.gguf:from_path",
        "local": "linnaeus.llm.gguf:packaged",
    },
}
"""kind -> scheme -> "module:factory"; a factory takes the argument (what follows the first colon, maybe empty)."""


def schemes(kind: str) -> dict[str, str]:
    """Every scheme of one kind, plugins included (entry point group `linnaeus.KIND`); built-ins win."""
    plugins = {point.name: point.value for point in entry_points(group=f"linnaeus.{kind}")}
    return plugins | BUILT_IN[kind]


def load(kind: str, spec: str, *, also: Sequence[str] = ()) -> Any:
    """Make the object that `spec` names; its module is imported now and not before.

    Raises UsageError that lists the known schemes and those that the caller knows `also`.
    """
    scheme, _, argument = spec.partition(":")
    known = schemes(kind)
    if scheme not in known:
        raise UsageError(f"{spec!r} names no {kind}", hint="known: " + ", ".join(sorted([*known, *also])))
    module, _, factory = known[scheme].partition(":")
    return getattr(import_module(module), factory)(argument)
