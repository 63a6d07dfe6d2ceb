"""`labels review`, `labels map` and `labels report` through the real command: from a dated file to what people decide."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.running import FAILED, WRONG_USE, Folder, replay, table

SAID = {
    "My card was stolen yesterday": "stolen_card",
    "Someone stole my card on the bus": "stolen_card",
    "What is the exchange rate for dollars?": "exchange_rate",
    "Which exchange rate do you use for euros?": "exchange_rate",
    "How do I top up with cash?": "top_up",
    "Bonjour, parlez-vous français ?": "language",
}
TAXONOMY = (
    "id,name,description,parent_ids,synonyms\n"
    "1,Cards,,,\n1.1,Lost or stolen card,,1,Stolen card\n1.2,Card delivery,When a card comes,1,\n"
    "2,Money,,,\n2.1,Exchange rates of currencies,,2,\n2.2,Mortgages,,2,\n"
)
REPLAY = ("--llm", "replay:replay.jsonl")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("review"))
    folder.write("replay.jsonl", replay(SAID))
    days = ["2024-01-01", "2024-02-30", "", "2024-03-01T12:00:00+02:00", "1709251200", "2024-03-02 08:30"]
    folder.write("in.csv", table(list(zip(range(6), SAID, days, strict=True)), ("id", "text", "day")))
    folder.write("tax.csv", TAXONOMY)
    ran = folder.run("label", "in.csv", "--time", "day", "--out", "out.csv", *REPLAY)
    assert "2 rows without a usable time in 'day': labelled, but not dated" in " ".join(ran.err.split())
    return folder


@pytest.fixture
def project(made: Folder, folder: Folder) -> Folder:
    for name in ("linnaeus.db", "replay.jsonl", "in.csv", "tax.csv"):
        folder.write(name, made.read(name))
    return folder


def mapped(folder: Folder, *options: str) -> dict[str, dict[str, str]]:
    folder.run("labels", "map", "--taxonomy", "tax.csv", "--out", "map.csv", *options)
    return {row["label"]: row for row in folder.rows("map.csv")}


def test_times_are_kept_and_rows_are_not_failed_for_them(made: Folder) -> None:
    assert [row["error"] for row in made.rows("out.csv")] == [""] * 6
    times = made.query("SELECT time FROM items ORDER BY id")
    assert [row[0] for row in times] == [
        "2024-01-01T00:00:00Z",
        None,
        None,
        "2024-03-01T10:00:00Z",
        "2024-03-01T00:00:00Z",
        "2024-03-02T08:30:00Z",
    ]
    assert (
        "no column 'when'" in made.run("label", "in.csv", "--time", "when", *REPLAY, expect=FAILED).complaint
    )


def test_times_may_come_later(folder: Folder, made: Folder) -> None:
    for name in ("replay.jsonl", "in.csv"):
        folder.write(name, made.read(name))
    folder.run("label", "in.csv", "--out", "out.csv", *REPLAY)
    assert "no text of this project has a time" in folder.run("labels", "report", expect=FAILED).complaint
    folder.run("label", "in.csv", "--out", "out.csv", "--time", "day", *REPLAY)
    assert folder.query("SELECT count(time) FROM items") == [(4,)]


def test_map_review_export_and_undo(project: Folder) -> None:
    rows = mapped(project)
    assert {name: row["taxonomy_id"] for name, row in rows.items()} == {
        "stolen_card": "1.1",
        "exchange_rate": "2.1",
        "top_up": "",
        "language": "",
    }
    stolen, rate = rows["stolen_card"], rows["exchange_rate"]
    assert (stolen["state"], stolen["probability"], stolen["reason"]) == ("proposed", "1.0", "the same name")
    assert rate["path"] == "Money > Exchange rates of currencies" and 0.5 <= float(rate["probability"]) < 1
    said = project.run("labels", "review").out.decode()
    assert f"{rate['proposal']} map: exchange_rate (label {rate['label_id']}) -> {rate['path']} [2.1]" in said
    assert (
        "What is the exchange rate for dollars?" in said
        and f"chance {float(rate['probability']):.2f}" in said
    )

    ran = project.run(
        "labels", "review", "--accept", "all", "--kind", "map", "--author", "ada", "--why", "agreed"
    )
    assert ran.err.count("accepted") == 2
    assert project.run("labels", "review").out == b""
    records = {row["text"]: row for row in project.run("export").records}
    assert [records[text]["taxonomy_id"] for text in SAID] == ["1.1", "1.1", "2.1", "2.1", "", ""]
    assert records["My card was stolen yesterday"]["taxonomy_label"] == "Lost or stolen card"
    assert "taxonomy_id\ttaxonomy_label" in project.run("labels", "list").out.decode().splitlines()[0]
    shown = project.run("labels", "show", "exchange_rate").out.decode()
    assert "taxonomy: Money > Exchange rates of currencies [2.1]" in shown
    history = project.run("labels", "history", "exchange_rate").out.decode()
    assert "mapped exchange_rate" in history and "ada" in history and "agreed" in history
    assert mapped(project)["exchange_rate"]["state"] == "accepted"

    project.run("labels", "undo", "1")
    project.run("labels", "undo", "2")
    assert "taxonomy_id" not in project.run("export").records[0]
    assert project.run("labels", "review").out.decode() == said


def test_accept_from_a_probability_on(project: Folder) -> None:
    rows = mapped(project, "--accept", "1")
    assert {name: row["state"] for name, row in rows.items()} == {
        "stolen_card": "accepted",
        "exchange_rate": "proposed",
        "top_up": "none",
        "language": "none",
    }
    assert "accepted (event 1)" in rows["stolen_card"]["reason"] and rows["stolen_card"]["proposal"] == ""
    ran = project.run("labels", "map", "--taxonomy", "tax.csv")
    lines = list(csv.reader(ran.out.decode().splitlines(), delimiter="\t"))
    assert [line[4] for line in lines[1:]].count("accepted") == 1
    assert "4 labels: 1 accepted, 1 proposed, 2 none" in ran.err


def test_dismissed_is_dismissed(project: Folder) -> None:
    number = mapped(project)["exchange_rate"]["proposal"]
    ran = project.run("labels", "review", "--dismiss", number)
    assert "event 1: dismissed" in ran.err
    assert mapped(project)["exchange_rate"]["taxonomy_id"] != "2.1"
    assert "there is no open proposal" in project.run("labels", "review", number, expect=FAILED).complaint
    project.run("labels", "undo")
    assert mapped(project)["exchange_rate"]["proposal"] == number


def test_wrong_use_and_bad_taxonomies(project: Folder) -> None:
    def complaint(*arguments: str | Path, expect: int = FAILED) -> str:
        return project.run("labels", *arguments, expect=expect).complaint

    assert "which ones?" in complaint("review", "--accept", expect=WRONG_USE)
    assert "at once" in complaint("review", "1", "--accept", "--dismiss", expect=WRONG_USE)
    assert "no number" in complaint("review", "one", "--accept", expect=WRONG_USE)
    assert "no open split proposal 1" in complaint("review", "1", "--kind", "split")
    project.write("tax.csv", TAXONOMY + "3,Loop,,3,\n")
    assert "tax.csv, line 8: the label is above itself" in complaint("map", "--taxonomy", "tax.csv")
    assert "does not exist" in complaint("map", "--taxonomy", "none.csv")
    project.write("tax.csv", TAXONOMY)
    assert "no format" in complaint("map", "--taxonomy", "tax.csv", "--out", "x.doc", expect=WRONG_USE)
    assert "no folder" in complaint("map", "--taxonomy", "tax.csv", "--out", "a/x.csv", expect=WRONG_USE)
    assert "is no date" in complaint("report", "--since", "tomorrow", expect=WRONG_USE)
    assert "as .json" in complaint("report", "--out", "report.csv", expect=WRONG_USE)
    assert "texts are from 2024-01-01" in complaint("report", "--since", "2025-01-01")
    assert "there is no project" in complaint("report", "--project", "other.db")


def test_report(project: Folder) -> None:
    project.run("labels", "rename", "language", "french", "--author", "ada")
    said = project.run("labels", "report", "--since", "2d").out.decode()
    first, *lines = said.splitlines()
    assert first == "2024-02-29T08:30 to 2024-03-02T08:30 (UTC): 3 texts, 1 before; 3 labels in use"
    assert "new, too few texts to tell (3)" in lines and "by people (1)" in lines
    assert any("ada: renamed language" in line for line in lines)
    project.run("labels", "report", "--since", "2024-02-29T08:30", "--out", "report.json")
    report = json.loads(project.read("report.json"))
    assert (report["texts"], report["before"]) == (3, 1)
    assert [one["what"].split()[0] for one in report["events"]] == ["renamed"]
    states = {
        one["name"]: (one["state"], one["new"], one["since"], one["before"]) for one in report["labels"]
    }
    assert states["stolen_card"] == ("active", False, 0, 1) and states["french"] == ("active", True, 1, 0)
