"""Random taxonomies, and files that hold one."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from linnaeus.taxonomy import Entry, Taxonomy, entries_of, taxonomy_of
from linnaeus.taxonomy.entries import one_line, prose, several

WORDS = st.text(max_size=12) | st.sampled_from(
    [
        "a|b",
        'say "x"',
        "a\tb",
        " a  b ",
        "é",
        "\ufeffx",
        "x\x85y\u2028z",
        "<&>",
        "=1+1",
        "a\\n",
        "' ]]>",
        "\ud800",
    ]
)
IDS = WORDS | st.sampled_from(
    [
        "http://a/b",
        "http://a/../b",
        "http://a/b#",
        "urn:x:%41",
        "urn:linnaeus:label:x",
        "A00.0",
        "thsys/1",
        "@x",
        "?",
    ]
)


@st.composite
def taxonomies(draw: st.DrawFn, *, tree: bool = False) -> Taxonomy:
    """1 to 9 labels in any order; any number of parents, or one at most."""
    ids = draw(
        st.lists(IDS.map(one_line).map(lambda id: id.replace("|", "/")), min_size=1, max_size=9, unique=True)
    )
    ids = [id for id in ids if id] or ["only"]
    entries = []
    for number, id in enumerate(ids):
        above = (
            st.lists(st.sampled_from(ids[:number]), unique=True, max_size=1 if tree else 3)
            if number
            else st.just([])
        )
        name = one_line(draw(WORDS)) or "name"
        about, synonyms = prose(draw(WORDS)), several(draw(st.lists(WORDS, max_size=3)))
        entries.append(Entry(0, id, name, about, tuple(draw(above)), synonyms))
    return taxonomy_of(draw(st.permutations(entries)))


def told_apart(taxonomy: Taxonomy) -> Taxonomy:
    """The same with names that no other label, and no id, has."""
    entries = enumerate(entries_of(taxonomy))
    return taxonomy_of(entry._replace(name=f"{entry.name} no{number}") for number, entry in entries)


def written(folder: Path, content: str | bytes, name: str = "t.csv") -> str:
    """The path of a file of this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return str(path)


def rows_of(taxonomy: Taxonomy) -> list[tuple[str, str, str, list[str], list[str]]]:
    """Id, name, description, parent ids and synonyms of each label."""
    return [
        (
            taxonomy.ids[place],
            taxonomy.names[place],
            taxonomy.descriptions[place],
            [taxonomy.ids[parent] for parent in taxonomy.parents[place]],
            taxonomy.synonyms[place],
        )
        for place in range(len(taxonomy))
    ]
