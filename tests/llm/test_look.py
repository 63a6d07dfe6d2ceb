"""The tool `find_labels`: how each protocol offers it, what comes back, and what happens where a server does not take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linnaeus.llm import open_model
from linnaeus.types import Choose, Model

from .fake import Say, Script, Seen, Server, by_position, chat, claude, failing, in_turn, looks_for

Serve = Callable[[Script], Server]
Open = Callable[[str, Server], Model]
CHOOSE = Choose("Where is my card?", ("lost card", "refund"), looks=True)
TWO = '{"chosen": [2]}'


def claude_looks(*queries: Any) -> Say:
    blocks = [
        {"type": "tool_use", "id": "t", "name": "find_labels", "input": {"query": query}} for query in queries
    ]
    return claude({"type": "text", "text": "Let me look."}, *blocks, stop="tool_use")


LOOKS: dict[str, Callable[..., Say]] = {"http://HOST/v1#tiny": looks_for, "anthropic:m": claude_looks}
TALKS: dict[str, Callable[[str], Say]] = {
    "http://HOST/v1#tiny": chat,
    "anthropic:m": lambda text: claude({"type": "text", "text": text}),
}


def tools(seen: Seen) -> list[str]:
    """The names of the tools that a request offers."""
    return [str(tool.get("name") or tool["function"]["name"]) for tool in seen.body.get("tools", [])]


@pytest.mark.parametrize("spec", LOOKS)
def test_a_call_is_what_to_look_for(serve: Serve, connect: Open, spec: str) -> None:
    server = serve(lambda seen: LOOKS[spec]("card  delivery", "card\ndelivery", "tracking"))
    [reply] = by_position(connect(spec, server).answer([CHOOSE]))
    assert (reply.queries, reply.labels, reply.error, reply.calls) == (
        ("card delivery", "tracking"),
        (),
        None,
        1,
    )
    assert tools(server.seen[0]) == ["find_labels"]
    (tool,) = server.seen[0].body["tools"]
    wanted = tool.get("input_schema") or tool["function"]["parameters"]
    assert wanted["required"] == ["query"] and wanted["properties"]["query"]["type"] == "string"


@pytest.mark.parametrize("spec", LOOKS)
def test_it_may_choose_at_once_and_is_offered_nothing_it_may_not_use(
    serve: Serve, connect: Open, spec: str
) -> None:
    server = serve(lambda seen: TALKS[spec](TWO))
    first, second = by_position(connect(spec, server).answer([CHOOSE, replace(CHOOSE, looks=False)]))
    assert first.labels == second.labels == ("refund",)
    assert [tools(seen) for seen in server.seen] == [["find_labels"], []]


@pytest.mark.parametrize("spec", LOOKS)
def test_a_call_without_a_query_is_repaired_by_an_answer(serve: Serve, connect: Open, spec: str) -> None:
    server = serve(in_turn(LOOKS[spec](" "), TALKS[spec](TWO)))
    [reply] = by_position(connect(spec, server).answer([CHOOSE]))
    assert (reply.labels, reply.calls) == (("refund",), 2)
    assert server.seen[1].is_repair and not tools(server.seen[1])


def test_arguments_that_are_no_json_are_no_query(serve: Serve) -> None:
    broken = looks_for("a", "b")
    broken.body["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] = '{"query": "a'
    server = serve(lambda seen: broken)
    assert by_position(open_model(server.spec).answer([CHOOSE]))[0].queries == ("b",)


def test_who_may_not_look_may_not(serve: Serve) -> None:
    server = serve(lambda seen: looks_for("a"))
    [reply] = by_position(open_model(server.spec).answer([replace(CHOOSE, looks=False)]))
    assert reply.error and "is not like" in reply.error and not reply.queries


REFUSALS = {
    "Groq": "json mode cannot be combined with tool/function calling",
    "vLLM": '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    "Ollama": "registry.ollama.ai/library/tiny does not support tools",
}


@pytest.mark.parametrize("words", REFUSALS.values(), ids=REFUSALS)
def test_a_server_that_takes_no_tools_is_asked_without_from_then_on(serve: Serve, words: str) -> None:
    server = serve(lambda seen: failing(400, words) if tools(seen) else chat(TWO))
    model = open_model(server.spec)
    for _ in range(2):
        [reply] = by_position(model.answer([CHOOSE]))
        assert reply.labels == ("refund",)
    assert [tools(seen) for seen in server.seen] == [["find_labels"], [], []]
    kinds = [seen.body["response_format"]["type"] for seen in server.seen]
    assert kinds == ["json_schema"] * 3, "the form of the reply is given up for nothing"


def test_claude_without_tools_beside_a_form(serve: Serve, connect: Open) -> None:
    refused = failing(400, "tools cannot be used with output_config")
    server = serve(lambda seen: refused if "tools" in seen.body else TALKS["anthropic:m"](TWO))
    assert by_position(connect("anthropic:m", server).answer([CHOOSE]))[0].labels == ("refund",)
    assert [sorted(seen.body.keys() & {"tools", "output_config"}) for seen in server.seen] == [
        ["output_config", "tools"],
        ["output_config"],
    ]
