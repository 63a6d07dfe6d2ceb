"""What is written of labels: names, synonyms, descriptions, each a string that stands for one label. Knows no taxonomy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError


class Field(IntEnum):
    """What an entry is of its label; the number is what is stored."""

    NAME = 0
    SYNONYM = 1
    DESCRIPTION = 2


@dataclass(frozen=True, slots=True)
class Entries:
    """`texts[i]` is `fields[i]` of the label at place `owners[i]`, which is below `labels`.

    In any order; a label may have several of each, or none. Synonyms are entries of their own: joined into one they
    are found far less often (ICD-10-CM: hit@1 52.5 against 70.2).
    """

    texts: Sequence[str]
    owners: NDArray[np.int32]  # (n,)
    fields: NDArray[np.uint8]  # (n,) of Field
    labels: int

    def __post_init__(self) -> None:
        if not len(self.texts) == len(self.owners) == len(self.fields):
            raise InputError(
                f"{len(self.texts)} entries, {len(self.owners)} owners, {len(self.fields)} fields"
            )
        if len(self.owners) and not 0 <= int(self.owners.min()) <= int(self.owners.max()) < self.labels:
            raise InputError(f"an entry's label is not one of the {self.labels}")

    @staticmethod
    def of(
        names: Sequence[str],
        synonyms: Sequence[Sequence[str]] | None = None,
        descriptions: Sequence[str] | None = None,
    ) -> Entries:
        """The entries of labels by place: names, then synonyms, then descriptions. Empty strings are left out."""
        held = [(name, place, Field.NAME) for place, name in enumerate(names)]
        held += [
            (own, place, Field.SYNONYM) for place, several in enumerate(synonyms or ()) for own in several
        ]
        held += [(own, place, Field.DESCRIPTION) for place, own in enumerate(descriptions or ())]
        held = [entry for entry in held if entry[0].strip()]
        owners = np.array([owner for _, owner, _ in held], np.int32)
        fields = np.array([field for _, _, field in held], np.uint8)
        return Entries([text for text, _, _ in held], owners, fields, len(names))

    def places(self, *fields: Field) -> NDArray[np.intp]:
        """The places of the entries that are one of `fields`, by label, then in their order."""
        found = np.flatnonzero(np.isin(self.fields, fields))
        return found[np.argsort(self.owners[found], kind="stable")]
