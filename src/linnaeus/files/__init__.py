"""Record files in and out: csv, tsv, jsonl, parquet, txt, each also gzipped.

Knows nothing of models, labels or storage.
"""

from __future__ import annotations

from linnaeus.files.rows import Row
from linnaeus.files.source import Source, open_rows
from linnaeus.files.write import Writer, check_out, open_writer

__all__ = ["Row", "Source", "Writer", "check_out", "open_rows", "open_writer"]
