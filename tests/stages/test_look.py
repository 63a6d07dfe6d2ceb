"""A model that misses a label among the candidates looks for it, once, and chooses among what was found too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from linnaeus import Store
from linnaeus.llm import Limits, Recorder, open_model
from linnaeus.stages import Chooser, Pick
from linnaeus.stages.options import UNLISTED
from linnaeus.types import Decision, Model
from tests.llm.fake import Say, Script, Seen, Server, chat, looks_for

from .nature import Listed, given, names, shown

Serve = Callable[[Script], Server]
TEXT = "a grizzly under an oak"
SAID = {TEXT: ["Oak", "Cat"], "big bears": ["Grizzly", "Bear", "Oak"], "nothing": []}


def says(seen: Seen) -> Say:
    """Looks for bears where no label is one."""
    options, text = shown(seen)
    fit = [number for number, one in enumerate(options, 1) if one.split(" > ")[-1].lower() in text]
    return chat(json.dumps({"chosen": fit})) if len(options) > 2 else looks_for("big bears", "nothing")


def pick(model: Model, store: Store) -> Pick:
    held = given()
    return Pick(Chooser(model, store), held, Listed(held, SAID), shown=2)


def test_what_was_found_stands_behind_the_candidates(serve: Serve) -> None:
    server = serve(says)
    stage = pick(open_model(server.spec), Store())
    [decision] = stage.decide([TEXT])
    assert names(given(), decision) == ["Oak", "Grizzly"] and decision is not None
    assert [(one.by, round(one.score, 2)) for one in decision.verdicts] == [
        ("choose", 0.9),
        ("choose", UNLISTED),
    ]
    first, second = (shown(seen)[0] for seen in server.seen)
    assert second == [*first, "Animal > Bear > Grizzly", "Animal > Bear"], "none is shown twice"
    assert server.seen[0].rules == server.seen[1].rules
    assert "tools" in server.seen[0].body and "tools" not in server.seen[1].body, "it looks once"
    assert stage.chooser.usage.calls == 2


def test_no_tool_where_all_labels_are_shown(serve: Serve) -> None:
    held, server = given({"Oak": (), "Cat": ()}), serve(lambda seen: chat('{"chosen": [1]}'))
    stage = Pick(Chooser(open_model(server.spec), Store()), held, Listed(held, {"oak": ["Oak", "Cat"]}))
    assert names(held, stage.decide(["oak"])[0]) == ["Oak"] and "tools" not in server.seen[0].body


@pytest.mark.parametrize("calls", [1, 2])
def test_what_was_looked_for_is_paid_once(serve: Serve, tmp_path: Path, calls: int) -> None:
    server, path = serve(says), str(tmp_path / "p.db")
    with Store(path) as store:
        [decision] = pick(open_model(server.spec, Limits(budget_calls=calls)), store).decide([TEXT])
        assert decision is not None and decision.unasked == (calls == 1)
    with Store(path) as store:
        assert names(given(), pick(open_model(server.spec), store).decide([TEXT])[0]) == ["Oak", "Grizzly"]
    assert server.calls == 2


def test_a_recording_looks_too(serve: Serve, tmp_path: Path) -> None:
    server, path = serve(says), tmp_path / "r.jsonl"
    said = pick(Recorder(open_model(server.spec), path), Store()).decide([TEXT, "a cat and an oak"])
    assert json.loads(path.read_text().splitlines()[0]) == {
        "task": "choose",
        "text": TEXT,
        "labels": [],
        "find": ["big bears", "nothing"],
    }
    assert pick(open_model(f"replay:{path}"), Store()).decide([TEXT, "a cat and an oak"]) == said


def test_nothing_found_is_asked_once_more_and_may_be_none(serve: Serve) -> None:
    def none(seen: Seen) -> Say:
        return looks_for("nothing") if "tools" in seen.body else chat('{"chosen": []}')

    server = serve(none)
    assert pick(open_model(server.spec), Store()).decide([TEXT]) == [Decision(none_by="choose")]
    assert [shown(seen)[0] for seen in server.seen] == [["Plant > Tree > Oak", "Animal > Cat"]] * 2
