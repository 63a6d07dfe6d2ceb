"""Two processes on one project: each writes in its turn, readers at any time, and nobody waits for the dead."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from linnaeus import Store
from tests.llm.fake import Say, Seen, Server, chat, labels
from tests.running import DONE, WRONG_USE, Folder, kill, replay, table

FIRST = {
    "where is my card": "card_arrival",
    "i forgot my password": "password_forgotten",
    "top up failed": "top_up_failed",
}
ASK = ("label", "more.csv", "--out", "more-out.csv", "--llm")
WAIT_S = 5


class Gate:
    """A model that answers only when it is opened."""

    def __init__(self) -> None:
        self.open, self.reached = threading.Event(), threading.Event()
        self.server = Server(self._answer)

    def _answer(self, seen: Seen) -> Say:
        self.reached.set()
        self.open.wait(60)
        return chat(labels("exchange_rate"))


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()
    gate.server.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A project with three labelled texts, to copy."""
    folder = Folder(tmp_path_factory.mktemp("made"))
    folder.write("replay.jsonl", replay(FIRST))
    folder.write("in.csv", table(list(enumerate(FIRST))))
    folder.run("label", "in.csv", "--llm", "replay:replay.jsonl", "--out", "out.csv")
    return folder


@pytest.fixture
def folder(made: Folder, tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    for name in ("linnaeus.db", "replay.jsonl", "in.csv"):
        folder.write(name, made.read(name))
    folder.write("more.csv", table([(9, "what is the exchange rate"), (10, "which rate do I get for euros")]))
    return folder


@pytest.fixture
def holder(folder: Folder, gate: Gate) -> Iterator[Popen[bytes]]:
    """A run that waits for its model, in the middle of its work."""
    process = folder.start(*ASK, gate.server.spec)
    assert gate.reached.wait(60)
    yield process
    process.kill()
    process.communicate()


def names(folder: Folder) -> list[str]:
    listed = folder.run("labels", "list").out.decode().splitlines()
    return sorted(line.split("\t")[1] for line in listed[1:])


def test_a_run_that_waits_for_its_model_holds_nobody_up(
    folder: Folder, holder: Popen[bytes], gate: Gate
) -> None:
    commands = [
        (*ASK[:3], "second.csv", ASK[4], "replay:replay.jsonl"),  # texts that its model has no answer for
        ("labels", "rename", "card_arrival", "card_late"),
        ("labels", "merge", "top_up_failed", "password_forgotten"),
        ("labels", "undo"),
    ]
    began = time.monotonic()
    for command in commands:
        folder.run(*command, expect=None if command[0] == "label" else DONE)
    assert time.monotonic() - began < 2 * WAIT_S * len(commands)
    assert holder.poll() is None
    gate.open.set()
    _, err = holder.communicate(timeout=60)
    assert holder.returncode == DONE, err.decode()
    assert names(folder) == ["card_late", "exchange_rate", "password_forgotten", "top_up_failed"]


def test_who_holds_a_project_is_waited_for(folder: Folder) -> None:
    with Store(str(folder.path / "linnaeus.db")) as store, store.writing():
        second = folder.start("labels", "rename", "card_arrival", "card_late")
        time.sleep(2)
        assert second.poll() is None
        assert "card_arrival" in names(folder)
    _, err = second.communicate(timeout=60)
    assert second.returncode == DONE, err.decode()
    assert "card_late" in names(folder)


def test_readers_work_beside_a_writer(folder: Folder, holder: Popen[bytes], gate: Gate) -> None:
    began = time.monotonic()
    assert names(folder) == sorted(FIRST.values())
    assert b"i forgot my password" in folder.run("labels", "show", "password_forgotten").out
    assert [row["text"] for row in folder.run("export").records] == list(FIRST)
    folder.run("export", "--out", "export.csv")
    assert time.monotonic() - began < WAIT_S * 3
    gate.open.set()
    _, err = holder.communicate(timeout=60)
    assert holder.returncode == DONE, err.decode()
    assert len(folder.run("export").records) == len(FIRST) + 2


def test_a_killed_holder_blocks_nobody(folder: Folder, holder: Popen[bytes], gate: Gate) -> None:
    assert kill(holder)
    gate.open.set()
    began = time.monotonic()
    folder.run("labels", "rename", "card_arrival", "card_late")
    assert time.monotonic() - began < 2 * WAIT_S
    folder.run(*ASK, gate.server.spec)
    assert {"card_late", "exchange_rate"} <= set(names(folder))


def test_a_reader_may_be_killed_too(folder: Folder) -> None:
    for pause in (0.1, 0.2, 0.25, 0.3):
        process = folder.start("export", "--out", "export.csv")
        time.sleep(pause)
        kill(process)
    folder.run("export", "--out", "export.csv")
    assert len(folder.rows("export.csv")) == len(FIRST)
    assert folder.query("PRAGMA integrity_check") == [("ok",)]


def test_two_runs_do_not_write_one_file(folder: Folder, holder: Popen[bytes], gate: Gate) -> None:
    """Other projects, the same --out: whoever comes second while the first writes is told; here the first only asks."""
    other = (
        "label",
        "in.csv",
        "--out",
        "more-out.csv",
        "--project",
        "other.db",
        "--llm",
        "replay:replay.jsonl",
    )
    assert folder.run(*other, expect=None).code in (DONE, WRONG_USE)
    gate.open.set()
    assert holder.wait(60) == DONE
    assert len(folder.rows("more-out.csv")) == 2, "the last to end wins, whole"
