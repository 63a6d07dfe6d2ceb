"""Cells become moments, in UTC, or are no times; nothing is guessed from what is more likely a year or a counter."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.files import moment


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("20240501", "2024-05-01T00:00:00Z"),
        (20240501, None),
        ("2024-05-01T12:30:00Z", "2024-05-01T12:30:00Z"),
        ("2024-05-01 12:30", "2024-05-01T12:30:00Z"),
        (" 2024-05-01T12:30:00.1234567+02:00 ", "2024-05-01T10:30:00Z"),
        ("2024-05-01T12:30:00,5Z", "2024-05-01T12:30:00Z"),
        ("1714566600", "2024-05-01T12:30:00Z"),
        (1714566600, "2024-05-01T12:30:00Z"),
        (1714566600.9, "2024-05-01T12:30:00Z"),
        ("1714566600123", "2024-05-01T12:30:00Z"),
        (datetime(2024, 5, 1, 12, 30), "2024-05-01T12:30:00Z"),
        (datetime(2024, 5, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2024-04-30T23:00:00Z"),
        (date(2024, 5, 1), "2024-05-01T00:00:00Z"),
        ("0001-01-01T00:00:00+02:00", None),
        ("2024", None),
        (2024, None),
        (12345, None),
        (True, None),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("2024-13-01", None),
        ("2024-02-30", None),
        ("20241340", None),
        ("2024-W05", None),
        ("1e300", None),
        (1e300, None),
        (float("nan"), None),
        ([2024], None),
    ],
)
def test_moments(cell: Any, expected: str | None) -> None:
    assert moment(cell) == expected


@given(st.datetimes(timezones=st.just(timezone.utc)))
def test_what_is_written_is_read_again(time: datetime) -> None:
    written = moment(time)
    assert written is not None and moment(written) == written
    assert written == f"{time.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


@given(st.one_of(st.text(), st.integers(), st.floats(), st.lists(st.text())))
def test_any_cell_is_a_moment_or_none(cell: Any) -> None:
    found = moment(cell)
    assert found is None or len(found) == 20
