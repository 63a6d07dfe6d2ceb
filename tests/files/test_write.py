from __future__ import annotations

import csv
import gzip
import io
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus.errors import LinnaeusError, UsageError
from linnaeus.files import Row, check_out, open_rows, open_writer
from linnaeus.files.encode import OURS, dumped, renamed
from linnaeus.types import Answer, LabelId

parquet = pytest.mark.skipif(find_spec("pyarrow") is None, reason="the extra `parquet` is not installed")
ENDINGS = ["csv", "tsv", "jsonl", *(["parquet"] if find_spec("pyarrow") else [])]

TWO = Answer("hello there", ("greeting", "small|talk"), (LabelId(7), LabelId(9)), 0.87654321, "ask")
NONE = Answer("", (), (), 0.0, "error", "the text is empty")
CSV = "id,text,n\n7,hello there,1\n8,,2\n"
ADDED: list[dict[str, Any]] = [
    dict(zip(OURS, ["greeting", 7, "greeting|small/talk", 0.876543, "ask", None], strict=True)),
    dict(zip(OURS, [None, None, "", None, "error", "the text is empty"], strict=True)),
]


def label(given: Path, out: Path | Any, answers: Sequence[Answer]) -> None:
    with open_rows(given) as source, open_writer(out, source) as writer:
        for row, answer in zip(source, answers, strict=True):
            writer.write(row, answer)


def read(path: Path) -> list[dict[str, Any]]:
    with open_rows(path, text="text") as source:
        return [row.columns for row in source]


@pytest.fixture
def given_csv(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(CSV)
    return path


def test_csv(given_csv: Path, tmp_path: Path) -> None:
    label(given_csv, tmp_path / "out.csv", [TWO, NONE])
    assert (tmp_path / "out.csv").read_bytes().decode() == (
        "id,text,n,label,label_id,labels,score,by,error\n"
        "7,hello there,1,greeting,7,greeting|small/talk,0.876543,ask,\n"
        "8,,2,,,,,error,the text is empty\n"
    )


def test_json_lines_to_a_stream(given_csv: Path) -> None:
    stream = io.BytesIO()
    label(given_csv, stream, [TWO, NONE])
    own = [{"id": "7", "text": "hello there", "n": "1"}, {"id": "8", "text": "", "n": "2"}]
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert lines == [mine | added for mine, added in zip(own, ADDED, strict=True)]
    assert list(lines[0]) == ["id", "text", "n", *OURS]
    assert not stream.closed


@parquet
def test_parquet(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = [
        {"text": "hello there", "n": 1, "f": 1, "b": True, "tags": ["x", "y"], "mix": 1, "deep": {"a": [1]}},
        {"text": "", "n": None, "f": 0.5, "b": False, "tags": [], "mix": "1", "big": 2**70, "none": None},
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    label(tmp_path / "in.jsonl", tmp_path / "out.parquet", [TWO, NONE])
    table = pq.read_table(tmp_path / "out.parquet")
    assert {field.name: str(field.type) for field in table.schema} == {
        "text": "string", "n": "int64", "f": "double", "b": "bool", "tags": "list<element: string>",
        "mix": "string", "deep": "string", "big": "string", "none": "string", "label": "string",
        "label_id": "int64", "labels": "string", "score": "double", "by": "string", "error": "string",
    }  # fmt: skip
    first, second = table.to_pylist()
    assert (
        first == rows[0] | {"f": 1.0, "mix": "1", "deep": '{"a":[1]}', "big": None, "none": None} | ADDED[0]
    )
    assert second == rows[1] | {"big": str(2**70), "deep": None} | ADDED[1]


@parquet
def test_parquet_keeps_the_types_of_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    moment = pa.array([1_700_000_000_000, None], pa.timestamp("ms"))
    deep = pa.array([{"a": [1]}, None], pa.struct([("a", pa.list_(pa.int32()))]))
    table = pa.table({"text": ["hello there", ""], "t": moment, "deep": deep, "labels": [["a"], None]})
    pq.write_table(table, tmp_path / "in.parquet")
    label(tmp_path / "in.parquet", tmp_path / "out.parquet", [TWO, NONE])
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.select(["text", "t", "deep"]).equals(table.select(["text", "t", "deep"]))
    assert out.column("input_labels").to_pylist() == [["a"], None]
    label(tmp_path / "in.parquet", tmp_path / "out.jsonl", [TWO, NONE])
    assert read(tmp_path / "out.jsonl")[0]["t"] == "2023-11-14T22:13:20"


@pytest.mark.parametrize("ending", ENDINGS)
def test_columns_without_a_source(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    with open_writer(out, ("id", "text")) as writer:
        writer.write(Row(1, "7", "hello", {"id": "7", "text": "hello"}, None), TWO)
    (row,) = read(out)
    assert (row["id"], row["text"], row["label"], list(row)[2:]) == ("7", "hello", "greeting", list(OURS))


def test_values_keep_their_types_or_are_json(tmp_path: Path) -> None:
    value = {
        "text": "a b",
        "n": 1,
        "f": 1.0,
        "b": True,
        "none": None,
        "tags": ["x|y"],
        "deep": {"k": [None, "é"]},
    }
    (tmp_path / "in.jsonl").write_text(json.dumps(value) + "\n" + '{"text": "c d", "late": 2}\n')
    label(tmp_path / "in.jsonl", tmp_path / "out.jsonl", [TWO, NONE])
    assert read(tmp_path / "out.jsonl") == [value | ADDED[0], {"text": "c d", "late": 2} | ADDED[1]]
    label(tmp_path / "in.jsonl", tmp_path / "out.csv", [TWO, NONE])
    first, second = read(tmp_path / "out.csv")
    assert list(first)[:8] == ["text", "n", "f", "b", "none", "tags", "deep", "late"]
    assert list(first.values())[:8] == ["a b", "1", "1.0", "true", "", '["x|y"]', '{"k":[null,"é"]}', ""]
    assert (second["text"], second["n"], second["late"]) == ("c d", "", "2")


def test_own_columns_called_like_ours_are_kept(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text,label,input_label,score\na b,x,y,z\n")
    label(tmp_path / "in.csv", tmp_path / "out.csv", [TWO])
    header = (tmp_path / "out.csv").read_text().splitlines()[0]
    assert header == "text,input_input_label,input_label,input_score,label,label_id,labels,score,by,error"
    assert list(read(tmp_path / "out.csv")[0].values())[:5] == ["a b", "x", "y", "z", "greeting"]


@given(st.lists(st.sampled_from([*OURS, *(f"input_{name}" for name in OURS), "text"]), unique=True))
def test_renamed_names_are_free(columns: list[str]) -> None:
    names = renamed(columns)
    assert list(names) == columns
    assert len({*names.values(), *OURS}) == len(columns) + len(OURS)
    assert all(names[column] == column for column in columns if column not in OURS)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_only_our_cells_are_made_safe_for_spreadsheets(tmp_path: Path, first: str) -> None:
    own = f"{first}1+1"
    with (tmp_path / "in.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["text"], [own]])
    answer = Answer(own, (own,), (LabelId(1),), 0.5, "ask", own)
    for ending, cell in {"csv": f"'{own}", "tsv": f"'{own}", "jsonl": own}.items():
        label(tmp_path / "in.csv", tmp_path / f"out.{ending}", [answer])
        (row,) = read(tmp_path / f"out.{ending}")
        assert (row["text"], row["label"], row["labels"], row["error"]) == (own, cell, cell, cell)


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(any_text, any_text), min_size=1, max_size=5), st.sampled_from(ENDINGS), st.booleans()
)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], ending: str, packed: bool
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with (folder / "in.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text", "more"], *rows])
    out = folder / f"out.{ending}{'.gz' * packed}"
    label(folder / "in.csv", out, [Answer(text, (text,), (LabelId(1),), 1.0, "ask") for text, _ in rows])
    back = read(out)
    assert [(row["text"], row["more"]) for row in back] == rows
    assert [row["label"].removeprefix("'") for row in back] == [text.removeprefix("'") for text, _ in rows]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(any_text.map("k".__add__), json_values, max_size=4), min_size=1, max_size=4))
