"""Let a model describe labels, and name and describe categories: one call each. Knows no key phrases and no files."""

from __future__ import annotations

from linnaeus.consolidate import Consolidator
from linnaeus.types import Model, Name, Usage


class Describer:
    """Asks a model about the labels and categories that have no line of its own yet. `usage` adds up what it cost."""

    def __init__(self, model: Model, consolidator: Consolidator) -> None:
        self.model = model
        self.consolidator = consolidator
        self.usage = Usage(Name.task)
        self.ended = False  # the budget

    def describe(self) -> tuple[int, int]:
        """Ask, and keep each line as it arrives; (how many were described, how many were wanted)."""
        wanted = list(self.consolidator.to_name().items())
        done = 0
        for position, reply in self.model.answer([task for _, (task, _) in wanted]):
            self.usage = self.usage.plus(reply)
            label, (_, texts) = wanted[position]
            if reply.unasked:
                self.ended = True
                break
            if reply.error is None and reply.labels and reply.description:
                self.consolidator.called(label, reply.labels[0], reply.description, texts=texts)
                done += 1
        return done, len(wanted)
