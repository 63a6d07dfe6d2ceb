"""One task, from prompt to Reply: tries, waits and one repair. Knows no protocol and starts no thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from threading import Event

from linnaeus.errors import LinnaeusError, ModelError
from linnaeus.llm.budget import BUDGET_ENDED, Budget
from linnaeus.llm.failures import hint
from linnaeus.llm.forms import room
from linnaeus.llm.limits import Limits
from linnaeus.llm.pace import Pace, backoff, sleep
from linnaeus.llm.prices import Price
from linnaeus.llm.prompts import Prompt, tokens_at_most
from linnaeus.llm.provider import Adapted, Completion, Provider, ProviderError, Stop, Unable
from linnaeus.llm.replies import Parsed, parse, shown
from linnaeus.types import Reply, Task

_MOST_FORMS = 8  # more forms than any provider has; a server that refuses each of them is not asked for ever
_UNREACHED_TRIES = 3


@dataclass(slots=True)
class _Bill:
    """What one task has used so far. `usd` is None once the price of something is unknown."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0

    def add(self, done: Completion, price: Price | None) -> None:
        self.tokens_in += done.tokens_in or 0
        self.tokens_out += done.tokens_out or 0
        cost = cost_of(done, price)
        self.usd = None if cost is None or self.usd is None else self.usd + cost

    def reply(self, parsed: Parsed, *, unasked: bool = False) -> Reply:
        return Reply(
            parsed.labels,
            parsed.wrong or None,
            self.calls,
            self.tokens_in,
            self.tokens_out,
            self.usd,
            unasked,
            parsed.verdicts,
            parsed.description,
            parsed.drafts,
            parsed.queries,
        )


class _GaveUp(Exception):
    """No answer can be had for this task; the message says why."""


class _BudgetEnded(Exception):
    """The next request cannot be paid for."""


