"""Ctrl-C in a real process: it ends at once, and no thread goes on spending."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from .fake import Say, Script, Seen, Server, chat, labels

PROGRAM = """
import sys
from linnaeus.llm import Limits, open_model
from linnaeus.types import Propose
model = open_model(sys.argv[1], Limits(workers=4))
for position, reply in model.answer([Propose(str(number)) for number in range(1000)]):
    print(reply.labels[0], flush=True)
"""


@pytest.mark.parametrize("delay", [0.05, 30.0], ids=["between replies", "in a request"])
def test_an_interrupt_ends_the_program(serve: Callable[[Script], Server], delay: float) -> None:
    def script(seen: Seen) -> Say:
        return Say(chat(labels("a")).body, delay=0.0 if seen.number < 4 else delay)

    server = serve(script)
    command = [sys.executable, "-c", PROGRAM, server.spec]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "a\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, error = process.communicate(timeout=10)
    assert time.monotonic() - began < 2
    assert process.returncode != 0 and error.rstrip().endswith("KeyboardInterrupt")
    calls = server.calls
    time.sleep(0.2)
    assert server.calls == calls < 100
