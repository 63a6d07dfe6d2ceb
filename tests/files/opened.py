"""Short words for what a source gives."""

from __future__ import annotations

from collections.abc import Callable

from linnaeus.files import Source

Make = Callable[..., Source]
"""The fixture `make`: file name, content and the options of open_rows to an open source."""

CSV = "id,text,lang\n7,hello there,en\n8,bonjour à tous,fr\n"


def texts(source: Source) -> list[str | None]:
    return [row.text for row in source]


def problems(source: Source) -> list[str | None]:
    return [row.problem for row in source]
