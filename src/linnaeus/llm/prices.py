"""What a call costs: the user's own table first, then genai-prices, offline. Unknown is None, never 0."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linnaeus.errors import InputError
from linnaeus.llm.provider import LOCAL, Provider

COLUMNS = ("model", "usd_per_million_in", "usd_per_million_out")


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens in and out."""

    usd_per_million_in: float
    usd_per_million_out: float

    @property
    def free(self) -> bool:
        """True when nothing is ever charged."""
        return self.usd_per_million_in == 0 and self.usd_per_million_out == 0

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """Dollars for one call."""
        return (tokens_in * self.usd_per_million_in + tokens_out * self.usd_per_million_out) / 1e6


def price_of(provider: Provider, table: str | None = None) -> Price | None:
    """The price of `provider`'s model; `table`, a path to CSV or JSON with COLUMNS, wins over the list."""
    own = read_table(table) if table else {}
    for name in (provider.name, provider.model):
        if name in own:
            return own[name]
    if provider.vendor == LOCAL:
        return Price(0.0, 0.0)
    return _listed(provider.model, provider.vendor) if provider.vendor else None


def read_table(path: str) -> dict[str, Price]:
    """Prices by model from a user's table. Raises InputError with the row that is wrong."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        rows: Iterable[Any] = json.loads(text) if _is_json(text) else csv.DictReader(text.splitlines())
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot read the price table {path}: {error}", hint="columns: " + ",".join(COLUMNS)
        ) from error
    if not isinstance(rows, (list, csv.DictReader)):
        raise InputError(
            f"{path} is no list of prices", hint=f"a JSON list of objects with {', '.join(COLUMNS)}"
        )
    return dict(_row(path, number, row) for number, row in enumerate(rows, 1))


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in {"[", "{"}


def _row(path: str, number: int, row: Any) -> tuple[str, Price]:
    try:
        if not isinstance(row, Mapping):
            raise TypeError("it is no object")
        amounts = [float(row[column]) for column in COLUMNS[1:]]
        if not all(0 <= amount < float("inf") for amount in amounts):
            raise ValueError("a price is a number from 0 up")
        return str(row["model"]).strip(), Price(*amounts)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}, price {number}: {error}", hint="columns: " + ",".join(COLUMNS)) from error


def _listed(model: str, vendor: str) -> Price | None:
    """The price of short prompts (ours never reach a long-context tier), without cache discounts."""
    import genai_prices

    tokens = 1_000
    try:
        found = genai_prices.calc_price(
            genai_prices.Usage(input_tokens=tokens, output_tokens=tokens), model, provider_id=vendor
        )
    except (LookupError, ValueError):
        return None
    per_million = 1e6 / tokens
    return Price(float(found.input_price) * per_million, float(found.output_price) * per_million)
