"""SIGKILL at any moment, then the same command: the result of an undisturbed run, byte for byte."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from linnaeus.store import content_key
from linnaeus.texts import clean_text
from tests.llm.fake import Say, Seen, Server, chat, labels
from tests.running import Folder, kill, replay, table
from tests.scripted import first_words

TEXTS = 530  # two batches
WORKERS = 4
REPLY_S = 0.005
KILLS = int(os.environ.get("TORTURE_KILLS", "200"))
SEED = int(os.environ.get("TORTURE_SEED", str(random.randrange(10**6))))
EXAMPLE = Path(__file__).parents[1] / "examples" / "bank_questions.csv"
PART = ".out.csv.part"


def questions() -> list[str]:
    with EXAMPLE.open(newline="", encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)][:TEXTS]
    return texts + texts[:10]


BATCHES = (0, 64, 96, 144, 216, 324, 486, len(set(questions()[:512])), len(set(questions())))
"""How many texts may be there at any moment: a batch also ends where all is grouped anew."""


@dataclass
class Slow:
    """A model that takes its time, says what it is asked, and can end a process in the middle of a call."""

    server: Server
    victim: Callable[[], None] | None = None
    at_call: int = 0

    @property
    def asked(self) -> list[str]:
        return [seen.text for seen in self.server.seen if not seen.is_judging]

    def aim(self, victim: Callable[[], None] | None, at_call: int = 0) -> None:
        self.victim, self.at_call = victim, len(self.server.seen) + at_call


@pytest.fixture(scope="module")
def slow() -> Iterator[Slow]:
    def script(seen: Seen) -> Say:
        if model.victim is not None and seen.number >= model.at_call:
            model.victim()
        if seen.is_judging:
            return chat(None, refusal="I label, I do not judge")
        return replace(chat(labels(*first_words(seen.text))), delay=REPLY_S)

    model = Slow(Server(script))
    yield model
    model.server.close()


@dataclass(frozen=True)
class Expected:
    """What an undisturbed run leaves, and how long it took."""

    out: bytes
    export: bytes
    labels: bytes
    content: list[object]
    seconds: float
    texts: frozenset[str] = frozenset()


def prepared(path: Path) -> Folder:
    path.mkdir(exist_ok=True)
    folder = Folder(path)
    folder.write("in.csv", table(list(enumerate(questions()))))
    folder.write(
        "replay.jsonl", replay({clean_text(text): first_words(clean_text(text)) for text in questions()})
    )
    return folder


def command(spec: str) -> list[str]:
    return ["label", "in.csv", "--out", "out.csv", "--llm", spec, "--workers", str(WORKERS)]


def left_by(folder: Folder, spec: str) -> Expected:
    """What is there after the command ran to its end."""
    began = time.monotonic()
    folder.run(*command(spec))
    seconds = time.monotonic() - began
    folder.run("export", "--out", "export.csv")
    assert not (folder.path / PART).exists()
    listed = folder.run("labels", "list").out
    return Expected(folder.read("out.csv"), folder.read("export.csv"), listed, content(folder), seconds)


def content(folder: Folder) -> list[object]:
    """All that the project says of texts and labels, without the times."""
    return [
        folder.query(f"SELECT {columns} FROM {table} ORDER BY 1, 2")
        for table, columns in {
            "texts": "id, key, text, by, score",
            "items": "id, text_id",
            "labels": "id, name, merged_into",
            "surfaces": "id, key, words, label_id, own_label_id",
            "assignments": "text_id, rank, surface_id",
        }.items()
    ]


def check_same(found: Expected, expected: Expected) -> None:
    assert found.labels == expected.labels
    assert found.out == expected.out
    assert found.export == expected.export
    assert found.content == expected.content


def check_project(folder: Folder) -> None:
    """The file that a kill left opens, is whole, and no batch in it is torn."""
    if not (folder.path / "linnaeus.db").exists():
        return
    assert folder.query("PRAGMA integrity_check") == [("ok",)]
    assert folder.query("PRAGMA foreign_key_check") == []
    if has(folder, "texts"):
        assert folder.query(
            "SELECT count(*) FROM texts WHERE id NOT IN (SELECT text_id FROM assignments)"
        ) == [(0,)]
        assert texts_of(folder) in BATCHES, "a batch is there as a whole or not at all"


def has(folder: Folder, table: str) -> bool:
    return folder.query(f"SELECT count(*) FROM sqlite_master WHERE name = '{table}'") == [(1,)]


def texts_of(folder: Folder) -> int:
    return int(folder.query("SELECT count(*) FROM texts")[0][0]) if has(folder, "texts") else 0


def journalled(folder: Folder) -> set[bytes]:
    """The content keys of the answers on file."""
    if not (folder.path / "linnaeus.db").exists():
        return set()
    return {key for (key,) in folder.query("SELECT key FROM answers")} if has(folder, "answers") else set()


@pytest.fixture(scope="module")
def undisturbed(slow: Slow, tmp_path_factory: pytest.TempPathFactory) -> Expected:
    slow.aim(None)
    expected = left_by(prepared(tmp_path_factory.mktemp("kill") / "whole"), slow.server.spec)
    asked = Counter(slow.asked)
    assert max(asked.values()) == 1 and len(asked) > 200
    return replace(expected, texts=frozenset(asked))


# -- moments of death


class Chain:
    """One project whose command is killed again and again, and what the model was asked meanwhile."""

    def __init__(self, folder: Folder, slow: Slow, expected: Expected, dice: random.Random) -> None:
        self.folder, self.slow, self.expected, self.dice = folder, slow, expected, dice
        self.kills = 0
        self.first_call = len(slow.asked)

    def die(self, moment: str) -> None:
        """Start the command and kill it at some `moment`; look at what is left."""
        known, calls = journalled(self.folder), len(self.slow.asked)
        process = self.folder.start(*command(self.slow.server.spec))
        getattr(self, "_" + moment)(process)
        self.kills += kill(process)
        self.slow.aim(None)
        check_project(self.folder)
        asked = self.slow.asked[calls:]
        assert not known & set(map(content_key, asked)), "an answer on file was paid for again"
        assert known <= journalled(self.folder)

    def _any(self, process: subprocess.Popen[bytes]) -> None:
        self._wait(process, self.dice.uniform(0, self.expected.seconds))

    def _early(self, process: subprocess.Popen[bytes]) -> None:
        self._wait(process, self.dice.uniform(0, 0.5))

    def _call(self, process: subprocess.Popen[bytes]) -> None:
        """While the model is being asked, at a call of this run; the victim dies with requests under way."""
        self.slow.aim(process.kill, at_call=self.dice.randrange(5, 120))
        self._wait(process, 30)

    def _writing(self, process: subprocess.Popen[bytes]) -> None:
        """As soon as the output begins to appear."""
        end = time.monotonic() + 30
        while not (self.folder.path / PART).exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.0005)

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)

    def finish(self) -> None:
        """The same command once more, undisturbed: nothing is as though it had been killed."""
        check_same(left_by(self.folder, self.slow.server.spec), self.expected)
        asked = Counter(self.slow.asked[self.first_call :])
        assert set(asked) == self.expected.texts
        repeats = sum(asked.values()) - len(asked)
        lost = self.kills * 2 * WORKERS  # under way, or arrived and not yet looked at: the window of the pool
        assert repeats <= lost, f"{repeats} calls paid again after {self.kills} kills"
        calls = len(self.slow.asked)
        self.folder.run(*command(self.slow.server.spec))
        assert self.folder.read("out.csv") == self.expected.out
        assert len(self.slow.asked) == calls, "a finished command asks nothing"


def test_killed_at_random_moments(slow: Slow, undisturbed: Expected, tmp_path: Path) -> None:
    print(f"TORTURE_SEED={SEED}")
    chain = Chain(prepared(tmp_path), slow, undisturbed, random.Random(SEED))
    for moment in ("early", "call", "any", "call", "call", "any", "writing"):
        chain.die(moment)
    chain.finish()


@pytest.mark.torture
def test_killed_hundreds_of_times(slow: Slow, undisturbed: Expected, tmp_path: Path) -> None:
    dice = random.Random(SEED)
    print(f"TORTURE_SEED={SEED} TORTURE_KILLS={KILLS}")
    kills = project = 0
    while kills < KILLS:
        project += 1
        chain = Chain(prepared(tmp_path / str(project)), slow, undisturbed, dice)
        for _ in range(dice.randrange(1, 12)):
            chain.die(dice.choice(["any", "any", "early", "call", "call", "writing"]))
        chain.finish()
        kills += chain.kills


# -- death at each commit, and at each step of putting the output in its place

DYING = """
import os, signal, sqlite3, sys
doomed, made = int(sys.argv.pop(1)), 0  # 0: before the first labels

