"""Files made and opened for one test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linnaeus.files import Source, open_rows

from .opened import Make


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Writes content to a file of this name and opens it."""
    opened: list[Source] = []

    def make(name: str, content: bytes | str, **options: Any) -> Source:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        opened.append(open_rows(path, **options))
        return opened[-1]

    yield make
    for source in opened:
        source.close()
