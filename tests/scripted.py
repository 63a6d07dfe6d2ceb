"""A model that costs nothing: its answer is a function of the text, and it notes what it was asked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from linnaeus.consolidate import provisional_name
from linnaeus.types import Propose, Reply, Task


def first_words(text: str) -> tuple[str, ...]:
    """A label with the variety of a real model's: the first words that count."""
    return ("_".join(provisional_name(text).split("_")[:2]),)


class Scripted:
    """Proposes `say(text)`, in a random order if `shuffle` is a seed; knows nothing else. `asked` lists the texts."""

    name = "scripted"

    def __init__(
        self, say: Callable[[str], tuple[str, ...]] = first_words, shuffle: int | None = None
    ) -> None:
        self.say = say
        self.asked: list[str] = []
        self._random = None if shuffle is None else random.Random(shuffle)

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        order = list(range(len(tasks)))
        if self._random is not None:
            self._random.shuffle(order)
        for position in order:
            yield position, self._reply(tasks[position])

    def _reply(self, task: Task) -> Reply:
        if not isinstance(task, Propose):
            return Reply()
        self.asked.append(task.text)
        labels = self.say(task.text)
        return Reply(labels, calls=1) if labels else Reply(error="no idea", calls=1)
