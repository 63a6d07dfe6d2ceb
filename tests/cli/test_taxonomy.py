"""`taxonomy import`, `export`, `check` and `show` through the real command, beside the labels of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import FAILED, WRONG_USE, Folder, replay

TAXONOMY = (
    "id,name,description,parent_ids,synonyms\n"
    'a,Animal,,,beast|fauna\np,Panda,"A bear,\nwhite",a|e,\nl,Plant,,,\nb,Bamboo,,l,\ne,Endangered,,,\n'
)


@pytest.fixture
def project(folder: Folder) -> Folder:
    folder.write("t.csv", TAXONOMY)
    ran = folder.run("taxonomy", "import", "t.csv")
    assert "linnaeus.db holds 5 labels of t.csv" in ran.err
    return folder


def printed(folder: Folder, *arguments: str) -> dict[str, list[str]]:
    """The lines on standard output by their first cell."""
    lines = folder.run(*arguments).out.decode().splitlines()
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines}


def test_a_second_import_says_what_has_changed(project: Folder) -> None:
    assert "nothing has changed" in project.run("taxonomy", "import", "t.csv").err
    ids = dict(project.query("SELECT code, id FROM labels"))
    changed = (
        TAXONOMY.replace("b,Bamboo,,l,\n", "")
        .replace("p,Panda", "p,Giant panda")
        .replace("e,Endangered,,,", "e,Endangered,,l,")
    )
    project.write("new.csv", changed + "".join(f"n{n},New {n},,a,\n" for n in range(7)))
    said = printed(project, "taxonomy", "import", "new.csv")
    assert said == {
        "change": ["labels", "first"],
        "added": ["7", "New 0 [n0]; New 1 [n1]; New 2 [n2]; New 3 [n3]; New 4 [n4]; ..."],
        "removed": ["1", "Bamboo [b]"],
        "renamed": ["1", "Giant panda [p]"],
        "moved": ["1", "Endangered [e]"],
    }
    assert ids.items() <= dict(project.query("SELECT code, id FROM labels")).items()


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl.gz", "rdf", "ttl"])
def test_what_is_exported_is_what_was_imported(project: Folder, ending: str) -> None:
    ran = project.run("taxonomy", "export", "--out", f"o.{ending}")
    assert ran.out == b"" and f"5 labels written to o.{ending}" in ran.err
    assert "nothing has changed" in project.run("taxonomy", "import", f"o.{ending}").err
    if ending == "csv":
        assert project.read("o.csv").decode() == TAXONOMY
        project.run("taxonomy", "export", "--out", "o.txt")
        assert project.read("o.txt") == b"Animal\n\tPanda\nPlant\n\tBamboo\nEndangered\n"


def test_show(project: Folder) -> None:
    for where in ((), ("--file", "t.csv"), ("--project", "linnaeus.db")):
        said = printed(project, "taxonomy", "show", *where)
        assert (said["labels"], said["leaves"], said["levels"], said["at the top"]) == (
            ["5"],
            ["2"],
            ["2"],
            ["3"],
        )
        assert said["with several parents"] == said["with synonyms"] == said["with a description"] == ["1"]
        assert "  Animal [a]" in said
    panda = project.run("taxonomy", "show", "panda").out.decode().splitlines()
    assert panda == ["Panda [p]", "path: Animal > Panda", "path: Endangered > Panda", "about: A bear, white"]
    assert project.run("taxonomy", "show", "p").out == project.run("taxonomy", "show", "Panda").out
    animal = project.run("taxonomy", "show", "a").out.decode().splitlines()
    assert animal[2:] == [
        "synonyms: beast, fauna",
        "under it: 1, directly 1, without any under them 1",
        "  Panda [p]",
    ]
    assert "did you mean Panda?" in project.run("taxonomy", "show", "Pandda", expect=FAILED).complaint
    project.write("twins.csv", "id,name,parent_ids\nx,Top,\ny,Other,x\nz,Other,\n")
    ran = project.run("taxonomy", "show", "other", "--file", "twins.csv", expect=FAILED)
    assert "2 labels are called 'other' use an id: y, z" in ran.complaint
    project.run("taxonomy", "show", "--file", "t.csv", "--project", "linnaeus.db", expect=WRONG_USE)


def test_check_prints_lines_and_fails_on_errors(folder: Folder) -> None:
    folder.write("bad.csv", "id,name,parent_ids\na,A,b\nb,B,a\na,C,b\nd,D,x\nf,G,d\ng,G,d\n")
    ran = folder.run("taxonomy", "check", "bad.csv", expect=FAILED)
    lines = [line.split("\t") for line in ran.out.decode().splitlines()]
    assert lines[0] == ["line", "kind", "what"]
    assert [line[:2] for line in lines[1:]] == [
        ["", "warning"],
        ["2", "error"],
        ["4", "error"],
        ["5", "error"],
        ["7", "warning"],
    ]
    assert ran.complaint == "bad.csv has 3 errors and 2 warnings"
    assert "bad.csv, line 2: " in folder.run("taxonomy", "import", "bad.csv", expect=FAILED).complaint
    assert not (folder.path / "linnaeus.db").exists(), "a bad file makes no project"
    folder.write("good.csv", TAXONOMY)
    assert "good.csv can be used; 0 warnings" in folder.run("taxonomy", "check", "good.csv").err


def test_what_cannot_be_done_is_said(project: Folder, tmp_path: Path) -> None:
    project.run("taxonomy", "export", "--out", "o.parquet", expect=WRONG_USE)
    project.run("taxonomy", "export", "--out", "nowhere/o.csv", expect=WRONG_USE)
    project.run("taxonomy", "import", "nothing.csv", expect=FAILED)
    project.run("taxonomy", "export", "--out", "o.csv", "--project", "none.db", expect=FAILED)
    project.write("in.csv", "text\nhello\n")
    project.run("label", "in.csv", "--project", "open.db", "--out", "l.csv")
    ran = project.run("taxonomy", "show", "--project", "open.db", expect=FAILED)
    assert "holds no taxonomy" in ran.complaint


def test_labels_found_without_a_taxonomy_are_listed_without_it(project: Folder) -> None:
    """The two live in one table, and one does not show among the other; a project with found labels goes on finding them."""
    project.write("replay.jsonl", replay({"My card is lost": "card_lost", "Pandas eat": "panda"}))
    project.write("in.csv", "text\nMy card is lost\nPandas eat\n")
    own = ("--project", "own.db")
    project.run("label", "in.csv", "--out", "out.csv", "--llm", "replay:replay.jsonl", *own)
    project.run("taxonomy", "import", "t.csv", *own)
    project.run("label", "in.csv", "--out", "out.csv", "--llm", "replay:replay.jsonl", *own)
    listed = project.run("labels", "list", *own).out.decode()
    assert sorted(line.split("\t")[1] for line in listed.splitlines()[1:]) == ["card_lost", "panda"]
    assert "Panda" not in project.run("labels", "list", "--tree", *own).out.decode()
    project.run("labels", "rename", "panda", "Bamboo", *own)  # a name of the taxonomy is free
    assert "nothing has changed" in project.run("taxonomy", "import", "t.csv", *own).err
    assert printed(project, "taxonomy", "show", *own)["labels"] == ["5"]
