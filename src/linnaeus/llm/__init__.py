"""Language models behind one port: `open_model("openai:gpt-5-mini", limits)` is a `Model`. Knows no store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linnaeus import registry
from linnaeus.errors import UsageError
from linnaeus.llm.limits import Limits
from linnaeus.llm.record import Recorder
from linnaeus.llm.replay import Replay

if TYPE_CHECKING:
    from linnaeus.llm.prices import Price
    from linnaeus.llm.provider import Provider
    from linnaeus.types import Model

__all__ = ["Limits", "Recorder", "Replay", "open_model"]


def open_model(spec: str, limits: Limits | None = None) -> Model:
    """The model that `spec` names, held to `limits`. Nothing is asked of it yet.

    Raises UsageError for a spec or a budget that cannot work, ModelError for a missing key.
    """
    limits = limits or Limits()
    scheme, _, argument = spec.partition(":")
    if scheme == "replay":
        return Replay(_files(argument), limits)
    made = registry.load("model", spec, also=("replay", "none"))
    if hasattr(made, "answer"):  # a plugin may bring a whole Model
        model: Model = made
        return model
    return _pooled(made, limits)


def _files(argument: str) -> list[str]:
    files = [file for file in argument.split(",") if file]
    if not files:
        raise UsageError("replay: names no file", hint="replay:FILE or replay:FILE,FILE")
    return files


def _pooled(provider: Provider, limits: Limits) -> Model:
    from linnaeus.llm.pool import Pool
    from linnaeus.llm.prices import price_of

    price = price_of(provider, limits.prices)
    _check_budget(provider, limits, price)
    return Pool(provider, limits, price)


def _check_budget(provider: Provider, limits: Limits, price: Price | None) -> None:
    if limits.budget_usd is not None and price is None:
        raise UsageError(
            f"the price of {provider.name} is unknown, so a budget in dollars cannot be kept",
            hint="give --prices FILE or use --budget-calls",
        )
