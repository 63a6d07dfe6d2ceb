"""Categories, and labels that are retired. Knows nothing of the events that they follow from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from linnaeus.store.base import Base, row_id
from linnaeus.types import LabelId

CATEGORY = "category"
"""What `named_by` is for the label row of a category. Its name is empty while nothing is under it."""


class Filed(NamedTuple):
    """A category: its name, and the category that it is under itself, if any."""

    name: str
    parent: LabelId | None


class Filing(Base):
    """The part of the store that knows where labels are filed and which are not given any more."""

    def add_category(self, name: str) -> LabelId:
        """Add a category; like a label it has its id for ever."""
        cursor = self._write(
            "INSERT INTO labels (name, named_by, kept_name) VALUES (?, ?, ?)", (name, CATEGORY, name)
        )
        return LabelId(row_id(cursor))

    def add_machine_category(self, name: str) -> LabelId:
        """Add a category that a machine found; ids fall from -1, so that those of labels are as without it."""
        cursor = self._write(
            "INSERT INTO labels (id, name, named_by, kept_name) SELECT min(0, min(id)) - 1, '', ?, ? FROM labels",
            (CATEGORY, name),
        )
        return LabelId(row_id(cursor))

    def name_made(self, category: LabelId, name: str) -> None:
        """Let a machine call a category `name`."""
        self._write("UPDATE labels SET kept_name = ? WHERE id = ?", (name, category))

    def made_names(self) -> dict[LabelId, str]:
        """What a machine called each category that it ever found."""
        rows = self._rows("SELECT id, kept_name FROM labels WHERE named_by = ? AND id < 0", (CATEGORY,))
        return {LabelId(row[0]): row[1] for row in rows}

    def tree(self) -> dict[LabelId, LabelId]:
        """The category that a machine found for each label of today, if any."""
        return dict(
            self._rows("SELECT id, tree_id FROM labels WHERE tree_id IS NOT NULL AND merged_into IS NULL")
        )

    def set_tree(self, tree: Mapping[LabelId, LabelId]) -> None:
        """Let these be the categories that a machine found for labels, and no others."""
        self._write("UPDATE labels SET tree_id = NULL WHERE tree_id IS NOT NULL", ())
        self._write_many(
            "UPDATE labels SET tree_id = ? WHERE id = ?",
            ((category, label) for label, category in tree.items()),
        )

    def made_as(self, category: LabelId) -> str:
        """The name under which a category was made."""
        return str(self._rows("SELECT kept_name FROM labels WHERE id = ?", (category,))[0][0])

    def is_category(self, label: LabelId) -> bool:
        """Whether the label row `label` is a category, with or without anything under it."""
        return bool(self._rows("SELECT 1 FROM labels WHERE id = ? AND named_by = ?", (label, CATEGORY)))

    def categories(self) -> dict[LabelId, Filed]:
        """Every category that something is under."""
        rows = self._rows(
            "SELECT id, name, parent_id FROM labels WHERE named_by = ? AND name <> '' ORDER BY id",
            (CATEGORY,),
        )
        return {LabelId(row[0]): Filed(row[1], row[2]) for row in rows}

    def category_of(self, label: LabelId) -> LabelId | None:
        """The category that a label or category is under."""
        rows = self._rows("SELECT parent_id FROM labels WHERE id = ?", (label,))
        return rows[0][0] if rows else None

    def set_categories(self, names: Mapping[LabelId, str], parents: Mapping[LabelId, LabelId]) -> None:
        """Let these categories be in use under these names, and file labels and categories; no others."""
        self._write("UPDATE labels SET name = '' WHERE named_by = ?", (CATEGORY,))
        self._write("UPDATE labels SET parent_id = NULL WHERE parent_id IS NOT NULL", ())
        self._write_many(
            "UPDATE labels SET name = ? WHERE id = ?", ((name, label) for label, name in names.items())
        )
        self._write_many(
            "UPDATE labels SET parent_id = ? WHERE id = ?",
            ((parent, label) for label, parent in parents.items()),
        )

    def set_retired(self, after: Mapping[LabelId, int]) -> None:
        """Retire these labels, and no others: texts after the one with this id do not get them."""
        self._write("UPDATE labels SET retired_after = NULL WHERE retired_after IS NOT NULL", ())
        self._write_many(
            "UPDATE labels SET retired_after = ? WHERE id = ?",
            ((text, label) for label, text in after.items()),
        )

    def retired(self) -> dict[LabelId, int]:
        """Each label that is retired, and the newest text that may have it."""
        return dict(self._rows("SELECT id, retired_after FROM labels WHERE retired_after IS NOT NULL"))
