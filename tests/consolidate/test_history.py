"""What was done to labels is told, with who, why, and why each wording is where it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from linnaeus import Classifier, InputError
from linnaeus.consolidate.history import history, named_by, wordings
from linnaeus.consolidate.naming import name_wordless
from linnaeus.consolidate.parting import propose_split
from linnaeus.consolidate.people import find_label, merge, move, rename, retire, undo
from linnaeus.consolidate.splits import split_texts, split_wordings
from linnaeus.consolidate.tidy import PERSON
from linnaeus.store import KeptName
from linnaeus.types import LabelId
from tests.letters import Letters, all_asked, stream, turned

TOPICS = ("abc", "def", "ghi", "jkl")  # to `Letters` nothing alike


@pytest.fixture
def project() -> Iterator[Classifier]:
    with all_asked() as classifier:
        classifier.label(turned(TOPICS, 40))
        classifier.tidy()
        yield classifier


def label(project: Classifier, wording: str) -> LabelId:
    return find_label(project.store, wording)


def test_every_event_is_told(project: Classifier) -> None:
    made, store = project.consolidator, project.store
    abc, def_, ghi = (label(project, key) for key in ("abcabc", "defdef", "ghighi"))
    was = {one: store.names()[one][0] for one in (abc, def_, ghi)}
    merge(made, abc, [def_], author="ada", why="they are one")
    rename(made, abc, "Mixed", author="bob")
    part = next(
        row.key for row in store.surfaces() if row.key in ("defdef", "efdefd") and row.own_label != def_
    )
    new = split_wordings(made, abc, [part]).new
    assert new is not None
    move(made, abc, "Box")
    box = store.category_of(abc)
    retire(made, ghi)
    split_texts(made, propose_split(made, abc, name="Other half"))
    undo(made, 1, author="eve", why="no, they are not")
    move(made, abc, None)
    told = history(store)
    other = find_label(store, "Other half")
    assert [entry.what for entry in told] == [
        f"merged {was[def_]} (label {def_}) into {was[abc]} (label {abc})",
        f"renamed {was[abc]} (label {abc}) to Mixed",
        f"split {part} from Mixed (label {abc}), new: label {new}",
        f"moved Mixed (label {abc}) under Box (label {box})",
        f"retired {was[ghi]} (label {ghi})",
        told[5].what,
        "undid merge (event 1)",
        f"moved Mixed (label {abc}) to the top",
    ]
    assert told[5].what.startswith("split ") and told[5].what.endswith(f"new: Other half (label {other})")
    assert told[0].author == "ada" and told[0].undone_by == 7 and told[1].undone_by is None
    assert told[0].why.startswith("they are one; wording ") and ", texts " in told[0].why
    assert "shapeless clouds" in told[5].why and told[6].why == "no, they are not" and told[6].author == "eve"
    assert [entry.event for entry in history(store, ghi)] == [5]
    assert [entry.event for entry in history(store, new)] == [3]
    assert {entry.event for entry in history(store, abc)} == {1, 2, 3, 4, 6, 7, 8}
    assert {entry.event for entry in history(store, def_)} >= {1, 7}, "it was merged, and then was not"


def test_history_follows_redirects(project: Classifier) -> None:
    abc, def_ = label(project, "abcabc"), label(project, "defdef")
    rename(project.consolidator, def_, "Gone")
    merge(project.consolidator, abc, [def_])
    assert [entry.event for entry in history(project.store, abc)] == [1, 2]
    assert [entry.event for entry in history(project.store, def_)] == [1, 2], (
        "the old id is asked for as well"
    )


def test_events_of_other_kinds_are_told_too(project: Classifier) -> None:
    project.store.add_event("wave", {"label": 1}, author="ada")
    assert [entry.what for entry in history(project.store)] == ["wave label 1"]


def test_texts_that_a_person_labelled_are_told_and_not_undone(project: Classifier) -> None:
    abc = label(project, "abcabc")
    project.fit(["one", "two"], ["abcabc", "quite_new"])
    new = label(project, "quite_new")
    (entry,) = history(project.store, new)
    assert entry.what == f"labelled 2 texts: abcabc (label {abc}), quite_new (label {new})"
    assert entry.author == PERSON and history(project.store, abc) == [entry]
    with pytest.raises(InputError, match="nothing to undo"):
        undo(project.consolidator)


def test_why_wordings_are_there(project: Classifier) -> None:
    made, store = project.consolidator, project.store
    abc, def_ = label(project, "abcabc"), label(project, "defdef")
    founders = {row.own_label: row.key for row in store.surfaces()}
    before = {one.key: one.reason for one in wordings(store, abc)}
    assert before[founders[abc]] == "" and len(before) == 3
    assert all(
        reason.startswith("joined: wording 0.") for key, reason in before.items() if key != founders[abc]
    )
    merge(made, abc, [def_], author="ada")
    after = {one.key: one.reason for one in wordings(store, abc)}
    assert after["defdef"] == after["efdefd"] == "merged by ada (event 1)"
    kept = {key: f"{reason}; merged by ada (event 1)" for key, reason in before.items() if reason}
    assert kept.items() <= after.items(), "what a machine had joined before is told too"
    assert [one.texts for one in wordings(store, abc)] == sorted(
        (one.texts for one in wordings(store, abc)), reverse=True
    )
    new = split_wordings(made, abc, ["efdefd", "fdefde"], author="bob").new
    assert new is not None
    assert sorted(one.reason for one in wordings(store, new)) == ["", "split by bob (event 2)"]
    undo(made, 1)
    undo(made, 2)
    assert {one.key: one.reason for one in wordings(store, abc)}.keys() == before.keys()
    assert {reason.split(" ")[0] for reason in before.values()} == {"", "joined:"}


def test_who_named_a_label(project: Classifier) -> None:
    abc = label(project, "abcabc")
    assert named_by(project.store, abc) == "linnaeus"
    rename(project.consolidator, abc, "linnaeus", author="linnaeus")
    assert named_by(project.store, abc) == "linnaeus (event 1)", "a person, whatever the name"
    undo(project.consolidator)
    assert named_by(project.store, abc) == "linnaeus"


def test_a_person_called_like_the_machine_is_a_person(project: Classifier) -> None:
    abc, def_ = label(project, "abcabc"), label(project, "defdef")
    merge(project.consolidator, abc, [def_], author="linnaeus")
    project.consolidator.regroup()
    assert label(project, "defdef") == abc
    assert {vote.event for vote in project.store.votes(by_people=True)} == {1}


def test_old_ids_lead_to_today_for_ever(project: Classifier) -> None:
    made, store = project.consolidator, project.store
    ids = {row.own_label: row.key for row in store.surfaces()}
    abc, def_ = label(project, "abcabc"), label(project, "defdef")
    merge(made, abc, [def_])
    split = split_texts(made, propose_split(made, abc))
    rename(made, split.label, "Renamed")
    for event in (split.event, 3, 1):
        for id, key in ids.items():
            assert store.today(id) == label(project, key) == label(project, str(id))
        assert split.new is not None and store.today(split.new) in store.names()
        undo(made, event)
    assert split.new is not None
    assert store.today(split.new) in {label(project, key) for key in ids.values()}


def test_there_is_an_end_to_undoing(project: Classifier) -> None:
    retire(project.consolidator, label(project, "abcabc"))
    undo(project.consolidator)
    with pytest.raises(InputError, match="nothing to undo"):
        undo(project.consolidator)
    with pytest.raises(InputError, match="no event 2 that stands"):
        undo(project.consolidator, 2)


# -- names of labels without wordings


def test_an_event_renames_no_label_that_it_does_not_touch() -> None:
    with Classifier.open(embedder=Letters()) as classifier:
        classifier.label(stream((*TOPICS, "mno", "pqr"), 90))
        classifier.tidy()
        store = classifier.store
        before = {one: name for one, (name, _) in store.names().items()}
        big, *others = (one.id for one in store.labels())
        split = split_texts(classifier.consolidator, propose_split(classifier.consolidator, big))
        assert {one: store.names()[one][0] for one in others} == {one: before[one] for one in others}
        merge(classifier.consolidator, others[0], [others[1]])
        rename(classifier.consolidator, others[2], "By hand")
        for event in (split.event, 2, 3):
            undo(classifier.consolidator, event)
        assert {one: name for one, (name, _) in store.names().items()} == before


def test_a_label_that_is_as_it_was_keeps_its_name_while_no_text_comes_in() -> None:
    with Classifier.open(embedder=Letters()) as classifier:
        classifier.label(stream(TOPICS, 40))
        classifier.tidy()
        store = classifier.store
        groups = {one.id: store.surfaces_of(one.id) for one in store.labels()}
        first, *others = groups
        kept = store.kept_names()
        store.keep_names(
            {first: KeptName("as_it_was", kept[first].shape), others[0]: KeptName("as_it_was", "other")}
        )
        named = name_wordless(groups, store, Letters(), new_texts=False)
        assert named[first] == "as_it_was", "whatever phrases suit it now"
        assert len(set(named.values())) == len(groups) and named[others[1]] == kept[others[1]].name
