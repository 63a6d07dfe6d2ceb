"""`linnaeus evaluate` through the real command."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence

import pytest

from tests.running import FAILED, WRONG_USE, Folder, table

HEADER = ("id", "text", "input_labels", "label", "label_id", "labels", "score", "by", "error")
NATURE = "id,name,parent_ids\na,Animal,\nb,Bear,a\np,Panda,b\nc,Cat,a\nl,Plant,\no,Bamboo,l\n"
GRADED = (
    "id",
    "text",
    "gold",
    "taxonomy_ids",
    "scores",
    "label",
    "label_id",
    "labels",
    "score",
    "by",
    "error",
)


def result(rows: Sequence[tuple[str, str, float, str]], texts: Sequence[str] = ()) -> str:
    """A result of (gold, found, score, by)."""
    return table(
        [
            (at, texts[at] if texts else f"text {at}", gold, found, 1, found, score if found else "", by, "")
            for at, (gold, found, score, by) in enumerate(rows)
        ],
        HEADER,
    )


def figures(folder: Folder, *arguments: str) -> dict[str, list[str]]:
    """Figure name -> n, value, low, high, why."""
    lines = csv.reader(folder.run("evaluate", *arguments).out.decode().splitlines(), delimiter="\t")
    return {line[1]: line[2:] for line in lines}


RIGHT = ("lost", "Lost", 0.9, "ask")  # case, `_` and `-` make no difference
WRONG = ("found", "lost", 0.6, "recall")


def test_one_label_each(folder: Folder) -> None:
    folder.write(
        "r.csv",
        result([RIGHT] * 6 + [WRONG] * 2 + [("found", "found", 0.8, "recall"), ("found", "", 0, "error")]),
    )
    found = figures(folder, "r.csv", "--out", "e.json")
    n, value, low, high, _ = found["accuracy"]
    assert (n, value) == ("10", "0.7000") and float(low) < 0.7 < float(high)
    assert found["answered"][1] == "0.9000" and found["precision of answered"][1] == "0.7778"
    assert found["recall"][:2] == ["3", "0.3333"] and found["ask"][:2] == ["6", "1.0000"]
    written = json.loads(folder.read("e.json"))
    assert written["kind"] == "single" and written["gold_labels"] == 2
    assert written["pairs"][0] | {"examples": 0} == {
        "gold": "found",
        "found": "lost",
        "texts": 2,
        "examples": 0,
    }
    assert written["pairs"][0]["examples"] == ["text 6", "text 7"]
    assert any("Of 100 texts, 70 have the right label" in line for line in written["headline"])
    assert written["growth"] == {"x": [*range(1, 11)], "y": [1] * 8 + [2] * 2}
    assert written["asked"]["y"][-1] == 6


def test_what_label_writes_can_be_evaluated(folder: Folder) -> None:
    """The way of the first five minutes, without a gold label set: labels found are compared as groups."""
    rows = [(f"I lost my card {at} times", "card") for at in range(6)]
    rows += [(f"what is the exchange rate on day {at}", "rates") for at in range(6)]
    folder.write("in.csv", table(rows, ("text", "labels")))
    folder.run("label", "in.csv", "--out", "out.csv", "--summary", "s.json")
    ran = folder.run("evaluate", "out.csv", "--summary", "s.json", "--out", "e.json", "--report", "e.html")
    assert folder.read("e.html").startswith(b"<!doctype html>") and b"Cost and time" in folder.read("e.html")
    written = json.loads(folder.read("e.json"))
    assert written["kind"] == "open" and written["gold"] == 12 and written["cost"]["seconds"]
    assert "no learning curve: 12 texts have a label" in ran.err
    assert "labels found, compared as groups" in ran.err and "model: no calls" in ran.err
    assert b"V-measure" in ran.out
    same = folder.run("evaluate", "out.csv", "--labels", "labels")
    assert same.out == ran.out, "`labels` of the input, which is called input_labels in the result"


def test_gold_in_another_file_by_id_or_text(folder: Folder) -> None:
    folder.write("r.csv", result([RIGHT, WRONG, RIGHT]))
    folder.write(
        "by_id.csv", table([("1", "other words", "lost"), ("9", "more", "lost")], ("id", "text", "labels"))
    )
    ran = folder.run("evaluate", "r.csv", "--gold", "by_id.csv")
    assert b"flat\taccuracy\t1\t1.0000\t\t\t" in ran.out, "one text has no interval"
    assert (
        "2 rows of r.csv are not in by_id.csv" in ran.err
        and "1 texts of by_id.csv are not in r.csv" in ran.err
    )
    folder.write(
        "by_text.csv", table([("x", " text  0", "lost"), ("y", "text 1", "found")], ("id", "text", "kind"))
    )
    found = figures(folder, "r.csv", "--gold", "by_text.csv", "--labels", "kind")
    assert found["accuracy"][:2] == ["2", "0.5000"]


def test_a_taxonomy_counts_what_is_above(folder: Folder) -> None:
    folder.write("nature.csv", NATURE)
    folder.run("taxonomy", "import", "nature.csv")
    rows = [
        (
            1,
            "pandas eat bamboo",
            "Animal > Bear > Panda|o",
            "p|o",
            "0.9|0.8",
            "Panda",
            3,
            "Panda|Bamboo",
            0.9,
            "rank",
            "",
        ),
        (2, "a bear", "b", "p", "0.6", "Panda", 3, "Panda", 0.6, "rank", ""),
        (3, "a stone", "[]", "", "", "", "", "", "", "rank", ""),
        (4, "a cat", "Cat|Dog", "l", "0.5", "Plant", 5, "Plant", 0.5, "choose", ""),
        (5, "who knows", "", "c", "0.5", "Cat", 4, "Cat", 0.5, "rank", ""),
    ]
    folder.write("r.csv", table(rows, GRADED))
    ran = folder.run("evaluate", "r.csv", "--out", "e.json")
    written = json.loads(folder.read("e.json"))
    found = {one["name"]: one for group in written["groups"] for one in group["figures"]}
    assert written["kind"] == "multi" and written["gold"] == 4
    assert (
        found["precision"]["value"] == 0.5 and found["recall"]["value"] == 0.5
    )  # p, o of p, o, p, l; of p, o, b, c
    assert found["subset accuracy"]["value"] == 0.5 and found["f1 a text"]["value"] == 0.5
    # given with what is above: a b p o l | a b p | l; wanted: a b p o l | a b | a c
    assert found["precision with ancestors"]["value"] == pytest.approx(7 / 9)
    assert found["recall with ancestors"]["value"] == pytest.approx(7 / 9)
    assert found["best label right"] | {"low": 0, "high": 0} == {
        "name": "best label right", "n": 3, "value": pytest.approx(1 / 3), "low": 0, "high": 0, "why": "",
    }  # fmt: skip
    assert (
        found["first error at level 3"]["value"]
        == found["first error at level 1"]["value"]
        == pytest.approx(1 / 3)
    )
    assert found["PSP@1"]["value"] is None and "examples" in found["PSP@1"]["why"]
    assert "name several of its labels, were left out: 'Dog'" in ran.err
    assert "1 of 5 texts have no known gold label" in ran.err


def test_without_the_project_ids_and_names_both_mean_the_label(folder: Folder) -> None:
    rows = [
        (1, "pandas eat bamboo", "panda|o", "p|o", "0.9|0.8", "Panda", 3, "Panda|Bamboo", 0.9, "rank", ""),
        (2, "a bear", "x", "p", "0.6", "Panda", 3, "Panda", 0.6, "rank", ""),
    ]
    folder.write("r.csv", table(rows, GRADED))
    found = figures(folder, "r.csv")
    assert found["precision"][1] == "0.6667" and "f1 with ancestors" not in found


def test_undefined_is_said_and_not_0(folder: Folder) -> None:
    folder.write("r.csv", result([("a", "x", 0.9, "ask"), ("a", "y", 0.9, "ask"), ("a", "x", 0.9, "ask")]))
    ran = folder.run("evaluate", "r.csv", "--out", "e.json")
    found = {
        one["name"]: one for group in json.loads(folder.read("e.json"))["groups"] for one in group["figures"]
    }
    assert found["ARI"]["value"] is not None and found["homogeneity"]["value"] is None
    assert found["homogeneity"]["why"].startswith("one class only") and found["ECE"]["value"] is None
    assert "there is one gold label only" in ran.err


@pytest.mark.parametrize(
    ("content", "arguments", "code", "words"),
    [
        ("id,text,labels\n1,a,b\n", [], FAILED, "is no result of `linnaeus label`"),
        (result([("", "x", 1, "ask")]), [], FAILED, "no row has a gold label"),
        (result([("a", "", 0, "error")]), [], FAILED, "was given any label"),
        (result([RIGHT]), ["--labels", "kind"], FAILED, "has no column 'kind'"),
        (result([RIGHT]), ["--labels", "by"], WRONG_USE, "is what was found, not gold"),
        (result([RIGHT]).replace("input_labels", "kind"), [], FAILED, "name it with --labels"),
        (result([RIGHT]), ["--gold", "g.csv"], FAILED, "no text of g.csv is in r.csv"),
        (result([RIGHT]), ["--out", "e.csv"], WRONG_USE, "written as .json"),
        (result([RIGHT]), ["--summary", "r.csv"], FAILED, "is no summary of a run"),
    ],
)
def test_bad_input(folder: Folder, content: str, arguments: list[str], code: int, words: str) -> None:
    folder.write("r.csv", content)
    folder.write("g.csv", table([("x", "other", "lost")], ("id", "text", "labels")))
    assert words in folder.run("evaluate", "r.csv", *arguments, expect=code).complaint


def test_gold_of_another_label_set(folder: Folder) -> None:
    """A label or two that are called alike by chance do not decide: labels count as groups."""
    folder.write("nature.csv", NATURE)
    folder.run("taxonomy", "import", "nature.csv")
    gold = ["Panda", *["dog"] * 5, *["horse"] * 4]
    rows = [
        (at, f"t{at}", own, "p", "0.9", "Panda", 3, "Panda", 0.9, "rank", "") for at, own in enumerate(gold)
    ]
    folder.write("r.csv", table(rows, GRADED))
    ran = folder.run("evaluate", "r.csv")
    assert "10% of the gold labels are in the taxonomy" in ran.err and b"ARI\t10\t" in ran.out


def test_no_gold_label_in_the_taxonomy(folder: Folder) -> None:
    folder.write("nature.csv", NATURE)
    folder.run("taxonomy", "import", "nature.csv")
    folder.write("r.csv", table([(1, "a", "dog", "p", "0.9", "Panda", 3, "Panda", 0.9, "rank", "")], GRADED))
    ran = folder.run("evaluate", "r.csv", expect=FAILED)
    assert "no gold label is in the taxonomy, such as 'dog'" in ran.complaint
    folder.run("evaluate", "r.csv", "--project", "none.db", expect=FAILED)
