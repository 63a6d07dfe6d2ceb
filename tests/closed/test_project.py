"""A taxonomy comes back from a project as it went in, and a newer version changes only what differs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from linnaeus import InputError, Store
from linnaeus.closed.project import Change, import_taxonomy, load
from linnaeus.taxonomy import Entry, Taxonomy, taxonomy_of
from tests.taxonomy.made import rows_of, taxonomies

ROWS = {
    "a": Entry(1, "a", "Animal"),
    "b": Entry(2, "b", "Bear", "Large", ("a",), ("bruin", "ursid")),
    "e": Entry(3, "e", "Endangered"),
    "p": Entry(4, "p", "Panda", "", ("b", "e")),
}


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as store:
        import_taxonomy(store, taxonomy_of(ROWS.values()))
        yield store


def version(**changed: Entry | None) -> Taxonomy:
    rows = {**ROWS, **changed}
    return taxonomy_of(row for row in rows.values() if row is not None)


def codes(store: Store, change: Change) -> tuple[str, str, str, str]:
    """The codes of labels that were added, removed, renamed, moved."""
    added, removed, renamed, moved = (
        "".join(code for code, _ in store.taxonomy_names(labels).values())
        for labels in (change.added, change.removed, change.renamed, change.moved)
    )
    return added, removed, renamed, moved


@given(taxonomies())
def test_what_goes_in_comes_back(taxonomy: Taxonomy) -> None:
    with Store() as store:
        change = import_taxonomy(store, taxonomy)
        read, ids = load(store)
        assert read == taxonomy and tuple(ids.tolist()) == change.added
        assert not import_taxonomy(store, taxonomy)


@given(taxonomies(), taxonomies())
def test_any_version_after_any_other_is_what_the_file_says(first: Taxonomy, second: Taxonomy) -> None:
    with Store() as store:
        import_taxonomy(store, first)
        before = dict(zip(first.ids, load(store)[1].tolist(), strict=True))
        change = import_taxonomy(store, second)
        read, ids = load(store)
        assert sorted(rows_of(read)) == sorted(rows_of(second))
        after = dict(zip(read.ids, ids.tolist(), strict=True))
        both = before.keys() & after.keys()
        assert all(after[code] == before[code] for code in both)
        assert set(change.added) == {after[code] for code in after.keys() - both}
        assert set(change.removed) == {before[code] for code in before.keys() - both}
        old, new = ({row[0]: row[1:] for row in rows_of(one)} for one in (first, second))
        assert set(change.renamed) == {
            after[code] for code in both if (*old[code][:2], old[code][3]) != (*new[code][:2], new[code][3])
        }
        assert set(change.moved) == {after[code] for code in both if old[code][2] != new[code][2]}
        assert not import_taxonomy(store, second)


def test_each_kind_of_change(store: Store) -> None:
    rows = ROWS
    for field, value in (("name", "Ursus"), ("description", ""), ("synonyms", ("bruin",)), ("synonyms", ())):
        change = import_taxonomy(store, version(b=rows["b"]._replace(**{field: value})))  # type: ignore[arg-type]
        assert codes(store, change) == ("", "", "b", "")
    import_taxonomy(store, version())
    for parents in (("e", "b"), ("b",), (), ("a",)):
        change = import_taxonomy(store, version(p=rows["p"]._replace(parents=parents)))
        assert codes(store, change) == ("", "", "", "p")
    both = version(p=rows["p"]._replace(name="Giant panda", parents=("b", "e")), g=Entry(5, "g", "Ginkgo"))
    assert codes(store, import_taxonomy(store, both)) == ("g", "", "p", "p")


def test_removed_labels_come_back_under_their_ids(store: Store) -> None:
    _, ids = load(store)
    was = store.generation()
    change = import_taxonomy(store, version(p=None))
    assert codes(store, change) == ("", "p", "", "") and change.removed == (ids[3],)
    assert load(store)[1].tolist() == ids[:3].tolist() and store.generation() == was + 1
    assert not import_taxonomy(store, version(p=None)) and store.generation() == was + 1
    change = import_taxonomy(store, version())
    assert codes(store, change) == ("p", "", "", "") and change.added == (ids[3],)
    assert np.array_equal(load(store)[1], ids) and load(store)[0] == version()


def test_an_import_that_fails_leaves_all_as_it_was(tmp_path: Path) -> None:
    class Failing(Store):
        def set_label_parents(self, *_: object) -> None:
            raise RuntimeError("stopped")

    path = str(tmp_path / "p.db")
    with Store(path) as store:
        import_taxonomy(store, version(p=None))
    with Failing(path) as failing, pytest.raises(RuntimeError):
        import_taxonomy(failing, version(a=ROWS["a"]._replace(name="X")))
    with Store(path) as store:
        assert load(store)[0] == version(p=None)
        assert store.taxonomy(removed=True).codes == ("a", "b", "e"), "no row of the one that failed"


def test_a_project_without_a_taxonomy() -> None:
    with Store() as store, pytest.raises(InputError, match=r"holds no taxonomy .*taxonomy import"):
        load(store)
