"""`label --plan` through the real command: what it says comes true, and it leaves everything as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.running import FAILED, WRONG_USE, Folder, replay, table

RULES = {"card": "card_question", "transfer": "transfer_question", "top": "top_up", "fee": "fee_question"}
TAXONOMY = "id,name,description,parent_ids,synonyms\n" + "".join(
    f"{place},{name},{words},,\n"
    for place, (name, words) in enumerate(
        [
            ("Card", "lost or stolen card"),
            ("Transfer", "sending money"),
            ("Top-up", "adding money"),
            ("Fee", "a charge"),
        ]
    )
)


def label_of(text: str) -> str:
    """A model that is as consistent as keywords are, and has words of its own for the rest."""
    return next(
        (label for word, label in RULES.items() if word in text.lower()), text.split()[-1].strip("?") or "x"
    )


def bank(folder: Folder, questions: list[str], name: str = "t.csv") -> None:
    folder.write(name, table(list(enumerate(questions))))
    folder.write("r.jsonl", replay({text: label_of(text) for text in questions}))


def planned(folder: Folder, *arguments: str) -> dict[str, Any]:
    ran = folder.run("label", *arguments, "--plan", "--summary", "plan.json")
    assert ran.out == b""
    plan: dict[str, Any] = json.loads(folder.read("plan.json"))
    return plan


def files(folder: Folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.path.iterdir() if path.name != "plan.json"}


def calls_of(folder: Folder, *arguments: str) -> dict[str, int]:
    folder.run("label", *arguments, "--summary", "s.json", "--out", "o.csv")
    calls: dict[str, int] = json.loads(folder.read("s.json"))["llm"]["calls"]
    return calls


def test_the_true_calls_are_in_the_range_and_a_plan_leaves_nothing_behind(
    folder: Folder, questions: list[str]
) -> None:
    bank(folder, [*questions[:250], questions[0]])
    given = ("t.csv", "--llm", "replay:r.jsonl")
    before = files(folder)
    plan = planned(folder, *given)
    assert files(folder) == before
    assert (plan["texts"], plan["new"]) == (251, 250)
    assert plan["llm"]["usd"] == {"least": 0, "likely": 0, "most": 0}
    calls = calls_of(folder, *given)
    for task, range in plan["llm"]["calls"].items():
        assert range["least"] <= calls.get(task, 0) <= range["most"], (task, range, calls)


def test_what_a_project_knows_costs_nothing_and_it_stays_as_it_is(
    folder: Folder, questions: list[str]
) -> None:
    bank(folder, questions[:80], "old.csv")
    bank(folder, questions[:110])
    given = ("--llm", "replay:r.jsonl")
    calls_of(folder, "old.csv", *given)
    before = files(folder)
    known = planned(folder, "old.csv", *given)
    assert (known["texts"], known["new"], known["llm"]["calls"]) == (80, 0, {})
    more = planned(folder, "t.csv", *given)
    assert more["new"] == 30 and more["llm"]["calls"]["propose"]["most"] == 30
    after = files(folder)
    assert {name: after[name] for name in before if not name.endswith(("-shm", "-wal"))} == {
        name: kept for name, kept in before.items() if not name.endswith(("-shm", "-wal"))
    }
    assert calls_of(folder, "old.csv", *given) == {}


def test_under_a_taxonomy_the_calls_are_exact(folder: Folder, questions: list[str]) -> None:
    bank(folder, questions[:40])
    folder.write("taxonomy.csv", TAXONOMY)
    folder.write(
        "c.jsonl",
        "".join(
            json.dumps({"task": "choose", "text": text, "labels": ["Card"]}) + "\n" for text in questions[:40]
        ),
    )
    given = ("t.csv", "--taxonomy", "taxonomy.csv", "--llm", "replay:c.jsonl", "--max-error", "0.7")
    plan = planned(folder, *given)
    calls = calls_of(folder, *given)
    assert 0 < calls["choose"] < 40
    assert plan["llm"]["calls"] == {"choose": dict.fromkeys(("least", "likely", "most"), calls["choose"])}


def test_a_project_is_called_by_its_own_name(folder: Folder, questions: list[str]) -> None:
    bank(folder, questions[:20])
    folder.run("label", "t.csv", "--out", "o.csv")
    given = ("label", "t.csv", "--llm", "replay:r.jsonl")
    said = [folder.run(*given, *plan, expect=WRONG_USE).complaint for plan in ((), ("--plan",))]
    assert (
        said[0] == said[1] and "linnaeus.db was made with model=none" in said[1] and "--llm none" in said[1]
    )


def test_an_unknown_price_is_not_zero(folder: Folder, questions: list[str]) -> None:
    bank(folder, questions[:20])
    plan = planned(folder, "t.csv", "--llm", "http://192.0.2.1/v1#some-model")
    assert plan["llm"]["usd"] is None
    ran = folder.run("label", "t.csv", "--plan", "--llm", "http://192.0.2.1/v1#some-model")
    assert "price unknown" in ran.err
    folder.write("prices.csv", "model,usd_per_million_in,usd_per_million_out\nsome-model,1,2\n")
    priced = planned(folder, "t.csv", "--llm", "http://192.0.2.1/v1#some-model", "--prices", "prices.csv")
    llm = priced["llm"]
    expected = (llm["tokens_in"]["likely"] + 2 * llm["tokens_out"]["likely"]) / 1e6
    assert abs(llm["usd"]["likely"] - expected) < 1e-5


def test_a_plan_needs_no_key(folder: Folder, questions: list[str]) -> None:
    bank(folder, questions[:20])
    assert planned(folder, "t.csv", "--llm", "openai:gpt-5-mini")["llm"]["usd"]["likely"] > 0
    ran = folder.run("label", "t.csv", "--llm", "openai:gpt-5-mini", expect=FAILED)
    assert "needs a key" in ran.complaint


def test_without_a_model_nothing_is_paid_and_a_student_has_no_plan(folder: Folder, tmp_path: Path) -> None:
    folder.write("t.csv", table([(1, "lost my card"), (2, "")]))
    plan = planned(folder, "t.csv")
    assert plan["texts"] == 1 and plan["llm"]["calls"] == {} and plan["llm"]["usd"]["most"] == 0
    assert (
        "asks no model"
        in folder.run("label", "t.csv", "--plan", "--student", "s", expect=WRONG_USE).complaint
    )
