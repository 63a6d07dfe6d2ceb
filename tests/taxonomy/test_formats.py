"""What is written is read again, in every format; indented text keeps names and a tree."""

from __future__ import annotations

import gzip
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus import InputError, UsageError
from linnaeus.errors import MissingExtra
from linnaeus.taxonomy import Entry, Taxonomy, check, read_taxonomy, taxonomy_of, write_taxonomy
from linnaeus.taxonomy.outline import id_of_path
from tests.taxonomy.made import rows_of, taxonomies, written

WHOLE = ["csv", "tsv", "jsonl", "ndjson.gz", "csv.gz", "rdf", "ttl", "xml.gz", "ttl.gz"]


@pytest.mark.parametrize("ending", WHOLE)
@given(taxonomy=taxonomies())
@settings(max_examples=60)
def test_what_is_written_is_read_again(ending: str, taxonomy: Taxonomy) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t.{ending}"
        write_taxonomy(path, taxonomy)
        assert rows_of(read_taxonomy(str(path))) == rows_of(taxonomy)
        assert ending.endswith("gz") == (path.read_bytes()[:2] == b"\x1f\x8b")
        first = path.read_bytes()
        write_taxonomy(path, read_taxonomy(str(path)))
        assert path.read_bytes() == first


@given(taxonomies(tree=True))
def test_indented_text_keeps_names_and_a_tree(taxonomy: Taxonomy) -> None:
    paths = sorted(taxonomy.path(place) for place in range(len(taxonomy)))
    unique = len(set(map(tuple, paths))) == len(paths)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.txt"
        try:
            write_taxonomy(path, taxonomy)
        except InputError:
            assert not unique and not path.exists()
            return
        assert unique
        read = read_taxonomy(str(path))
    assert sorted(read.path(place) for place in range(len(read))) == paths


ODD_IDS = [
    "http://a/b?",
    "http://a/b;",
    "http://a/b#",
    "http://a/../b",
    "http://a",
    "http://[",
    "urn:x:%41",
    "%41",
]
ODD_IDS += [
    "urn:linnaeus:label:x",
    "http://file.invalid/x",
    "x y",
    "é",
    "a/b",
    "../a",
    "#a",
    "_:a",
    "HTTP://a/b",
    "a>b",
]


@pytest.mark.parametrize("ending", ["rdf", "ttl"])
def test_any_id_is_kept_by_skos(ending: str, tmp_path: Path) -> None:
    odd = taxonomy_of(Entry(1, id, "A") for id in ODD_IDS)
    write_taxonomy(tmp_path / f"t.{ending}", odd)
    assert list(read_taxonomy(str(tmp_path / f"t.{ending}")).ids) == ODD_IDS


INDENTED = "Animal\n  Bear\n    Panda\n  Cat\n\nPlant\n  Bear\n"


