"""A model that is asked each question once, however many strategies ask it. Knows no strategy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linnaeus.types import Model, Reply, Task


class Once:
    """Stands before `model`: what it said is said again, with its price, so that each strategy shows what it would cost."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self._model = model
        self._said: dict[Task, Reply] = {}

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield (position, reply) for each task; those that failed or were not reached are asked again another time."""
        new = [place for place, task in enumerate(tasks) if task not in self._said]
        known = [(place, self._said[task]) for place, task in enumerate(tasks) if task in self._said]
        yield from known
        for position, reply in self._model.answer([tasks[place] for place in new]):
            if reply.error is None:
                self._said[tasks[new[position]]] = reply
            yield new[position], reply
