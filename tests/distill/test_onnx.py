"""The ONNX model of a student says what the student says, with onnxruntime as referee."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from linnaeus.distill.distil import data_of
from linnaeus.distill.margin import MARGIN
from linnaeus.distill.onnx_file import to_onnx
from linnaeus.distill.training import Settings
from linnaeus.distill.trial import centres_of, network_of
from linnaeus.student import load, save
from linnaeus.student.calibration import Calibration
from linnaeus.student.files import ONNX
from linnaeus.student.network import Committee, Network
from linnaeus.student.student import About, Student
from linnaeus.student.words import Floats, Rows, Words
from tests.distill.made import examples_of, texts_of

pytest.importorskip("onnx")

SEVERAL = [[number % 6] + ([6] if number % 2 == 0 else []) for number in range(120)]
ONE = [[number % 6] for number in range(120)]


@pytest.fixture(scope="module", params=[ONE, SEVERAL], ids=["one", "several"])
def made(request: pytest.FixtureRequest) -> Student:
    """A machine and a small hidden layer together."""
    examples = examples_of(request.param)
    data, words = data_of(examples)
    members = tuple(network_of(data, one) for one in (MARGIN, Settings("MLP", 16, 0.01)))
    calibration = Calibration(examples.several, 0.7, -0.4)
    about = About("made", "", examples.label_ids, examples.names, (0.8, 0.5), calibration)
    return Student(about, words, Committee(members, (0.8, 0.5)), centres_of(data))


def _padded(rows: Rows) -> dict[str, np.ndarray]:
    """As docs/students.md does it."""
    lengths = np.diff(rows.starts)
    inside = np.arange(max(lengths.max(), 1)) < lengths[:, None]  # (n, m)
    columns, values = np.zeros(inside.shape, np.int64), np.zeros(inside.shape, np.float32)
    columns[inside], values[inside] = rows.columns, rows.values
    return {"columns": columns, "values": values}


def _said(model: bytes, student: Student, texts: list[str], vectors: Floats) -> Floats:
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (chances,) = session.run(None, {"vectors": vectors, **_padded(student.words.rows(texts))})
    return np.asarray(chances)


def test_chances_agree(made: Student, tmp_path: Path) -> None:
    save(made, "# card", tmp_path, to_onnx(made))
    student, model = load(tmp_path), (tmp_path / ONNX).read_bytes()
    texts, vectors = texts_of([number % 8 for number in range(40)], seed=4)
    texts[3] = ""
    for some in (slice(40), slice(1), slice(3, 4)):
        said = _said(model, student, texts[some], vectors[some])
        assert np.allclose(said, student.look(texts[some], vectors[some]).chances, atol=1e-5)


def test_it_says_what_it_is_and_goes_with_its_student(made: Student, tmp_path: Path) -> None:
    import onnxruntime

    save(made, "# card", tmp_path, to_onnx(made))
    session = onnxruntime.InferenceSession(tmp_path / ONNX, providers=["CPUExecutionProvider"])
    said = session.get_modelmeta().custom_metadata_map
    assert tuple(json.loads(said["labels"])) == made.about.labels and said["embedder"] == "made"
    assert f"  {ONNX}\n" in (tmp_path / "SHA256SUMS").read_text()
    save(made, "# card", tmp_path)
    assert not (tmp_path / ONNX).exists(), "it would be of another student"


def test_a_student_without_words(made: Student) -> None:
    none = np.zeros(0, np.int64)
    members = tuple(
        Network(one.layers._replace(sparse=one.layers.sparse[:0])) for one in made.network.members
    )
    bare = replace(
        made, words=Words(none, none.astype(np.float32)), network=replace(made.network, members=members)
    )
    texts, vectors = texts_of([0, 1], seed=4)
    assert np.allclose(
        _said(to_onnx(bare), bare, texts, vectors), bare.look(texts, vectors).chances, atol=0.01
    )
