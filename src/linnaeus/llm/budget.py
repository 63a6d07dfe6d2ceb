"""Money and calls that cannot be overrun: reserve the worst case, then settle. Knows not what is bought."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Condition
from typing import Protocol

BUDGET_ENDED = "the budget ended"
"""The error of a reply that was not asked for any more."""


class Stopped(Exception):
    """The caller went away; nothing more is to be asked for it."""


class Halt(Protocol):
    """What tells a wait to end early."""

    def is_set(self) -> bool:
        """True when the work is no longer wanted."""
        ...


@dataclass(frozen=True, slots=True)
class Hold:
    """One call that is paid for in advance at its worst case."""

    usd: float


class Budget:
    """Calls and dollars, shared by threads.

    At any moment spent + held <= the limits, so the sum of what is settled cannot pass them either, as long
    as each call costs at most what was held for it.
    """

    def __init__(self, calls: int | None = None, usd: float | None = None) -> None:
        self.calls, self.usd = calls, usd
        self.spent_calls, self.spent_usd = 0, 0.0
        self._held_calls, self._held_usd = 0, 0.0
        self._changed = Condition()

    def reserve(self, usd: float, halt: Halt) -> Hold | None:
        """Hold one call of at most `usd`; wait while calls under way may free it. None: the budget ended."""
        with self._changed:
            while not self._fits(self._held_calls, self._held_usd, usd):
                if not self._fits(0, 0.0, usd):
                    return None
                self._changed.wait(timeout=0.05)  # short, because a halt wakes nobody
                if halt.is_set():
                    raise Stopped
            self._held_calls += 1
            self._held_usd += usd
            return Hold(usd)

    def settle(self, hold: Hold, *, calls: int, usd: float | None) -> None:
        """Give the hold back and book what was used; an unknown `usd` books all that was held."""
        with self._changed:
            self._held_calls -= 1
            self._held_usd = self._held_usd - hold.usd if self._held_calls else 0.0  # 0: no rounding is kept
            self.spent_calls += calls
            self.spent_usd += hold.usd if usd is None else usd
            self._changed.notify_all()

    def _fits(self, held_calls: int, held_usd: float, usd: float) -> bool:
        calls_fit = self.calls is None or self.spent_calls + held_calls + 1 <= self.calls
        return calls_fit and (self.usd is None or self.spent_usd + held_usd + usd <= self.usd)
