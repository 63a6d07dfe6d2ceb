"""The map of texts in Embedding Atlas (extra `map`), which shows what it is given. Knows nothing of how places are found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from linnaeus.discover.found import Found
from linnaeus.discover.map import Places
from linnaeus.errors import LinnaeusError, MissingExtra
from linnaeus.files import write_table

PACKAGE = "embedding-atlas"
STATE = {
    "charts": {
        "1": {
            "type": "embedding",
            "title": "Map",
            "data": {"x": "x", "y": "y", "text": "text", "category": "label"},
        },
        "2": {"type": "count-plot", "title": "Labels", "data": {"field": "label"}},
        "3": {"type": "predicates", "title": "SQL Predicates"},
        "4": {"type": "instances", "title": "Texts"},
    }
}
TOLD = {"text": "text", "x": "x", "y": "y", "labels": "names.jsonl", "state": json.dumps(STATE)}
"""Options: the columns of texts and places, the file of names, and what is shown. With places given it loads no model."""


def check_atlas() -> None:
    """Raise MissingExtra where it is not installed."""
    if find_spec("embedding_atlas") is None:
        raise MissingExtra(PACKAGE, "map")


def open_atlas(found: Found, names: Sequence[str], places: Places) -> None:
    """Serve every distinct text at its place (n, 2), with its label of `names` (g,), until it is interrupted.

    Its words, with the address of the page, go to standard error. Raises LinnaeusError where it ends by itself.
    """
    with TemporaryDirectory() as folder:
        write_atlas(Path(folder), found, names, places)
        told = [word for option, value in TOLD.items() for word in (f"--{option}", value)]
        command = [sys.executable, "-m", "embedding_atlas.cli", "texts.jsonl", *told, "--host", "127.0.0.1"]
        offline = {"HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"}
        try:
            code = subprocess.call(command, cwd=folder, env=os.environ | offline, stdout=sys.stderr.fileno())
        except KeyboardInterrupt:
            return
    if code:
        raise LinnaeusError(f"Embedding Atlas ended with exit code {code}", hint="its own words are above")


def write_atlas(folder: Path, found: Found, names: Sequence[str], places: Places) -> None:
    """Write texts.jsonl and names.jsonl into `folder`, as Embedding Atlas reads them."""
    readable = [name.replace("_", " ") for name in names]
    label = [readable[group] if group >= 0 else None for group in found.groups]
    write_table(
        folder / "texts.jsonl",
        ("text", "label", "count", "x", "y"),
        list(zip(found.texts, label, found.counts.tolist(), *places.T.tolist(), strict=True)),
    )
    middle = [np.median(places[found.groups == group], axis=0).tolist() for group in range(len(readable))]
    write_table(
        folder / "names.jsonl",
        (
            "x",
            "y",
            "text",
            "content",
            "priority",
        ),  # its manual says `text`, its page of 0.26.0 reads `content`
        [
            (x, y, name, name, size)
            for (x, y), name, size in zip(middle, readable, found.sizes.tolist(), strict=True)
        ],
    )
