"""Write a small table to a file, whole or not at all. Knows nothing of what is in it."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from linnaeus.errors import UsageError
from linnaeus.files import formats
from linnaeus.files.aside import Aside, check_place, unwritable
from linnaeus.files.encode import cell, dumped, safe

WRITTEN = "use .csv, .tsv or .jsonl"
_DELIMITERS = {"csv": ",", "tsv": "\t"}


def check_table(path: Path) -> None:
    """Raise UsageError where no table can be written at `path`: its ending, or its place."""
    _format(path)
    check_place(path)


def write_table(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows to .csv, .tsv or .jsonl, each also .gz; text cells are safe for spreadsheets."""
    format = _format(path)
    if format.name == "jsonl":
        raw = b"".join(dumped(dict(zip(header, row, strict=True))) + b"\n" for row in rows)
    else:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=_DELIMITERS[format.name], lineterminator="\n")
        writer.writerow(header)
        writer.writerows([safe(one) if isinstance(one, str) else cell(one) for one in row] for row in rows)
        raw = out.getvalue().encode("utf-8", "replace")
    write_parts(path, [raw], gzipped=format.gzipped)


def write_whole(path: Path, raw: bytes) -> None:
    """Write bytes to a file that appears whole or not at all."""
    write_parts(path, [raw], gzipped=False)


def write_parts(path: Path, parts: Iterable[bytes], *, gzipped: bool) -> None:
    """Write bytes, some at a time, to a file that appears whole or not at all; not at all if `parts` raises."""
    aside = Aside(path)
    try:
        if gzipped:
            with gzip.GzipFile("", "wb", 6, aside.file, mtime=0) as packed:
                packed.writelines(parts)
        else:
            aside.file.writelines(parts)
    except OSError as error:
        aside.drop()
        raise unwritable(str(path), error) from error
    except BaseException:
        aside.drop()
        raise
    aside.keep()


def _format(path: Path) -> formats.Format:
    format = formats.of_path(str(path), hint=WRITTEN)
    if format.name not in (*_DELIMITERS, "jsonl"):
        raise UsageError(f"{path}: a table cannot be written so", hint=WRITTEN)
    return format
