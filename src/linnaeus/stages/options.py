"""What a model is shown to choose from, and what a label on record means among it. Knows no model and no beam.

An option is a label itself or, on the way down, all that is under one: that is spelt with "> ..." at its end, so that the
two are told apart by models, in recordings and in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from linnaeus.closed.project import Ids
from linnaeus.closed.spelling import Spelling, above
from linnaeus.llm.lines import label_key
from linnaeus.taxonomy import BETWEEN, Taxonomy
from linnaeus.types import Choose, LabelId

UNDER = f"{BETWEEN}..."
"""What stands behind a label for all that is under it."""

UNLISTED = 0.5
"""The score of a label that the model found and that is none of the text's candidates: nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Option:
    """The label at `place`, shown by its `path`; `under`: not itself, but what is under it."""

    place: int
    path: str
    under: bool = False

    @property
    def shown(self) -> str:
        """The words that stand for it."""
        return self.path + UNDER if self.under else self.path


@dataclass(frozen=True, eq=False)
class Given:
    """A taxonomy, and the label id at each place (n,): what `closed.project.load` returns."""

    taxonomy: Taxonomy
    label_ids: Ids

    def label(self, place: int) -> LabelId:
        """The label at `place`."""
        return LabelId(int(self.label_ids[place]))

    @cached_property
    def spelling(self) -> Spelling:
        """Finds labels by what they are called; made when first needed, which is for recordings alone."""
        return Spelling(self.taxonomy)

    def by_path(self, places: Iterable[int]) -> list[Option]:
        """Labels themselves, by their paths."""
        return [Option(place, BETWEEN.join(self.taxonomy.path(place))) for place in places]

    def task(self, text: str, options: Sequence[Option], at_most: int, *, looks: bool = False) -> Choose:
        """The question for one text; `looks`: the model may look for others. Equal paths are told apart by ids."""
        labels = self._apart(options)
        descriptions = tuple(self.taxonomy.descriptions[option.place] for option in options)
        return Choose(
            text,
            labels,
            at_most,
            descriptions if any(descriptions) else (),
            self._means(options, labels),
            looks,
        )

    def _apart(self, options: Sequence[Option]) -> tuple[str, ...]:
        labels: dict[str, None] = {}
        for option in options:
            label = option.shown
            while label in labels:
                label = f"{label} [{self.taxonomy.ids[option.place]}]"
            labels[label] = None
        return tuple(labels)

    def _means(self, options: Sequence[Option], labels: Sequence[str]) -> Callable[[str], Sequence[int]]:
        """What a label on record means among `options`: the one place where that is said.

        An id, letter by letter, is that label. Else what is spelt as an option is that one; case and separators aside,
        where none is spelt just so. Else it is an id, a path or a name, and means all labels of that. A label means itself
        where it is shown and, on the way down, each branch that is to be opened to get at it.
        """

        def means(label: str) -> Sequence[int]:
            if self.taxonomy.places([label])[0] < 0 and (same := _spelt_so(label, labels)):
                return same
            meant = self.spelling.places(label)
            over = set().union(*(above(self.taxonomy, place) for place in meant))
            return [
                position
                for position, option in enumerate(options)
                if option.place in (over if option.under else meant)
            ]

        return means


def _spelt_so(label: str, labels: Sequence[str]) -> list[int]:
    if label in labels:
        return [labels.index(label)]
    key = label_key(label)
    return [position for position, own in enumerate(labels) if label_key(own) == key]
