"""The connection to a project file and the right to write it. Knows nothing of what the tables mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from linnaeus.errors import StoreError, UsageError
from linnaeus.store.connection import MEMORY, connect, mapped
from linnaeus.store.lock import FileLock

CHUNK = 500  # values in one IN (...)
WAIT_S = 300.0  # a large project takes its time to be grouped anew, and whoever waits has nothing to lose


class Base:
    """One SQLite file, which any number of processes may have open; one at a time changes it.

    Writes join one transaction until `commit`; `rollback` drops them. The first takes the right to change the project,
    the end of the transaction gives it back; `writing` holds it for longer. Reading needs no such right.
    """

    def __init__(
        self, path: str = MEMORY, *, create: bool = True, write: bool = True, wait_s: float = WAIT_S
    ) -> None:
        """Open or make the project at `path`; wait up to `wait_s` at a time for other writers, then raise StoreBusy.

        `write=False` only looks.
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
        self.writable = write
        self._wait_s = wait_s
        self._depth = 0  # of `writing` blocks
        self._looking = False  # within `reading`
        self._lock = FileLock(Path(path)) if write and path != MEMORY else None
        try:
            self._take()  # of several that find no project, or an old one, one makes it
            self._connection = connect(path, write=write, wait_s=wait_s)
            self._give_back()
        except BaseException:
            self._close_lock()
            raise

    def close(self) -> None:
        """Drop what is not committed."""
        self._connection.close()
        self._close_lock()

    def copy_to(self, path: str) -> None:
        """Write what is committed into a new file at `path`, whoever else writes meanwhile."""
        with mapped(path), closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)

    def _close_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take(self) -> None:
        assert not self._looking, "nothing is written while the project is only looked at"
        if self._lock is not None and not self._lock.held:
            self._lock.take(self._wait_s)

    def _give_back(self) -> None:
        if self._lock is not None and not self._depth:
            self._lock.release()

    def commit(self) -> None:
        """Make all writes since the last commit durable, together."""
        with mapped(self.path):
            self._connection.commit()
        self._give_back()

    def rollback(self) -> None:
        """Drop all writes since the last commit."""
        with mapped(self.path):
            self._connection.rollback()
        self._give_back()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let nobody else change the project meanwhile: what is read here still holds when something is written.

        Commits at the end, or rolls back; what is open is committed before. A `commit` on the way keeps the right. A
        block within another is part of it.
        """
        self._take()
        self._depth += 1
        try:
            if self._depth == 1:
                self.commit()
            yield
            if self._depth == 1:
                self.commit()
        except BaseException:
            if self._depth == 1:
                self.rollback()
            raise
        finally:
            self._depth -= 1
            self._give_back()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Look at the project as it is at one moment, whatever others write meanwhile; nothing is written here."""
        if self._looking or self._depth or self._connection.in_transaction:
            yield
            return
        with mapped(self.path):
            self._connection.execute("BEGIN")
        self._looking = True
        try:
            yield
        finally:
            self._looking = False
            self.rollback()

    @contextmanager
    def _aside(self, *, to_disk: bool) -> Iterator[None]:
        """A transaction of its own for rows that any process may add at any moment; what is open is committed before.

        `to_disk=False` does not wait for the disk: a power cut may take the rows, a kill does not.
        """
        self.commit()
        self._set_synchronous("FULL" if to_disk else "NORMAL")
        try:
            yield
            self.commit()
        except BaseException:
            self.rollback()
            raise
        finally:
            self._set_synchronous("FULL")

    def _add_at_once(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows that can be made anew: at once, or with the open transaction; not within `reading`."""
        if self._depth or self._connection.in_transaction:
            if not self._looking:
                self._add(sql, rows)
        else:
            with self._aside(to_disk=False):
                self._add(sql, rows)

    def _set_synchronous(self, level: str) -> None:
        with mapped(self.path):
            self._connection.execute(f"PRAGMA synchronous={level}")

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
        self._take()
        with mapped(self.path):
            return self._connection.execute(sql, values)

    def _write_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._take()
        self._add(sql, rows)

    def _add(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows that do not depend on others, so that SQLite's own lock is enough."""
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
