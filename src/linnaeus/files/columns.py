"""Which columns hold the text and the id, and what a cell is as a text. Knows no format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from linnaeus.errors import InputError, UsageError
from linnaeus.files.rows import Record

SAMPLE = 100
"""Records looked at to choose the text column."""

_LONG_WORD = 12
"""Letters that make a text of a cell without spaces, where they are not ASCII: Chinese, Japanese, Thai."""


def existing(name: str, columns: Sequence[str], file: str) -> str:
    """`name` if it is one of `columns`; else InputError with the columns there are."""
    if name in columns:
        return name
    close = get_close_matches(name, columns, 1) or [c for c in columns if c.casefold() == name.casefold()]
    meant = f"did you mean {close[0]!r}? " if close else ""
    raise InputError(f"{file} has no column {name!r}", hint=f"{meant}columns: {listed(columns)}")


def listed(columns: Sequence[str]) -> str:
    """The column names for a message, 20 at most."""
    more = f" and {len(columns) - 20} more" if len(columns) > 20 else ""
    return ", ".join(columns[:20]) + more


def text_column(columns: Sequence[str], sample: Sequence[Record], file: str) -> str:
    """`text`, whatever its case; or the only column there is; or the only one whose cells read like texts.

    A cell reads like a text if it is a str of two words or more, or of 12 characters that are not all ASCII;
    a column does if most of its filled cells do. Raises InputError where none or several do.
    """
    named = [column for column in columns if column.casefold() == "text"]
    if named or len(columns) == 1:
        return "text" if "text" in named else (named or list(columns))[0]
    like = [column for column in columns if _reads_like_text(row.get(column) for row, _ in sample)]
    if len(like) == 1:
        return like[0]
    if not sample and columns:
        return columns[0]
    found = f"{listed(like)} all look like texts" if like else "none looks like a text"
    message = f"{file} has no column 'text', and it is not clear which one holds the texts: {found}"
    raise InputError(message, hint=f"name it with --text; columns: {listed(columns)}")


def _reads_like_text(cells: Iterable[Any]) -> bool:
    filled = [cell for cell in cells if cell is not None and cell != ""]
    texts = [cell for cell in filled if isinstance(cell, str) and _is_text(cell)]
    return len(texts) * 2 > len(filled)


def _is_text(cell: str) -> bool:
    words = [word for word in cell.split() if any(map(str.isalpha, word))]
    return len(words) >= 2 or (len(cell) >= _LONG_WORD and not cell.isascii())


def as_text(cell: Any) -> tuple[str | None, str | None]:
    """(text, None) of a cell, or (None, the problem). Numbers become str; a list or an object is no text."""
    if isinstance(cell, str):
        if not cell or cell.isspace():
            return None, "the text is empty"
        return (cell, None) if "\0" not in cell else (None, "the text holds a NUL byte")
    if cell is None:
        return None, "no text"
    if isinstance(cell, (bool, int, float)):
        return plain(cell), None
    return None, f"the text is {'a list' if isinstance(cell, (list, tuple)) else 'no string'}"


def plain(cell: Any) -> str:
    """A cell as a short str, for ids and filters: null is "", true and false as in JSON."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def conditions(where: Sequence[str]) -> list[tuple[str, str]]:
    """(column, value) of each COLUMN=VALUE; raises UsageError."""
    if isinstance(where, str):
        raise UsageError("where takes a sequence of COLUMN=VALUE", hint=f"write [{where!r}]")
    for condition in where:
        if "=" not in condition[1:]:
            raise UsageError(f"{condition!r} is not COLUMN=VALUE")
    return [(column, value) for column, _, value in (condition.partition("=") for condition in where)]


def holds(cell: Any, value: str) -> bool:
    """Whether a cell is `value`, or is a list that has it."""
    if isinstance(cell, (list, tuple)):
        return any(plain(part) == value for part in cell)
    return plain(cell) == value
