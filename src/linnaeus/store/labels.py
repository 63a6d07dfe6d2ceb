"""Surfaces and the labels they stand for. Knows nothing of how they are joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from linnaeus.errors import StoreError
from linnaeus.store.base import Base, row_id
from linnaeus.store.rows import KeptName, LabelSummary, SurfaceRow
from linnaeus.types import LabelId, SurfaceId

_AWAKE = "LEFT JOIN events ON events.id = surfaces.event_id WHERE events.undone_by IS NULL"

_IN_USE = "(code IS NULL OR EXISTS (SELECT 1 FROM surfaces WHERE label_id = labels.id))"
"""Not the labels of a taxonomy that no wording stands for: they are the taxonomy's, not yet the project's."""


class Labels(Base):
    """The part of the store that knows surfaces and labels."""

    def surfaces(self, *, since: int = 0) -> list[SurfaceRow]:
        """Every surface after the one with the id `since`, oldest first."""
        rows = self._rows(
            "SELECT id, key, words, label_id, own_label_id, pinned, sense_of, event_id, glimpse_id"
            " FROM surfaces WHERE id > ? ORDER BY id",
            (since,),
        )
        return [SurfaceRow(*row) for row in rows]

    def add_surface(
        self, key: str, words: str | None, *, label: LabelId | None, name: str, pinned: bool
    ) -> SurfaceRow:
        """Add a surface and the label it founds, called `name` for now; it stands for `label`, or for its own."""
        cursor = self._write(
            "INSERT INTO labels (name, named_by, merged_into) VALUES (?, 'arrival', ?)", (name, label)
        )
        own = LabelId(row_id(cursor))
        today = own if label is None else label
        cursor = self._write(
            "INSERT INTO surfaces (key, words, label_id, own_label_id, pinned) VALUES (?, ?, ?, ?, ?)",
            (key, words, today, own, pinned),
        )
        return SurfaceRow(SurfaceId(row_id(cursor)), key, words, today, own, pinned)

    def take_glimpse(self) -> None:
        """Remember the label of every surface as it is now."""
        self._write("UPDATE surfaces SET glimpse_id = label_id", ())

    def add_sense(self, of: SurfaceRow, key: str) -> SurfaceRow:
        """Add a surface for some of the texts of another, with its words; it founds a label. See `wake`."""
        made = self.add_surface(key, of.words, label=None, name=key, pinned=of.pinned)
        self._write("UPDATE surfaces SET sense_of = ? WHERE id = ?", (of.id, made.id))
        return replace(made, sense_of=of.id)

    def wake(self, senses: Iterable[SurfaceId], event: int) -> None:
        """Let senses be there while `event` stands."""
        self._write_many("UPDATE surfaces SET event_id = ? WHERE id = ?", ((event, one) for one in senses))

    def set_labels(self, moved: Iterable[tuple[SurfaceId, LabelId]]) -> None:
        """Let surfaces stand for other labels; the labels they founded redirect there."""
        rows = list(moved)
        self._write_many(
            "UPDATE surfaces SET label_id = ? WHERE id = ?", ((label, surface) for surface, label in rows)
        )
        self._write_many(
            "UPDATE labels SET merged_into = nullif(?1, id) WHERE id = (SELECT own_label_id FROM surfaces WHERE id = ?2)",
            ((label, surface) for surface, label in rows),
        )

    def pin(self, surface: SurfaceId) -> None:
        """Mark a surface as a label that a person gave: two of these are never joined by machine."""
        self._write("UPDATE surfaces SET pinned = 1 WHERE id = ?", (surface,))

    def set_names(self, names: Iterable[tuple[LabelId, str, str]]) -> None:
        """Name labels: (label, name, who named it)."""
        self._write_many(
            "UPDATE labels SET name = ?, named_by = ? WHERE id = ?",
            ((name, by, label) for label, name, by in names),
        )

    def names(self) -> dict[LabelId, tuple[str, str]]:
        """(name, who named it) of every label and category that is in use; of a taxonomy those with a wording."""
        rows = self._rows(
            f"SELECT id, name, named_by FROM labels WHERE merged_into IS NULL AND name <> '' AND {_IN_USE}"
        )
        return {LabelId(row[0]): (row[1], row[2]) for row in rows}

    def descriptions(self) -> dict[LabelId, str]:
        """The line on each label and category that has one; of a taxonomy on labels with a wording."""
        return dict(self._rows(f"SELECT id, description FROM labels WHERE description <> '' AND {_IN_USE}"))

    def set_descriptions(self, lines: Mapping[LabelId, str]) -> None:
        """Let these be the lines on labels and categories, and no others, but for what a model or a taxonomy says."""
        self._write("UPDATE labels SET description = told WHERE description <> told AND code IS NULL", ())
        self._write_many(
            "UPDATE labels SET description = ? WHERE id = ? AND told = '' AND code IS NULL",
            ((line, label) for label, line in lines.items()),
        )

    def tell(self, label: LabelId, line: str, texts: int) -> None:
        """Keep a model's line on a label or category that had so many texts by then."""
        self._write(
            "UPDATE labels SET description = ?1, told = ?1, told_texts = ?2 WHERE id = ?3",
            (line, texts, label),
        )

    def told(self) -> dict[LabelId, int]:
        """The labels and categories that a model described, and how many texts they had then."""
        return dict(self._rows("SELECT id, told_texts FROM labels WHERE told <> ''"))

    def keep_names(self, names: Mapping[LabelId, KeptName]) -> None:
        """Note the names that labels without wordings got, for as long as no text comes in."""
        self._write_many(
            "UPDATE labels SET kept_name = ?, kept_shape = ? WHERE id = ?",
            ((kept.name, kept.shape, label) for label, kept in names.items()),
        )

    def kept_names(self) -> dict[LabelId, KeptName]:
        """The names noted last."""
        rows = self._rows("SELECT id, kept_name, kept_shape FROM labels WHERE kept_shape IS NOT NULL")
        return {LabelId(row[0]): KeptName(row[1], row[2]) for row in rows}

    def names_of(self, labels: Iterable[LabelId]) -> dict[LabelId, str]:
        """The name of each label, in use or not."""
        return dict(self._chunked("SELECT id, name FROM labels WHERE id IN ({})", list(labels)))

    def surface_of(self, label: LabelId) -> SurfaceId:
        """The surface that founded a label."""
        rows = self._rows("SELECT id FROM surfaces WHERE own_label_id = ?", (label,))
        if not rows:
            raise StoreError(f"label {label} is not in {self.path}")
        return SurfaceId(rows[0][0])

    def surfaces_of(self, label: LabelId) -> list[SurfaceId]:
        """The surfaces that stand for a label today, oldest first."""
        sql = f"SELECT surfaces.id FROM surfaces {_AWAKE} AND label_id = ? ORDER BY surfaces.id"
        return [row[0] for row in self._rows(sql, (label,))]

    def labels(self, *, retired: bool = False) -> list[LabelSummary]:
        """Labels that have texts or were given by people, those with most texts first; retired ones only if wanted."""
        rows = self._rows(
            "SELECT label_id, label, texts, wordings, parent_id, retired FROM label_view JOIN labels ON id = label_id"
            " WHERE wordings > 0 AND retired <= ? ORDER BY texts DESC, label_id",
            (retired,),
        )
        return [LabelSummary(row[0], row[1], row[2], row[3], row[4], bool(row[5])) for row in rows]

    def today(self, label: LabelId) -> LabelId | None:
        """The label that `label` has become, or None if there never was one."""
        rows = self._rows("SELECT coalesce(merged_into, id) FROM labels WHERE id = ?", (label,))
        return LabelId(rows[0][0]) if rows else None

    def label_worded(self, key: str) -> LabelId | None:
        """The label that a wording stands for today, or None if nobody ever gave it."""
        rows = self._rows("SELECT label_id FROM surfaces WHERE key = ?", (key,))
        return LabelId(rows[0][0]) if rows else None

    def count_surfaces(self) -> int:
        """How many surfaces there are, without those whose split is undone."""
        return int(self._rows(f"SELECT count(*) FROM surfaces {_AWAKE}")[0][0])

    def newest_surface(self) -> SurfaceId:
        """The id of the surface added last, 0 if there is none; ids rise."""
        return SurfaceId(self._rows("SELECT coalesce(max(id), 0) FROM surfaces")[0][0])

    def count_labels(self) -> int:
        """How many labels surfaces stand for."""
        return int(self._rows("SELECT count(DISTINCT label_id) FROM surfaces")[0][0])

    def surface_counts(self) -> dict[SurfaceId, int]:
        """How many texts each surface was given."""
        return dict(self._rows("SELECT surface_id, count(*) FROM assignments GROUP BY surface_id"))
