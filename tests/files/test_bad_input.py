"""What is wrong with a record is said in its row; what is wrong with a file, in one sentence."""

from __future__ import annotations

import gzip
import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from linnaeus.errors import InputError
from linnaeus.files import Row, open_rows

from .opened import CSV, Make, problems, texts


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
    assert rows[1].columns == {"id": "2", "text": "b"}
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


def test_a_quote_never_closed_beside_a_misplaced_one(make: Make) -> None:
    rows = list(make("a.csv", 'id,text\n"2"x,"c\n3,d\n'))
    assert [(row.id, row.problem) for row in rows] == [
        ("2x", "a quote is never closed (line 2)"),
        ("3", None),
    ]


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
