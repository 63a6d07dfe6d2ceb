"""When the next request may start: the rate limit, and the server's wish to rest. Knows no protocol."""

from __future__ import annotations

import random
import time
from threading import Event, Lock

from linnaeus.llm.budget import Stopped


class Pace:
    """One clock for all workers. Starts are spread evenly: no minute holds more than `per_minute`."""

    def __init__(self, per_minute: float | None = None) -> None:
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._next = 0.0
        self._held_until = 0.0
        self._lock = Lock()

    def hold(self, seconds: float) -> None:
        """Let nobody start for `seconds`; a longer hold that is already there stays."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def held_for(self) -> float:
        """Seconds until the server wants to be asked again; 0 when it does not mind."""
        return max(0.0, self._held_until - time.monotonic())

    def wait(self, halt: Event, until: float = float("inf"), longest_hold: float = float("inf")) -> bool:
        """Return True when a request may start; False if that is after `until`, or the hold is too long."""
        while self.held_for() <= longest_hold:
            pause = self._take_turn(until)
            if pause is None:
                return False
            if pause <= 0:
                return True
            sleep(min(pause, 1.0), halt)  # the hold may have grown meanwhile
        return False

    def _take_turn(self, until: float) -> float | None:
        """Seconds to wait before asking again; 0 takes the turn; None: not before `until`."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next, self._held_until)
            if start > until:
                return None
            if start <= now:
                self._next = now + self._gap
                return 0.0
            # Those whom one hold stops would all start in the same moment after it: spread them a little.
            spread = random.uniform(0.0, 0.1) if self._held_until > now else 0.0
            return start - now + spread


def backoff(tries: int) -> float:
    """Seconds to wait after `tries` failures: exponential with full jitter, at most 30.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("full jitter").
    """
    return random.uniform(0.0, min(30.0, 0.5 * 2 ** min(tries - 1, 10)))


def sleep(seconds: float, halt: Event) -> None:
    """Wait the whole of `seconds` by the monotonic clock; raise Stopped at once when `halt` is set."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if halt.wait(left):
            raise Stopped
    if halt.is_set():
        raise Stopped
