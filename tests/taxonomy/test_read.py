"""A taxonomy file is read whole, and what is wrong with one is said with its file and line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from linnaeus import InputError, UsageError
from linnaeus.taxonomy import check, faults, read_taxonomy
from tests.taxonomy.made import rows_of, written

HEAD = "id,name,description,parent_ids,synonyms\n"
GOOD = HEAD + 'a,Animal,,,beast|fauna\np,Panda,"A bear,\nwhite",a,\nl,Plant,,,\nb,Bamboo,,l|a,\n'


def test_columns_and_paths(tmp_path: Path) -> None:
    read = read_taxonomy(written(tmp_path, GOOD))
    assert list(read.ids) == ["a", "p", "l", "b"]
    assert read.synonyms[0] == ["beast", "fauna"] and read.descriptions[1] == "A bear,\nwhite"
    assert read.parents[3].tolist() == [2, 0], "in the order of the file"
    assert [read.path(place) for place in (1, 3, 0)] == [["Animal", "Panda"], ["Plant", "Bamboo"], ["Animal"]]


def test_json_lines_and_gzip_say_the_same(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "name": "Animal", "synonyms": ["beast", "fauna"]},
        {"id": "p", "name": "Panda", "description": "A bear,\nwhite", "parent_ids": "a"},
        {"id": "l", "name": "Plant", "parent_ids": []},
        {"id": "b", "name": "Bamboo", "parent_ids": ["l", "a"]},
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    csv = rows_of(read_taxonomy(written(tmp_path, GOOD)))
    for path in (
        written(tmp_path, lines, "t.jsonl"),
        written(tmp_path, gzip.compress(lines.encode()), "t.jsonl.gz"),
    ):
        assert rows_of(read_taxonomy(path)) == csv


def test_cells_are_cleaned(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "name": " two\n\twords\u00a0",
        "synonyms": ["a|b", "", " a/b", None],
        "description": "x\r\ny\0 ",
    }
    read = read_taxonomy(written(tmp_path, json.dumps(row), "t.jsonl"))
    assert rows_of(read) == [("7", "two words", "x\ny\ufffd", [], ["a/b"])]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("id,title\na,A\n", "t.csv has no column 'name'"),
        ("id,name,parents\na,A,\n", "is 'parents' meant"),
        (HEAD, "there is no label in it"),
        ("", "empty"),
        (HEAD + "a,A,,,\n,B,,,\n", "line 3: the id is empty"),
        (HEAD + "a,A,,,\nb, ,,,\n", "line 3: the name is empty"),
        (HEAD + 'a,"A\nA",,,\nb,B,,,\na,C,,,\n', "line 5: the id 'a' is on line 2 too"),
        (HEAD + "animal,A,,,\nb,B,,animl,\n", "line 3: there is no label with the id 'animl', .*'animal'"),
        (HEAD + "x,X,,,\na,A,,b,\nb,B,,c|x,\nc,C,,a,\n", "line 3: the label is above itself: a > c > b > a"),
        (HEAD + "a,A,,a,\n", "line 2: the label is above itself: a > a"),
        (HEAD + "a|b,A,,,\n", r"line 2: the id 'a\|b' holds a \|"),
        (HEAD + "a,A\n", r"line 2: 2 cells where the header has 5"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_taxonomy(written(tmp_path, content))


def test_a_key_that_no_json_line_has_is_said(tmp_path: Path) -> None:
    lines = '{"id": "a", "name": "A"}\n{"id": "b", "name": "B", "parents": ["a"]}\n'
    with pytest.raises(InputError, match=r"no column 'parent_ids' .*is 'parents' meant"):
        read_taxonomy(written(tmp_path, lines, "t.jsonl"))


def test_files_that_are_no_taxonomies(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_taxonomy(str(tmp_path / "nothing.csv"))
    with pytest.raises(UsageError, match="the ending names no format of a taxonomy"):
        read_taxonomy(written(tmp_path, "a", "t.md"))
    with pytest.raises(InputError, match="line 2: not a JSON object"):
        read_taxonomy(written(tmp_path, '{"id": 1, "name": "A"}\n[]\n', "t.jsonl"))
    torn = tmp_path / "torn.csv.gz"
    torn.write_bytes(gzip.compress(GOOD.encode())[:40])
    with pytest.raises(InputError, match="cut off or damaged"):
        read_taxonomy(str(torn))


def said(path: str) -> list[tuple[int, str, bool]]:
    return [(fault.line, fault.kind, fault.error) for fault in check(path)]


def test_check_finds_all_that_is_wrong(tmp_path: Path) -> None:
    rows = [
        "a,A,,c,",
        "b,B,,a,",
        "c,C,,b,",
        "d,D,,nowhere,",
        "d,D,,,",
        ",E,,,",
        "f,,,a,",
        "g",
        "h,H,,h,",
        "i,I,,f|a|zz,",
    ]
    path = written(tmp_path, HEAD + "\n".join(rows) + "\n")
    assert [one for one in said(path) if one[2]] == [
        (2, "circle", True),
        (5, "unknown parent", True),
        (6, "repeated id", True),
        (7, "empty id", True),
        (8, "empty name", True),
        (9, "unreadable", True),
        (10, "circle", True),
        (11, "unknown parent", True),
    ]
    with pytest.raises(InputError, match=r"t.csv, line 2: .* a > b > c > a \(and 7 more errors\)") as caught:
        read_taxonomy(path)
    assert "taxonomy check" in caught.value.hint


def test_warnings_do_not_stop_a_taxonomy(tmp_path: Path) -> None:
    long = "n" * 5000
    rows = [
        "r,Root,,,",
        f"l,{long},,r,",
        "x,Same,,r,",
        "y,Same,,r,",
        "z,Same,,x,",
        "o,Alone,,,",
        "q,Root,,o2,",
        "o2,P,,r,",
    ]
    path = written(tmp_path, HEAD + "\n".join(rows) + "\n")
    assert said(path) == [
        (0, "same name", False),
        (3, "long name", False),
        (5, "same name, same parent", False),
        (7, "orphan", False),
    ]
    summary = check(path)[0].words
    assert summary.startswith("2 names are those of several labels each, 'Same' of 3")
    assert read_taxonomy(path).names[1] == long
    flat = written(tmp_path, "id,name\n1,A\n2,B\n3,B\n", "flat.csv")
    assert said(flat) == [(0, "same name", False), (4, "same name, same parent", False)], (
        "no orphans in a flat list"
    )


def test_bad_bytes_are_faults_with_a_line(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD.encode() + b"a,A,,,\nb,\xff,,,\nc,C,,,\n")
    assert said(path) == [(3, "unreadable", True)] and str(check(path)[0]) == "line 3: invalid UTF-8"
    with pytest.raises(InputError, match="UTF-16"):
        check(written(tmp_path, HEAD.encode("utf-16")))


def test_of_very_many_faults_the_first_are_kept_and_all_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "MOST", 3)
    path = written(tmp_path, HEAD + ",A,,,\n" * 10)
    found = check(path)
    assert [fault.line for fault in found] == [2, 3, 4, 0] and str(found[-1]) == "7 more: empty id"
    assert sum(fault.count for fault in found) == 10
    with pytest.raises(InputError, match="and 9 more errors"):
        read_taxonomy(path)


def test_a_bad_file_of_many_rows_is_survived(tmp_path: Path) -> None:
    rows = (
        f",,,x{n},\n" if n % 2 else f"a{n % 100},{'n' * 5000 if n < 4 else 'n'},,zz|a{n % 7},\n"
        for n in range(30_000)
    )
    found = check(written(tmp_path, HEAD + "".join(rows)))
    assert {fault.kind for fault in found if fault.error} >= {"empty id", "repeated id", "unknown parent"}
    assert len(found) < 8000


def test_circles_apart_are_each_found_once(tmp_path: Path) -> None:
    rows = "x,X,,y,\ny,Y,,x,\nu,U,,x,\np,P,,q,\nq,Q,,r|u,\nr,R,,p,\n"
    found = [fault for fault in check(written(tmp_path, HEAD + rows)) if fault.error]
    assert [(fault.line, fault.words.split(": ")[1]) for fault in found] == [
        (2, "x > y > x"),
        (5, "p > r > q > p"),
    ]
