"""What stands in for a model where there is none: each asked text founds a group, named from its own words for now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linnaeus.consolidate import provisional_name
from linnaeus.types import Propose, Reply


class WithoutModel:
    """A Model that costs nothing and knows nothing; groups get their real names from `Consolidator.tidy`."""

    name = "none"

    def answer(self, tasks: Sequence[Propose], /) -> Iterator[tuple[int, Reply]]:
        """Yield a first name for each task."""
        for position, task in enumerate(tasks):
            yield position, Reply(labels=(provisional_name(task.text),))