def test_any_json_comes_back(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.mktemp("any")
    rows = [{"text": "a b", **row} for row in rows]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    label(folder / "in.jsonl", folder / "out.jsonl", [TWO] * len(rows))
    assert [{key: row[key] for key in row if key not in OURS} for row in read(folder / "out.jsonl")] == rows
    for ending in ENDINGS:
        label(folder / "in.jsonl", folder / f"out.{ending}", [TWO] * len(rows))
        assert len(read(folder / f"out.{ending}")) == len(rows)


def test_half_surrogate_pairs_of_a_model_are_replaced(given_csv: Path, tmp_path: Path) -> None:
    bad = Answer("", ("half \ud83e",), (LabelId(1),), 0.5, "ask", "why \ud83e")
    for ending in ENDINGS:
        label(given_csv, tmp_path / f"out.{ending}", [bad, bad])
        assert read(tmp_path / f"out.{ending}")[0]["label"] == "half ?"


def test_deep_json_does_not_end_the_run(tmp_path: Path) -> None:
    deep = "[" * 300 + "]" * 300
    (tmp_path / "in.jsonl").write_text(f'{{"text": "a b", "deep": {deep}}}\n')
    label(tmp_path / "in.jsonl", tmp_path / "out.jsonl", [TWO])
    assert read(tmp_path / "out.jsonl")[0]["label"] == "greeting"


def test_what_json_cannot_say_is_replaced() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert dumped({"a": "half \ud83e", None: object, "b": [1.5, True]}).startswith(
        '{"a":"half \ufffd'.encode()
    )
    assert dumped(deep) == b"[" * 101 + b"null" + b"]" * 101


def test_equal_runs_give_equal_bytes(given_csv: Path, tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.csv.gz"):
        label(given_csv, tmp_path / name, [TWO, NONE])
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
    assert (tmp_path / "a.csv.gz").read_bytes()[4:8] == bytes(4), "no time in the file"
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()).startswith(b"id,text,n,label")


# Where it may be written, and whole or not at all


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("out.txt", "plain text cannot hold labels"),
        ("out.xls", "ending names no format"),
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
