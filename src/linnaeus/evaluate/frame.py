"""The labels that a person can be asked about, and the answers that are kept beside a result. Knows not which to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError
from linnaeus.evaluate.cells import labels_in
from linnaeus.evaluate.read import Read
from linnaeus.store import content_key
from linnaeus.taxonomy import starts_of

MOST = 5_000  # texts that are looked at closely; of more a random part


class Frame(NamedTuple):
    """Texts (m,) that have a label, with the name of the best one and its score; `of`: so many there are."""

    texts: list[str]
    labels: list[str]
    scores: NDArray[np.float64]
    of: int


class Said(msgspec.Struct):
    """One answer of a person: is this label of this text right? None: they could not tell."""

    text: str
    label: str
    right: bool | None
    by: str
    at: str


def frame_of(read: Read) -> Frame:
    """The texts of a result that have a label; of more than 5,000 a part that is chosen by content hash."""
    called = read.names if read.with_ids else read.found
    names = [(labels_in(cell) or [""])[0] for cell in called.values]
    sizes = np.array([len(labels_in(cell) or ()) for cell in read.found.values], np.int64)[read.found.rows]
    rows = np.flatnonzero(sizes > 0)
    if not len(rows):
        raise InputError("no text has a label", hint="there is nothing to ask about")
    first = starts_of(sizes)[:-1] if read.each else np.cumsum(sizes > 0) - 1
    scores = read.scores[np.minimum(first, len(read.scores) - 1)]
    if len(rows) > MOST:
        order = sorted(rows.tolist(), key=lambda row: (content_key(read.texts[row]), row))
        rows = np.sort(np.array(order[:MOST]))
    texts = [read.texts[row] for row in rows]
    labels = [names[called.rows[row]] for row in rows]
    return Frame(texts, labels, scores[rows], int((sizes > 0).sum()))


class Answers:
    """What people said of labels, in a file beside the result: a line an answer, the last one of a text and label counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._said = {(one.text, one.label): one.right for one in self._lines()}

    def of(self, frame: Frame) -> dict[int, bool | None]:
        """The answers about texts of a frame by their place; None where people could not tell."""
        pairs = enumerate(zip(frame.texts, frame.labels, strict=True))
        return {place: self._said[pair] for place, pair in pairs if pair in self._said}

    def add(self, text: str, label: str, right: bool | None, author: str) -> None:
        """Write one down; it is on disk when this returns."""
        said = Said(text, label, right, author, datetime.now(timezone.utc).isoformat(timespec="seconds"))
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(said) + b"\n")
        self._said[text, label] = right

    def _lines(self) -> Iterator[Said]:
        if not self.path.exists():
            return
        *lines, torn = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, 1):
            try:
                yield msgspec.json.decode(line, type=Said)
            except msgspec.DecodeError as error:
                raise InputError(f"{self.path}, line {number}: {error}") from error
        if torn:  # a kill came between: the line goes, or the next would be added to it
            self.path.write_bytes(b"".join(line + b"\n" for line in lines))
