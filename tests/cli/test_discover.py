"""`discover` and `related` through the real command, on real questions to a bank."""

from __future__ import annotations

import json
import re

import pytest

from linnaeus.taxonomy import read_taxonomy
from linnaeus.texts import clean_text
from tests.running import BUDGET, FAILED, WRONG_USE, Folder, table

QUICK = ("--bootstraps", "1")
MANY = 120  # texts


@pytest.fixture
def asked(folder: Folder, questions: list[str]) -> Folder:
    folder.write("in.csv", table(list(enumerate(questions[:MANY]))))
    return folder


def test_a_label_set_that_label_takes_as_it_is(asked: Folder, questions: list[str]) -> None:
    ran = asked.run("discover", "in.csv", "--out", "labels.csv", "--map", "map.html", *QUICK)
    assert re.search(r"\d+ labels under \d+ parents? from 120 texts, in none: \d+", ran.err) and not ran.out
    rows = asked.rows("labels.csv")
    taxonomy = read_taxonomy(str(asked.path / "labels.csv"))
    assert list(taxonomy.ids) == [row["id"] for row in rows] and len(set(taxonomy.names)) == len(rows)
    labels = [row for row in rows if row["stability"]]
    assert 3 < len(labels) < 40
    covered = sum(float(row["share"]) for row in labels)
    assert 0.6 < covered <= 1 and sum(int(row["texts"]) for row in labels) == round(covered * MANY)
    clean = set(map(clean_text, questions))
    for row in labels:
        assert row["examples"].split(" | ")[0] in clean and row["description"]
        assert ("unstable" in row["flags"]) == (float(row["stability"]) < 0.5)
    parents = [row for row in rows if not row["stability"]]
    assert parents and {row["parent_ids"] for row in rows} - {""} == {row["id"] for row in parents}
    asked.run("label", "in.csv", "--taxonomy", "labels.csv", "--out", "out.csv")
    assert {row["label"] for row in asked.rows("out.csv")} - {""} <= {row["name"] for row in rows}
    _check_page(asked.read("map.html").decode(), questions)


def _check_page(page: str, questions: list[str]) -> None:
    """One file that fetches nothing, with all points."""
    assert not re.search(r"https?://|src=|@import|url\(", page)
    (raw,) = re.findall(r"const data = (\{.*\});", page)
    data = json.loads(raw)
    shown = {clean_text(text)[:240] for text in questions[:MANY]}
    assert {text[:240] for text in data["text"]} == shown
    assert {len(data[key]) for key in ("x", "y", "group", "count")} == {MANY}
    assert max(data["x"] + data["y"]) == data["width"] and min(data["x"] + data["y"]) == 0
    assert max(data["group"]) + 1 == len(data["name"]) == len(data["size"])


def test_no_text_ends_the_page(folder: Folder, questions: list[str]) -> None:
    folder.write(
        "in.csv",
        table([*enumerate(questions[:40]), ("x", "</script><script>alert(1)</script>"), ("y", "<!--")]),
    )
    folder.run("discover", "in.csv", "--map", "map.html", "--bootstraps", "0")
    page = folder.read("map.html").decode()
    assert page.count("</script>") == 1 and "<!--" not in page


def test_the_order_of_rows_changes_no_byte(asked: Folder, questions: list[str]) -> None:
    ran = asked.run("discover", "in.csv", *QUICK)
    asked.write("turned.csv", table(list(enumerate(reversed(questions[:MANY])))))
    assert asked.run("discover", "turned.csv", "--project", "other.db", *QUICK).out == ran.out
    (many,) = asked.query(
        "SELECT count(*) FROM vectors WHERE embedder = (SELECT min(embedder) FROM vectors)"
    )[0]
    assert many >= MANY, "vectors are kept"


def test_a_model_names_and_a_budget_ends_half_way(asked: Folder) -> None:
    first = [row for row in asked.run("discover", "in.csv", *QUICK).records if row["stability"]]
    lines = [
        {
            "task": "name",
            "texts": row["examples"].split(" | "),
            "label": f"topic {number}",
            "description": "told",
        }
        for number, row in enumerate(first[:4])
    ]
    asked.write("names.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    call = ("discover", "in.csv", "--llm", "replay:names.jsonl", "--out", "l.csv", *QUICK)
    ran = asked.run(*call, "--budget-calls", "3", expect=BUDGET)
    assert "the budget ended before all labels were named" in ran.complaint
    assert sum(row["description"] == "told" for row in asked.rows("l.csv")) == 3
    ran = asked.run(*call)
    assert "1 call of the model" in ran.err, "what was said is kept in the project"
    rows = {row["examples"]: row for row in asked.rows("l.csv")}
    assert [rows[row["examples"]]["name"] for row in first[:4]] == [f"topic {number}" for number in range(4)]
    assert rows[first[4]["examples"]]["name"] == first[4]["name"], "without an answer, key phrases"


@pytest.mark.parametrize(
    ("rows", "words"),
    [([(1, "one"), (2, "two")], "too few"), ([(n, "same") for n in range(50)], "find labels in: 1")],
)
def test_too_little_to_find_labels_in(folder: Folder, rows: list[tuple[int, str]], words: str) -> None:
    folder.write("in.csv", table(rows))
    ran = folder.run("discover", "in.csv", "--out", "l.csv", expect=FAILED)
    assert words in ran.complaint and not (folder.path / "l.csv").exists()


def test_places_that_cannot_be_written_are_refused_at_once(asked: Folder) -> None:
    asked.run("discover", "in.csv", "--out", "nowhere/l.csv", expect=WRONG_USE)
    asked.run("discover", "in.csv", "--out", "l.parquet", expect=WRONG_USE)
    asked.run("discover", "in.csv", "--map", "nowhere/m.html", expect=WRONG_USE)
    assert not (asked.path / "linnaeus.db").exists()


def test_related(asked: Folder, questions: list[str]) -> None:
    asked.run("label", "in.csv", "--out", "out.csv")
    found = asked.run("related", questions[0], "--top", "3").records
    assert [row["rank"] for row in found] == [1, 2, 3] and {row["id"] for row in found} == {"0"}
    stranger = asked.run("related", "I cannot find my bank card", "--by", "both").records
    assert len(stranger) == 10 and stranger[0]["id"] == ""
    ran = asked.run("related", "never seen", "--by", "labels", expect=WRONG_USE)
    assert "not in the project" in ran.complaint
    assert "the text is empty" in asked.run("related", " ", expect=WRONG_USE).complaint
    asked.run("related", "--out", "all.csv", "--top", "2", "--diversity", "0")
    rows = asked.rows("all.csv")
    assert len({row["id"] for row in rows}) == MANY and all(row["id"] != row["related_id"] for row in rows)
    asked.run("related", "x", "--project", "none.db", expect=FAILED)