def test_indented_text_with_tabs_or_spaces(tmp_path: Path) -> None:
    read = read_taxonomy(written(tmp_path, INDENTED, "t.txt"))
    paths = [" > ".join(read.path(place)) for place in range(len(read))]
    assert paths == [
        "Animal",
        "Animal > Bear",
        "Animal > Bear > Panda",
        "Animal > Cat",
        "Plant",
        "Plant > Bear",
    ]
    for other in (INDENTED.replace("  ", "\t"), INDENTED.replace("\n", "\r\n"), INDENTED.replace("  ", " ")):
        assert read_taxonomy(written(tmp_path, other, "o.txt")) == read
    assert read.ids[2] == id_of_path(id_of_path(id_of_path("", "Animal"), "Bear"), "Panda")
    assert read.ids[0] == "4945f3390e5cdec2", "ids are the same in every version, or labels get lost"
    more = read_taxonomy(written(tmp_path, "Stone\n" + INDENTED + "  Bamboo\n", "m.txt"))
    assert set(read.ids) < set(more.ids), "ids depend on the path alone"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("A\n    B\n  C\n", "line 3: it is indented like no line above it"),
        (
            "A\n\tB\n        C\n  \tD\n",
            "line 3: tabs and spaces are not mixed as in the line that it is under",
        ),
        ("A\n  B\n  C\n  B\n", "line 4: 'B' is on line 2 too, at the same place"),
        ("A\nA\n", "line 2: 'A' is on line 1 too"),
        ("\n \n", "there is no label in it"),
    ],
)
def test_indented_text_that_means_nothing(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_taxonomy(written(tmp_path, content, "t.txt"))


def test_labels_of_one_name_under_one_parent_are_not_written_as_text(tmp_path: Path) -> None:
    twins = taxonomy_of(
        [Entry(1, "a", "A"), Entry(2, "b", "B", parents=("a",)), Entry(3, "c", "B", parents=("a",))]
    )
    with pytest.raises(InputError, match="two labels are called 'A > B'"):
        write_taxonomy(tmp_path / "t.txt", twins)
    assert not list(tmp_path.iterdir())
    with pytest.raises(UsageError, match="names no format of a taxonomy"):
        write_taxonomy(tmp_path / "t.parquet", twins)


SKOS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <http://example.org/> .
x:scheme a skos:ConceptScheme ; skos:prefLabel "Everything"@en .
x:panda a skos:Concept ; skos:prefLabel "Panda"@de, "Panda bear"@en ;
    skos:altLabel "Bambusbär"@de, "bamboo bear"@en, "p|b"@en-GB ;
    skos:scopeNote "A note" ; skos:definition "Ein Bär"@de, "A bear"@en-US ; skos:broader x:bear .
x:bear a skos:Concept ; skos:prefLabel "Bär"@de, "Bear" ; skos:altLabel "Ours"@fr, "Oso"@es ; skos:scopeNote "Brown ones" .
x:animal a skos:Concept ; skos:prefLabel "Tier"@de, "Bête"@fr ; skos:narrower x:bear, x:panda .
<#near> a skos:Concept ; skos:prefLabel "Near" ; skos:broader <file.ttl> .
<file.ttl> a skos:Concept ; skos:prefLabel "File" .
"""
X = "http://example.org/"
READ = [
    (X + "panda", "Panda bear", "A bear", [X + "bear", X + "animal"], ["bamboo bear"]),
    (X + "bear", "Bear", "Brown ones", [X + "animal"], ["Ours"]),
    (X + "animal", "Tier", "", [], []),
    ("#near", "Near", "", ["file.ttl"], []),
    ("file.ttl", "File", "", [], []),
]


def test_skos_of_others(tmp_path: Path) -> None:
    assert rows_of(read_taxonomy(written(tmp_path, SKOS, "t.ttl"))) == READ
    from rdflib import Graph

    xml = Graph().parse(data=SKOS, format="turtle", publicID="http://file.invalid/").serialize(format="xml")
    assert sorted(rows_of(read_taxonomy(written(tmp_path, xml, "t.rdf")))) == sorted(READ)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("t.ttl", b"@prefix skos: <x#> .\nx y .", "t.ttl, line 2: "),
        ("t.rdf", b"<rdf:RDF>\n", "t.rdf, line 1: unbound prefix"),
        ("t.rdf", b"", "t.rdf, line 1: no element found"),
        (
            "t.rdf",
            b"<?xml version='1.0' encoding='nonsense'?><a/>",
            "t.rdf is not RDF that can be read: unknown encoding",
        ),
        ("t.ttl", b'<a:b> <a:c> "\xff" .', "t.ttl is not RDF that can be read"),
        ("t.ttl", "a".encode("utf-16"), "UTF-16"),
        ("t.ttl", b"", "there is no label in it"),
        ("t.ttl", b"'\x00", "t.ttl is not RDF that can be read"),
        ("t.ttl", b"<a:b> a <http://www.w3.org/2004/02/skos/core#Concept> .", "a:b has no skos:prefLabel"),
        ("t.ttl.gz", gzip.compress(SKOS.encode(), mtime=0)[:60], "cannot be read to its end"),
        ("t.csv.gz", b"id,name\n", "is not compressed with gzip"),
    ],
)
def test_skos_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_taxonomy(written(tmp_path, content, name))


@given(st.binary(max_size=60) | st.text("<>/:\"' .@;a#\n\\u^", max_size=40).map(str.encode))
def test_no_bytes_break_a_reader(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("t.csv", "t.jsonl", "t.txt", "t.ttl", "t.rdf"):
            for before in (b"", b"id,name\n", b"\x1f\x8b"):
                with suppress(InputError):
                    check(written(Path(folder), before + content, name))


def test_skos_needs_its_extra_to_be_read_but_not_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, SKOS, "t.ttl")
    monkeypatch.setitem(sys.modules, "rdflib", None)
    write_taxonomy(tmp_path / "o.ttl", taxonomy_of([Entry(1, "a", "A")]))
    with pytest.raises(MissingExtra, match=r"rdflib is not installed .*linnaeus\[skos\]"):
        read_taxonomy(path)
