"""`linnaeus labels` through the real command: split, move, retire, history; who did it and why."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

from tests.running import FAILED, WRONG_USE, Folder, replay, table

STOLEN = [
    "My card was stolen yesterday",
    "Someone stole my card on the bus",
    "A thief took my card",
    "I think my card has been stolen",
    "What do I do about a stolen card?",
    "Help, somebody stole my card!",
    "The card was stolen from my bag",
]
RATES = [
    "What is the exchange rate for dollars?",
    "Which exchange rate do you use?",
    "How is the exchange rate worked out?",
    "Are your exchange rates good?",
    "The exchange rate for euros, please",
    "Tell me today's exchange rate",
]
BOTH = "Which exchange rate applies to what a thief bought with my stolen card?"
TOPS = ["How do I top up?", "When are you open on Sundays?", "Bonjour, parlez-vous français ?"]
SAID = {text: "card" for text in [*STOLEN, *RATES, BOTH]} | dict(
    zip(TOPS, ("top_up", "opening_hours", "language"), strict=True)
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("labels"))
    folder.write("replay.jsonl", replay(SAID))
    folder.write("in.csv", table([(number, text) for number, text in enumerate(SAID)]))
    folder.run("label", "in.csv", "--out", "out.csv", "--llm", "replay:replay.jsonl")
    folder.run("labels", "merge", "top_up", "opening_hours", "language", "--author", "ada")
    return folder


@pytest.fixture
def project(made: Folder, folder: Folder) -> Folder:
    for name in ("linnaeus.db", "replay.jsonl", "in.csv"):
        folder.write(name, made.read(name))
    return folder


def today(folder: Folder) -> dict[str, str | None]:
    return {row["text"]: row["label"] for row in folder.run("export").records}


def listed(folder: Folder, *options: str) -> dict[str, list[str]]:
    lines = folder.run("labels", "list", *options).out.decode().splitlines()
    return {cells[1]: cells for cells in (line.split("\t") for line in lines[1:])}


def events(folder: Folder, *options: str) -> list[list[str]]:
    header, *lines = folder.run("labels", "history", *options).out.decode().splitlines()
    assert header == "event\tat\tby\twhat\twhy\tundone_by"
    return [line.split("\t") for line in lines if "\t" in line]


def test_split_by_wording(project: Folder) -> None:
    before = today(project)
    ran = project.run(
        "labels",
        "split",
        "top_up",
        "Opening-Hours",
        "language",
        "--name",
        "Other ways",
        "--why",
        "not the same",
    )
    assert ran.out == b"" and "split top_up" in ran.err and "Other ways (label" in ran.err
    after = today(project)
    assert [after[text] for text in TOPS] == ["top_up", "Other ways", "Other ways"]
    assert {text: after[text] for text in STOLEN + RATES} == {text: before[text] for text in STOLEN + RATES}
    event, at, by, what, why, undone = events(project)[-1]
    assert (event, by, undone) == ("2", getpass.getuser(), "") and at.endswith("+00:00")
    assert (
        what.startswith("split ") and "opening_hours" in what and why.startswith("not the same; wording 0.")
    )
    project.run("labels", "undo")
    assert today(project) == before
    for arguments, words in (
        (("top_up", "card"), "has no wording 'card' it has "),
        (("top_up", "top_up", "opening_hours", "language"), "nothing would be left of 'top_up'"),
        (("topup", "top_up"), "did you mean"),
        (("top_up", "opening_hours", "--name", "card"), "already called 'card'"),
    ):
        assert words in project.run("labels", "split", *arguments, expect=FAILED).complaint
    assert (
        "leave out --llm"
        in project.run(
            "labels", "split", "top_up", "opening_hours", "--llm", "none", expect=WRONG_USE
        ).complaint
    )


def test_a_proposed_split_changes_nothing_until_it_is_accepted(project: Folder) -> None:
    before = listed(project), events(project), today(project)
    ran = project.run("labels", "split", "card")
    said = ran.out.decode()
    assert said.startswith("card (label ") and f"{len(STOLEN) + len(RATES) + 1} texts in two halves" in said
    assert "nothing is changed; --yes splits it" in ran.err
    assert any(text in said for text in STOLEN) and any(text in said for text in RATES)
    assert "shapeless clouds" in said and " sure, " in said and " in doubt" in said
    assert (listed(project), events(project), today(project)) == before


def test_split_texts_and_go_on_labelling(project: Folder) -> None:
    before = today(project)
    ran = project.run("labels", "split", "card", "--yes", "--name", "second half")
    assert "second half (label" in ran.err and "in doubt, which went to the nearer half" in ran.err
    after = today(project)
    halves = {name: {after[text] for text in texts} for name, texts in (("stolen", STOLEN), ("rates", RATES))}
    assert {frozenset(half) for half in halves.values()} == {frozenset({"card"}), frozenset({"second half"})}
    more = {"A pickpocket stole my new card today": "card", "What will the exchange rate for yen be?": "card"}
    project.write("more.csv", table([(f"m{number}", text) for number, text in enumerate(more)]))
    project.write("replay.jsonl", replay(SAID | more))
    project.run("label", "more.csv", "--out", "more.out.csv", "--llm", "replay:replay.jsonl")
    assert [{row["label"]} for row in project.rows("more.out.csv")] == [halves["stolen"], halves["rates"]]
    assert (
        "second half" in project.run("labels", "show", "card#2").out.decode()
        or "card#2" in project.run("labels", "show", "card").out.decode()
    )
    project.run("labels", "undo")
    assert today(project) == before | dict.fromkeys(more, "card")


def test_a_model_is_asked_about_texts_in_doubt_alone(project: Folder) -> None:
    name = {"name": "second half"}
    for text in SAID:  # whichever are in doubt: this model would put every one into the new half
        line = json.dumps({"task": "choose", "text": text, "labels": [name["name"]]})
        with (project.path / "choose.jsonl").open("a") as file:
            file.write(line + "\n")
    doubtful = int(
        project.run("labels", "split", "card").out.decode().split(" sure, ")[1].split(" in doubt")[0]
    )
    assert doubtful
    ran = project.run(
        "labels",
        "split",
        "card",
        "--yes",
        "--name",
        name["name"],
        "--llm",
        "replay:choose.jsonl",
        "--record",
        "asked.jsonl",
    )
    assert f"{len(SAID) - len(TOPS) - doubtful} sure, {doubtful} asked, 0 in doubt" in ran.err
    asked = (
        project.read("asked.jsonl").decode().splitlines() if (project.path / "asked.jsonl").exists() else []
    )
    assert len(asked) == doubtful
    assert all(today(project)[json.loads(line)["text"]] == "second half" for line in asked)


def test_categories(project: Folder) -> None:
    project.run("labels", "move", "card", "Money")
    project.run("labels", "move", "Money", "Every thing", "--author", "bob")
    cells = listed(project)
    assert cells["card"][4] == "Every thing > Money" and cells["top_up"][4] == ""
    assert set(cells) == {"card", "top_up"}, "categories are no labels"
    shown = project.run("labels", "show", "card").out.decode()
    assert "\ncategory: Every thing > Money\n" in shown
    shown = project.run("labels", "show", "money").out.decode()
    assert shown.startswith("Money (category ") and "\n  card (label " in shown
    assert "is under" in project.run("labels", "move", "Every thing", "Money", expect=FAILED).complaint
    assert "where to?" in project.run("labels", "move", "card", expect=WRONG_USE).complaint
    assert "where to?" in project.run("labels", "move", "card", "Money", "--top", expect=WRONG_USE).complaint
    for command in (("merge", "card", "Money"), ("retire", "Money"), ("split", "Money")):
        assert "is a category" in project.run("labels", *command, expect=FAILED).complaint
    project.run("labels", "move", "card", "--top")
    assert listed(project)["card"][4] == ""
    assert "there already" in project.run("labels", "move", "card", "--top", expect=FAILED).complaint
    project.run("labels", "undo", "4")
    project.run("labels", "undo", "3")
    assert listed(project)["card"][4] == "Money"


def test_retired_labels(project: Folder) -> None:
    project.run("labels", "retire", "card", "--why", "too broad")
    assert set(listed(project)) == {"top_up"}
    assert [listed(project, "--all")[name][5] for name in ("card", "top_up")] == ["retired", ""]
    more = {"My card, my card, stolen!": "card", "Top up with a cheque": "top_up"}
    project.write("more.csv", table([(number, text) for number, text in enumerate([*SAID, *more])]))
    project.write("replay.jsonl", replay(SAID | more))
    for _ in range(2):
        project.run(
            "label",
            "more.csv",
            "--out",
            "more.out.csv",
            "--summary",
            "s.json",
            "--llm",
            "replay:replay.jsonl",
        )
        rows = {row["text"]: row for row in project.rows("more.out.csv")}
        assert [rows[text]["label"] for text in (STOLEN[0], *more)] == ["card", "", "top_up"]
        assert (
            rows["My card, my card, stolen!"]["error"] == ""
            and rows["My card, my card, stolen!"]["by"] != "error"
        )
    assert json.loads(project.read("s.json"))["llm"]["calls"] == {}, "no text is asked about again"
    assert "retired already" in project.run("labels", "retire", "card", expect=FAILED).complaint
    assert "retired" in project.run("labels", "show", "card").out.decode()
    project.run("labels", "undo")
    assert today(project)["My card, my card, stolen!"] == "card"


def test_history(project: Folder) -> None:
    project.run("labels", "rename", "card", "Cards", "--author", "bob", "--why", "people\tsay so")
    project.run("labels", "undo", "1", "--author", "eve")
    told = events(project)
    assert [(cells[0], cells[2], cells[5]) for cells in told] == [
        ("1", "ada", "3"),
        ("2", "bob", ""),
        ("3", "eve", ""),
    ]
    assert (
        told[0][3].startswith("merged ")
        and told[1][3].endswith(" to Cards")
        and told[1][4] == "people say so"
    )
    assert told[2][3] == "undid merge (event 1)"
    assert events(project, "--limit", "1") == told[2:] and events(project, "--limit", "0") == []
    assert events(project, "cards") == told[1:2]
    assert "named by bob (event 2)" in project.run("labels", "show", "cards").out.decode()
    project.run("labels", "merge", "top_up", "opening_hours", "language", "--author", "zoe")
    said = project.run("labels", "history", "top_up").out.decode()
    assert "merged by zoe (event 4)" in said, "why each wording is there"
    assert (
        "there is no label 'nothing'" in project.run("labels", "history", "nothing", expect=FAILED).complaint
    )


def test_nothing_to_tell_and_no_project(folder: Folder, tmp_path: Path) -> None:
    assert "there is no project" in folder.run("labels", "history", expect=FAILED).complaint
    assert "there is no project" in folder.run("labels", "split", "card", expect=FAILED).complaint
    assert not list(tmp_path.glob("linnaeus.db"))


def test_every_change_is_whole_or_not_at_all(project: Folder) -> None:
    """What is refused leaves nothing behind."""
    counts = "SELECT " + ", ".join(
        f"(SELECT count(*) FROM {name})" for name in ("events", "evidence", "surfaces", "labels", "moves")
    )
    before = project.query(counts)
    for command in (
        ("split", "card", "nope"),
        ("split", "top_up", "opening_hours", "--name", "?!"),
        ("move", "card", "top_up"),
        ("move", "card", "?!"),
        ("merge", "card", "card"),
    ):
        project.run("labels", *command, expect=FAILED)
    assert project.query(counts) == before


def test_describe_needs_a_model_and_leaves_what_it_does_not_know(project: Folder) -> None:
    assert "no model to ask" in project.run("labels", "describe", expect=WRONG_USE).complaint
    before = project.run("labels", "list", "--tree").out
    project.write("replay.jsonl", '{"task":"propose","text":"a","label":"b"}\n')
    said = project.run("labels", "describe", "--llm", "replay:replay.jsonl").out.decode()
    assert said.startswith("0 descriptions of ") and "0 calls" in said
    assert project.run("labels", "list", "--tree").out == before


def test_a_tree_that_is_cut_short_has_the_totals_of_all(project: Folder) -> None:
    project.run("labels", "move", "card", "things")
    project.run("labels", "move", "top_up", "things")
    whole = project.run("labels", "list", "--tree").out.decode().splitlines()
    short = project.run("labels", "list", "--tree", "--limit", "1").out.decode().splitlines()
    assert len(short) < len(whole)
    assert set(short) <= set(whole)


def test_a_category_has_an_id_that_commands_take(project: Folder) -> None:
    project.run("labels", "move", "card", "things")
    said = project.run("labels", "show", "things").out.decode()
    number = said.split("(category ")[1].split(")")[0]
    assert project.run("labels", "show", "--", number).out.decode() == said
