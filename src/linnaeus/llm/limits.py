"""How far a model may go: workers, waits, calls, money. Knows nothing of threads or of any server."""

from __future__ import annotations

from dataclasses import dataclass

from linnaeus.errors import UsageError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one model. None means "no bound"; `prices` is the path of the user's own price table.

    `timeout_s` bounds one try, `deadline_s` all tries of one task together, from its first request on.
    """

    workers: int = 8
    timeout_s: float = 60.0
    deadline_s: float = 300.0
    retries: int = 5
    per_minute: float | None = None
    budget_usd: float | None = None
    budget_calls: int | None = None
    prices: str | None = None

    def __post_init__(self) -> None:
        for name in ("workers", "timeout_s", "deadline_s", "per_minute"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"{name} is {value}", hint="it must be more than 0")
        for name in ("retries", "budget_usd", "budget_calls"):
            value = getattr(self, name)
            if value is not None and not value >= 0:
                raise UsageError(f"{name} is {value}", hint="it must be 0 or more")
