from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import tracemalloc
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from linnaeus.errors import InputError, MissingExtra, UsageError
from linnaeus.files import Row, open_rows

from .opened import CSV, Make, problems, texts

parquet = pytest.mark.skipif(find_spec("pyarrow") is None, reason="the extra `parquet` is not installed")


def test_csv(make: Make) -> None:
    source = make("a.csv", CSV)
    expected = [
        Row(1, "7", "hello there", {"id": "7", "text": "hello there", "lang": "en"}, None),
        Row(2, "8", "bonjour à tous", {"id": "8", "text": "bonjour à tous", "lang": "fr"}, None),
    ]
    assert list(source) == expected
    assert list(source) == expected, "a second pass gives the same"
    assert (source.text_column, source.id_column, list(source.columns)) == (
        "text",
        "id",
        ["id", "text", "lang"],
    )
    assert (source.format, source.progress, source.duplicate_ids) == ("csv", 1.0, 0)


def test_passes_may_overlap(make: Make) -> None:
    source = make("a.csv", CSV)
    assert [(a.id, b.id) for a, b in zip(source, source, strict=True)] == [("7", "7"), ("8", "8")]


@pytest.mark.parametrize("name", ["a.csv", "a.CSV.GZ", "a.csv.gz"])
def test_gzip_is_unpacked_whatever_the_name(make: Make, name: str) -> None:
    assert texts(make(name, gzip.compress(CSV.encode()))) == ["hello there", "bonjour à tous"]


def test_gzip_that_is_none(make: Make) -> None:
    with pytest.raises(InputError, match="not compressed with gzip"):
        make("a.csv.gz", CSV)


def test_tsv_and_txt_and_jsonl(make: Make) -> None:
    assert texts(make("a.tsv", 'text\tn\na, "b" c\t1\n')) == ['a, "b" c']
    lines = make("a.txt", "one two\r\n\nthree\n")
    assert [(row.id, row.text, row.problem) for row in lines] == [
        ("1", "one two", None), ("2", None, "the text is empty"), ("3", "three", None),
    ]  # fmt: skip
    rows = list(
        make("a.ndjson", '{"id": 1, "text": "x", "tags": ["p", {"q": null}], "n": 1.0}\n\n{"text":"y"}')
    )
    assert rows[0].columns == {"id": 1, "text": "x", "tags": ["p", {"q": None}], "n": 1.0}
    assert [(row.number, row.id) for row in rows] == [(1, "1"), (2, "2")]


@pytest.mark.parametrize("head", ["id;text", "id\ttext"])
def test_a_csv_may_be_split_at_semicolons_or_tabs(make: Make, head: str) -> None:
    assert texts(make("a.csv", f"{head}\n1{head[2]}a, b\n")) == ["a, b"]


def test_format_overrides_the_ending(make: Make) -> None:
    assert texts(make("a.dat", CSV, format="csv")) == ["hello there", "bonjour à tous"]
    assert make("b.csv", '{"text": "x"}', format=".jsonl").format == "jsonl"


@pytest.mark.parametrize(
    ("name", "format"), [("a.xlsx", None), ("a", None), ("a.gz", None), ("a.csv", "xls"), ("csv", None)]
)
def test_unknown_formats_name_the_known_ones(make: Make, name: str, format: str | None) -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.tsv, \.jsonl, \.ndjson, \.parquet, \.txt"):
        make(name, CSV, format=format)


# Which column, which rows


def test_the_only_column_that_reads_like_text_is_taken(make: Make) -> None:
    source = make("a.csv", "n,message,kind\n1,how are you,greeting\n2,where is it,question\n3,,question\n")
    assert source.text_column == "message"
    chinese = make("b.jsonl", '{"a": "我的银行卡还没有寄到怎么办呢", "b": "x"}')
    assert chinese.text_column == "a"
    assert make("c.csv", "Text,other text here\na b,c d\n").text_column == "Text"
    assert make("d.csv", "whatever\nx\n").text_column == "whatever"


@pytest.mark.parametrize("content", ["a,b\none two,three four\n", "a,b\n1,2\n"])
def test_an_unclear_text_column_lists_the_columns(make: Make, content: str) -> None:
    with pytest.raises(InputError, match="--text; columns: a, b"):
        make("a.csv", content)


@pytest.mark.parametrize("options", [{"text": "txt"}, {"id": "txt"}, {"where": ["txt=1"]}])
def test_no_such_column(make: Make, options: dict[str, Any]) -> None:
    with pytest.raises(
        InputError, match=r"no column 'txt' \(did you mean 'text'\? columns: id, text, lang\)"
    ):
        make("a.csv", CSV, **options)


def test_many_columns_are_not_all_listed(make: Make) -> None:
    with pytest.raises(InputError, match="c19 and 30 more"):
        make("a.csv", ",".join(f"c{i}" for i in range(50)) + "\n", text="nosuch")


def test_header_names_are_made_unique(make: Make) -> None:
    (row,) = make("a.csv", "text,text,,\na,b,c,d\n")
    assert row.columns == {"text": "a", "text_2": "b", "column_3": "c", "column_4": "d"}


def test_where_and_limit(make: Make) -> None:
    source = make(
        "a.csv", "id,text,lang,n\na,x,en,1\nb,y,fr,1\nc,z,en,1\nd,u,en,2\n", where=["lang=en", "n=1"], limit=2
    )
    assert [(row.number, row.id) for row in source] == [(1, "a"), (3, "c")]
    assert len(list(make("b.csv", CSV, limit=0))) == 0
    assert len(list(make("c.csv", CSV, limit=9))) == 2


