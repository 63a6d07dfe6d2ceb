"""What a person sees in a terminal: a bar that moves and fits, then a table that fits; plain lines elsewhere."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.llm.fake import Say, Script, Seen, Server, chat, labels
from tests.running import LINNAEUS, Folder, table
from tests.scripted import first_words

Serve = Callable[[Script], Server]
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(folder: Folder, columns: int, *arguments: str) -> list[str]:
    """The lines that the command draws on a terminal of this width, in order, those drawn over too."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    process = subprocess.Popen(
        [*LINNAEUS, *arguments],
        cwd=folder.path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment | {"TERM": "xterm", "NO_PROXY": "127.0.0.1"},
    )
    os.close(theirs)
    drawn = b""
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # EIO: nobody holds the other end any more
            break
        if not part:
            break
        drawn += part
    os.close(ours)
    assert process.wait(60) == 0, drawn.decode()
    return [line for line in re.split(r"[\r\n]+", ESCAPES.sub("", drawn.decode())) if line.strip()]


@pytest.mark.parametrize("columns", [80, 120])
def test_the_bar_moves_and_all_fits(folder: Folder, serve: Serve, questions: list[str], columns: int) -> None:
    server = serve(lambda seen: replace(answer(seen), delay=0.05))
    folder.write("in.csv", table(list(enumerate(questions[:60]))))
    lines = on_terminal(
        folder, columns, "label", "in.csv", "--out", "o.csv", "--llm", server.spec, "--workers", "2"
    )
    bars = [line for line in lines if line.startswith("labelling")]
    shares = [int(found[1]) for line in bars if (found := re.search(r"(\d+)%", line))]
    assert shares == sorted(shares) and len({share for share in shares if share < 100}) >= 3
    moving = [line for line in bars if " left" in line]
    assert moving and all(re.search(r"\d+/s · ", line) and "$0.00" in line for line in moving)
    assert all("…" not in line and len(line.rstrip()) <= columns for line in lines)
    assert any(line.startswith("Largest") for line in lines)


def answer(seen: Seen) -> Say:
    return chat(labels(*first_words(seen.text)))


@pytest.mark.parametrize("group", [(), ("labels",), ("taxonomy",)])
def test_no_command_is_cut_short_in_the_help(folder: Folder, group: tuple[str, ...]) -> None:
    commands = folder.run(*group, "--help").out.decode().split("Commands:\n")[1].splitlines()
    assert len(commands) > 3 and not [line for line in commands if line.endswith("...")]
