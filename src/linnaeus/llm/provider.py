"""The port behind the pool: one try at one prompt, and how it can fail. Knows no protocol and no thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock
from typing import Protocol

from linnaeus.llm.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back from one try. Tokens are None where the server does not say.

    `refusal` holds the model's reason when it will not answer; `cut` means that it ran out of output tokens.
    """

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    refusal: str = ""
    cut: bool = False


class ProviderError(Exception):
    """One try failed. What follows depends on the flags, which are facts about the failure, not wishes."""

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = False,
        fatal: bool = False,
        suspect: bool = False,
        reached: bool = True,
        unpaid: bool = True,
        retry_after_s: float | None = None,
    ) -> None:
        """`message` is for people and holds no key.

        retryable: the same request may work later. fatal: no request can work (key, address, model).
        suspect: fatal if no request has worked yet. reached: the server got it, so it counts as a call.
        unpaid: surely not billed.
        """
        super().__init__(message)
        self.retryable, self.fatal, self.suspect = retryable, fatal, suspect
        self.reached, self.unpaid, self.retry_after_s = reached, unpaid, retry_after_s


class Adapted(ProviderError):
    """The server refused the form of the request; the provider uses another one now: ask again at once."""


class Unable(ProviderError):
    """This model cannot do tasks of this kind; it was not asked. The answer is "does not know"."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reached=False)


class Stop:
    """Tells one task that it is no longer wanted; `on_set` breaks what it waits for, such as a socket."""

    def __init__(self) -> None:
        self.event = Event()
        self._lock = Lock()
        self._break: Callable[[], None] | None = None

    def is_set(self) -> bool:
        """True when nobody wants the answer any more."""
        return self.event.is_set()

    def on_set(self, action: Callable[[], None] | None) -> None:
        """Call `action` when the task is stopped, at once if it is already; None forgets the last one."""
        with self._lock:  # held during the action: once it is forgotten, it does not run any more
            self._break = action
            if self.event.is_set() and action:
                action()

    def set(self) -> None:
        """Stop the task and break what it waits for."""
        with self._lock:
            self.event.set()
            if self._break:
                self._break()


class Provider(Protocol):
    """One way to reach a model.

    `name` is the spec a person wrote, without secrets. `model` and `vendor` find the price: `vendor` is an
    id of the price list, "" where nobody can know it, LOCAL where a call costs nothing. `workers_at_most`
    is None for "as many as you like". `key_variable` is where its key comes from, for hints. `notice` is
    something people should be told once, such as a licence; mostly empty.
    """

    name: str
    model: str
    vendor: str
    tokens_out_at_most: int
    workers_at_most: int | None
    key_variable: str
    notice: str

    def complete(self, prompt: Prompt, timeout_s: float, stop: Stop) -> Completion:
        """One try, at most one request. Raises ProviderError and nothing else of its own."""
        ...


LOCAL = "local"
"""The `vendor` of models that run on the user's own machine."""
