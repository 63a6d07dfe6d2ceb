"""Which format the name of a taxonomy file stands for. Opens nothing."""

from __future__ import annotations

from linnaeus.errors import UsageError
from linnaeus.files.formats import Format, parsed

ENDINGS = {
    "csv": "csv",
    "tsv": "tsv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "rdf": "rdf",
    "xml": "rdf",
    "ttl": "turtle",
    "txt": "outline",
}
"""Ending -> format; `rdf` is SKOS in RDF/XML, `outline` indented text."""


def format_of(path: str) -> Format:
    """The format that the ending of `path` names; raises UsageError."""
    found = parsed(path.rsplit("/", 1)[-1], ENDINGS)
    if found is None:
        endings = ", ".join(f".{ending}" for ending in ENDINGS)
        hint = f"known: {endings}, each also with .gz"
        raise UsageError(f"{path}: the ending names no format of a taxonomy", hint=hint)
    return found
