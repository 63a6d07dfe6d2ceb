"""Record files in and out: csv, tsv, jsonl, parquet, txt, each also gzipped.

Knows nothing of models, labels or storage.
"""

from __future__ import annotations

from linnaeus.files.aside import check_place
from linnaeus.files.rows import Row
from linnaeus.files.source import Source, open_rows
from linnaeus.files.table import check_table, write_parts, write_table, write_whole
from linnaeus.files.times import moment
from linnaeus.files.write import Writer, check_out, open_writer

__all__ = [
    "Row",
    "Source",
    "Writer",
    "check_out",
    "check_place",
    "check_table",
    "moment",
    "open_rows",
    "open_writer",
    "write_parts",
    "write_table",
    "write_whole",
]