def test_where_on_values_that_are_no_strings(make: Make) -> None:
    content = '{"text":"a","ok":true,"tags":["x","y"]}\n{"text":"b","ok":false,"tags":[]}\n{"text":"c"}'
    assert texts(make("a.jsonl", content, where=["ok=true"])) == ["a"]
    assert texts(make("a.jsonl", content, where=["tags=y"])) == ["a"]
    assert texts(make("a.jsonl", content, where=["ok="])) == ["c"]


def test_a_row_that_cannot_be_read_passes_every_filter(make: Make) -> None:
    assert problems(make("a.jsonl", '{"text":"a","k":1}\n{nope\n', where=["k=2"])) == [
        "not JSON: Expecting property name enclosed in double quotes at character 2 (line 2)"
    ]


@pytest.mark.parametrize(
    "options", [{"limit": -1}, {"where": ["lang"]}, {"where": ["=x"]}, {"where": "lang=en"}]
)
def test_a_wrong_call(make: Make, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        make("a.csv", CSV, **options)


def test_ids(make: Make) -> None:
    source = make("a.csv", "key,text\nx,a\n,b\nx,c\nx,d\n", id="key")
    assert [row.id for row in source] == ["x", "2", "x", "x"]
    assert (source.duplicate_ids, source.repeated_id) == (2, "x")
    list(source)
    assert source.duplicate_ids == 2, "a second pass does not count again"


def test_columns_of_json_lines_are_those_of_any_row(make: Make) -> None:
    rows = "".join(json.dumps({"text": "a", f"k{i // 150}": i}) + "\n" for i in range(400))
    source = make("a.jsonl", rows)
    assert list(source.columns) == ["text", "k0", "k1", "k2"]
    assert [row.number for row in make("b.jsonl", rows, where=["k2=399"])] == [400]


# Pipes, memory


READ = """
import sys
from linnaeus.files import open_rows
with open_rows("-", format=sys.argv[1]) as source:
    for _ in range(2):
        print([row.text for row in source], source.name, source.progress)
"""


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input_is_read_twice(packed: bool) -> None:
    content = gzip.compress(CSV.encode()) if packed else CSV.encode()
    done = subprocess.run([sys.executable, "-c", READ, "csv"], input=content, capture_output=True, check=True)
    assert done.stdout.decode().splitlines() == ["['hello there', 'bonjour à tous'] standard input 1.0"] * 2


def test_standard_input_needs_a_format() -> None:
    with pytest.raises(UsageError, match="--format"):
        open_rows("-")


def test_a_named_pipe_is_read_twice(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(CSV,))
    writer.start()
    with open_rows(pipe) as source:
        assert texts(source) == texts(source) == ["hello there", "bonjour à tous"]
    writer.join()


def test_memory_does_not_grow_with_the_file(make: Make) -> None:
    source = make("a.csv", "text,n\n" + "".join(f"some words to read {i},{i}\n" for i in range(30_000)))
    tracemalloc.start()
    try:
        assert sum(1 for _ in source) == 30_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_progress_grows(make: Make) -> None:
    source = make("a.csv", "text,n\n" + "".join(f"some words to read {i},{i}\n" for i in range(60_000)))
    shares = [source.progress for _ in source]
    assert shares == sorted(shares) and shares[0] < 0.3 and shares[-1] == 1.0
    limited = make("b.csv", CSV, limit=2)
    assert [limited.progress for _ in limited][-1] == 1.0


# Parquet


@parquet
@pytest.mark.parametrize("ending", ["parquet", "parquet.gz"])
def test_parquet(make: Make, tmp_path: Path, ending: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"id": [1, 2, 3], "text": ["a b", None, ""], "tags": [["x"], [], None]})
    pq.write_table(table, tmp_path / "raw.parquet")
    content = (tmp_path / "raw.parquet").read_bytes()
    source = make(f"a.{ending}", gzip.compress(content) if ending.endswith("gz") else content)
    assert [(row.id, row.text, row.problem) for row in source] == [
        ("1", "a b", None), ("2", None, "no text"), ("3", None, "the text is empty"),
    ]  # fmt: skip
    assert source.progress == 1.0
    assert next(iter(source)).columns["tags"] == ["x"]
    assert source.progress == 1 / 3
    assert list(source.columns) == ["id", "text", "tags"]


@parquet
def test_bad_parquet(make: Make, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pytest.raises(InputError, match="is not a Parquet file"):
        make("a.parquet", "hello")
    invalid = pa.StringArray.from_buffers(
        3, pa.array([0, 1, 2, 3], pa.int32()).buffers()[1], pa.py_buffer(b"a\xffb")
    )
    pq.write_table(pa.table({"text": invalid}), tmp_path / "b.parquet")
    rows = list(make("c.parquet", (tmp_path / "b.parquet").read_bytes()))
    assert [row.text for row in rows] == ["a", None, "b"]
    assert "cannot be read" in (rows[1].problem or "")
    twice = pa.table([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    pq.write_table(twice, tmp_path / "d.parquet")
    with pytest.raises(InputError, match="two columns of one name"):
        make("e.parquet", (tmp_path / "d.parquet").read_bytes())


@pytest.mark.skipif(find_spec("pyarrow") is not None, reason="pyarrow is installed")
def test_parquet_without_its_extra(make: Make) -> None:
    with pytest.raises(MissingExtra, match=r"linnaeus\[parquet\]"):
        make("a.parquet", "PAR1")


def test_importing_costs_nothing_heavy() -> None:
    code = "import sys, linnaeus.files; assert not {'numpy', 'pyarrow', 'httpx'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
