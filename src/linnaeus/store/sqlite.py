"""The project file: every text, vector, wording, label, vote and paid answer. Knows nothing of how they are decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import numpy as np

from linnaeus.errors import StoreError, UsageError
from linnaeus.store.connection import MEMORY, connect, mapped
from linnaeus.store.lock import FileLock
from linnaeus.store.rows import DecidedText, Event, LabelSummary, Named, SurfaceRow, Vote
from linnaeus.types import Codes, LabelId, Reply, SurfaceId

CHUNK = 500  # values in one IN (...)


class Store:
    """One SQLite file and the right to write it.

    Writes join one transaction until `commit`; `rollback` drops them. `journal` alone commits by itself.
    """

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

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def commit(self) -> None:
        """Make all writes since the last commit durable, together."""
        with mapped(self.path):
            self._connection.commit()

    def rollback(self) -> None:
        """Drop all writes since the last commit."""
        with mapped(self.path):
            self._connection.rollback()

    # -- what the project was made with

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

    def keep(self, key: str, value: str) -> None:
        """Keep `value` under `key` for good; raise UsageError if the project was made with another."""
        kept = self.meta(key)
        if kept is None:
            self.set_meta(key, value)
        elif kept != value:
            raise UsageError(
                f"{self.path} was made with {key}={kept}, not {value}",
                hint="choose another --project, or the same setting",
            )

    # -- texts and what they got

    def decided(self, keys: Sequence[bytes]) -> dict[bytes, int]:
        """Map the content hash of each text that has a decision to the text's id."""
        return dict(self._chunked("SELECT key, id FROM texts WHERE key IN ({})", keys))

    def add_texts(self, decided: Iterable[DecidedText]) -> None:
        """Add texts with their surfaces; a text is added once."""
        at = _now()
        for row in decided:
            cursor = self._write(
                "INSERT INTO texts (key, text, by, score, at) VALUES (?, ?, ?, ?, ?)",
                (row.key, row.text, row.by, row.score, at),
            )
            self._assign(_id(cursor), row.surfaces)

    def _assign(self, text: int, surfaces: Sequence[SurfaceId]) -> None:
        rows = [(text, rank, surface) for rank, surface in enumerate(surfaces)]
        self._write_many("INSERT INTO assignments VALUES (?, ?, ?)", rows)

    def replace_texts(self, decided: Iterable[DecidedText]) -> None:
        """Add texts, or give those that were decided before to what a person said."""
        rows = list(decided)
        known = self.decided([row.key for row in rows])
        self.add_texts(row for row in rows if row.key not in known)
        for row in (row for row in rows if row.key in known):
            text = known[row.key]
            self._write("UPDATE texts SET by = ?, score = ? WHERE id = ?", (row.by, row.score, text))
            self._write("DELETE FROM assignments WHERE text_id = ?", (text,))
            self._assign(text, row.surfaces)

    def add_items(self, items: Iterable[tuple[str, int]]) -> None:
        """Remember under which ids input files named texts: (id in the file, text id)."""
        self._write_many("INSERT OR IGNORE INTO items VALUES (?, ?)", items)

    def named(self, text_ids: Sequence[int]) -> dict[int, Named]:
        """What each text is labelled today."""
        rows = self._chunked(
            "SELECT texts.id, texts.by, texts.score, labels.id, labels.name FROM texts"
            " LEFT JOIN assignments ON text_id = texts.id LEFT JOIN surfaces ON surfaces.id = surface_id"
            " LEFT JOIN labels ON labels.id = surfaces.label_id WHERE texts.id IN ({}) ORDER BY texts.id, rank",
            text_ids,
        )
        return {text: _named(list(group)) for text, group in groupby(rows, key=lambda row: row[0])}

    def export_rows(self) -> Iterator[tuple[str | None, int, str]]:
        """(id in its file or None, text id, text) of every text, oldest first; a row for each id it came with."""
        with mapped(self.path):
            yield from self._connection.execute(
                "SELECT items.id, texts.id, text FROM texts LEFT JOIN items ON text_id = texts.id"
                " ORDER BY texts.id, items.id"
            )

    def newest_text(self) -> int:
        """The id of the text decided last, 0 if there is none; ids rise."""
        return int(self._rows("SELECT coalesce(max(id), 0) FROM texts")[0][0])

    def leaders(self) -> list[tuple[bytes, tuple[SurfaceId, ...]]]:
        """(content hash, surfaces) of the texts that a model or a person labelled, oldest first."""
        rows = self._rows(
            "SELECT texts.id, key, surface_id FROM texts JOIN assignments ON text_id = texts.id"
            " WHERE by IN ('ask', 'human') ORDER BY texts.id, rank"
        )
        groups = (list(group) for _, group in groupby(rows, key=lambda row: row[0]))
        return [(group[0][1], tuple(SurfaceId(row[2]) for row in group)) for group in groups]

    def texts_of(self, surfaces: Sequence[SurfaceId], *, most: int) -> list[tuple[SurfaceId, str]]:
        """Up to `most` texts of each surface, oldest first, as (surface, text)."""
        return self._chunked(
            "SELECT surface_id, text FROM (SELECT surface_id, text_id, row_number() OVER"
            " (PARTITION BY surface_id ORDER BY text_id) AS place FROM assignments WHERE surface_id IN ({}))"
            f" JOIN texts ON texts.id = text_id WHERE place <= {int(most)} ORDER BY surface_id, place",
            surfaces,
        )

    # -- vectors

    def vectors(self, keys: Sequence[bytes], embedder: str) -> dict[bytes, Codes]:
        """The kept vector (d,) of each content hash, made by `embedder`."""
        rows = self._chunked(
            "SELECT key, codes FROM vectors WHERE embedder = ? AND key IN ({})", keys, embedder
        )
        return {key: np.frombuffer(codes, dtype=np.int8) for key, codes in rows}

    def add_vectors(self, keys: Sequence[bytes], codes: Codes, embedder: str) -> None:
        """Keep vectors (n, d) by content hash."""
        rows = ((key, embedder, row.tobytes()) for key, row in zip(keys, codes, strict=True))
        self._write_many("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)

    # -- surfaces and labels

    def surfaces(self) -> list[SurfaceRow]:
        """Every surface, oldest first."""
        rows = self._rows("SELECT id, key, words, label_id, own_label_id, pinned FROM surfaces ORDER BY id")
        return [SurfaceRow(row[0], row[1], row[2], row[3], row[4], bool(row[5])) for row in rows]

    def add_surface(
        self, key: str, words: str | None, *, label: LabelId | None, name: str, pinned: bool
    ) -> SurfaceRow:
        """Add a surface and the label it founds, called `name` for now; it stands for `label`, or for its own."""
        cursor = self._write(
            "INSERT INTO labels (name, named_by, merged_into) VALUES (?, 'arrival', ?)", (name, label)
        )
        own = LabelId(_id(cursor))
        today = own if label is None else label
        cursor = self._write(
            "INSERT INTO surfaces (key, words, label_id, own_label_id, pinned) VALUES (?, ?, ?, ?, ?)",
            (key, words, today, own, pinned),
        )
        return SurfaceRow(SurfaceId(_id(cursor)), key, words, today, own, pinned)

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
        """(name, who named it) of every label that is in use."""
        rows = self._rows("SELECT id, name, named_by FROM labels WHERE merged_into IS NULL")
        return {LabelId(row[0]): (row[1], row[2]) for row in rows}

    def names_of(self, labels: Iterable[LabelId]) -> dict[LabelId, str]:
        """The name of each label, in use or not."""
        return dict(self._chunked("SELECT id, name FROM labels WHERE id IN ({})", list(labels)))

    def surface_of(self, label: LabelId) -> SurfaceId:
        """The surface that founded a label."""
        rows = self._rows("SELECT id FROM surfaces WHERE own_label_id = ?", (label,))
        if not rows:
            raise StoreError(f"label {label} is not in {self.path}")
        return SurfaceId(rows[0][0])

    def labels(self) -> list[LabelSummary]:
        """Labels that have texts or were given by people, those with most texts first."""
        rows = self._rows(
            "SELECT label_id, label, texts, wordings FROM label_view WHERE wordings > 0 ORDER BY texts DESC, label_id"
        )
        return [LabelSummary(LabelId(row[0]), row[1], row[2], row[3]) for row in rows]

    def today(self, label: LabelId) -> LabelId | None:
        """The label that `label` has become, or None if there never was one."""
        rows = self._rows("SELECT coalesce(merged_into, id) FROM labels WHERE id = ?", (label,))
        return LabelId(rows[0][0]) if rows else None

    def label_worded(self, key: str) -> LabelId | None:
        """The label that a wording stands for today, or None if nobody ever gave it."""
        rows = self._rows("SELECT label_id FROM surfaces WHERE key = ?", (key,))
        return LabelId(rows[0][0]) if rows else None

    def count_surfaces(self) -> int:
        """How many surfaces there are."""
        return int(self._rows("SELECT count(*) FROM surfaces")[0][0])

    def count_labels(self) -> int:
        """How many labels surfaces stand for."""
        return int(self._rows("SELECT count(DISTINCT label_id) FROM surfaces")[0][0])

    def surface_counts(self) -> dict[SurfaceId, int]:
        """How many texts each surface was given."""
        return dict(self._rows("SELECT surface_id, count(*) FROM assignments GROUP BY surface_id"))

    # -- evidence and events

    def add_votes(self, votes: Iterable[Vote]) -> None:
        """Append evidence."""
        at = _now()
        self._write_many(
            "INSERT INTO evidence (a, b, kind, weight, wording, texts, author, event_id, at) VALUES (?,?,?,?,?,?,?,?,?)",
            ((v.a, v.b, v.kind, v.weight, v.wording, v.texts, v.author, v.event, at) for v in votes),
        )

    def votes(self, *, by_people: bool = False, surfaces: Sequence[SurfaceId] = ()) -> list[Vote]:
        """Evidence of events that were not undone, oldest first; of people only, or about `surfaces` only."""
        known = set(surfaces)
        rows = self._rows(
            "SELECT a, b, evidence.kind, weight, evidence.author, wording, texts, event_id FROM evidence"
            " LEFT JOIN events ON events.id = event_id WHERE undone_by IS NULL"
            + (" AND event_id IS NOT NULL" if by_people else "")
            + " ORDER BY evidence.id"
        )
        return [Vote(*row) for row in rows if not known or (row[0] in known and row[1] in known)]

    def add_event(self, kind: str, detail: dict[str, Any], *, author: str) -> int:
        """Append an event; return its id."""
        detail_json = msgspec.json.encode(detail).decode()
        cursor = self._write(
            "INSERT INTO events (kind, detail, author, at) VALUES (?, ?, ?, ?)",
            (kind, detail_json, author, _now()),
        )
        return _id(cursor)

    def undo_event(self, event: int, *, by: int) -> None:
        """Mark an event as undone by another."""
        self._write("UPDATE events SET undone_by = ? WHERE id = ?", (by, event))

    def events(self) -> list[Event]:
        """Every event, oldest first."""
        return [
            Event(*row)
            for row in self._rows("SELECT id, kind, detail, author, at, undone_by FROM events ORDER BY id")
        ]

    # -- paid answers

    def answered(self, model: str, task: str, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        """Replies of `model` that are on file; they cost nothing any more."""
        rows = self._chunked(
            "SELECT key, reply FROM answers WHERE model = ? AND task = ? AND key IN ({})", keys, model, task
        )
        return {key: Reply(labels=tuple(msgspec.json.decode(reply, type=list[str]))) for key, reply in rows}

    def journal(
        self, model: str, task: str, replies: Sequence[tuple[bytes, Reply]], *, to_disk: bool = True
    ) -> None:
        """Write answers down at once, in a transaction of their own; what is open is committed before.

        A kill loses none of them. A power cut may lose those written since the last call `to_disk`, which waits for the
        disk and takes a hundred times as long.
        """
        at = _now()
        self.commit()
        self._set_synchronous("FULL" if to_disk else "NORMAL")
        try:
            self._write_many(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                ((model, task, key, _words(r), r.tokens_in, r.tokens_out, r.usd, at) for key, r in replies),
            )
            self.commit()
        except BaseException:
            self.rollback()
            raise
        finally:
            self._set_synchronous("FULL")

    def _set_synchronous(self, level: str) -> None:
        with mapped(self.path):
            self._connection.execute(f"PRAGMA synchronous={level}")

    # -- plumbing

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


def _named(rows: list[Any]) -> Named:
    labels = {row[3]: row[4] for row in rows if row[3] is not None}  # the order of first sight
    return Named(rows[0][1], rows[0][2], tuple(labels), tuple(labels.values()))


def _words(reply: Reply) -> str:
    return msgspec.json.encode(reply.labels).decode()


def _id(cursor: sqlite3.Cursor) -> int:
    if cursor.lastrowid is None:
        raise StoreError("an insert gave no row id")
    return cursor.lastrowid


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
