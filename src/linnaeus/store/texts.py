"""Texts, what they got, and vectors. Knows nothing of how they are decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from itertools import groupby, zip_longest
from typing import Any

import numpy as np

from linnaeus.store.base import Base, now, row_id
from linnaeus.store.connection import mapped
from linnaeus.store.rows import Assigned, AssignedText, DecidedText, Guessed, Named, Rethought
from linnaeus.types import Codes, Guess, LabelId, SurfaceId

FROM_MEMORY = "by IN ('recall', 'student')"
MOVED = "SELECT text_id FROM moves JOIN events ON events.id = event_id WHERE undone_by IS NULL"


class Texts(Base):
    """The part of the store that knows texts."""

    def decided(self, keys: Sequence[bytes]) -> dict[bytes, int]:
        """Map the content hash of each text that has a decision to the text's id."""
        return dict(self._chunked("SELECT key, id FROM texts WHERE key IN ({})", keys))

    def add_texts(self, decided: Iterable[DecidedText]) -> None:
        """Add texts with their surfaces; a text is added once."""
        at = now()
        for row in decided:
            guess = row.guess
            thought = (None, None, False, False) if guess is None else astuple(guess)
            cursor = self._write(
                "INSERT INTO texts (key, text, by, score, at, guess_id, odds, audited, student)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (row.key, row.text, row.by, row.score, at, *thought),
            )
            self._audit(row_id(cursor), row.agreed)
            self._assign(row_id(cursor), row.surfaces, row.scores)

    def _assign(self, text: int, surfaces: Sequence[SurfaceId], scores: Sequence[float] = ()) -> None:
        rows = [
            (text, rank, surface, score)
            for rank, (surface, score) in enumerate(zip_longest(surfaces, scores[: len(surfaces)]))
        ]
        self._write_many(
            "INSERT INTO assignments (text_id, rank, surface_id, score) VALUES (?, ?, ?, ?)", rows
        )

    def replace_texts(self, decided: Iterable[DecidedText]) -> None:
        """Add texts, or give those that were decided before what a person, or a look at them anew, says."""
        rows = list(decided)
        known = self.decided([row.key for row in rows])
        self.add_texts(row for row in rows if row.key not in known)
        for row in (row for row in rows if row.key in known):
            text = known[row.key]
            self._write(
                "UPDATE texts SET by = ?, score = ?, doubted = 0 WHERE id = ?", (row.by, row.score, text)
            )
            self._audit(text, row.agreed)
            self._write("DELETE FROM assignments WHERE text_id = ?", (text,))
            self._write("DELETE FROM moves WHERE text_id = ?", (text,))
            self._assign(text, row.surfaces, row.scores)

    def _audit(self, text: int, agreed: bool | None) -> None:
        if agreed is not None:
            self._write("UPDATE texts SET audited = 1, share = ? WHERE id = ?", (float(agreed), text))

    def audited_texts(self, *, since: int = 0) -> dict[int, str]:
        """The texts after the id `since` that a stage was audited on that was sure of them, by id, oldest first."""
        sql = (
            "SELECT id, text FROM texts WHERE id > ? AND audited AND guess_id IS NULL AND share IS NOT NULL"
            " ORDER BY id"
        )
        return dict(self._rows(sql, (since,)))

    def named(self, text_ids: Sequence[int]) -> dict[int, Named]:
        """What each text is labelled today; a label that was retired before a text came is none of its."""
        rows = self._chunked(
            "SELECT texts.id, texts.by, texts.score, labels.id, labels.name, labels.code, assignments.score FROM texts"
            " LEFT JOIN assignments ON text_id = texts.id LEFT JOIN surfaces ON surfaces.id = surface_id"
            " LEFT JOIN labels ON labels.id = surfaces.label_id"
            " AND (retired_after IS NULL OR texts.id <= retired_after)"
            " WHERE texts.id IN ({}) ORDER BY texts.id, rank",
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

    def asked_texts(self, *, since: int = 0, until: int | None = None) -> list[str]:
        """The texts after the id `since`, up to `until`, that a model or a person labelled, oldest first."""
        rows = self._rows(
            "SELECT text FROM texts WHERE id > ?1 AND (?2 IS NULL OR id <= ?2) AND by IN ('ask', 'human')"
            " AND EXISTS (SELECT 1 FROM assignments WHERE text_id = texts.id) ORDER BY id",
            (since, until),
        )
        return [row[0] for row in rows]

    def examples(self, *, chosen: bool = False) -> list[tuple[str, list[LabelId]]]:
        """The texts that people labelled, oldest first, and today's labels of each; none where none fitted.

        With `chosen` also those for which a model chose labels; not where it was asked to check what was sure without it.
        """
        rows = self._rows(
            "SELECT texts.id, text, label_id FROM texts LEFT JOIN assignments ON text_id = texts.id"
            " LEFT JOIN surfaces ON surfaces.id = surface_id"
            " WHERE by = 'human' OR (? AND by IN ('choose', 'descend') AND NOT audited) ORDER BY texts.id, rank",
            (chosen,),
        )
        groups = (list(group) for _, group in groupby(rows, key=lambda row: row[0]))
        return [(group[0][1], [row[2] for row in group if row[2] is not None]) for group in groups]

    def doubtful_texts(self, below: float) -> list[str]:
        """The texts for which no label fits, or whose best one a machine gave a score below that, oldest first."""
        sql = (
            "SELECT text FROM texts WHERE (score < ? AND by <> 'human')"
            " OR NOT EXISTS (SELECT 1 FROM assignments WHERE text_id = texts.id) ORDER BY id"
        )
        return [row[0] for row in self._rows(sql, (below,))]

    def texts_by_id(self, ids: Sequence[int]) -> dict[int, str]:
        """The texts with these ids."""
        return dict(self._chunked("SELECT id, text FROM texts WHERE id IN ({})", ids))

    def newest_text(self) -> int:
        """The id of the text decided last, 0 if there is none; ids rise."""
        return int(self._rows("SELECT coalesce(max(id), 0) FROM texts")[0][0])

    def assigned_texts(self, *, since: int = 0, until: int | None = None) -> list[AssignedText]:
        """Every text after the id `since`, up to `until`, that has surfaces today, oldest first."""
        rows = self._rows(
            "SELECT texts.id, key, by, surface_id FROM texts JOIN assignments ON text_id = texts.id"
            " WHERE texts.id > ?1 AND (?2 IS NULL OR texts.id <= ?2) ORDER BY texts.id, rank",
            (since, until),
        )
        groups = (list(group) for _, group in groupby(rows, key=lambda row: row[0]))
        return [
            AssignedText(text, key, by in ("ask", "human"), tuple(SurfaceId(row[3]) for row in group))
            for group in groups
            for text, key, by, _ in group[:1]
        ]

    def count_texts(self) -> int:
        """How many texts have a decision."""
        return int(self._rows("SELECT count(*) FROM texts")[0][0])

    def guesses(self, *, since: int = 0, until: int | None = None) -> list[Guessed]:
        """What memory thought of texts after the one with the id `since`, up to `until`, oldest first."""
        rows = self._rows(
            f"SELECT guess_id, odds, audited, student, {FROM_MEMORY}, surface_id, texts.id, share, doubted, lead"
            " FROM texts JOIN assignments ON text_id = texts.id AND rank = 0"
            " WHERE guess_id IS NOT NULL AND texts.id > ?1 AND (?2 IS NULL OR texts.id <= ?2) ORDER BY texts.id",
            (since, until),
        )
        return [
            Guessed(
                Guess(guess, odds, bool(audited), bool(student)),
                None if from_memory else own,
                text,
                share,
                bool(doubted),
                lead or 0.0,
            )
            for guess, odds, audited, student, from_memory, own, text, share, doubted, lead in rows
        ]

    def refile(self, refiled: Iterable[tuple[int, SurfaceId]]) -> None:
        """Give texts that memory answered other surfaces, (text id, surface), until `follow_moves` takes that back."""
        self._write_many(
            "UPDATE assignments SET given_id = coalesce(given_id, surface_id), surface_id = ? WHERE text_id = ?",
            ((surface, text) for text, surface in refiled),
        )

    def rethink(self, thought: Iterable[Rethought]) -> None:
        """Note what memory says of texts today, where it had thought of something."""
        self._write_many(
            "UPDATE texts SET guess_id = ?2, share = ?3, lead = ?4 WHERE id = ?1 AND guess_id IS NOT NULL",
            thought,
        )

    def think_twice(self, thoughts: Iterable[tuple[int, float, bool]]) -> None:
        """Note of texts how likely memory is right about them, and whether a model should be asked; of no others."""
        self._write("UPDATE texts SET doubted = 0 WHERE doubted", ())
        self._write_many(
            f"UPDATE texts SET doubted = ?3, score = CASE WHEN {FROM_MEMORY} THEN ?2 ELSE score END WHERE id = ?1",
            thoughts,
        )

    def doubted(self) -> dict[int, str]:
        """The texts that memory answered and that a model should be asked about, by id; none that an event moved."""
        return dict(
            self._rows(
                f"SELECT id, text FROM texts WHERE doubted AND {FROM_MEMORY} AND id NOT IN ({MOVED}) ORDER BY id"
            )
        )

    def moved_texts(self) -> set[int]:
        """The texts that an event that stands gave other surfaces."""
        return {row[0] for row in self._rows(MOVED)}

    def answer_again(self, text: int, surfaces: Sequence[SurfaceId]) -> None:
        """Give a text that memory answered what a model says of it after all."""
        self._write("UPDATE texts SET by = 'ask', score = 1.0, doubted = 0 WHERE id = ?", (text,))
        self._write("DELETE FROM assignments WHERE text_id = ?", (text,))
        self._assign(text, surfaces)

    def assigned(self, surfaces: Sequence[SurfaceId]) -> list[Assigned]:
        """Every text that has one of `surfaces` today, oldest first."""
        rows = self._chunked(
            "SELECT text_id, rank, surface_id, key, text FROM assignments JOIN texts ON texts.id = text_id"
            " WHERE surface_id IN ({})",
            surfaces,
        )
        return [Assigned(*row) for row in sorted(rows, key=lambda row: row[:2])]

    def texts_of(self, surfaces: Sequence[SurfaceId], *, most: int) -> list[tuple[SurfaceId, str]]:
        """Up to `most` texts of each surface, oldest first, as (surface, text)."""
        return self._chunked(
            "SELECT surface_id, text FROM (SELECT surface_id, text_id, row_number() OVER"
            " (PARTITION BY surface_id ORDER BY text_id) AS place FROM assignments WHERE surface_id IN ({}))"
            f" JOIN texts ON texts.id = text_id WHERE place <= {int(most)} ORDER BY surface_id, place",
            surfaces,
        )

    def vectors(self, keys: Sequence[bytes], embedder: str) -> dict[bytes, Codes]:
        """The kept vector (d,) of each content hash, made by `embedder`."""
        rows = self._chunked(
            "SELECT key, codes FROM vectors WHERE embedder = ? AND key IN ({})", keys, embedder
        )
        return {key: np.frombuffer(codes, dtype=np.int8) for key, codes in rows}

    def add_vectors(self, keys: Sequence[bytes], codes: Codes, embedder: str) -> None:
        """Keep vectors (n, d) by content hash: at once, or with the open transaction; not within `reading`."""
        rows = ((key, embedder, row.tobytes()) for key, row in zip(keys, codes, strict=True))
        self._add_at_once("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)


def _named(rows: list[Any]) -> Named:
    labels = {row[3]: row for row in reversed(rows) if row[3] is not None}
    first = sorted(labels.values(), key=rows.index)  # the order of first sight
    codes = tuple(row[5] for row in first if row[5] is not None)
    scores = tuple(row[6] for row in first if row[6] is not None)
    return Named(
        rows[0][1], rows[0][2], tuple(row[3] for row in first), tuple(row[4] for row in first), codes, scores
    )
