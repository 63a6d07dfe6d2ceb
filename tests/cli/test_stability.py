"""`linnaeus evaluate --stability` through the real command."""

from __future__ import annotations

import json

import pytest

from tests.closed.taught.made import NAMES, fruit
from tests.running import FAILED, WRONG_USE, Folder, Ran, replay, table

ABOUT = {
    "card": "I lost my card in",
    "rates": "what is the exchange rate of",
    "pin": "please change the PIN in",
}
PLACES = ["London", "Paris", "Rome", "Oslo", "Madrid", "Berlin", "Vienna", "Prague", "Lisbon", "Dublin"]
TEXTS = {f"{words} {place}": label for label, words in ABOUT.items() for place in PLACES}


def figures(ran: Ran) -> dict[tuple[str, str], list[str]]:
    """(kind of run, figure) -> runs, mean, least, most."""
    lines = [line.split("\t") for line in ran.out.decode().partition("\n\n")[0].splitlines()[1:]]
    return {(line[0], line[1]): line[2:] for line in lines}


def by_label(ran: Ran) -> dict[str, list[str]]:
    lines = [line.split("\t") for line in ran.out.decode().partition("\n\n")[2].splitlines()[1:]]
    return {line[0]: line[1:] for line in lines}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A project of a model that calls texts of a kind alike."""
    folder = Folder(tmp_path_factory.mktemp("asked"))
    folder.write("in.csv", table(list(enumerate(TEXTS))))
    folder.write("said.jsonl", replay(TEXTS))
    folder.run("label", "in.csv", "--llm", "replay:said.jsonl", "--out", "out.csv")
    return folder


def test_a_project_of_a_model_without_asking_it(asked: Folder) -> None:
    (asked.path / "said.jsonl").unlink()
    ran = asked.run("evaluate", "--stability", "--out", "s.json")
    assert set(figures(ran)) == {("order", "ARI"), ("sample", "ARI")}
    assert figures(ran)["order", "ARI"] == ["3", "1.0000", "1.0000", "1.0000"]
    assert by_label(ran)["card"] == ["10", "1.00", "1.00", ""]
    assert "none of 3 labels wobbles" in ran.err and "texts were asked" in ran.err
    kept = json.loads(asked.read("s.json"))
    assert kept["wobbling"] == [] and kept["texts"] == 30 and len(kept["labels"]) == 3
    again = asked.run("evaluate", "--stability", "out.csv")
    assert again.out == ran.out, "FILE names the texts: all of them"


def test_a_project_without_a_model(folder: Folder) -> None:
    folder.write("in.csv", table(list(enumerate(TEXTS))))
    folder.run("label", "in.csv", "--out", "out.csv")
    folder.run("labels", "rename", folder.rows("out.csv")[0]["label"], "cards")
    ran = folder.run("evaluate", "--stability")
    assert float(figures(ran)["order", "ARI"][2]) == 1.0, "what is near is grouped in any order"
    assert "what people did to labels is left out" in ran.err and "asked" not in ran.err


def test_a_taxonomy_that_was_taught(folder: Folder) -> None:
    texts, places = fruit(8)
    folder.write("t.csv", "id,name\n" + "".join(f"{name.split()[0]},{name}\n" for name in NAMES))
    rows = [(text, NAMES[own[0]]) for text, own in zip(texts, places, strict=True)]
    folder.write("examples.csv", table(rows, ("text", "labels")))
    asked = [
        f"{word} again and again {number}"
        for word in ("apple", "banana", "cherry", "jam")
        for number in range(6)
    ]
    folder.write("in.csv", table(list(enumerate(asked))))
    folder.run("label", "in.csv", "--taxonomy", "t.csv", "--top", "1", "--out", "out.csv")
    refused = folder.run("evaluate", "--stability", expect=FAILED)
    assert "0 examples" in refused.complaint and "linnaeus teach" in refused.complaint
    folder.run("teach", "examples.csv")
    ran = folder.run("evaluate", "--stability")
    assert set(figures(ran)) == {("examples", "ARI"), ("examples", "same label")}
    assert float(figures(ran)["examples", "same label"][1]) > 0.8
    assert set(by_label(ran)) <= set(NAMES)


def test_bad_use(asked: Folder, folder: Folder) -> None:
    ran = folder.run("evaluate", expect=WRONG_USE)
    assert "there is no FILE" in ran.complaint
    folder.write("few.csv", table([(1, "I lost my card in London")]))
    assert "no project" in folder.run("evaluate", "--stability", expect=FAILED).complaint
    for more in (["--labels", "gold"], ["--ask", "20"], ["--report", "r.html"]):
        assert "--stability" in asked.run("evaluate", "--stability", *more, expect=WRONG_USE).complaint
    project = ["--project", str(asked.path / "linnaeus.db")]
    few = folder.run("evaluate", "few.csv", "--stability", *project, expect=FAILED)
    assert "too few texts to tell: 1 20 or more must be in the project, and in FILE" in few.complaint
