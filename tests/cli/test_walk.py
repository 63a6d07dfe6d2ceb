"""With a model and a taxonomy of levels the real command walks down where none of the candidates fits."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from linnaeus.stages.choose import SHOWN
from tests.llm.fake import Say, Script, Seen, Server, chat, looks_for
from tests.running import BUDGET, Folder, table
from tests.stages.nature import shown

GROUPS = {
    "Fruit": "apple banana cherry damson elder fig grape lemon mango orange peach plum",
    "Tools": "hammer saw drill chisel pliers wrench lathe anvil rasp clamp level plane",
    "Music": "violin cello flute trumpet drum harp organ tuba lute viola oboe piano",
}
TAXONOMY = "id,name,parent_ids\n" + "".join(
    f"{group},{group},\n" + "".join(f"{name},{name},{group}\n" for name in names.split())
    for group, names in GROUPS.items()
)
FRUIT, ODD = "a ripe banana", "apple, banana, cherry, fig, grape, lemon, mango, orange, peach and plum"
HIDDEN = "Music > tuba"  # what the model takes ODD to be about, far from its candidates
Serve = Callable[[Script], Server]


def says(seen: Seen) -> Say:
    options, text = shown(seen)
    wanted = {FRUIT: ("Fruit > banana",), ODD: (HIDDEN, "Music > ...")}.get(text, ())
    return chat(json.dumps({"chosen": [n for n, one in enumerate(options, 1) if one in wanted]}))


@pytest.fixture
def project(folder: Folder) -> Folder:
    folder.write("t.csv", TAXONOMY)
    folder.write("in.csv", table([("1", FRUIT), ("2", ODD), ("3", "the weather in Oslo")]))
    return folder


def command(server: Server, *more: str) -> tuple[str, ...]:
    given = ("in.csv", "--taxonomy", "t.csv", "--llm", server.spec, "--max-error", "0.001")
    return ("label", *given, "--out", "o.csv", "--summary", "s.json", *more)


def test_what_is_not_among_candidates_is_found_from_the_top(project: Folder, serve: Serve) -> None:
    server = serve(says)
    project.run(*command(server), "--plan")
    calls = json.loads(project.read("s.json"))["llm"]["calls"]["choose"]
    assert (calls["least"], calls["most"]) == (3, 12) and not server.seen
    project.run(*command(server, "--record", "r.jsonl"))
    rows = project.rows("o.csv")
    assert [(row["by"], row["taxonomy_ids"]) for row in rows] == [
        ("choose", "banana"),
        ("descend", "tuba"),
        ("descend", ""),
    ]
    asked = [shown(seen) for seen in server.seen]
    assert HIDDEN not in next(options for options, text in asked if text == ODD), "else nothing is walked for"
    assert sorted(len(options) for options, _ in asked) == [3, 3, 13, *[SHOWN] * 3]
    assert len({seen.rules for seen in server.seen}) == 1, "one prompt for all, so that it can be cached"
    summary = json.loads(project.read("s.json"))
    assert summary["by"] == {"choose": 1, "descend": 2} and summary["llm"]["calls"] == {"choose": 6}
    project.run(*command(server))
    assert len(server.seen) == 6, "what is decided is not asked again"
    first, *steps = project.run("explain", ODD).out.decode().splitlines()[:4]
    assert first == "decided before, by descend: tuba"
    assert [step.split(" was ")[1] for step in steps] == [
        f"shown {SHOWN} labels, chose: none",
        "shown 3 labels, chose: Music > ...",
        f"shown 13 labels, chose: {HIDDEN}",
    ]
    assert len(server.seen) == 6, "nobody is asked to explain"
    replayed = ("--llm", "replay:r.jsonl", "--project", "again.db", "--max-error", "0.001")
    project.run("label", "in.csv", "--taxonomy", "t.csv", *replayed, "--out", "again.csv")
    assert project.rows("again.csv") == rows


def test_a_model_with_tools_looks_for_a_label_before_it_walks(project: Folder, serve: Serve) -> None:
    def looks(seen: Seen) -> Say:
        options, text = shown(seen)
        return looks_for("tuba") if text == ODD and HIDDEN not in options else says(seen)

    server = serve(looks)
    project.run(*command(server, "--record", "r.jsonl"))
    rows = project.rows("o.csv")
    assert [(row["by"], row["taxonomy_ids"]) for row in rows[:2]] == [
        ("choose", "banana"),
        ("choose", "tuba"),
    ]
    assert len(server.seen) == 5, "two for the odd one, and a walk for the weather"
    said = project.run("explain", ODD).out.decode()
    assert f"was shown {SHOWN} labels, looked for: tuba" in said and f"chose: {HIDDEN}" in said
    replayed = ("--llm", "replay:r.jsonl", "--project", "again.db", "--max-error", "0.001")
    project.run("label", "in.csv", "--taxonomy", "t.csv", *replayed, "--out", "again.csv")
    assert project.rows("again.csv") == rows


def test_a_label_that_is_gone_is_taken_from_the_texts_that_a_model_gave_it(
    project: Folder, serve: Serve
) -> None:
    server = serve(says)
    project.run(*command(server))
    project.write("t.csv", TAXONOMY.replace("tuba,tuba,Music\n", ""))
    ran = project.run(*command(server))
    assert "1 removed" in ran.err
    assert [row["taxonomy_ids"] for row in project.rows("o.csv")] == ["banana", "", ""]


def test_a_budget_ends_on_the_way_down_and_the_same_command_goes_on(project: Folder, serve: Serve) -> None:
    server = serve(says)
    first = project.run(*command(server, "--budget-calls", "5", "--workers", "1"), expect=BUDGET)
    assert "budget" in first.complaint
    project.run(*command(server))
    assert [row["by"] for row in project.rows("o.csv")] == ["choose", "descend", "descend"]
    assert len(server.seen) == 6, "nothing is paid twice"
