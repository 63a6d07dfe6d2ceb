"""A file labelled by hand, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from linnaeus.files import open_rows, open_writer
from linnaeus.files.encode import OURS
from linnaeus.types import Answer, LabelId

ENDINGS = ["csv", "tsv", "jsonl", *(["parquet"] if find_spec("pyarrow") else [])]

TWO = Answer("hello there", ("greeting", "small|talk"), (LabelId(7), LabelId(9)), 0.87654321, "ask")
NONE = Answer("", (), (), 0.0, "error", "the text is empty")
CSV = "id,text,n\n7,hello there,1\n8,,2\n"
ADDED: list[dict[str, Any]] = [
    dict(zip(OURS, ["greeting", 7, "greeting|small/talk", 0.876543, "ask", None], strict=True)),
    dict(zip(OURS, [None, None, "", None, "error", "the text is empty"], strict=True)),
]


def label(given: Path, out: Path | Any, answers: Sequence[Answer]) -> None:
    with open_rows(given) as source, open_writer(out, source) as writer:
        for row, answer in zip(source, answers, strict=True):
            writer.write(row, answer)


def read(path: Path) -> list[dict[str, Any]]:
    with open_rows(path, text="text") as source:
        return [row.columns for row in source]
