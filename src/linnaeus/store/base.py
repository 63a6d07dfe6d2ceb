"""The connection to a project file and the right to write it. Knows nothing of what the tables mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from linnaeus.errors import StoreError, UsageError
from linnaeus.store.connection import MEMORY, connect, mapped
from linnaeus.store.lock import FileLock

CHUNK = 500  # values in one IN (...)


class Base:
    """One SQLite file; writes join one transaction until `commit`, `rollback` drops them."""

    def __init__(
        self, path: str = MEMORY, *, create: bool = True, write: bool = True, wait_s: float = 5.0
    ) -> None:
        """Open or make the project at `path`; wait up to `wait_s` for another writer, then raise StoreBusy.

        `write=False` only looks, beside a writer if there is one.
        """
        if not path or Path(path).is_dir():
            raise StoreError(f"cannot open {path!r}: not a file name", hint="choose another --project")
        if path.startswith(("postgresql:", "postgres:")):
            raise UsageError(
                "PostgreSQL projects are not supported yet", hint="give a file name as --project"
            )
        if not create and path != MEMORY and not Path(path).exists():
            raise StoreError(f"there is no project at {path}", hint="`linnaeus label FILE` makes one")
        self.path = path
        self._lock = FileLock(Path(path), wait_s=wait_s) if write and path != MEMORY else None
        try:
            self._connection = connect(path, write=write)
        except BaseException:
            self._release()
            raise

    def close(self) -> None:
        """Drop what is not committed and let the next process in."""
        self._connection.close()
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def commit(self) -> None:
        """Make all writes since the last commit durable, together."""
        with mapped(self.path):
            self._connection.commit()

    def rollback(self) -> None:
        """Drop all writes since the last commit."""
        with mapped(self.path):
            self._connection.rollback()

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with mapped(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _chunked(self, sql: str, many: Sequence[Any], *first: Any) -> list[Any]:
        rows: list[Any] = []
        for start in range(0, len(many), CHUNK):
            part = many[start : start + CHUNK]
            rows += self._rows(sql.format(",".join("?" * len(part))), (*first, *part))
        return rows

    def _write(self, sql: str, values: Sequence[Any]) -> sqlite3.Cursor:
        with mapped(self.path):
            return self._connection.execute(sql, values)

    def _write_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with mapped(self.path):
            self._connection.executemany(sql, rows)


def row_id(cursor: sqlite3.Cursor) -> int:
    """The id that an insert gave."""
    if cursor.lastrowid is None:
        raise StoreError("an insert gave no row id")
    return cursor.lastrowid


def now() -> str:
    """This second, as ISO 8601 in UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
