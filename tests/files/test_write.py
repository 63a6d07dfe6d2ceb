from __future__ import annotations

import csv
import gzip
import io
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus.files import Row, open_writer
from linnaeus.files.encode import OURS, dumped, renamed
from linnaeus.types import Answer, LabelId

from .labelled import ADDED, CSV, ENDINGS, NONE, TWO, label, read

parquet = pytest.mark.skipif(find_spec("pyarrow") is None, reason="the extra `parquet` is not installed")


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
        {
            "text": "hello there",
            "n": 1,
            "f": 2**60 + 1,
            "b": True,
            "tags": ["x", "y"],
            "mix": 1,
            "deep": {"a": [1]},
        },
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
        first
        == rows[0] | {"f": 2.0**60, "mix": "1", "deep": '{"a":[1]}', "big": None, "none": None} | ADDED[0]
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
