"""What stands in for a model where there is none: each asked text founds a group, named from its own words for now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linnaeus.consolidate import provisional_name
from linnaeus.types import Propose, Reply, Task


class WithoutModel:
    """A Model that costs nothing and knows nothing; groups get their real names from `Consolidator.tidy`."""

    name = "none"

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield a first name for each text; any other task gets "does not know"."""
        for position, task in enumerate(tasks):
            known = (provisional_name(task.text),) if isinstance(task, Propose) else ()
            yield position, Reply(labels=known)
