"""Open a project file safely: whose it is, which schema step. Knows nothing of what the tables mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linnaeus.errors import StoreBusy, StoreError
from linnaeus.store.schema import STEPS

APPLICATION_ID = 0x4C494E4E  # "LINN"
MEMORY = ":memory:"


def connect(path: str, *, write: bool = True, wait_s: float = 30) -> sqlite3.Connection:
    """Open `path`, or a database in memory, durable at each commit (WAL, synchronous=FULL).

    synchronous=NORMAL lost commits at simulated power cuts, FULL none. `wait_s`: for the transactions of others.
    """
    with mapped(path):
        connection = sqlite3.connect(path, isolation_level="IMMEDIATE", timeout=wait_s)
        try:
            _check(connection, path)
            if not write:
                if not connection.execute("PRAGMA user_version").fetchone()[0]:
                    raise StoreError(f"there is no project at {path}", hint="`linnaeus label FILE` makes one")
                connection.execute("PRAGMA query_only=ON")
                return connection
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            _upgrade(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _check(connection: sqlite3.Connection, path: str) -> None:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    step = connection.execute("PRAGMA user_version").fetchone()[0]
    if owner != APPLICATION_ID and (tables or owner):
        raise StoreError(f"{path} is a database of another program", hint="choose another --project")
    if step > len(STEPS):
        raise StoreError(
            f"{path} was made by a newer Linnaeus (schema {step}, this one knows {len(STEPS)})",
            hint="upgrade linnaeus",
        )


def _upgrade(connection: sqlite3.Connection) -> None:
    step = connection.execute("PRAGMA user_version").fetchone()[0]
    for number, statements in enumerate(STEPS[step:], start=step + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {statements}; PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={number}; COMMIT;"
        )


@contextmanager
def mapped(path: str) -> Iterator[None]:
    """Turn sqlite3's errors into StoreError with what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _store_error(path, error) from error


def _store_error(path: str, error: sqlite3.DatabaseError) -> StoreError:
    said = str(error)  # error codes came with Python 3.11; these sentences are SQLite's own
    if "disk is full" in said or "disk I/O error" in said:
        hint = "free some disk space and run the same command again; nothing is lost"
        return StoreError(f"cannot write {path}: {said}", hint=hint)
    if "is locked" in said:
        return StoreBusy(f"{path} is being written by another process", hint="run the same command again")
    if "not a database" in said or "malformed" in said:
        return StoreError(f"{path} is not a Linnaeus project: {said}", hint="choose another --project")
    if "unable to open" in said:
        hint = f"is {Path(path).parent} there, and may you write in it?"
        return StoreError(f"cannot open {path}", hint=hint)
    if "readonly" in said:
        return StoreError(
            f"{path} may not be written", hint="check its permissions, or choose another --project"
        )
    return StoreError(f"{path}: {said}")
