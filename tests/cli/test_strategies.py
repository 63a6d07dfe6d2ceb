"""`linnaeus compare FILE` through the real command."""

from __future__ import annotations

import csv
import json
import shlex

import pytest

from tests.closed.taught.made import NAMES, fruit
from tests.running import FAILED, WRONG_USE, Folder, Ran, table

TEXTS, PLACES = fruit(8)
LABELS = [NAMES[own[0]].replace(" ", "_") for own in PLACES]


def sample(labels: list[str]) -> str:
    return table(list(zip(TEXTS, labels, strict=True)), ("text", "labels"))


def rows(out: bytes) -> dict[str, dict[str, str]]:
    lines = csv.DictReader(out.decode().splitlines(), delimiter="\t")
    return {line["strategy"]: line for line in lines}


def printed(ran: Ran) -> list[list[str]]:
    """The commands that were printed."""
    return [shlex.split(line)[1:] for line in ran.err.splitlines() if line.startswith("  linnaeus ")]


def test_a_table_and_commands_that_run_as_printed(folder: Folder) -> None:
    folder.write("fruit.csv", sample(LABELS))
    ran = folder.run("compare", "fruit.csv", "--labels", "labels", "--out", "all.json")
    found = rows(ran.out)
    assert {"names and descriptions", "BM25 over names", "nearest neighbours", "class means"} <= set(found)
    assert {"linear head", "MLP", "student", "student, where it is sure"} <= set(found)
    for line in found.values():
        assert float(line["low"]) <= float(line["accuracy"]) <= float(line["high"])
        assert float(line["usd_per_1000"]) == 0
    assert float(found["BM25 over names"]["ms_a_text"]) < float(found["class means"]["ms_a_text"])
    assert any(line["front"] == "yes" for line in found.values())
    kept = json.loads(folder.read("all.json"))
    assert kept["figure"] == "accuracy" and kept["recommended"]["runs"]
    assert [row["name"] for row in folder.rows("fruit.labels.csv")] == sorted(NAMES), "_ is a blank in names"
    lines = printed(ran)
    for words in lines:
        folder.run(*words)
    assert [shlex.join(["linnaeus", *line]) for line in lines] == kept["commands"]
    labelled = [row["label"] for row in folder.rows("fruit.labelled.csv")]
    assert len(labelled) == len(TEXTS) and set(labelled) <= set(NAMES)


def test_several_labels_a_text(folder: Folder) -> None:
    both = [f"{label}|{LABELS[0]}" if place % 3 else label for place, label in enumerate(LABELS)]
    both[5] = "[]"
    others = [(f"{text}?", LABELS[0], "b") for text in TEXTS]
    mine = [(text, own, "a") for text, own in zip(TEXTS, both, strict=True)]
    folder.write("fruit.csv", table([*others, *mine], ("text", "labels", "part")))
    folder.write("fruit.labels.csv", "id,name\n" + "".join(f"{name},{name}\n" for name in NAMES))
    folder.write("fruit.db", "taken")
    ran = folder.run("compare", "fruit.csv", "--where", "part=a", "--limit", "1000", "--out", "all.csv")
    found = rows(ran.out)
    assert {line["texts"] for line in found.values()} == {str(len(TEXTS))}
    assert 0 < float(found["class means"]["micro-F1"]) <= 1
    assert [row["strategy"] for row in folder.rows("all.csv")] == list(found)
    assert "--top" not in ran.err and "the label set is that of fruit.labels.csv" in ran.err
    assert folder.read("fruit.db") == b"taken" and "fruit-2.db" in ran.err
    lines = [line for line in printed(ran) if "fruit.csv" in line]
    assert lines and all({"--limit", "part=a"} <= {*line} for line in lines)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "id,text\n1,a\n",
            "no column with gold labels name it with --labels; how far two results agree:"
            " linnaeus compare fruit.csv OTHER; columns: id, text",
        ),
        (sample(["one"] * len(TEXTS)), "have the same label"),
        (
            table([(text, "a") for text in TEXTS[:19]], ("text", "labels")),
            "19 texts of fruit.csv have a label",
        ),
        (table([(text, "") for text in TEXTS], ("text", "labels")), "0 texts of fruit.csv have a label"),
    ],
)
def test_bad_input(folder: Folder, content: str, words: str) -> None:
    folder.write("fruit.csv", content)
    assert words in folder.run("compare", "fruit.csv", expect=FAILED).complaint
    assert not (folder.path / "fruit.labels.csv").exists()


def test_a_column_that_is_not_gold(folder: Folder) -> None:
    folder.write("fruit.csv", sample(LABELS).replace("labels", "topic", 1))
    said = folder.run("compare", "fruit.csv", "--labels", "topics", expect=FAILED).complaint
    assert "no column 'topics' did you mean 'topic'?" in said
    folder.write("fruit.csv", table([("a", "b", "b", "ask")], ("text", "label", "labels", "by")))
    said = folder.run("compare", "fruit.csv", "--labels", "label", expect=WRONG_USE).complaint
    assert "is what was found, not gold" in said and "--gold" not in said


@pytest.mark.parametrize(
    "more",
    [("--id", "n"), ("other.csv", "--labels", "x"), ("other.csv", "--taxonomy", "t.csv"), ("--out", "a.txt")],
)
def test_wrong_use(folder: Folder, more: tuple[str, ...]) -> None:
    folder.write("fruit.csv", sample(LABELS))
    folder.run("compare", "fruit.csv", *more, expect=WRONG_USE)
    folder.run("compare", "-", expect=WRONG_USE)
