"""Where a file may be written, and that it is there whole or not at all."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from linnaeus.errors import LinnaeusError, UsageError
from linnaeus.files import check_out, open_rows, open_writer

from .labelled import CSV, ENDINGS, NONE, TWO, label, read


@pytest.fixture
def given_csv(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(CSV)
    return path


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("out.txt", "plain text cannot hold labels"),
        ("out.xls", r"ending names no format \(use .csv, .tsv, .jsonl or .parquet\)"),
        ("in.csv", "is the input itself"),
        ("link.csv", "is the input itself"),
        ("none/out.csv", "there is no folder"),
        ("folder.csv", "is a folder"),
        ("pipe.csv", "no ordinary file"),
    ],
)
def test_refused(given_csv: Path, tmp_path: Path, out: str, reason: str) -> None:
    (tmp_path / "link.csv").symlink_to(given_csv)
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UsageError, match=reason):
        label(given_csv, tmp_path / out, [TWO, NONE])
    with pytest.raises(UsageError, match=reason), open_rows(given_csv) as source:
        check_out(tmp_path / out, source)
    assert given_csv.read_text() == CSV
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("ending", [*ENDINGS, "csv.gz"])
def test_an_error_leaves_nothing_behind(given_csv: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    out.write_text("the old one")
    with pytest.raises(KeyError), open_rows(given_csv) as source, open_writer(out, source) as writer:
        for row in source:
            writer.write(row, TWO)
        raise KeyError
    assert out.read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", out.name]


def test_mode_and_links_are_kept(given_csv: Path, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "link.csv").symlink_to("real.csv")
    label(given_csv, tmp_path / "link.csv", [TWO, NONE])
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("id,text,n,label")
    assert stat.S_IMODE((tmp_path / "real.csv").stat().st_mode) == 0o640


def test_a_part_left_by_a_killed_run_is_written_over(given_csv: Path, tmp_path: Path) -> None:
    (tmp_path / ".out.csv.part").write_text("x" * 10_000)
    label(given_csv, tmp_path / "out.csv", [TWO, NONE])
    assert len(read(tmp_path / "out.csv")) == 2
    assert not list(tmp_path.glob(".*"))


def test_two_runs_do_not_write_one_file(given_csv: Path, tmp_path: Path) -> None:
    with (
        open_rows(given_csv) as source,
        open_writer(tmp_path / "out.csv", source),
        pytest.raises(UsageError, match="another run is writing"),
    ):
        open_writer(tmp_path / "out.csv", source)
    assert (tmp_path / "out.csv").exists()


SLOW = """
import sys, time
from pathlib import Path
from linnaeus.files import Row, check_out, open_rows, open_writer
from linnaeus.types import Answer
with open_rows(sys.argv[1]) as source, open_writer(sys.argv[2], source) as writer:
    for row in source:
        writer.write(row, Answer("", ("x" * 1000,), (1,), 0.5, "ask"))
        print("row", flush=True)
        time.sleep(0.001)
"""


def test_a_kill_never_leaves_a_torn_file(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n" + "a b\n" * 5_000)
    command = [sys.executable, "-c", SLOW, str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        for _ in range(200):
            run.stdout.readline()
        time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out.csv").exists()
    label(tmp_path / "in.csv", tmp_path / "out.csv", [TWO] * 5_000)
    assert len(read(tmp_path / "out.csv")) == 5_000
    assert not list(tmp_path.glob(".*"))


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The nearest thing to a full disk that needs no rights: the system refuses to let a file grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("ending", [*ENDINGS, "csv.gz"])
@pytest.mark.parametrize("rows", [20, 40_000])
def test_a_full_disk_is_one_clear_error(tmp_path: Path, ending: str, rows: int) -> None:
    given, out = tmp_path / "in.csv", tmp_path / f"out.{ending}"
    given.write_text("text\n" + "".join(f"words {i * 7919 % 10007}\n" for i in range(rows)))
    with (
        files_of_at_most(50),
        pytest.raises(LinnaeusError, match=f"cannot write .*out.{ending}: .*make room"),
    ):
        label(given, out, [TWO] * rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_stream_that_is_full(given_csv: Path) -> None:
    reason = "cannot write standard output: No space left"
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(LinnaeusError, match=reason):
        label(given_csv, full, [TWO, NONE])


def test_a_closed_pipe_is_no_fault_of_ours(given_csv: Path) -> None:
    ends = os.pipe()
    os.close(ends[0])
    with open(ends[1], "wb", buffering=0) as stream, pytest.raises(BrokenPipeError):
        label(given_csv, stream, [TWO, NONE])
