"""`linnaeus compare FILE --llm` through the real command and a server that speaks the real protocol."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable

import pytest

from tests.closed.taught.made import NAMES, fruit
from tests.llm.fake import Say, Script, Seen, Server, chat
from tests.running import FAILED, WRONG_USE, Folder, Ran, table

TEXTS, PLACES = fruit(6)
LABELS = [NAMES[own[0]] for own in PLACES]
DEEP = "id,name,parent_ids\ns,Sweets,\n" + "".join(f"{name},{name},s\n" for name in NAMES)
WAYS = {"model direct", "descend", "retrieve, then choose", "cascade"}


def knows(seen: Seen) -> Say:
    """A model that takes what has a word of the text, and opens every branch."""
    shown = re.findall(r'^(\d+)\. (".*")$', seen.user, re.MULTILINE)
    text = re.search(r'^Text: "(.*)"$', seen.user, re.MULTILINE)
    assert text is not None
    words = set(text[1].split())
    said = [(int(number), json.loads(label)) for number, label in shown]
    chosen = [number for number, label in said if label.endswith("...") or words & set(label.split())]
    return chat(json.dumps({"chosen": chosen[:1]}))


def rows(ran: Ran) -> dict[str, dict[str, str]]:
    lines = csv.DictReader(ran.out.decode().splitlines(), delimiter="\t")
    return {line["strategy"]: line for line in lines}


@pytest.fixture
def sample(folder: Folder) -> Folder:
    folder.write("fruit.csv", table(list(zip(TEXTS, LABELS, strict=True)), ("text", "labels")))
    folder.write("t.csv", DEEP)
    folder.write("prices.csv", "model,usd_per_million_in,usd_per_million_out\ntiny,10,100\n")
    return folder


def test_every_way_to_ask_is_tried_and_priced(sample: Folder, serve: Callable[[Script], Server]) -> None:
    server = serve(knows)
    ran = sample.run(
        "compare", "fruit.csv", "--taxonomy", "t.csv", "--llm", server.spec, "--prices", "prices.csv"
    )
    found = rows(ran)
    assert set(found) > WAYS and server.calls <= 3 * len(TEXTS), "the cascade asks nothing new"
    direct, walk = found["model direct"], found["descend"]
    assert float(direct["accuracy"]) == 1 and direct["texts"] == str(len(TEXTS))
    assert float(direct["usd_per_1000"]) == pytest.approx(1000 * (100 * 10 + 5 * 100) / 1e6)
    assert float(walk["accuracy"]) == 1, "a level more for each text, or the only root is open from the start"
    assert float(found["cascade"]["usd_per_1000"]) <= float(found["retrieve, then choose"]["usd_per_1000"])
    assert float(found["class means"]["usd_per_1000"]) == 0
    assert {found[way]["command"] for way in WAYS} == {"", "label --llm"}


def test_without_gold_strategies_are_held_against_each_other(
    sample: Folder, serve: Callable[[Script], Server]
) -> None:
    server = serve(knows)
    sample.write("texts.csv", table([(text,) for text in TEXTS], ("text",)))
    asked = ("--taxonomy", "t.csv", "--llm", server.spec)
    ran = sample.run("compare", "texts.csv", *asked, "--out", "all.json")
    lines = list(csv.DictReader(ran.out.decode().splitlines(), delimiter="\t"))
    same = {frozenset((line["strategy"], line["other"])): line for line in lines}
    assert len(lines) == 7 * 6 / 2 and len(same) == len(lines)
    assert float(same[frozenset(("model direct", "descend"))]["same_label"]) == 1
    assert all(float(line["low"]) <= float(line["same_label"]) <= float(line["high"]) for line in lines)
    kept = json.loads(sample.read("all.json"))
    assert all(len(set(one["labels"].values())) > 1 for one in kept["differing"])
    assert "without gold labels" in ran.err and not (sample.path / "texts.labels.csv").exists()
    few = table([(text,) for text in TEXTS[:9]], ("text",))
    sample.write("few.csv", few)
    refused = sample.run("compare", "few.csv", "--taxonomy", "t.csv", expect=FAILED)
    assert "has 9 texts" in refused.complaint


def test_a_budget_ends_it_and_settings_alone_spend_nothing(
    sample: Folder, serve: Callable[[Script], Server]
) -> None:
    server = serve(knows)
    sample.write("texts.csv", table([(text,) for text in TEXTS], ("text",)))
    asked = ("compare", "texts.csv", "--taxonomy", "t.csv")
    ran = sample.run(*asked, LINNAEUS_LLM=server.spec)
    assert server.calls == 0 and "model direct" not in ran.out.decode()
    ran = sample.run(*asked, "--llm", server.spec, "--budget-calls", "10")
    lines = csv.DictReader(ran.out.decode().splitlines(), delimiter="\t")
    tried_on = {line["texts"] for line in lines if "model direct" in (line["strategy"], line["other"])}
    assert tried_on == {"10"} and server.calls == 10, "what was asked counts"
    assert "model direct: the budget ended after 10 of 24 texts" in ran.err
    assert "cascade" not in ran.out.decode()
    sample.run("compare", "fruit.csv", "fruit.csv", "--llm", server.spec, expect=WRONG_USE)


def test_what_is_surely_better_is_recommended_as_a_command(
    folder: Folder, serve: Callable[[Script], Server]
) -> None:
    """Labels say nothing of what texts say, but for the model, which was told."""
    texts = [f"{number} {'of one kind or another' if number % 2 else 'and so on'}" for number in range(40)]
    secret = {text: NAMES[(at * 7 // 3) % 2] for at, text in enumerate(texts)}

    def told(seen: Seen) -> Say:
        text = re.search(r'^Text: "(.*)"$', seen.user, re.MULTILINE)
        assert text is not None
        place = re.search(rf'^(\d+)\. "{secret[text[1]]}"$', seen.user, re.MULTILINE)
        return chat(json.dumps({"chosen": [int(place[1])] if place else []}))

    server = serve(told)
    folder.write("odd.csv", table(list(secret.items()), ("text", "labels")))
    ran = folder.run("compare", "odd.csv", "--llm", server.spec)
    # two ways are as good and as cheap here: which is faster shows each time anew
    assert re.search("recommended: (retrieve, then choose|cascade), accuracy 1.000", ran.err)
    assert f"linnaeus label odd.csv --llm {server.spec}" in ran.err.replace("'", "")
