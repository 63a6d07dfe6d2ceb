"""Labels for texts that stay consistent. Public names are imported when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linnaeus.cascade import Cascade
    from linnaeus.classifier import Classifier, label
    from linnaeus.consolidate import Consolidator
    from linnaeus.embed import open_embedder
    from linnaeus.errors import (
        BudgetReached,
        InputError,
        LinnaeusError,
        ModelError,
        StoreBusy,
        StoreError,
        UsageError,
    )
    from linnaeus.llm import Limits, open_model
    from linnaeus.stages import Ask, Exact, Recall
    from linnaeus.store import CachedVectors, Store
    from linnaeus.types import Answer, Decision, LabelId, Verdict

__version__ = "0.1.0"

_HOMES = {
    "Answer": "types",
    "Ask": "stages",
    "BudgetReached": "errors",
    "CachedVectors": "store",
    "Cascade": "cascade",
    "Classifier": "classifier",
    "Consolidator": "consolidate",
    "Decision": "types",
    "Exact": "stages",
    "InputError": "errors",
    "LabelId": "types",
    "Limits": "llm",
    "LinnaeusError": "errors",
    "ModelError": "errors",
    "Recall": "stages",
    "Store": "store",
    "StoreBusy": "errors",
    "StoreError": "errors",
    "UsageError": "errors",
    "Verdict": "types",
    "label": "classifier",
    "open_embedder": "embed",
    "open_model": "llm",
}

__all__ = [
    "Answer",
    "Ask",
    "BudgetReached",
    "CachedVectors",
    "Cascade",
    "Classifier",
    "Consolidator",
    "Decision",
    "Exact",
    "InputError",
    "LabelId",
    "Limits",
    "LinnaeusError",
    "ModelError",
    "Recall",
    "Store",
    "StoreBusy",
    "StoreError",
    "UsageError",
    "Verdict",
    "__version__",
    "label",
    "open_embedder",
    "open_model",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'linnaeus' has no attribute {name!r}")
    value = getattr(import_module(f"linnaeus.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
