"""The labels of a taxonomy as rows. Knows no file, and not how versions of a taxonomy are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from linnaeus.store.base import Base, now, row_id
from linnaeus.types import LabelId, SurfaceId

TAXONOMY = "taxonomy"
"""What `named_by` is for a label whose name a taxonomy file gave."""


class TaxonomyRow(NamedTuple):
    """What a taxonomy file says of a label, but for what it is under; `code` is its id there, synonyms are joined by `|`."""

    code: str
    name: str
    description: str
    synonyms: str


class TaxonomyColumns(NamedTuple):
    """Labels of a taxonomy as columns, by rising id. `removed`: the newest version of the file had the label no more.

    `links` are (label, parent), by label and then the order of its parents; those of removed labels are the last they had.
    """

    ids: Sequence[LabelId]
    codes: Sequence[str]
    names: Sequence[str]
    descriptions: Sequence[str]
    synonyms: Sequence[str]
    removed: Sequence[int]
    links: Sequence[tuple[LabelId, LabelId]]


class Taxonomies(Base):
    """The part of the store that knows the labels of a taxonomy. Nothing is committed here."""

    def taxonomy(self, *, removed: bool = False) -> TaxonomyColumns:
        """The labels of the taxonomy; those that were removed only if wanted."""
        rows = self._rows(
            "SELECT id, code, name, description, synonyms, removed_at IS NOT NULL FROM labels"
            " WHERE code IS NOT NULL AND (? OR removed_at IS NULL) ORDER BY id",
            (removed,),
        )
        links = self._rows(
            "SELECT label_id, label_parents.parent_id FROM label_parents JOIN labels ON labels.id = label_id"
            " WHERE ? OR removed_at IS NULL ORDER BY label_id, rank",
            (removed,),
        )
        columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 6
        ids, codes, names, descriptions, synonyms, gone = columns
        return TaxonomyColumns(ids, codes, names, descriptions, synonyms, gone, links)

    def has_taxonomy(self) -> bool:
        """Whether there is a label of a taxonomy that was not removed."""
        return bool(self._rows("SELECT 1 FROM labels WHERE code IS NOT NULL AND removed_at IS NULL LIMIT 1"))

    def taxonomy_names(self, labels: Iterable[LabelId]) -> dict[LabelId, tuple[str, str]]:
        """(code, name) of labels of the taxonomy, removed or not."""
        rows = self._chunked("SELECT id, code, name FROM labels WHERE id IN ({})", list(labels))
        return {LabelId(row[0]): (row[1], row[2]) for row in rows}

    def add_taxonomy_labels(self, rows: Iterable[TaxonomyRow]) -> list[LabelId]:
        """Add labels that are under nothing yet; their ids, in order, are above all that there are."""
        first = int(self._rows("SELECT max(0, coalesce(max(id), 0)) + 1 FROM labels")[0][0])
        whole = [(id, *row, TAXONOMY) for id, row in enumerate(rows, first)]
        self._write_many(
            "INSERT INTO labels (id, code, name, description, synonyms, named_by) VALUES (?, ?, ?, ?, ?, ?)",
            whole,
        )
        return [LabelId(row[0]) for row in whole]

    def set_taxonomy_labels(self, rows: Mapping[LabelId, TaxonomyRow]) -> None:
        """Let labels be what a newer version of the file says; those that were removed are there again."""
        self._write_many(
            "UPDATE labels SET code = ?, name = ?, description = ?, synonyms = ?, named_by = ?, removed_at = NULL"
            " WHERE id = ?",
            ((*row, TAXONOMY, label) for label, row in rows.items()),
        )

    def remove_taxonomy_labels(self, labels: Iterable[LabelId]) -> None:
        """Mark labels as removed, now; their rows stay, so that what texts were given can be told."""
        at = now()
        self._write_many("UPDATE labels SET removed_at = ? WHERE id = ?", ((at, label) for label in labels))

    def set_label_parents(self, parents: Mapping[LabelId, Sequence[LabelId]]) -> None:
        """Let each of these labels be under these, in this order, and no others."""
        self._write_many("DELETE FROM label_parents WHERE label_id = ?", ((label,) for label in parents))
        self._write_many(
            "INSERT INTO label_parents (label_id, rank, parent_id) VALUES (?, ?, ?)",
            ((label, rank, one) for label, many in parents.items() for rank, one in enumerate(many)),
        )

    def stand_for(self, label: LabelId) -> SurfaceId:
        """The surface of a label of the taxonomy, made where a text gets it for the first time. Call it while writing."""
        rows = self._rows("SELECT id FROM surfaces WHERE own_label_id = ?", (label,))
        if rows:
            return SurfaceId(rows[0][0])
        code, name = self.taxonomy_names([label])[label]
        row = self._write(
            "INSERT INTO surfaces (key, words, label_id, own_label_id, pinned) VALUES (?, ?, ?, ?, 1)",
            (f"{TAXONOMY}:{code}", name, label, label),
        )
        return SurfaceId(row_id(row))
