"""One scripted server a test, and an environment without keys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from linnaeus.llm import open_model
from linnaeus.types import Model

from .fake import KEY, ONE, Server

VARIABLES = (
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "GEMINI_API_KEY",
    "GOOGLE_API_KEY", "GEMINI_BASE_URL", "OLLAMA_HOST", "LINNAEUS_API_KEY",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Server], Model]:
    """Open any spec at a fake server, with a key."""

    def opened(spec: str, server: Server) -> Model:
        for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "LINNAEUS_API_KEY"):
            monkeypatch.setenv(variable, KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.root}/v1")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.root)
        monkeypatch.setenv("GEMINI_BASE_URL", server.root)
        monkeypatch.setenv("OLLAMA_HOST", server.root.removeprefix("http://"))
        return open_model(spec.replace("http://HOST", server.root), ONE)

    return opened


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    end = time.monotonic() + 3
    while (
        left := [t.name for t in threading.enumerate() if t.name.startswith("linnaeus-")]
    ) and time.monotonic() < end:
        time.sleep(0.01)
    assert not left, "worker threads outlived the test"
