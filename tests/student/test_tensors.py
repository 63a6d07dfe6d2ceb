"""The safetensors format, with its own library as referee."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus.errors import InputError
from linnaeus.student.tensors import from_bytes, to_bytes

ARRAYS: dict[str, NDArray[Any]] = {
    "a": np.arange(6, dtype=np.float32).reshape(2, 3),
    "none": np.zeros((0, 4), np.float16),
    "ids": np.array([1, -2], np.int64),
}


def test_what_is_written_is_read() -> None:
    read = from_bytes(to_bytes(ARRAYS))
    assert list(read) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert read[name].dtype == array.dtype and np.array_equal(read[name], array)


def test_their_own_library_agrees() -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    for name, array in numpy.load(to_bytes(ARRAYS)).items():
        assert np.array_equal(ARRAYS[name], array)
    assert np.array_equal(from_bytes(numpy.save(ARRAYS, {"made": "there"}))["a"], ARRAYS["a"])


@given(st.binary(max_size=200))
def test_what_is_no_such_file_is_told(raw: bytes) -> None:
    with pytest.raises(InputError, match="no safetensors"):
        from_bytes(raw)


@given(st.data())
def test_no_damage_does_worse(data: st.DataObject) -> None:
    raw = bytearray(to_bytes(ARRAYS))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InputError):
        from_bytes(bytes(raw))
