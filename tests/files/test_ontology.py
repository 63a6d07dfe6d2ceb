"""A taxonomy file is read whole, and what is wrong with one is said with its file and line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from linnaeus import InputError, UsageError
from linnaeus.files import read_ontology

HEAD = "id,name,description,parent_ids,synonyms\n"
GOOD = HEAD + 'a,Animal,,,beast|fauna\np,Panda,"A bear,\nwhite",a,\nl,Plant,,,\nb,Bamboo,,l|a,\n'


def written(folder: Path, content: str, name: str = "t.csv") -> str:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_columns_paths_and_lines(tmp_path: Path) -> None:
    read = read_ontology(written(tmp_path, GOOD))
    assert [node.id for node in read.nodes] == ["a", "p", "l", "b"]
    assert [node.line for node in read.nodes] == [2, 3, 5, 6], "a record may take several lines"
    assert read.nodes[0].synonyms == ("beast", "fauna") and read.nodes[1].description == "A bear,\nwhite"
    assert read.nodes[3].parents == (2, 0)
    assert read.path(1) == "Animal > Panda" and read.path(3) == "Plant > Bamboo" and read.path(0) == "Animal"


def test_json_lines_and_gzip_say_the_same(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "name": "Animal", "synonyms": ["beast", "fauna"]},
        {"id": "p", "name": "Panda", "description": "A bear,\nwhite", "parent_ids": "a"},
        {"id": "l", "name": "Plant", "parent_ids": []},
        {"id": "b", "name": "Bamboo", "parent_ids": ["l", "a"]},
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    csv = read_ontology(written(tmp_path, GOOD)).nodes
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress(lines.encode()))
    for read in (read_ontology(written(tmp_path, lines, "t.jsonl")), read_ontology(str(path))):
        assert [(n.id, n.name, n.parents, n.synonyms, n.description) for n in read.nodes] == [
            (n.id, n.name, n.parents, n.synonyms, n.description) for n in csv
        ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("id,title\na,A\n", "t.csv has no column 'name'"),
        ("id,name,parents\na,A,\n", "is 'parents' meant"),
        (HEAD, "no entry"),
        ("", "empty"),
        (HEAD + "a,A,,,\n,B,,,\n", "line 3: the id is empty"),
        (HEAD + "a,A,,,\nb, ,,,\n", "line 3: the name is empty"),
        (HEAD + 'a,"A\nA",,,\nb,B,,,\na,C,,,\n', "line 5: the id 'a' is on line 2 too"),
        (HEAD + "animal,A,,,\nb,B,,animl,\n", "line 3: there is no entry with the id 'animl' .*'animal'"),
        (HEAD + "x,X,,,\na,A,,b,\nb,B,,c|x,\nc,C,,a,\n", "line 3: an entry is above itself: a > c > b > a"),
        (HEAD + "a,A,,a,\n", "line 2: an entry is above itself: a > a"),
        (HEAD + "a,A\n", r"2 cells where the header has 5 \(line 2\)"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_ontology(written(tmp_path, content))


def test_files_that_are_no_taxonomies(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_ontology(str(tmp_path / "nothing.csv"))
    with pytest.raises(UsageError, match="a taxonomy is a "):
        read_ontology(written(tmp_path, "a", "t.txt"))
    with pytest.raises(InputError, match=r"not a JSON object \(line 2\)"):
        read_ontology(written(tmp_path, '{"id": 1, "name": "A"}\n[]\n', "t.jsonl"))
    torn = tmp_path / "torn.csv.gz"
    torn.write_bytes(gzip.compress(GOOD.encode())[:40])
    with pytest.raises(InputError, match="cut off or damaged"):
        read_ontology(str(torn))
