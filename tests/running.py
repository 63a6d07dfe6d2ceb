"""Run the real `linnaeus` command in a process of its own, whole or until it is killed. Knows no expected result."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DONE, FAILED, WRONG_USE, BUDGET = 0, 1, 2, 3
LINNAEUS = (sys.executable, "-m", "linnaeus")
PATIENCE_S = 120
csv.field_size_limit(1 << 24)  # a text of 10 MB is a row too


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: bytes
    err: str

    @property
    def complaint(self) -> str:
        """The sentence and the hint that a failed command ends with, in one line."""
        _, found, words = self.err.rpartition("linnaeus: ")
        assert found, f"no sentence of ours: {self.err}"
        return " ".join(words.split())

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Folder:
    """A folder to run commands in, with an environment that says nothing of models, keys or settings."""

    path: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    wrapper: Sequence[str] = LINNAEUS

    def run(self, *arguments: str | Path, stdin: bytes = b"", expect: int | None = DONE, **more: str) -> Ran:
        """Run a command to its end; `more` are environment variables. It may fail, but never with a traceback."""
        process = self.start(*arguments, **more)
        try:
            out, err = process.communicate(stdin, timeout=PATIENCE_S)
        finally:
            process.kill()
        ran = Ran(process.returncode, out, err.decode())
        assert "Traceback" not in ran.err, ran.err
        if expect is not None:
            assert ran.code == expect, f"exit code {ran.code}, not {expect}\n{ran.err}"
        if expect in (FAILED, WRONG_USE):
            assert len(ran.complaint.splitlines()) == 1 and len(ran.complaint) < 600, ran.err
        return ran

    def start(self, *arguments: str | Path, **more: str) -> subprocess.Popen[bytes]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*self.wrapper, *map(str, arguments)],
            cwd=self.path,
            env=self._environment() | more,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def _environment(self) -> dict[str, str]:
        ours = ("LINNAEUS_", "OPENAI_", "ANTHROPIC_", "GEMINI_", "GOOGLE_", "OLLAMA_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {"NO_PROXY": "127.0.0.1", "COLUMNS": "120", "NO_COLOR": "1"} | dict(self.variables)

    def write(self, name: str, content: bytes | str) -> Path:
        """A file of this content in the folder."""
        path = self.path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def rows(self, name: str) -> list[dict[str, str]]:
        """The records of a CSV file in the folder."""
        with (self.path / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def read(self, name: str) -> bytes:
        """The bytes of a file in the folder."""
        return (self.path / name).read_bytes()

    def query(self, sql: str, project: str = "linnaeus.db") -> list[Any]:
        """What the project file answers to `sql`, beside whoever holds it."""
        connection = sqlite3.connect(self.path / project)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


def kill(process: subprocess.Popen[bytes]) -> bool:
    """SIGKILL; True if it hit the process before it had ended by itself, which it may only have done well."""
    process.kill()
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (DONE, -signal.SIGKILL), err.decode()
    return process.returncode == -signal.SIGKILL


def table(rows: Sequence[tuple[object, ...]], header: Sequence[str] = ("id", "text")) -> str:
    """A CSV file of these rows."""
    quoted = (",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in [header, *rows])
    return "\n".join(quoted) + "\n"


def replay(labels: Mapping[str, str | Sequence[str]]) -> str:
    """A replay file that answers each text with its label or labels."""
    return "".join(
        json.dumps({"task": "propose", "text": text, "label" if isinstance(given, str) else "labels": given})
        + "\n"
        for text, given in labels.items()
    )
