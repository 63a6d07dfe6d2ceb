"""Local models; the one that is packaged really runs here, where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from linnaeus.errors import MissingExtra, ModelError, UsageError
from linnaeus.llm import Limits, gguf, open_model
from linnaeus.llm.pool import Pool
from linnaeus.llm.prices import Price
from linnaeus.llm.replies import broken_rule
from linnaeus.types import Choose, Judge, Name, Propose, Reply, Task

from .fake import by_position

runtime = pytest.mark.skipif(find_spec("xllamacpp") is None, reason="xllamacpp is not installed (extra gguf)")
weights = pytest.mark.skipif(
    find_spec(gguf.PACKAGE) is None, reason="the weights are not installed (extra local)"
)

TEXTS = [
    "How do I locate my card?",
    "My withdrawal is still pending. Why?",
    "How can I change my PIN?",
    "I lost my phone, don't want others to use it.",
    "How fast can you deliver?",
]


OTHERS: list[Task] = [
    Judge(("a", "b"), ((), ())),
    Choose("where is my card?", ("a", "b")),
    Name(("where is my card?",), ("a",)),
]


class Chatting:
    """A runtime with a model that was taught to chat."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def handle_chat_completions(self, body: dict[str, Any], hear: Callable[[Any], bool]) -> None:
        self.bodies.append(body)
        asked = body["response_format"]["schema"]["required"][0]
        said = {"groups": '{"groups": [[1, 2]], "nested": []}', "chosen": '{"chosen": [2]}'}
        words = said.get(asked, '{"name": "card", "description": "Cards."}')
        hear({"choices": [{"delta": {"content": words}, "finish_reason": "stop"}]})


def test_a_model_that_chats_does_every_task() -> None:
    model, server = gguf.Gguf("gguf:x", "x", Path), Chatting()
    model._server, model._chats = server, True
    judged, chosen, named = by_position(Pool(model, Limits(), Price(0.0, 0.0)).answer(OTHERS))
    assert judged.verdicts == ((0, 1, "same"),) and chosen.labels == ("b",)
    assert (named.labels, named.description) == (("card",), "Cards.")
    assert all("between the marks" in body["messages"][1]["content"] for body in server.bodies)


@pytest.mark.skipif(find_spec("xllamacpp") is not None, reason="xllamacpp is installed")
def test_without_the_runtime_the_extra_is_named() -> None:
    with pytest.raises(MissingExtra, match=r"linnaeus\[gguf\]"):
        open_model("local")


@runtime
def test_files_that_are_no_models_are_named(tmp_path: Path) -> None:
    other = tmp_path / "x.gguf"
    other.write_bytes(b"not a model")
    with pytest.raises(ModelError, match="is no GGUF file"):
        open_model(f"gguf:{other}")
    with pytest.raises(ModelError, match="cannot read"):
        open_model(f"gguf:{tmp_path / 'none.gguf'}")
    with pytest.raises(UsageError, match="names no file"):
        open_model("gguf:")


@runtime
def test_a_broken_model_ends_the_call(tmp_path: Path) -> None:
    broken = tmp_path / "x.gguf"
    broken.write_bytes(b"GGUF" + b"\x00" * 100)
    with pytest.raises(ModelError, match="cannot be loaded"):
        list(open_model(f"gguf:{broken}").answer([Propose("a")]))


def test_a_chat_template_is_found_in_the_metadata(tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(b"GGUF...tokenizer.chat_template...")
    assert gguf.has_chat_template(path)
    path.write_bytes(b"GGUF...tokenizer.ggml.model...")
    assert not gguf.has_chat_template(path)


@runtime
@weights
def test_the_packaged_model_labels_short_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = open_model("local", Limits(timeout_s=120))
    assert "Gemma Terms of Use" in model.notice and str(tmp_path) in model.notice  # type: ignore[attr-defined]
    replies = by_position(model.answer([Propose(text) for text in TEXTS]))
    for reply in replies:
        assert reply.error is None and len(reply.labels) == 1 and broken_rule(reply.labels[0]) == ""
        assert (reply.calls, reply.usd) == (1, 0.0) and reply.tokens_in > 100
    assert len({reply.labels for reply in replies}) >= 4
    assert by_position(model.answer(OTHERS)) == [Reply()] * 3  # it was never taught to chat
    made = tmp_path / "linnaeus" / gguf.FILE
    before = made.stat().st_mtime_ns
    assert gguf.assembled() == made and made.stat().st_mtime_ns == before
    with made.open("r+b") as file:
        file.write(b"torn")
    assert gguf.assembled() == made and made.stat().st_mtime_ns != before
    assert [path.name for path in made.parent.iterdir()] == [gguf.FILE]
