"""`linnaeus compare A B` through the real command."""

from __future__ import annotations

import csv
import json

import pytest

from tests.cli.test_evaluate import result
from tests.running import FAILED, Folder


def figures(out: bytes) -> dict[str, list[str]]:
    return {line[0]: line[1:] for line in csv.reader(out.decode().splitlines(), delimiter="\t") if line}


def test_labels_that_are_called_alike(folder: Folder) -> None:
    folder.write("a.csv", result([("", label, 0.9, "ask") for label in ("lost", "lost", "rates", "rates")]))
    folder.write("b.csv", result([("", label, 0.9, "ask") for label in ("Lost", "rates", "rates", "rates")]))
    ran = folder.run("compare", "a.csv", "b.csv", "--out", "c.json")
    found = figures(ran.out)
    assert found["same label"][:2] == ["4", "0.7500"] and found["kappa"][1] == "0.5000"
    assert found["rates"][:4] == ["rates", "2", "3", "2"]
    assert "Lost / rates: text 1" in ran.err and "labels are called alike" in ran.err
    assert json.loads(folder.read("c.json"))["by_name"]
    same = figures(folder.run("compare", "a.csv", "a.csv").out)
    assert same["same label"][1] == same["kappa"][1] == same["alpha"][1] == "1.0000"


def test_labels_that_are_called_otherwise_are_matched(folder: Folder) -> None:
    folder.write("a.csv", result([("", label, 0.9, "ask") for label in "xxyyz"]))
    folder.write("b.csv", result([("", label, 0.9, "ask") for label in "ppqqq"]))
    ran = folder.run("compare", "a.csv", "b.csv")
    found = figures(ran.out)
    assert found["same label"][:2] == ["5", "0.8000"], "z matches nothing: q is taken by y"
    assert found["z"][:1] == ["q"] and "matched one to one" in ran.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,text\n1,a\n", "b.csv is no result"),
        (result([("", "", 0, "error")]), "has a label in b.csv there is nothing to compare"),
    ],
)
def test_bad_input(folder: Folder, content: str, words: str) -> None:
    folder.write("a.csv", result([("", "lost", 0.9, "ask")]))
    folder.write("b.csv", content)
    assert words in folder.run("compare", "a.csv", "b.csv", expect=FAILED).complaint
    assert words in folder.run("compare", "b.csv", "a.csv", expect=FAILED).complaint
