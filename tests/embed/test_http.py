from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from email.utils import formatdate

import numpy as np
import pytest

from linnaeus.checks import check_embedder
from linnaeus.embed import open_embedder
from linnaeus.embed.endpoint import Endpoint, Patience
from linnaeus.embed.http import HttpEmbedder
from linnaeus.errors import ModelError, UsageError

from .server import State, cut, drip, hang, says, serving, status

SECRET = "sk-planted-secret-1234567890"
QUICK = Patience(deadline_s=3.0, try_s=0.3, pause_s=0.01)


@pytest.fixture
def server() -> Iterator[State]:
    with serving() as state:
        yield state


def embedder(server: State, *, batch: int = 4, patience: Patience = QUICK, key: str = "") -> HttpEmbedder:
    return HttpEmbedder(
        "test", Endpoint(f"{server.url}/embeddings", key, patience=patience), "m", batch=batch
    )


def test_contract(server: State) -> None:
    check_embedder(embedder(server))


def test_sends_batches_and_puts_rows_back_in_order(server: State) -> None:
    texts = [f"text {'x' * i}" for i in range(10)]
    rows = embedder(server).embed(texts)
    assert [len(request["input"]) for request in server.requests] == [4, 4, 2]
    assert server.requests[0]["model"] == "m"
    assert np.array_equal(rows, np.concatenate([embedder(server).embed([text]) for text in texts]))


def test_blank_texts_are_never_sent_as_such(server: State) -> None:
    embedder(server).embed(["", "  ", "a"])
    assert all(text.strip() for request in server.requests for text in request["input"])


def test_no_texts_ask_once_for_the_width_and_then_never(server: State) -> None:
    ours = embedder(server)
    assert ours.embed([]).shape == (0, 4)
    assert ours.embed([]).shape == (0, 4)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault", [status(429), status(500), status(503, Retry_After="nonsense"), cut, hang, drip]
)
def test_a_passing_fault_is_tried_again(server: State, fault: object) -> None:
    server.faults = [fault, fault]  # type: ignore[list-item]
    assert embedder(server).embed(["a"]).shape == (1, 4)
    assert len(server.requests) == 3


@pytest.mark.parametrize("wish", ["1", "a date"])
def test_retry_after_is_obeyed(server: State, wish: str) -> None:
    server.faults = [
        status(429, Retry_After=wish if wish == "1" else formatdate(time.time() + 2, usegmt=True))
    ]
    embedder(server).embed(["a"])
    assert server.times[1] - server.times[0] >= 0.95


def test_retry_after_beyond_the_deadline_fails_at_once_and_says_so(server: State) -> None:
    server.faults = [status(429, "slow down", Retry_After="600")]
    with pytest.raises(ModelError, match=r"429: slow down.*asks to wait 600 s"):
        embedder(server).embed(["a"])
    assert len(server.requests) == 1


def test_the_deadline_ends_the_tries(server: State) -> None:
    server.faults = [status(503)] * 100
    began = time.monotonic()
    whatever_it_was_at = r"answered 503|does not end in time"
    with pytest.raises(ModelError, match=whatever_it_was_at):
        embedder(server, patience=Patience(0.5, 0.2, 0.05)).embed(["a"])
    assert time.monotonic() - began < 1.0
    assert len(server.requests) > 2


@pytest.mark.parametrize(
    ("code", "hint"),
    [(400, "bad input"), (401, "LINNAEUS_API_KEY"), (403, "key"), (404, "address"), (302, "302")],
)
def test_a_lasting_fault_is_told_at_once(server: State, code: int, hint: str) -> None:
    server.faults = [status(code, "bad input")]
    with pytest.raises(ModelError, match=hint):
        embedder(server).embed(["a"])
    assert len(server.requests) == 1


def test_the_key_is_sent_and_shows_nowhere(server: State) -> None:
    server.faults = [status(401, f"Incorrect API key provided: {SECRET}")]
    ours = embedder(server, key=SECRET)
    with pytest.raises(ModelError) as caught:
        ours.embed(["a"])
    assert server.keys == [f"Bearer {SECRET}"]
    assert "***" in str(caught.value)
    assert SECRET not in str(caught.value) + repr(ours._endpoint) + repr(ours) + ours.name


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1/embeddings"
        with pytest.raises(ModelError, match=r"cannot be reached.*tries: 3.*does the server run there"):
            HttpEmbedder("x", Endpoint(url, patience=QUICK), "m").embed(["a"])


@pytest.mark.parametrize(
    "body",
    [
        b"<html>hello</html>",
        {"data": "x"},
        {},
        {"data": [{"index": 0, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]},
        {"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]},
        {"data": [{"index": 0, "embedding": [None]}, {"index": 1, "embedding": [1.0]}]},
    ],
)
def test_what_is_no_answer_is_refused(server: State, body: object) -> None:
    server.faults = [says(body)]
    with pytest.raises(ModelError):
        embedder(server).embed(["a", "b"])


def test_the_width_may_not_change(server: State) -> None:
    ours = embedder(server)
    ours.embed(["a"])
    server.faults = [says({"data": [{"index": 0, "embedding": [1.0, 2.0]}]})]
    with pytest.raises(ModelError, match="not 4 as before"):
        ours.embed(["b"])


def test_a_vector_of_zeros_becomes_a_unit_row(server: State) -> None:
    server.faults = [says({"data": [{"index": 0, "embedding": [0.0, 0.0]}]})]
    assert embedder(server).embed(["a"]).tolist() == [[1.0, 0.0]]


def test_specs(server: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OLLAMA_HOST", server.url.removesuffix("/v1").removeprefix("http://"))
    monkeypatch.delenv("LINNAEUS_API_KEY", raising=False)
    for spec in ("openai:small", "ollama:small", f"{server.url}#small"):
        ours = open_embedder(spec)
        assert ours.name == spec
        assert ours.embed(["a"]).shape == (1, 4)
    assert server.keys == [f"Bearer {SECRET}", None, None]


def test_openai_needs_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="set OPENAI_API_KEY"):
        open_embedder("openai:small")
    monkeypatch.setenv("OPENAI_API_KEY", "two words")
    with pytest.raises(ModelError, match="no key has"):
        open_embedder("openai:small")


@pytest.mark.parametrize(
    "spec",
    ["http://host/v1", "https://", "http://[::1/v1#m", "https://user:pass@host/v1#m", "https://h/v1?key=k#m"],
)
def test_a_bad_address_is_a_wrong_call(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_embedder(spec)
    assert "pass" not in str(caught.value).replace("password", "")
