"""`label --granularity` and `labels list --tree`, through the real command."""

from __future__ import annotations

import pytest

from linnaeus.texts import clean_text
from tests.running import WRONG_USE, Folder, replay, table
from tests.scripted import first_words

REPLAY = ("--llm", "replay:replay.jsonl")


@pytest.fixture
def project(folder: Folder, questions: list[str]) -> Folder:
    texts = questions[:120]
    folder.write("replay.jsonl", replay({clean_text(text): first_words(text) for text in texts}))
    folder.write("in.csv", table(list(enumerate(texts))))
    folder.run("label", "in.csv", "--out", "out.csv", *REPLAY)
    return folder


def count(folder: Folder) -> int:
    return len({row["label_id"] for row in folder.rows("out.csv")})


def test_the_same_command_with_another_granularity_asks_nothing(project: Folder) -> None:
    normal = count(project)
    project.write("replay.jsonl", "")  # whatever is asked now is an error row
    command = ("label", "in.csv", "--out", "out.csv", *REPLAY)
    said = project.run(*command, "--granularity", "12").err
    assert 10 <= count(project) <= 12 < normal and "12 at most were wanted" in " ".join(said.split())
    assert 10 <= count_again(project, command) <= 12, "it is kept"
    said = project.run(*command, "--granularity", "1").err
    assert count(project) > 1 and "1 at most were wanted, but" in " ".join(said.split())
    project.run(*command, LINNAEUS_GRANULARITY="normal")
    assert count(project) == normal


def count_again(project: Folder, command: tuple[str, ...]) -> int:
    project.run(*command)
    return count(project)


@pytest.mark.parametrize("wrong", ["rough", "0", "-3", "2.5"])
def test_granularities_that_there_are_not(folder: Folder, wrong: str) -> None:
    folder.write("in.txt", "where is my card\n")
    for ran in (
        folder.run("label", "in.txt", f"--granularity={wrong}", expect=None),
        folder.run("label", "in.txt", expect=None, LINNAEUS_GRANULARITY=wrong),
    ):
        assert ran.code == WRONG_USE and "granularity" in ran.err and "Traceback" not in ran.err
    assert not (folder.path / "linnaeus.db").exists()


def test_the_tree_holds_every_label_once_below_its_category(project: Folder) -> None:
    flat = [line.split("\t") for line in project.run("labels", "list").out.decode().splitlines()[1:]]
    header, *lines = project.run("labels", "list", "--tree").out.decode().splitlines()
    assert header == "label_id\tlabel\ttexts\twordings\tdescription"
    tree = [line.split("\t") for line in lines]
    above, found = "", {}
    inside = 0
    for id, name, texts, _, description in tree:
        if int(id) < 0:
            assert inside == 0 and description
            above, inside = name, int(texts)
        else:
            found[id] = (name.strip(), above if name.startswith("  ") else "")
            inside -= int(texts) if name.startswith("  ") else 0
    assert inside == 0, "a category counts what is below it"
    assert found == {id: (name, category) for id, name, _, _, category in flat}
    assert above and int(flat[0][2]) >= 3
    assert "\nabout: " in project.run("labels", "show", flat[0][0]).out.decode()
    assert "\nabout: " in project.run("labels", "show", above).out.decode()


def test_a_label_that_was_moved_stays_there(project: Folder) -> None:
    line = next(
        line for line in project.run("labels", "list").out.decode().splitlines()[1:] if line.split("\t")[4]
    )
    id = line.split("\t")[0]
    project.run("labels", "move", id, "my own")
    project.run("label", "in.csv", "--out", "out.csv", *REPLAY, "--granularity", "fine")
    assert "category: my own" in project.run("labels", "show", id).out.decode()
