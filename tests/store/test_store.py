"""The project file: whose it is, which version, one writer at a time, nothing half written."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from linnaeus import Store, StoreBusy, StoreError, UsageError
from linnaeus.store import CachedVectors, DecidedText, content_key
from linnaeus.store.schema import STEPS
from linnaeus.types import Reply, Vectors
from tests.letters import Letters


def decided(text: str, *surfaces: int) -> DecidedText:
    return DecidedText(content_key(text), text, "ask", 1.0, tuple(surfaces))  # type: ignore[arg-type]


def test_texts_and_labels_come_back(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as store:
        lost = store.add_surface("card_lost", "Card lost", label=None, name="card_lost", pinned=False)
        gone = store.add_surface("card_gone", "card gone", label=lost.label, name="card_gone", pinned=False)
        store.add_texts([decided("my card is lost", lost.id), decided("gone", gone.id, lost.id)])
        store.commit()
    with Store(path) as store:
        known = store.decided([content_key("gone"), content_key("unknown")])
        named = store.named(list(known.values()))[known[content_key("gone")]]
        assert (named.names, named.label_ids, named.by) == (("card_lost",), (lost.label,), "ask")
        assert store.surfaces() == [lost, gone]
        assigned = store.assigned_texts()
        assert [(text.key, text.surfaces) for text in assigned] == [
            (content_key("my card is lost"), (lost.id,)),
            (content_key("gone"), (gone.id, lost.id)),
        ]
        assert store.assigned_texts(since=assigned[0].id) == assigned[1:]
        assert [(label.name, label.texts, label.wordings) for label in store.labels()] == [
            ("card_lost", 2, 2)
        ]


def test_what_is_not_committed_is_not_kept(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as store:
        store.set_meta("a", "1")
        store.commit()
        store.set_meta("a", "2")
        store.rollback()
        assert store.meta("a") == "1"
        store.set_meta("a", "3")
    with Store(path) as store:
        assert store.meta("a") == "1"


def test_answers_are_kept_at_once_and_by_model_and_task(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as store:
        store.journal("m", "propose 1", [(b"k", Reply(("a", "b"), tokens_in=3, usd=None))])
    with Store(path) as store:
        assert store.answered("m", "propose 1", [b"k", b"l"]) == {b"k": Reply(("a", "b"))}
        assert store.answered("other", "propose 1", [b"k"]) == {}
        assert store.answered("m", "propose 2", [b"k"]) == {}


def test_vectors_are_kept_by_content_and_embedder() -> None:
    with Store() as store:
        store.add_vectors([b"k"], np.array([[1, -127]], dtype=np.int8), "one")
        assert store.vectors([b"k"], "one")[b"k"].tolist() == [1, -127]
        assert store.vectors([b"k"], "another") == {}


def test_more_keys_than_one_statement_takes() -> None:
    with Store() as store:
        surface = store.add_surface("a", "a", label=None, name="a", pinned=False)
        texts = [f"text {number}" for number in range(1203)]
        store.add_texts(decided(text, surface.id) for text in texts)
        assert len(store.decided([content_key(text) for text in texts])) == 1203


def test_a_second_writer_is_told_who_holds_the_project(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as first, Store(path, wait_s=0.1) as second:
        with first.writing():
            with pytest.raises(StoreBusy, match=r"in use by process \d+ \(.*\), since"):
                second.set_meta("a", "1")
            with pytest.raises(StoreBusy, match="in use"):
                Store(path, wait_s=0.1)
            Store(path, write=False).close()  # looking is allowed
            second.journal(
                "m", "propose 1", [(b"k", Reply(("a",)))]
            )  # and so is writing down what was paid for
        second.set_meta("a", "1")
        with pytest.raises(StoreBusy, match="in use"):
            Store(path, wait_s=0.1)
        second.commit()
    Store(path, wait_s=0.0).close()


def test_what_belongs_together_is_written_together_or_not_at_all(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as store, Store(path, wait_s=0.1) as other:
        with store.writing():
            store.set_meta("a", "1")
            store.commit()
            with pytest.raises(StoreBusy):
                other.set_meta("a", "2")
            with store.writing():
                store.set_meta("a", "3")
            assert other.meta("a") == "1"
        assert other.meta("a") == "3"
        with pytest.raises(ZeroDivisionError), store.writing():
            store.set_meta("a", "4")
            raise ZeroDivisionError
        assert (store.meta("a"), other.meta("a")) == ("3", "3")


def test_one_moment_is_read_whatever_others_write(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as store, Store(path) as other:
        with store.reading():
            assert store.meta("a") is None
            other.set_meta("a", "1")
            other.commit()
            store.add_vectors(
                [b"k"], np.array([[1]], dtype=np.int8), "one"
            )  # not kept: nothing is written here
            assert store.meta("a") is None
        assert store.meta("a") == "1"
        assert store.vectors([b"k"], "one") == {}


def test_of_two_settings_the_first_is_kept(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as store, Store(path) as other:
        store.keep("max_labels", "1")
        other.keep("max_labels", "1")
        with pytest.raises(UsageError, match="max_labels=1, not 2"):
            other.keep("max_labels", "2")


def test_looking_does_not_write(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    Store(path).close()
    with Store(path, write=False) as store, pytest.raises(StoreError, match="may not be written"):
        store.set_meta("a", "1")


def test_files_that_are_no_project(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("this is not a database, but it is long enough to be read as a header" * 20)
    with pytest.raises(StoreError, match="not a Linnaeus project"):
        Store(str(text))
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE a (b)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        Store(str(other))
    with pytest.raises(StoreError, match="cannot open"):
        Store(str(tmp_path))
    with pytest.raises(StoreError, match="cannot open"):
        Store(str(tmp_path / "no" / "folder.db"))
    with pytest.raises(StoreError, match="there is no project"):
        Store(str(tmp_path / "none.db"), create=False)
    with pytest.raises(UsageError, match="PostgreSQL"):
        Store("postgresql://somewhere/db")


def test_a_project_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version={len(STEPS) + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer Linnaeus"):
        Store(path)


def test_an_empty_file_becomes_a_project(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    path.touch()
    with Store(str(path)) as store:
        assert store.newest_text() == 0


def test_people_can_read_the_views(tmp_path: Path) -> None:
    """What docs/project-file.md shows works in any SQLite client."""
    path = str(tmp_path / "p.db")
    with Store(path) as store:
        surface = store.add_surface("card_lost", "Card lost", label=None, name="card_lost", pinned=False)
        store.add_texts([decided("my card is lost", surface.id)])
        store.commit()
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    assert connection.execute("SELECT label, texts, wordings FROM label_view").fetchall() == [
        ("card_lost", 1, 1)
    ]
    assert connection.execute("SELECT text, label, rank, by FROM text_view").fetchall() == [
        ("my card is lost", "card_lost", 0, "ask")
    ]
    assert connection.execute("SELECT words, label, texts FROM wording_view").fetchall() == [
        ("Card lost", "card_lost", 1)
    ]
    connection.close()


def test_vectors_made_before_a_stop_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linnaeus.store.vectors.PART", 4)

    class Stops(Letters):
        calls = 0

        def embed(self, texts: Sequence[str], /) -> Vectors:
            self.calls += 1
            if self.calls == 3:
                raise KeyboardInterrupt
            return super().embed(texts)

    texts = [f"text {number}" for number in range(10)]
    with Store(str(tmp_path / "p.db")) as store, pytest.raises(KeyboardInterrupt):
        CachedVectors(Stops(), store).codes(texts)
    with Store(str(tmp_path / "p.db")) as store:
        kept = store.vectors([content_key(text) for text in texts], Letters.name)
    assert len(kept) == 8
