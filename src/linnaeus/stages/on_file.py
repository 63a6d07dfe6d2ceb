"""What models were asked about a text under a taxonomy and what they said, from the journal alone. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linnaeus.closed.source import Shortlist
from linnaeus.stages.chooser import Chooser
from linnaeus.stages.given import asked_stage
from linnaeus.stages.options import Given
from linnaeus.store import Store
from linnaeus.types import Choose, Reply, Task


@dataclass(frozen=True, slots=True)
class Step:
    """One question that `model` answered: how many labels it was shown, which it chose, or what it looked for first."""

    model: str
    shown: int
    chosen: tuple[str, ...]
    queries: tuple[str, ...]


def steps_on_file(text: str, given: Given, shortlist: Shortlist, store: Store) -> list[Step]:
    """The questions about `text` that are on file, in the order in which they were asked.

    What was asked under another version of the taxonomy, or before more was taught, is another question.
    """
    found: list[Step] = []
    for name in store.models_asked(Choose.task):
        heard = _Heard(_Silent(name), store)
        asked_stage(heard, given, shortlist).decide([text])
        found += heard.steps
    return found


class _Silent:
    """Stands in for a model under its name, and knows nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        yield from ((position, Reply()) for position in range(len(tasks)))


class _Heard(Chooser):
    """A chooser that notes what was answered."""

    def __init__(self, model: _Silent, store: Store) -> None:
        super().__init__(model, store)
        self.steps: list[Step] = []
        self._name = model.name

    def answer(self, tasks: Sequence[Choose]) -> list[Reply | None]:
        replies = super().answer(tasks)
        self.steps += [
            Step(self._name, len(task.labels), reply.labels, reply.queries)
            for task, reply in zip(tasks, replies, strict=True)
            if reply is not None
        ]
        return replies
