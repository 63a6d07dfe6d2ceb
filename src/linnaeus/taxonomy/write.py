"""A taxonomy into a file of any format. Knows no project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from linnaeus.files import check_place, write_parts
from linnaeus.files.formats import Format
from linnaeus.taxonomy.formats import format_of
from linnaeus.taxonomy.outline import outline
from linnaeus.taxonomy.skos_write import rdf_xml, turtle
from linnaeus.taxonomy.table import DELIMITERS, delimited, json_lines
from linnaeus.taxonomy.taxonomy import Taxonomy

WRITERS = {"jsonl": json_lines, "rdf": rdf_xml, "turtle": turtle, "outline": outline}


def check_target(path: Path) -> Format:
    """The format of `path`; raises UsageError where no taxonomy can be written there: its ending, or its place."""
    format = format_of(str(path))
    check_place(path)
    return format


def write_taxonomy(path: Path, taxonomy: Taxonomy) -> None:
    """Write .csv, .tsv, .jsonl, .rdf, .ttl or .txt (indented), each also .gz; the file appears whole or not at all.

    `read_taxonomy` gives the same taxonomy again, but of indented text, which keeps names and first parents alone.
    """
    format = check_target(path)
    write_parts(path, _parts(taxonomy, format), gzipped=format.gzipped)


def _parts(taxonomy: Taxonomy, format: Format) -> Iterator[bytes]:
    if format.name in DELIMITERS:
        return delimited(taxonomy, DELIMITERS[format.name])
    return WRITERS[format.name](taxonomy)
