"""`linnaeus teach` and `label` with a taxonomy through the real command."""

from __future__ import annotations

import shutil

import pytest

from tests.closed.taught.made import NAMES, fruit
from tests.running import WRONG_USE, Folder, table

CODES = [name.split()[0] for name in NAMES]
TAXONOMY = "id,name,parent_ids\nsweets,Sweets,\n" + "".join(
    f"{code},{name},sweets\n" for code, name in zip(CODES, NAMES, strict=True)
)
TEXTS, PLACES = fruit(8)
ASKED = [("1", "an apple a day"), ("2", "damson of the garden"), ("3", TEXTS[0])]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("taught"))
    folder.write("t.csv", TAXONOMY)
    rows = [(text, CODES[own[0]]) for text, own in zip(TEXTS, PLACES, strict=True)]
    rows[1] = (rows[1][0], "Sweets > apple PIE")
    rows += [
        ("nothing of the kind", "[]"),
        ("nobody has said yet", " "),
        ("half known apple", '["apple","elder"]'),
        ("unknown at all", "elder|fig"),
    ]
    folder.write("examples.csv", table(rows, ("text", "labels")))
    folder.write("in.csv", table(ASKED))
    ran = folder.run("teach", "examples.csv", "--taxonomy", "t.csv")
    assert "2 labels not in the taxonomy, left out: 'elder' (2), 'fig' (1)" in ran.err
    assert "1 row without labels left out; [] would say that none fits" in ran.err
    assert "34 examples taken" in ran.err and "learnt from 34 examples of 4 labels" in ran.err
    return folder


@pytest.fixture
def taught(once: Folder, folder: Folder) -> Folder:
    """A copy for each test."""
    shutil.copytree(once.path, folder.path, dirs_exist_ok=True)
    return folder


def labelled(folder: Folder, *more: str) -> list[dict[str, str]]:
    folder.run("label", "in.csv", "--out", "out.csv", *more)
    return folder.rows("out.csv")


def test_taught_labels_come_out_and_are_kept(taught: Folder) -> None:
    first = labelled(taught)
    assert [row["label"] for row in first] == ["apple pie", "damson jam", "apple pie"]
    before = taught.query("SELECT id, key, at FROM texts ORDER BY id")
    assert labelled(taught) == first
    assert taught.query("SELECT id, key, at FROM texts ORDER BY id") == before, "nothing is decided twice"


def test_the_same_examples_are_learnt_once(taught: Folder) -> None:
    rows = "SELECT rowid, kind, name FROM arrays ORDER BY rowid"
    before = taught.query(rows)
    taught.query("CREATE TABLE seen (n)")
    taught.query("CREATE TRIGGER watch AFTER INSERT ON arrays BEGIN INSERT INTO seen VALUES (1); END")
    taught.run("teach", "examples.csv")
    assert taught.query(rows) == before and taught.query("SELECT count(*) FROM seen") == [(0,)]
    taught.write("more.csv", table([("one more banana", "banana")], ("text", "labels")))
    assert "learnt from 35 examples" in taught.run("teach", "more.csv").err
    assert taught.query("SELECT count(*) > 0 FROM seen") == [(1,)]


def test_top(taught: Folder) -> None:
    rows = labelled(taught, "--top", "2")
    assert rows[0]["label"] == "apple pie"
    taught.run("teach", "examples.csv")  # may follow, with no word of --top
    taught.write("in.csv", table([("4", "two apples")]))
    assert labelled(taught)[0]["labels"].count("|") == 1, "it is remembered"
    taught.write("in.csv", table([("5", "three apples")]))
    assert labelled(taught, "--top", "0")[0]["labels"] == "apple pie", "as many as fit, again"
    assert (
        "--max-labels"
        in taught.run("label", "in.csv", "--project", "found.db", "--top", "2", expect=WRONG_USE).complaint
    )
    for option in (("--max-labels", "2"), ("--granularity", "fine")):
        assert "--top N" in taught.run("label", "in.csv", *option, expect=WRONG_USE).err


def test_a_faulty_taxonomy_leaves_nothing_behind(folder: Folder) -> None:
    folder.write("t.csv", "id,name,parent_ids\na,Animal,b\nb,Bear,a\n")
    folder.write("in.csv", table([("1", "a bear")]))
    folder.run("label", "in.csv", "--taxonomy", "t.csv", "--project", "new.db", expect=None)
    assert not (folder.path / "new.db").exists()


def test_a_removed_label_never_comes_out(taught: Folder) -> None:
    taught.write("new.csv", TAXONOMY.replace("damson,damson jam,sweets\n", ""))
    taught.run("taxonomy", "import", "new.csv")
    assert "damson jam" not in [row["label"] for row in labelled(taught)]
    ran = taught.run("label", "in.csv", "--taxonomy", "t.csv")
    assert "taxonomy has changed: 1 added, 0 removed, 0 renamed, 0 moved" in ran.err
    assert "has changed" not in taught.run("label", "in.csv", "--taxonomy", "t.csv").err
    taught.run("taxonomy", "import", "new.csv")
    taught.write("more.csv", table([("one more banana", "banana")], ("text", "labels")))
    assert "learnt from 27 examples of 3 labels" in taught.run("teach", "more.csv").err


def test_no_known_label_at_all(folder: Folder) -> None:
    folder.write("t.csv", TAXONOMY)
    folder.write("bad.csv", table([("a text", "elder"), ("another", "fig")], ("text", "labels")))
    ran = folder.run("teach", "bad.csv", "--taxonomy", "t.csv", expect=WRONG_USE)
    assert "none of their labels is in the taxonomy" in ran.complaint
    folder.write("empty.csv", "id,name\n")
    ran = folder.run("teach", "bad.csv", "--taxonomy", "empty.csv", "--project", "other.db", expect=None)
    assert ran.code in (1, 2), ran.err


def test_the_closing_table_counts_labels_not_names(folder: Folder) -> None:
    """Two labels of one name are two, and one error is no "errors"."""
    long = "bicycle " * 20
    folder.write("t.csv", f"id,name,parent_ids\na,Bakery,\nb,Bakery,\nc,{long},\nd,Car repair,\n")
    folder.write("in.csv", table([("1", "bakery"), ("2", "bicycle"), ("4", "")]))
    ran = folder.run("label", "in.csv", "--taxonomy", "t.csv", "--out", "o.csv", "--summary", "s.json")
    given = {id for row in folder.rows("o.csv") for id in row["taxonomy_ids"].split("|") if id}
    assert {"a", "b"} <= given and f'"labels": {len(given)},' in folder.read("s.json").decode()
    assert "2 by names · 1 error " in ran.err, "there are no examples"
    assert "bicyc... " in ran.err and long.strip() not in ran.err


def test_texts_that_no_label_fits_are_counted(taught: Folder) -> None:
    taught.write("none.csv", table([("1", "nothing of the kind"), ("2", "an apple a day")]))
    ran = taught.run("label", "none.csv", "--out", "o.csv")
    assert "1 by examples and names · 1 by people" in ran.err and "1 text: none fits" in ran.err


def test_an_empty_text_is_not_explained(taught: Folder) -> None:
    assert "empty" in taught.run("explain", " ", expect=WRONG_USE).complaint
