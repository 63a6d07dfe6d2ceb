"""`discover --method generate` through the real command: a model of the real protocol writes labels for samples."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

import pytest

from linnaeus.discover.generated import LABELS, TEXTS
from linnaeus.taxonomy import read_taxonomy
from tests.llm.fake import Say, Script, Seen, Server, chat
from tests.running import BUDGET, FAILED, WRONG_USE, Folder, table

MANY = 80
CALLS = -(-MANY // TEXTS)
KINDS = {
    "transfer": ("money_transfer", "transfer_of_money"),
    "top": ("top_up", "topping_up"),
    "card": ("card_question", "question_about_card"),
}
Serve = Callable[[Script], Server]


def writes(seen: Seen) -> Say:
    """Labels by the first keyword of each text, in one of two wordings; texts without one are left out."""
    texts = [json.loads(re.sub(r"^\d+\. ", "", line)) for line in seen.text.split("\n")]
    assert 0 < len(texts) <= TEXTS and f"at most {LABELS} labels" in seen.rules
    of: dict[str, list[int]] = {}
    for number, text in enumerate(texts, 1):
        kind = next((kind for kind in KINDS if kind in text.lower()), None)
        if kind is not None:
            of.setdefault(kind, []).append(number)
    wording = random.Random(texts[0]).randint(0, 1)
    made = [
        {"name": KINDS[kind][wording], "description": f"About {kind}", "texts": own}
        for kind, own in of.items()
    ]
    return chat(json.dumps({"labels": made}))


@pytest.fixture
def asked(folder: Folder, questions: list[str]) -> Folder:
    folder.write("in.csv", table(list(enumerate(questions[:MANY]))))
    return folder


def command(llm: str, *more: str) -> tuple[str, ...]:
    few = () if "--bootstraps" in more else ("--bootstraps", "3")
    return ("discover", "in.csv", "--method", "generate", "--llm", llm, "--out", "l.csv", *few, *more)


def test_one_label_set_of_all_calls_that_label_takes(
    asked: Folder, serve: Serve, questions: list[str]
) -> None:
    server = serve(writes)
    ran = asked.run(*command(server.spec, "--record", "r.jsonl", "--map", "m.html"))
    assert len(server.seen) == CALLS and len({seen.rules for seen in server.seen}) == 1
    rows = asked.rows("l.csv")
    spelt = {one.replace("_", " "): kind for kind, both in KINDS.items() for one in both}
    assert {spelt[row["name"]] for row in rows} == set(KINDS), (
        "each kind is one label, whatever it was called"
    )
    assert len(rows) == len(KINDS)
    for row in rows:
        kind = spelt[row["name"]]
        assert row["description"] == f"About {kind}"
        assert {spelt[one] for one in row["synonyms"].split("|") if one} <= {kind}
        assert int(row["texts"]) >= 3 and kind in row["examples"].lower()
        assert 0.5 < float(row["stability"]) <= 1, "told from the answers on record"
    in_none = re.search(r"in none: (\d+)", ran.err)
    assert in_none and int(in_none[1]) + sum(int(row["texts"]) for row in rows) == MANY
    assert len(read_taxonomy(str(asked.path / "l.csv"))) == len(rows)
    asked.run("label", "in.csv", "--taxonomy", "l.csv", "--project", "p.db", "--out", "o.csv")
    assert {row["label"] for row in asked.rows("o.csv")} - {""} <= set(spelt)
    before = asked.read("l.csv")
    asked.write("in.csv", table(list(enumerate(reversed(questions[:MANY])))))
    asked.run(*command("replay:r.jsonl", "--project", "again.db"))
    assert asked.read("l.csv") == before, "a recording answers as the model did, in any order of rows"


def test_a_budget_ends_half_way_and_the_same_command_goes_on(asked: Folder, serve: Serve) -> None:
    server = serve(writes)
    ran = asked.run(*command(server.spec, "--budget-calls", "1"), expect=BUDGET)
    assert "before the whole sample was looked at" in ran.complaint
    assert asked.rows("l.csv"), "what is there is written"
    asked.run(*command(server.spec, "--bootstraps", "0"))
    assert len(server.seen) == CALLS, "nothing is paid twice"
    assert not any(row["stability"] for row in asked.rows("l.csv"))
    ran = asked.run(*command(server.spec, "--budget-calls", "0", "--project", "p.db"), expect=BUDGET)
    assert "before a label was written" in ran.complaint


def test_calls_that_fail_are_told(asked: Folder, serve: Serve) -> None:
    server = serve(lambda seen: writes(seen) if seen.number == 0 else chat("They are about cards."))
    ran = asked.run(*command(server.spec, "--workers", "1"))
    assert f"{CALLS - 1} of {CALLS} calls gave no answer: the reply is not JSON" in ran.err
    assert asked.rows("l.csv")


def test_without_a_model_that_can_there_are_none(asked: Folder, serve: Serve) -> None:
    ran = asked.run("discover", "in.csv", "--method", "generate", expect=WRONG_USE)
    assert "no model that could write labels" in ran.complaint
    server = serve(lambda seen: chat("no"))
    ran = asked.run(*command(server.spec), expect=FAILED)
    assert "the model wrote no labels" in ran.complaint and "not JSON" in ran.complaint
    rare = [{"name": "a_card", "description": "", "texts": [1]}]
    server = serve(lambda seen: chat(json.dumps({"labels": rare if seen.number == 0 else []})))
    assert "fits three texts" in asked.run(*command(server.spec, "--workers", "1"), expect=FAILED).complaint
    asked.run(*command(server.spec), expect=FAILED)
    assert len(server.seen) == CALLS, "that there is no label is an answer too"
    asked.write("few.csv", table([(1, "one"), (2, "two")]))
    ran = asked.run("discover", "few.csv", "--method", "generate", "--llm", server.spec, expect=FAILED)
    assert "too few" in ran.complaint
