from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from linnaeus.errors import InputError, MissingExtra, UsageError
from linnaeus.files import Row, Source, open_rows

parquet = pytest.mark.skipif(find_spec("pyarrow") is None, reason="the extra `parquet` is not installed")
Make = Callable[..., Source]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Writes content to a file of this name and opens it."""
    opened: list[Source] = []

    def make(name: str, content: bytes | str, **options: Any) -> Source:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        opened.append(open_rows(path, **options))
        return opened[-1]

    yield make
    for source in opened:
        source.close()


def texts(source: Source) -> list[str | None]:
    return [row.text for row in source]


def problems(source: Source) -> list[str | None]:
    return [row.problem for row in source]


CSV = "id,text,lang\n7,hello there,en\n8,bonjour à tous,fr\n"


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


# Bad input


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.txt", "a.csv.gz", "a.parquet"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file(make: Make, name: str, content: bytes) -> None:
    if name.endswith("parquet") and (content or find_spec("pyarrow") is None):
        pytest.skip("Parquet knows no byte order mark")
    if name.endswith("gz"):
        content = gzip.compress(content)
    with pytest.raises(InputError, match="is empty"):
        make(name, content)


def test_a_header_without_rows(make: Make) -> None:
    for content in ("id,text\n", "id,text", "id,words\n"):
        assert list(make("a.csv", content)) == []


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt"])
def test_byte_order_marks(make: Make, name: str) -> None:
    line = {"a.csv": "text\nçа va\n", "a.jsonl": '{"text": "çа va"}\n', "a.txt": "çа va\n"}[name]
    assert texts(make(name, line.encode("utf-8-sig"))) == ["çа va"]
    with pytest.raises(InputError, match=r"is UTF-16, not UTF-8 \(convert it: iconv"):
        make(name, line.encode("utf-16"))


def test_nul_bytes(make: Make) -> None:
    assert problems(make("a.csv", "text,x\na\0b,1\nc,\0\n"))[0] is not None
    assert problems(make("a.jsonl", '{"text": "a\\u0000b"}')) == ["the text holds a NUL byte"]
    assert problems(make("a.txt", "a\0b\nc\n")) == ["the text holds a NUL byte", None]


def test_invalid_utf8(make: Make) -> None:
    rows = list(make("a.csv", b'id,text,x\n1,ok,1\n2,caf\xe9,2\n3,"a\nb\xff",3\n4,\xc3\xa9,4\n'))
    assert [row.problem for row in rows] == [None, "invalid UTF-8 (line 3)", "invalid UTF-8 (line 4)", None]
    assert rows[1].columns == {"id": "2", "text": "caf\ufffd", "x": "2"}
    assert rows[1].text is None and rows[1].id == "2"
    rows = list(make("a.jsonl", b'{"id": 5, "text": "caf\xe9"}\n{"text": "b"}\n'))
    assert (rows[0].problem, rows[0].id, rows[1].text) == ("invalid UTF-8 (line 1)", "5", "b")
    assert problems(make("a.txt", b"caf\xe9\nb\n")) == ["invalid UTF-8 (line 1)", None]


def test_half_surrogate_pairs(make: Make) -> None:
    rows = list(make("a.jsonl", '{"id": "x", "text": "a \\ud83e"}\n{"text": "\\ud83e\\udd92"}\n'))
    assert rows[0].problem == "half of a surrogate pair in an escape (line 1)"
    assert rows[0].id == "x"
    json.dumps(rows[0].columns, ensure_ascii=False).encode()
    assert rows[1].text == "🦒"


def test_ragged_rows(make: Make) -> None:
    rows = list(make("a.csv", 'id,text\n1,a,b\n2\n\n3,c\n4,"x\ny",\n'))
    assert [(row.id, row.problem) for row in rows] == [
        ("1", "3 cells where the header has 2 (line 2)"),
        ("2", "1 cells where the header has 2 (line 3)"),
        ("3", None),
        ("4", "3 cells where the header has 2 (line 6)"),
    ]


def test_a_text_of_10_mb(make: Make) -> None:
    big = "long words, " * 1_000_000
    assert texts(make("a.csv", f'id,text\n1,"{big}"\n2,b\n')) == [big, "b"]
    assert texts(make("a.jsonl", json.dumps({"text": big}))) == [big]
    assert texts(make("a.txt", big + "\nb")) == [big, "b"]


def test_a_cell_past_all_bounds_is_a_problem(make: Make) -> None:
    rows = list(make("a.csv", "id,text\n1,a\n2," + "x" * 64_000_001 + "\n3,b\n"))
    assert [row.text for row in rows] == ["a", None, "b"]
    assert "field larger than field limit" in (rows[1].problem or "")


@pytest.mark.parametrize(
    "rest",
    [
        "3,c\n4,d\n",  # to the end of the file
        '3,"c"\n4,d\n',  # the next quote is in the wrong place
        '3,"c, too"\n4,"d"\n',
    ],
)
def test_a_quote_never_closed_costs_one_row(make: Make, rest: str) -> None:
    source = make("a.csv", f'id,text\n1,a\n2,"b\n{rest}')
    rows = list(source)
    assert [row.id for row in rows] == ["1", "2", "3", "4"]
    assert [row.problem for row in rows] == [None, "a quote is never closed (line 3)", None, None]
    assert rows[3].columns == {"id": "4", "text": "d"}


def test_quotes_never_closed_in_a_row_and_at_the_end(make: Make) -> None:
    assert problems(make("a.csv", 'text,n\n"a,1\n"b,2\nc,3\n"d')) == [
        "a quote is never closed (line 2)", "a quote is never closed (line 3)",
        None, "a quote is never closed (line 5)",
    ]  # fmt: skip


def test_text_after_a_quote_is_kept(make: Make) -> None:
    rows = list(make("a.csv", 'id,text\n1,"so" he said\n2,"hi, "you", there"\n3,x\n'))
    assert rows[0].text == "so he said"
    assert rows[1].problem == "3 cells where the header has 2 (line 3)"
    assert rows[2].text == "x"


def test_quotes_never_closed_do_not_take_for_ever(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linnaeus.files.delimited.MOST_REREAD", 1_000)
    with pytest.raises(InputError, match="cannot be read as a table"):
        list(make("a.csv", "id,text\n" + 'a","\n' * 200))


def test_a_header_that_cannot_be_read(make: Make) -> None:
    with pytest.raises(InputError, match="header cannot be read: a quote is never closed"):
        make("a.csv", 'id,"text\n1,a\n')


def test_json_lines_that_are_none(make: Make) -> None:
    lines = ['{"text": "a"}', "{oops", "[1]", '"x"', "null", '{"text": "b"}', "[" * 5_000, '{"text": 1} {}']
    assert [row.problem and row.problem.split(":")[0] for row in make("a.jsonl", "\n".join(lines))] == [
        None, "not JSON", "not a JSON object (line 3)", "not a JSON object (line 4)",
        "not a JSON object (line 5)", None, "JSON too deep (line 7)", "not JSON",
    ]  # fmt: skip


def test_a_file_without_one_usable_line(make: Make) -> None:
    with pytest.raises(InputError, match=r"no usable row: not JSON.*is the format right"):
        make("a.jsonl", "hello\nworld\n")
    with pytest.raises(InputError, match="is empty"):
        make("b.jsonl", "\n\n")


def test_texts_that_are_no_strings(make: Make) -> None:
    values = [
        "1",
        "1.5",
        "true",
        "null",
        "[1]",
        "{}",
        '""',
        '" \\n"',
        "NaN",
        "123456789012345678901234567890",
    ]
    rows = list(make("a.jsonl", "".join(f'{{"text": {value}, "n": 1}}\n' for value in values) + '{"n": 1}'))
    assert [row.text for row in rows if row.text] == [
        "1",
        "1.5",
        "true",
        "nan",
        "123456789012345678901234567890",
    ]
    assert [row.problem for row in rows if row.problem] == [
        "no text", "the text is a list", "the text is no string",
        "the text is empty", "the text is empty", "no text",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz"])
def test_a_gzip_file_that_is_cut(make: Make, name: str) -> None:
    line = '"text %d"\n' if name.startswith("a.csv") else '{"text": "text %d"}\n'
    whole = "text\n" * name.startswith("a.csv") + "".join(line % (i * 7919 % 10_007) for i in range(50_000))
    packed = gzip.compress(whole.encode())
    source = make(name, packed[: len(packed) // 2])
    read: list[Row] = []
    with pytest.raises(InputError, match=r"a\.\w+\.gz cannot be read to its end.*cut off"):
        for row in source:
            read.append(row)
    assert len(read) > 10_000 and all(row.problem is None for row in read)
    with pytest.raises(InputError, match="cannot be read to its end"):
        make(name, packed[:100] + b"damaged" + packed[107:200])


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name, reason in {
        "folder.csv": "is a folder",
        "none.csv": "does not exist",
        "a\0.csv": "cannot read",
    }.items():
        with pytest.raises(InputError, match=reason):
            open_rows(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    path.chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        open_rows(path)


def test_a_file_that_changes_while_it_is_read(make: Make, tmp_path: Path) -> None:
    source = make("a.csv", CSV)
    rows = iter(source)
    next(rows)
    with (tmp_path / "a.csv").open("a") as file:
        file.write("9,more,en\n")
    with pytest.raises(InputError, match="changed while it was read"):
        list(rows)


def test_a_file_that_is_replaced_is_read_on_as_it_was(make: Make, tmp_path: Path) -> None:
    source = make("a.csv", CSV)
    (tmp_path / "b.csv").write_text("text\nother\n")
    os.replace(tmp_path / "b.csv", tmp_path / "a.csv")
    assert texts(source) == ["hello there", "bonjour à tous"]


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
