"""A cell as a moment in time. Knows no file."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

_COMPACT = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])")
_FRACTION = re.compile(r"([.,]\d{1,6})\d*")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST_SECONDS = 1e8  # March 1973; smaller numbers are more likely years or counters than seconds since 1970
_FIRST_MILLISECONDS = 1e11  # the year 5138 in seconds


def moment(cell: Any) -> str | None:
    """`cell` as ISO 8601 in UTC, to the second: "2024-05-01T12:00:00Z"; None if it is no time.

    Understood: ISO dates and timestamps (a date is its midnight, no zone is UTC), YYYYMMDD, and seconds or milliseconds
    since 1970, as numbers or in digits.
    """
    found = _read(cell)
    if found is None:
        return None
    in_utc = found.replace(tzinfo=found.tzinfo or timezone.utc)
    try:
        return in_utc.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except OverflowError:  # the first hours of year 1, or the last of 9999, in another zone
        return None


def _read(cell: Any) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return _since_1970(float(cell))
    return _spelt(cell.strip()) if isinstance(cell, str) else None


def _spelt(text: str) -> datetime | None:
    if _COMPACT.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    elif re.fullmatch(r"-?\d+(\.\d*)?", text):
        return _since_1970(float(text))
    elif not re.match(r"\d{4}-\d\d-\d\d", text):  # what else Python understands differs with its version
        return None
    whole = _FRACTION.sub(lambda found: found[1].replace(",", ".").ljust(7, "0"), text)
    try:
        return datetime.fromisoformat(re.sub(r"\s*[zZ]$", "+00:00", whole))
    except ValueError:
        return None


def _since_1970(number: float) -> datetime | None:
    if not math.isfinite(number) or number < _FIRST_SECONDS:
        return None
    seconds = number / 1000 if number >= _FIRST_MILLISECONDS else number
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
