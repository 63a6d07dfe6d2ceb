"""A student as a directory: safetensors, JSON, a model card and their SHA-256. Knows nothing of texts."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from linnaeus.errors import InputError, UsageError
from linnaeus.student.network import Committee, Layers, Network
from linnaeus.student.student import About, Student
from linnaeus.student.tensors import from_bytes, to_bytes
from linnaeus.student.words import Words

ABOUT, WEIGHTS, CARD, SUMS = "student.json", "weights.safetensors", "MODEL_CARD.md", "SHA256SUMS"
ONNX = "student.onnx"
LAYOUT = 1


class _File(msgspec.Struct):
    """What `student.json` holds."""

    layout: int
    student: About


def save(student: Student, card: str, folder: Path, onnx: bytes | None = None) -> None:
    """Write a student to `folder`, which is made; the sums come last, so what is half written is not taken for whole.

    `onnx`: the same as an ONNX model, to lie beside it; where there is none, one of an earlier student goes.

    Raises UsageError where it cannot be written.
    """
    arrays = {
        f"{place}.{name}": layer.astype(np.float16)
        for place, network in enumerate(student.network.members)
        for name, layer in network.layers._asdict().items()
    }
    arrays |= {"centres": student.centres.astype(np.float16), "rarity": student.words.rarity}
    files = {
        ABOUT: msgspec.json.format(msgspec.json.encode(_File(LAYOUT, student.about))) + b"\n",
        WEIGHTS: to_bytes(arrays | {"hashes": student.words.hashes}),
        CARD: card.encode(),
        **({} if onnx is None else {ONNX: onnx}),
    }
    sums = "".join(f"{sha256(raw).hexdigest()}  {name}\n" for name, raw in files.items())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (SUMS, ONNX):
            (folder / name).unlink(missing_ok=True)
        for name, raw in {**files, SUMS: sums.encode()}.items():
            (folder / name).write_bytes(raw)
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}", hint="choose another --out") from error


def load(folder: Path | str) -> Student:
    """The student in a directory; raises InputError where it is damaged or there is none."""
    raw = {name: _read(Path(folder), name) for name in (SUMS, ABOUT, WEIGHTS)}
    sums = {tuple(line.split("  ", 1)) for line in raw[SUMS].decode("utf-8", "replace").splitlines()}
    for name in (ABOUT, WEIGHTS):
        if (sha256(raw[name]).hexdigest(), name) not in sums:
            raise InputError(
                f"the student in {folder} is damaged: {name} is not as it was written",
                hint="copy it again, or run `linnaeus distil` again",
            )
    try:
        about = msgspec.json.decode(raw[ABOUT], type=_File)
    except msgspec.MsgspecError as error:
        raise InputError(f"{Path(folder) / ABOUT}: {error}") from error
    if about.layout != LAYOUT:
        raise InputError(f"the student in {folder} is of another version", hint="run `linnaeus distil` again")
    arrays = from_bytes(raw[WEIGHTS])
    members = tuple(
        Network(Layers(*(arrays[f"{place}.{name}"].astype(np.float32) for name in Layers._fields)))
        for place in range(len(about.student.slopes))
    )
    words = Words(arrays["hashes"], arrays["rarity"])
    return Student(
        about.student, words, Committee(members, about.student.slopes), arrays["centres"].astype(np.float32)
    )


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        hint = "`linnaeus distil --out DIR` makes one"
        raise InputError(
            f"there is no whole student in {folder}: {name}: {error.strerror}", hint=hint
        ) from error
