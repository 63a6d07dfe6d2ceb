"""What many tests need: the real embedder, opened once, and real questions to a bank."""

from __future__ import annotations

import csv
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray

from linnaeus.embed import open_embedder
from linnaeus.types import Embedder, Vectors
from tests.llm.fake import Script, Server

EXAMPLE = Path(__file__).parents[1] / "examples" / "bank_questions.csv"

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # a shell's background job: children would ignore Ctrl-C too
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "linnaeus",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("linnaeus")


class Remembered:
    """The packaged embedder; each text is embedded once a test session."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._seen: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str], /) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._seen]
        if new:
            self._seen.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._seen[text] for text in texts]) if texts else np.zeros((0, 384), np.float32)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Remembered(open_embedder())


@pytest.fixture(scope="session")
def questions() -> list[str]:
    """600 different questions."""
    with EXAMPLE.open(newline="", encoding="utf-8") as file:
        return list(dict.fromkeys(row["text"] for row in csv.DictReader(file)))[:600]


@pytest.fixture
def serve() -> Iterator[Callable[[Script], Server]]:
    """Start scripted model servers on this machine; they end with the test."""
    servers: list[Server] = []

    def start(script: Script) -> Server:
        servers.append(Server(script))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
