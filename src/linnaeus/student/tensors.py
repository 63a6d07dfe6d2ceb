"""Arrays by name in the safetensors format: a length, a JSON header, the bytes. Knows nothing of what they mean.

https://github.com/huggingface/safetensors#format; whatever a file says, nothing of it is run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linnaeus.errors import InputError

TYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8"}


def to_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The file that holds these arrays of float32, float16 or int64."""
    names = {np.dtype(type): name for name, type in TYPES.items()}
    header, parts, end = {}, [], 0
    for name, array in arrays.items():
        parts.append(np.ascontiguousarray(array).tobytes())
        start, end = end, end + len(parts[-1])
        header[name] = {
            "dtype": names[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)  # so that the arrays are aligned
    return len(head).to_bytes(8, "little") + head + b"".join(parts)


def from_bytes(raw: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a file; raises InputError where it is none."""
    try:
        size = 8 + int.from_bytes(raw[:8], "little")
        header = json.loads(raw[8:size])
        return {name: _array(raw, size, about) for name, about in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"these are no safetensors: {error}") from error


def _array(raw: bytes, size: int, about: Mapping[str, Any]) -> NDArray[Any]:
    start, end = about["data_offsets"]
    if not 0 <= start <= end <= len(raw) - size:
        raise ValueError("an array lies outside the file")
    return np.frombuffer(raw[size + start : size + end], TYPES[about["dtype"]]).reshape(about["shape"])
