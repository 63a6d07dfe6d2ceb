"""What is wrong with a taxonomy, and where. Knows not how it is found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

MOST = 1000
"""Faults of a kind that are kept one by one; of a file of two million bad rows that is enough to see what it is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. An `error` makes the taxonomy unusable, a warning does not.

    `line`: where in the file, from 1; 0 where it is about the whole file, or the format has no lines. `count`: how many
    this stands for.
    """

    line: int
    kind: str
    words: str
    error: bool = True
    count: int = 1

    def __str__(self) -> str:
        return (f"line {self.line}: " if self.line else "") + self.words


class Faults:
    """Collects faults; the first of each kind are kept, all are counted."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self._counts: Counter[tuple[str, bool]] = Counter()

    def add(self, fault: Fault) -> None:
        """Note one more."""
        self._counts[fault.kind, fault.error] += 1
        if not self.full(fault.kind, fault.error):
            self._kept.append(fault)

    def full(self, kind: str, error: bool = True) -> bool:
        """Whether a further fault of this kind would only be counted."""
        return self._counts[kind, error] > MOST

    @property
    def errors(self) -> int:
        """How many there are that make the taxonomy unusable."""
        return sum(count for (_, error), count in self._counts.items() if error)

    def all(self) -> list[Fault]:
        """Errors and warnings by line; one more for each kind that says how many were left out."""
        left_out = [
            Fault(0, kind, f"{count - MOST:,} more: {kind}", error, count - MOST)
            for (kind, error), count in self._counts.items()
            if count > MOST
        ]
        return sorted(self._kept, key=lambda fault: (fault.line, not fault.error)) + left_out


def brief(text: str) -> str:
    """The first 60 characters."""
    return text if len(text) <= 60 else text[:60] + "..."


def quoted(text: str) -> str:
    """The first 60 characters, in quotes."""
    return repr(brief(text))
