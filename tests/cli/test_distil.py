"""`linnaeus distil` and `label --student` through the real command."""

from __future__ import annotations

import csv
import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.closed.taught.made import NAMES, fruit
from tests.conftest import EXAMPLE
from tests.running import FAILED, WRONG_USE, Folder, replay, table

ONNX = ["--onnx"] if find_spec("onnx") else []
WORDS = ("top up", "exchange", "PIN", "refund", "transfer", "cash")


def _texts() -> dict[str, str]:
    """Real questions, and for each the word of it as its label."""
    with EXAMPLE.open(newline="", encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    said = {text: [word for word in WORDS if word.lower() in text.lower()] for text in texts}
    return {text: words[0].replace(" ", "_") for text, words in said.items() if len(words) == 1}


SAID = dict(list(_texts().items())[::2])
LATER = ["Why was my top up reverted?", "How good is the exchange rate?", "I want a refund", "qwertz uiop"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("distil"))
    folder.write("replay.jsonl", replay(SAID))
    folder.write("in.csv", table(list(enumerate(SAID))))
    folder.run("label", "in.csv", "--out", "out.csv", "--llm", "replay:replay.jsonl")
    folder.run("labels", "rename", "refund", "money back", "--author", "ada")
    options = ("--doubts", "doubts.csv", "--max-error", "0.1", "--next", "7", *ONNX)
    ran = folder.run("distil", "--out", "student", *options)
    assert "agreement with the labels of the project, if all are answered: accuracy" in ran.err
    assert f"agreement, not quality: {len(SAID):,} of {len(SAID):,} labels were given by no person" in ran.err
    folder.write("next.jsonl", ran.out.decode())
    return folder


def test_a_student_needs_no_project(made: Folder, folder: Folder) -> None:
    folder.write("later.csv", table(list(enumerate([*LATER, ""]))))
    student = made.path / "student"
    folder.run("label", "later.csv", "--student", student, "--out", "out.csv", "--summary", "s.json")
    rows = folder.rows("out.csv")
    assert [row["by"] for row in rows] == ["student"] * 4 + ["error"]
    assert [row["label"] for row in rows[:3]] == ["top_up", "exchange", "money back"], "today's names"
    assert rows[0]["label_id"] and float(rows[0]["score"]) > 0.5 and rows[4]["error"] == "the text is empty"
    assert not (folder.path / "linnaeus.db").exists()
    summary = json.loads(folder.read("s.json"))
    assert summary["texts"] == 5 and summary["by"] == {"student": 4, "error": 1} and summary["errors"] == 1
    ran = folder.run("label", "later.csv", "--student", student, "--top", "3", expect=WRONG_USE)
    assert "--top does nothing with --student" in ran.complaint
    ran = folder.run("label", "later.csv", "--student", student, "--strict", expect=FAILED)
    assert "row 5" in ran.complaint


def test_the_directory_says_what_it_is(made: Folder) -> None:
    names = {path.name for path in (made.path / "student").iterdir()}
    assert names - {"student.onnx"} == {"student.json", "weights.safetensors", "MODEL_CARD.md", "SHA256SUMS"}
    assert ("student.onnx" in names) == (b"student.onnx" in made.read("student/SHA256SUMS")) == bool(ONNX)
    card = made.read("student/MODEL_CARD.md").decode()
    for part in (
        "## Data",
        "## Figures",
        "## Limits",
        "## Licence",
        "| made by | Linnaeus ",
        "agreement, not quality",
        "money back",
        f"{len(SAID):,} texts",
        "95%",
    ):
        assert part in card, part
    assert made.read("doubts.csv").startswith(b"text,label,other,chance\n")


def test_texts_to_label_next_are_those_of_the_project(made: Folder) -> None:
    rows = [json.loads(line) for line in made.read("next.jsonl").splitlines()]
    assert len({row["text"] for row in rows}) == 7 and {row["text"] for row in rows} <= set(SAID)
    assert all(row["label"] and 0 < row["chance"] <= 1 for row in rows)


def test_another_embedder_is_refused(made: Folder, folder: Folder) -> None:
    pytest.importorskip("wordllama")
    folder.write("later.csv", table(list(enumerate(LATER))))
    student = made.path / "student"
    ran = folder.run("label", "later.csv", "--student", student, "--embedder", "static", expect=WRONG_USE)
    assert "was trained on vectors of minilm" in ran.complaint and "--embedder minilm" in ran.complaint


def test_a_damaged_or_missing_student_is_told(made: Folder, folder: Folder) -> None:
    folder.write("later.csv", table(list(enumerate(LATER))))
    (folder.path / "student").mkdir()
    for name in ("student.json", "weights.safetensors", "SHA256SUMS"):
        folder.write(f"student/{name}", made.read(f"student/{name}")[:-9])
    assert "is damaged" in folder.run("label", "later.csv", "--student", "student", expect=FAILED).complaint
    assert (
        "no whole student" in folder.run("label", "later.csv", "--student", "none", expect=FAILED).complaint
    )


def test_too_little_to_learn_from(folder: Folder) -> None:
    folder.write("in.csv", table(list(enumerate(list(SAID)[:10]))))
    folder.run("label", "in.csv", "--out", "out.csv")
    assert "a student needs 20" in folder.run("distil", "--out", "student", expect=FAILED).complaint
    assert not Path(folder.path / "student").exists()
    assert (
        "there is no project"
        in folder.run("distil", "--out", "s", "--project", "p.db", expect=FAILED).complaint
    )


def test_what_a_taxonomy_was_taught(folder: Folder) -> None:
    texts, places = fruit(12)
    codes = [name.split()[0] for name in NAMES]
    folder.write(
        "t.csv", table([(code, name) for code, name in zip(codes, NAMES, strict=True)], ("id", "name"))
    )
    rows = [(text, codes[own[0]]) for text, own in zip(texts, places, strict=True)]
    folder.write("examples.csv", table(rows, ("text", "labels")))
    folder.run("teach", "examples.csv", "--taxonomy", "t.csv")
    ran = folder.run("distil", "--out", "student", "--next", "5")
    assert ran.out == b"" and "no text is left" in ran.err, "people labelled all of them"
    assert "hold as far as people were right" in ran.err
    assert f"{len(texts)} texts with 4 labels; {len(texts)} texts labelled by people" in ran.err
    folder.write("in.csv", table([("1", "an apple a day")]))
    assert folder.run("label", "in.csv", "--student", "student").records[0]["by"] == "student"
