"""The project file: every text, vector, wording, label, vote and paid answer. Knows nothing of how they are decided."""

from __future__ import annotations

from types import TracebackType

from linnaeus.errors import UsageError
from linnaeus.store.arrays import Arrays
from linnaeus.store.evidence import Evidence
from linnaeus.store.filing import Filing
from linnaeus.store.items import Items
from linnaeus.store.journal import Journal
from linnaeus.store.labels import Labels
from linnaeus.store.looks import Looks
from linnaeus.store.proposals import Proposals
from linnaeus.store.taxonomies import Taxonomies
from linnaeus.store.texts import Texts


class Store(Texts, Items, Labels, Filing, Taxonomies, Arrays, Looks, Evidence, Proposals, Journal):
    """One SQLite file that several processes may change in turn.

    Writes join one transaction until `commit`; `rollback` drops them. `journal` alone commits by itself. Two or more that
    rest on what was read belong in one `writing` block.
    """

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def meta(self, key: str) -> str | None:
        """Return the value kept under `key`, or None."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        self._write(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def keep(self, key: str, value: str, *, hint: str = "") -> None:
        """Keep `value` under `key` for good; raise UsageError if the project was made with another."""
        kept = self.meta(key)
        if kept is None:
            with self.writing():  # whoever comes first
                kept = self.meta(key)
                if kept is None:
                    self.set_meta(key, value)
                    return
        if kept != value:
            raise UsageError(
                f"{self.path} was made with {key}={kept}, not {value}",
                hint=hint or "choose another --project, or the same setting",
            )
