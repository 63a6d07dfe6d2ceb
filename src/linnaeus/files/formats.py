"""Which format a file name stands for. Opens nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linnaeus.errors import UsageError

NAMES = {"csv": "csv", "tsv": "tsv", "jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet", "txt": "txt"}
"""Ending -> format."""

KNOWN = "known: " + ", ".join(f".{ending}" for ending in NAMES) + ", each also with .gz"


@dataclass(frozen=True, slots=True)
class Format:
    """A format, and whether it is compressed with gzip."""

    name: str
    gzipped: bool


def of_path(path: str, *, hint: str = KNOWN) -> Format:
    """The format that the ending of `path` names; raises UsageError, whose `hint` says which there are."""
    found = parsed(path.rsplit("/", 1)[-1], NAMES)
    if found is None:
        raise UsageError(f"{path}: the ending names no format", hint=hint)
    return found


def of_name(name: str) -> Format:
    """The format that `--format` names: "csv", ".csv" and "csv.gz" are understood; raises UsageError."""
    found = parsed("." + name.removeprefix("."), NAMES)
    if found is None:
        raise UsageError(f"{name!r} is no format", hint=KNOWN)
    return found


def parsed(filename: str, endings: Mapping[str, str]) -> Format | None:
    """The format that the ending of a file name stands for in `endings`, if any."""
    stem, dot, ending = filename.lower().rpartition(".")
    gzipped = ending == "gz"
    if gzipped:
        stem, dot, ending = stem.rpartition(".")
    return Format(endings[ending], gzipped) if dot and ending in endings else None