def step(of_labels=False):
    global made
    made += 1
    if made == doomed or (of_labels and not doomed):
        os.kill(os.getpid(), signal.SIGKILL)

class Connection(sqlite3.Connection):
    counts = of_labels = False

    def execute(self, sql, *values):
        self.note(sql)
        return super().execute(sql, *values)

    def executemany(self, sql, rows):
        self.note(sql)
        return super().executemany(sql, rows)

    def note(self, sql):
        kept = "INTO answers" in sql or "INTO vectors" in sql
        self.counts = self.counts or sql.startswith(("INSERT", "UPDATE", "DELETE")) and not kept
        self.of_labels = self.of_labels or sql.startswith("INSERT INTO texts")

    def commit(self):
        counts, self.counts = self.counts, False
        if counts:
            step(self.of_labels)
        super().commit()
        if counts:
            step()

def replace(*arguments, rename=os.replace):
    step()
    rename(*arguments)
    step()

os.replace = replace
connect = sqlite3.connect
sqlite3.connect = lambda *arguments, **more: connect(*arguments, factory=Connection, **more)
from linnaeus.cli import main
try:
    main()
finally:
    print(made, file=sys.stderr)
"""
"""The command, killed at the step with the number in its first argument: before or after a commit or a rename.

Commits of nothing but answers and vectors are left out: there are hundreds, and all are alike.
"""


BEFORE_LABELS = 0


def dying(folder: Folder, at_step: int) -> int:
    """Run the command until `at_step`, and look at what is left; the steps made, fewer if it ended before."""
    doomed = replace(folder, wrapper=(sys.executable, "-c", DYING, str(at_step)))
    ran = doomed.run(*command("replay:replay.jsonl"), expect=None)
    check_project(folder)
    return at_step if ran.code == -signal.SIGKILL else int(ran.err.split()[-1])


def copied(folder: Folder, path: Path) -> Folder:
    path.mkdir()
    for name in ("in.csv", "replay.jsonl", "linnaeus.db", "linnaeus.db-wal"):
        if (folder.path / name).exists():
            (path / name).write_bytes(folder.read(name))
    return Folder(path)


def test_killed_after_every_commit_and_around_the_rename(undisturbed: Expected, tmp_path: Path) -> None:
    """From the first commit of labels on; each death on a copy of a project that has the vectors and answers by then."""
    start = prepared(tmp_path / "start")
    dying(start, BEFORE_LABELS)
    assert texts_of(start) == 0 and len(journalled(start)) == 64
    last = dying(copied(start, tmp_path / "all"), 10**6)
    assert last >= 24, "nine batches, ids, groups, names, and the rename: before and after each"

    def check(at_step: int) -> None:
        folder = copied(start, tmp_path / str(at_step))
        assert dying(folder, at_step) == at_step
        folder.run(*command("replay:replay.jsonl"))
        assert folder.read("out.csv") == undisturbed.out
        assert content(folder) == undisturbed.content

    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(check, [2, *range(6, last - 1, 29), last - 1, last])
        )  # before one is after the one before


@pytest.mark.torture
def test_killed_after_every_commit_of_a_fresh_project(undisturbed: Expected, tmp_path: Path) -> None:
    steps = dying(prepared(tmp_path / "whole"), 10**6)
    for at_step in range(1, steps + 1):
        folder = prepared(tmp_path / str(at_step))
        assert dying(folder, at_step) == at_step
        check_same(left_by(folder, "replay:replay.jsonl"), undisturbed)
