"""Which format a file name stands for. Opens nothing."""

from __future__ import annotations

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


def of_path(path: str) -> Format:
    """The format that the ending of `path` names; raises UsageError."""
    found = _parse(path.rsplit("/", 1)[-1])
    if found is None:
        raise UsageError(f"{path}: the ending names no format", hint=KNOWN)
    return found


def of_name(name: str) -> Format:
    """The format that `--format` names: "csv", ".csv" and "csv.gz" are understood; raises UsageError."""
    found = _parse("." + name.removeprefix("."))
    if found is None:
        raise UsageError(f"{name!r} is no format", hint=KNOWN)
    return found


def _parse(filename: str) -> Format | None:
    stem, dot, ending = filename.lower().rpartition(".")
    gzipped = ending == "gz"
    if gzipped:
        stem, dot, ending = stem.rpartition(".")
    return Format(NAMES[ending], gzipped) if dot and ending in NAMES else None
