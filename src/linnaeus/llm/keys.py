"""Keys from the environment, and nowhere else. They leave this package only inside request headers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from linnaeus.errors import ModelError

_needed = ContextVar("needed", default=True)


@contextmanager
def without_keys() -> Iterator[None]:
    """Models that are opened here need no key: they are asked for their names and prices, and nothing else."""
    before = _needed.set(False)
    try:
        yield
    finally:
        _needed.reset(before)


def key(*variables: str, needed_for: str = "") -> str:
    """The value of the first variable that is set; "" if none is. With `needed_for`, none is a ModelError."""
    for variable in variables:
        if value := os.environ.get(variable, "").strip():
            if not value.isascii() or not value.isprintable() or " " in value:
                raise ModelError(
                    f"{variable} has characters that no key has", hint="set it again, without quotes"
                )
            return value
    if needed_for and _needed.get():
        raise ModelError(f"{needed_for} needs a key", hint=f"set {' or '.join(variables)} in the environment")
    return ""