class _Deadline:
    """The end of one task's time. It starts to run with the first request, not while the task is in line."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.end = float("inf")

    def start(self) -> None:
        """Start the clock; once only."""
        if not self.started:
            self.end = time.monotonic() + self._seconds

    @property
    def started(self) -> bool:
        """True once a request was made."""
        return self.end != float("inf")

    def left(self) -> float:
        """Seconds left."""
        return self.end - time.monotonic()


class Asker:
    """Asks one provider within the limits that all its tasks share. May be used from many threads."""

    def __init__(self, provider: Provider, limits: Limits, price: Price | None) -> None:
        self._provider, self._limits, self._price = provider, limits, price
        self.budget = Budget(limits.budget_calls, limits.budget_usd)
        self._pace = Pace(limits.per_minute)
        self._worked = Event()

    def ask(self, task: Task, stop: Stop) -> Reply:
        """The reply to one task. Raises ModelError when no task can be answered, Stopped when unwanted."""
        bill, deadline = _Bill(), _Deadline(self._limits.deadline_s)
        prompt = Prompt(task)
        try:
            parsed, said = self._answer(prompt, bill, deadline, stop)
        except _BudgetEnded:
            return bill.reply(Parsed(wrong=BUDGET_ENDED), unasked=True)
        except _GaveUp as reason:
            return bill.reply(Parsed(wrong=str(reason)))
        except Unable:
            return bill.reply(Parsed())
        if parsed.wrong and not parsed.refused:
            parsed = self._repaired(replace(prompt, said=said, wrong=parsed.wrong), bill, deadline, stop)
        return bill.reply(parsed)

    def _repaired(self, prompt: Prompt, bill: _Bill, deadline: _Deadline, stop: Stop) -> Parsed:
        """Ask once more, saying what was wrong; when that cannot be done, the first fault stands."""
        try:
            parsed, _ = self._answer(prompt, bill, deadline, stop)
        except (_BudgetEnded, _GaveUp):
            return Parsed(wrong=prompt.wrong)
        return parsed

    def _answer(self, prompt: Prompt, bill: _Bill, deadline: _Deadline, stop: Stop) -> tuple[Parsed, str]:
        done = self._complete(prompt, bill, deadline, stop)
        if done.refusal:
            return Parsed(wrong=f"the model refused: {shown(done.refusal)}", refused=True), ""
        parsed = parse(done.text, prompt.task)
        if done.cut and parsed.wrong and not parsed.refused:
            parsed = Parsed(wrong=f"the reply was cut at the limit of output tokens: {shown(done.text)}")
        return parsed, done.text

    def _complete(self, prompt: Prompt, bill: _Bill, deadline: _Deadline, stop: Stop) -> Completion:
        """Try until an answer comes. Raises _GaveUp, _BudgetEnded, Unable, ModelError or Stopped."""
        failures = forms = 0
        while True:
            try:
                return self._try(prompt, bill, deadline, stop)
            except Adapted as error:
                forms += 1
                if forms > _MOST_FORMS:
                    raise _GaveUp(str(error)) from error
            except Unable:
                raise
            except ProviderError as error:
                failures += 1
                self._wait_after(error, failures, deadline, stop)

    def _try(self, prompt: Prompt, bill: _Bill, deadline: _Deadline, stop: Stop) -> Completion:
        """One paid request. The worst case is held before it and settled after it, whatever happens."""
        hold = self.budget.reserve(self._worst_case(prompt), stop.event)
        if hold is None:
            raise _BudgetEnded
        calls: int = 0
        usd: float | None = 0.0
        try:
            self._take_turn(deadline, stop)
            deadline.start()
            calls, usd = 1, None  # from here on the money may be gone, even if no answer comes
            done = self._provider.complete(
                prompt, min(self._limits.timeout_s, max(deadline.left(), 0.001)), stop
            )
            usd = cost_of(done, self._price)
            bill.add(done, self._price)
            self._worked.set()
            return done
        except ProviderError as error:
            calls = int(error.reached)
            usd = 0.0 if error.unpaid else None
            raise
        finally:
            bill.calls += calls
            self.budget.settle(hold, calls=calls, usd=usd)

    def _worst_case(self, prompt: Prompt) -> float:
        if not self._price or self._limits.budget_usd is None:
            return 0.0
        return self._price.of(tokens_at_most(prompt), room(prompt.task, self._provider.tokens_out_at_most))

    def _take_turn(self, deadline: _Deadline, stop: Stop) -> None:
        """Wait for the rate limit and for the server's own wish to be left alone."""
        if self._pace.wait(stop.event, deadline.end, longest_hold=self._limits.deadline_s):
            return
        held = self._pace.held_for()
        if held > self._limits.deadline_s and not deadline.started:
            # Nothing that waits can be asked in time, so the whole call ends here; a later one goes on.
            raise self._fatal(
                f"the server asks to be left alone for {held:.0f} s, longer than {self._patience}"
            )
        raise _GaveUp(f"no turn before {self._patience} ended")

    @property
    def _patience(self) -> str:
        return f"the deadline of {self._limits.deadline_s:g} s"

    def _wait_after(self, error: ProviderError, failures: int, deadline: _Deadline, stop: Stop) -> None:
        """Sleep before the next try, or raise what there is to raise instead."""
        if stop.is_set():
            sleep(0.0, stop.event)
        if error.retry_after_s is not None:
            self._pace.hold(error.retry_after_s)
        if error.fatal or (error.suspect and not error.retryable and not self._worked.is_set()):
            raise self._fatal(str(error)) from error
        if not error.retryable:
            raise _GaveUp(str(error)) from error
        self._give_up_if_pointless(error, failures)
        pause = max(error.retry_after_s or 0.0, backoff(failures))
        if pause >= deadline.left():
            asks = (
                "" if error.retry_after_s is None else f"; the server asks to wait {error.retry_after_s:g} s"
            )
            raise _GaveUp(f"{error} (tries: {failures}{asks}; {self._patience} comes first)") from error
        sleep(pause, stop.event)

    def _give_up_if_pointless(self, error: ProviderError, failures: int) -> None:
        first_contact = not self._worked.is_set()
        if (
            first_contact
            and not error.reached
            and failures >= min(_UNREACHED_TRIES, self._limits.retries + 1)
        ):
            raise self._fatal(str(error)) from error
        # A server that names a moment is waited for until the deadline; only blind retries are counted.
        if failures > self._limits.retries and not error.retry_after_s:
            if first_contact and error.suspect:
                raise self._fatal(str(error)) from error
            raise _GaveUp(f"{error} (tries: {failures})") from error

    def _fatal(self, message: str) -> LinnaeusError:
        return ModelError(
            f"{self._provider.name}: {message}", hint=hint(message, self._provider.key_variable)
        )


def cost_of(done: Completion, price: Price | None) -> float | None:
    """Dollars for one completion; None where the price or the number of tokens is unknown."""
    if price is None:
        return None
    if price.free:
        return 0.0
    if done.tokens_in is None or done.tokens_out is None:
        return None
    return price.of(done.tokens_in, done.tokens_out)
