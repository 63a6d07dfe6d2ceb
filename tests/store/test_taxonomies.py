"""A taxonomy in the table of labels: apart from the project's own until a wording stands for a label."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from linnaeus import Store, StoreError
from linnaeus.store import TAXONOMY, TaxonomyRow, content_key
from linnaeus.store.rows import DecidedText
from linnaeus.types import LabelId

ROWS = [TaxonomyRow("a", "Animal", "", ""), TaxonomyRow("p", "Panda", "A bear", "bear|bamboo eater")]


def test_rows_come_back_as_columns(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as store:
        assert not store.has_taxonomy() and store.taxonomy().ids == () and store.taxonomy().links == []
        animal, panda = store.add_taxonomy_labels(ROWS)
        store.set_label_parents({panda: [animal]})
        store.commit()
    with Store(path, write=False) as store:
        read = store.taxonomy()
        assert read.ids == (animal, panda) and list(zip(*read[1:5], strict=True)) == ROWS
        assert read.removed == (0, 0) and read.links == [(panda, animal)] and store.has_taxonomy()
        assert store.taxonomy_names([panda]) == {panda: ("p", "Panda")}


def test_removed_labels_stay_as_rows_and_can_come_back() -> None:
    with Store() as store:
        animal, panda = store.add_taxonomy_labels(ROWS)
        store.set_label_parents({panda: [animal]})
        store.remove_taxonomy_labels([panda])
        assert store.taxonomy().ids == (animal,) and store.taxonomy().links == []
        assert store.taxonomy(removed=True).removed == (0, 1)
        assert store.taxonomy(removed=True).links == [(panda, animal)]
        assert store.names_of([panda]) == {panda: "Panda"} and store.today(panda) == panda
        store.set_taxonomy_labels({panda: ROWS[1]._replace(name="Bear cat")})
        assert store.taxonomy().names == ("Animal", "Bear cat")
        store.remove_taxonomy_labels([animal, panda])
        assert not store.has_taxonomy()


def test_a_code_is_given_once() -> None:
    with Store() as store:
        store.add_taxonomy_labels(ROWS)
        with pytest.raises(StoreError, match="UNIQUE"):
            store.add_taxonomy_labels(ROWS[:1])


def test_labels_without_a_wording_are_not_the_projects(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with Store(str(path)) as store:
        animal, panda = store.add_taxonomy_labels(ROWS)
        assert store.add_machine_category("cards") < 0 < animal
        own = store.add_surface("card_lost", "Card lost", label=None, name="card_lost", pinned=False)
        assert store.count_labels() == 1 and [label.id for label in store.labels()] == [own.label]
        assert set(store.names()) == {own.label} and store.descriptions() == {}
        store.set_descriptions({own.label: "cards"})
        used = store.add_surface("panda", None, label=panda, name="panda", pinned=True)
        store.add_texts([DecidedText(content_key("x"), "x", "ask", 1.0, (used.id,))])
        store.commit()
        assert store.count_labels() == 2 and [label.id for label in store.labels()] == [panda, own.label]
        assert store.names()[panda] == ("Panda", TAXONOMY)
        assert store.descriptions() == {own.label: "cards", panda: "A bear"}
        store.set_descriptions({panda: "made up"})
        assert store.descriptions() == {panda: "A bear"}, "what the taxonomy says stays"
    view = sqlite3.connect(path)
    assert view.execute("SELECT label, texts FROM label_view ORDER BY texts").fetchall() == [
        ("card_lost", 0),
        ("Panda", 1),
    ]
    view.close()


def test_ids_go_on_after_those_of_labels() -> None:
    with Store() as store:
        own = store.add_surface("a", "a", label=None, name="a", pinned=False)
        first, second = store.add_taxonomy_labels(ROWS)
        assert (first, second) == (LabelId(own.label + 1), LabelId(own.label + 2))
        assert store.add_surface("b", "b", label=None, name="b", pinned=False).label == second + 1
