"""A model that takes note of what it is asked and answers nothing, so that questions can be counted. Knows no prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linnaeus.types import Reply, Task


class Noted:
    """Stands in for a model, under its name, so that what that answered before is known. `tasks`: what it would be asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tasks: list[Task] = []

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield "does not know" for each task, in order."""
        self.tasks += tasks
        yield from ((position, Reply()) for position in range(len(tasks)))
