"""Everything that Linnaeus raises on purpose. Knows nothing of Click or HTTP; the command line maps these to exit codes.

LinnaeusError
├── UsageError           the call itself is wrong (exit 2)
│   └── MissingExtra     an optional package is not installed
├── InputError           what was read is wrong: a file, a column, a row
├── StoreError           the project file cannot be used
│   └── StoreBusy        another process holds it (a retry may help)
├── ModelError           a model or embedder cannot be used at all: key, address, name
└── BudgetReached        the budget ended; all finished work is kept (exit 3)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class LinnaeusError(Exception):
    """Root of the tree. `hint` says what to do; `retry` whether the same call may work later."""

    retry = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} ({self.hint})" if self.hint else message


class UsageError(LinnaeusError):
    """The call itself is wrong."""


class MissingExtra(UsageError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed", hint=f"pip install 'linnaeus[{extra}]'")


class InputError(LinnaeusError):
    """What was read is wrong."""


class StoreError(LinnaeusError):
    """The project file cannot be used."""


class StoreBusy(StoreError):
    """Another process holds the project."""

    retry = True


class ModelError(LinnaeusError):
    """A model or an embedder cannot be used at all."""


class BudgetReached(LinnaeusError):
    """The budget ended; all finished work is kept and the same call goes on.

    `answers`: those of the call that met the end, in order; None from the first text on that was not decided.
    """

    def __init__(self, message: str, *, hint: str = "", answers: Sequence[Any] = ()) -> None:
        super().__init__(message, hint=hint)
        self.answers = answers
