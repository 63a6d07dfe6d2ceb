"""Whatever people do to labels, in any order: labels are what the events that stand say, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus import Classifier, InputError
from linnaeus.consolidate import Consolidator
from linnaeus.consolidate.parting import propose_split
from linnaeus.consolidate.people import find_label, merge, move, rename, retire, undo
from linnaeus.consolidate.splits import split_texts, split_wordings
from linnaeus.consolidate.standing import standing
from linnaeus.store import CachedVectors, Store
from linnaeus.types import LabelId
from tests.letters import Letters, all_asked, first_word, stream, turned
from tests.scripted import Scripted

TOPICS = ("abc", "abd", "cde", "efg", "gha", "hij", "jkl")
TEXTS = 60
PLAIN = ("abc", "def", "ghi", "jkl")  # to `Letters` nothing alike


@cache
def project(model: str) -> Store:
    """A finished project, to copy: with words of a model, or without; or, "plain", four labels of three wordings each."""
    if model == "plain":
        classifier = all_asked()
        classifier.label(turned(PLAIN, TEXTS))
    else:
        llm = Scripted(first_word) if model == "words" else "none"
        classifier = Classifier.open(llm=llm, embedder=Letters())
        classifier.label(stream(TOPICS, TEXTS))
    classifier.tidy()
    return classifier.store


def copy(store: Store) -> Consolidator:
    """The same project in a file of its own."""
    made = Store()
    store.commit()
    store._connection.backup(made._connection)
    return opened(made)


def opened(store: Store) -> Consolidator:
    return Consolidator(store, CachedVectors(Letters(), store), wordless=store.meta("model") == "none")


def state(store: Store) -> list[list[Any]]:
    """Everything that people can see."""
    return [
        store._rows(f"SELECT * FROM {view} ORDER BY 1, 4, 5")
        for view in ("label_view", "text_view", "wording_view")
    ]


def standing_events(store: Store) -> list[int]:
    return [event.id for event in store.events() if event.undone_by is None and event.kind != "undo"]


# -- any sequence of events


def act(consolidator: Consolidator, kind: str, draw: random.Random) -> None:
    """Do something to some label; what cannot be done is not done."""
    store = consolidator.store
    labels = [label.id for label in store.labels(retired=True)]
    files = [*labels, *store.categories()]
    label = draw.choice(labels)
    wordings = [row.key for row in store.surfaces() if row.id in set(store.surfaces_of(label))]
    names = [f"name {draw.randrange(4)}", draw.choice(store.surfaces()).key]
    deeds: dict[str, Callable[[], object]] = {
        "merge": lambda: merge(consolidator, label, draw.choices(labels, k=2)),
        "rename": lambda: rename(consolidator, draw.choice(files), draw.choice(names)),
        "move": lambda: move(consolidator, draw.choice(files), draw.choice([None, "one", "two", "three"])),
        "retire": lambda: retire(consolidator, label),
        "words": lambda: split_wordings(
            consolidator, label, draw.sample(wordings, draw.randrange(1, len(wordings) + 1))
        ),
        "texts": lambda: halves(consolidator, label, draw),
        "undo": lambda: undo(consolidator, draw.choice(standing_events(store) or [0])),
    }
    with suppress(InputError):
        deeds[kind]()


def halves(consolidator: Consolidator, label: LabelId, draw: random.Random) -> None:
    proposed = propose_split(consolidator, label)
    split_texts(consolidator, proposed, answers={text: draw.random() < 0.5 for text in proposed.doubtful})


def replayed(base: Store, store: Store) -> Store:
    """A copy of `base` in which only those events of `store` ever happened that stand."""
    made = copy(base).store
    made._connection.execute("PRAGMA foreign_keys=OFF")
    stand = ",".join(map(str, standing_events(store))) or "0"
    there = f"SELECT id FROM surfaces WHERE event_id IS NULL OR event_id IN ({stand})"
    new = f"id > {made._rows('SELECT max(id) FROM labels')[0][0]}"
    founded = f"SELECT own_label_id FROM surfaces WHERE event_id IN ({stand})"
    for table, which in (
        ("events", f"id IN ({stand})"),
        ("labels", f"{new} AND (named_by = 'category' OR id IN ({founded}))"),
        ("surfaces", f"event_id IN ({stand})"),
        ("evidence", f"event_id IN ({stand}) AND a IN ({there}) AND b IN ({there})"),
        ("moves", f"event_id IN ({stand})"),
    ):
        for row in store._rows(f"SELECT * FROM {table} WHERE {which}"):
            made._write(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
    made._write(
        f"UPDATE labels SET merged_into = NULL, parent_id = NULL, retired_after = NULL WHERE {new}", ()
    )
    made._write("UPDATE surfaces SET label_id = own_label_id WHERE event_id IS NOT NULL", ())
    split_from = {row.id: row.sense_of for row in store.surfaces()}
    for row in (
        store.surfaces()
    ):  # what was split from a surface of an undone event was split from what that was split from
        source = row.id if row.event is None or row.event in standing_events(store) else split_from[row.id]
        while source is not None and source not in {other.id for other in made.surfaces()}:
            source = split_from[source]
        made._write("UPDATE surfaces SET sense_of = ? WHERE sense_of = ?", (source, row.id))
        made._write("UPDATE moves SET surface_to = ? WHERE surface_to = ?", (source, row.id))
    made.follow_moves()
    made.set_meta("tidied_at", f"{made.newest_text()} never")
    opened(made).tidy()
    return made


KINDS = (
    "merge",
    "merge",
    "words",
    "words",
    "texts",
    "texts",
    "rename",
    "move",
    "retire",
    "undo",
    "undo",
    "undo",
)


@pytest.mark.parametrize("model", ["words", "none"])
@given(kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=12), seed=st.integers(0, 10**6))
@settings(max_examples=40)
def test_labels_are_what_the_events_that_stand_say(model: str, kinds: Sequence[str], seed: int) -> None:
    """However events were made and undone, the rest of them alone, on a fresh copy, give the same."""
    consolidator, draw = copy(project(model)), random.Random(seed)
    store = consolidator.store
    for kind in kinds:
        act(consolidator, kind, draw)
    assert state(store) == state(replayed(project(model), store))
    names = [row[1] for row in state(store)[0]]
    assert len(set(names)) == len(names), "every name is unique"
    for event in draw.sample(standing_events(store), len(standing_events(store))):
        undo(consolidator, event)
    assert state(store) == state(project(model)), "all undone, in some order: as though nothing had happened"


@given(kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=6), seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_texts_that_come_between_events_are_where_they_would_be_without_them(
    kinds: Sequence[str], seed: int
) -> None:
    """The senses and names of splits and renames are gone with them, for texts that came after, too."""
    first, later = stream(TOPICS, TEXTS), stream(TOPICS, TEXTS, seed=1)
    draw = random.Random(seed)
    with all_asked() as one, all_asked() as other:
        for classifier in (one, other):
            classifier.label(first)
            classifier.tidy()
        for kind in kinds:
            act(one.consolidator, kind, draw)
        one.label(later)
        act(one.consolidator, draw.choice(KINDS), draw)
        for event in draw.sample(standing_events(one.store), len(standing_events(one.store))):
            undo(one.consolidator, event)
        other.label(later)
        for classifier in (one, other):
            classifier.tidy()
        assert [a and a.labels for a in one.today(later)] == [a and a.labels for a in other.today(later)]


# -- splits by wording


@pytest.fixture
def fresh() -> Iterator[Consolidator]:
    consolidator = copy(project("plain"))
    yield consolidator
    consolidator.store.close()


def wordings_by_label(store: Store) -> dict[str, set[str]]:
    names = store.names()
    found: dict[str, set[str]] = {}
    for row in store.surfaces():
        found.setdefault(names[row.label][0], set()).add(row.key)
    return found


def label_of(consolidator: Consolidator, wording: str) -> LabelId:
    return find_label(consolidator.store, wording)


def test_wordings_become_a_label_of_their_own(fresh: Consolidator) -> None:
    store, before = fresh.store, state(fresh.store)
    abc = find_label(store, "abcabc")
    founder = next(row.key for row in store.surfaces() if row.own_label == abc)
    gone = next(key for key in ("abcabc", "bcabca", "cabcab") if key not in (founder, store.names()[abc][0]))
    texts = {label.id: label.texts for label in store.labels()}[abc]
    change = split_wordings(fresh, abc, [gone.upper()], why="other customers")
    assert change.label == abc and change.new == label_of(fresh, gone) != abc
    assert store.names()[abc][0] == before[0][[row[0] for row in before[0]].index(abc)][1], "the name stays"
    split = {label.id: label.texts for label in store.labels()}
    assert split[abc] + split[change.new] == texts, "texts follow"
    fresh.tidy()
    opened(store).regroup()
    assert label_of(fresh, gone) == change.new, "and it survives every later tidy"
    undo(fresh)
    assert state(store) == before
    assert store.today(change.new) == abc, "its id leads to what it is now, for ever"


def test_the_id_goes_with_the_founder(fresh: Consolidator) -> None:
    store = fresh.store
    abc = find_label(store, "abcabc")
    founder = next(row.key for row in store.surfaces() if row.own_label == abc)
    change = split_wordings(fresh, abc, [founder], name="first of all")
    assert label_of(fresh, founder) == abc and store.names()[abc][0] == "first of all"
    rest = {"abcabc", "bcabca", "cabcab"} - {founder}
    assert {label_of(fresh, key) for key in rest} == {change.new}
    assert change.new == min(row.own_label for row in store.surfaces() if row.key in rest)


def test_a_name_goes_with_the_wording_that_it_is() -> None:
    """The id stays with the founder; a label that is called by a wording which leaves gets another name."""
    with all_asked() as classifier:
        classifier.label([*turned(("abc",), 1), *(f"bcabca abc {letter}" for letter in "defghijk")])
        classifier.tidy()
        abc = find_label(classifier.store, "abcabc")
        assert classifier.store.names()[abc][0] == "bcabca"
        new = split_wordings(classifier.consolidator, abc, ["bcabca"]).new
        assert new is not None and classifier.store.names()[new][0] == "bcabca"
        assert classifier.store.names()[abc][0] == "abcabc"


def test_a_name_goes_with_the_wording_that_it_is_at_a_second_split_too() -> None:
    with all_asked() as classifier:
        texts = [f"bcabca abc {letter}" for letter in "defghijk"]
        classifier.label([*turned(("abc",), 1), *texts, *(f"cabcab abc {letter}" for letter in "de")])
        classifier.tidy()
        store, abc = classifier.store, find_label(classifier.store, "abcabc")
        assert store.names()[abc][0] == "bcabca"
        split_wordings(classifier.consolidator, abc, ["cabcab"])
        assert store.names()[abc][0] == "bcabca"
        new = split_wordings(classifier.consolidator, abc, ["bcabca"]).new
        assert new is not None and store.names()[new][0] == "bcabca" and store.names()[abc][0] == "abcabc"


@pytest.mark.parametrize("first", ["merge", "split"])
def test_a_later_event_wins_and_either_can_be_undone_first(fresh: Consolidator, first: str) -> None:
    """abcabc is split from what was merged: abc with def. Undoing one leaves what the other says."""
    store, before = fresh.store, wordings_by_label(fresh.store)
    abc, def_ = label_of(fresh, "abcabc"), label_of(fresh, "defdef")
    merged = merge(fresh, abc, [def_]).event
    split = split_wordings(fresh, abc, ["defdef"]).event
    assert label_of(fresh, "defdef") != label_of(fresh, "efdefd") == label_of(fresh, "abcabc")
    undo(fresh, merged if first == "merge" else split)
    if first == "merge":
        assert label_of(fresh, "defdef") not in (label_of(fresh, "efdefd"), label_of(fresh, "abcabc"))
        assert label_of(fresh, "efdefd") != label_of(fresh, "abcabc") == label_of(fresh, "bcabca")
        assert label_of(fresh, "efdefd") == label_of(fresh, "fdefde")
    else:
        assert len({label_of(fresh, key) for key in ("defdef", "efdefd", "abcabc", "cabcab")}) == 1
    undo(fresh, split if first == "merge" else merged)
    assert wordings_by_label(store) == before


def test_a_merge_after_a_split_wins(fresh: Consolidator) -> None:
    abc = label_of(fresh, "abcabc")
    new = split_wordings(fresh, abc, ["bcabca"]).new
    assert new is not None
    merge(fresh, abc, [new])
    assert label_of(fresh, "bcabca") == label_of(fresh, "abcabc") == abc
    undo(fresh)
    assert label_of(fresh, "bcabca") != label_of(fresh, "abcabc")


def test_a_text_that_memory_answered_has_its_wording_again_when_an_event_is_undone(
    fresh: Consolidator,
) -> None:
    """While the split stands most asked texts around it are of the other label, and it is filed there."""
    store = fresh.store
    text = next(row.text_id for row in store.assigned([r.id for r in store.surfaces() if r.key == "bcabca"]))
    store._write("UPDATE texts SET by = 'recall' WHERE id = ?", (text,))
    fresh.reload()
    retire(fresh, label_of(fresh, "ghighi"))  # an event, so that all is tidied
    before = store._rows("SELECT surface_id FROM assignments WHERE text_id = ?", (text,))
    abc = label_of(fresh, "abcabc")
    new = split_wordings(fresh, abc, ["bcabca"]).new
    assert new is not None and store.named([text])[text].label_ids == (abc,)
    merge(fresh, abc, [new])
    assert store._rows("SELECT surface_id FROM assignments WHERE text_id = ?", (text,)) == before
    undo(fresh)
    undo(fresh)
    assert store._rows("SELECT surface_id FROM assignments WHERE text_id = ?", (text,)) == before


def test_what_was_split_joins_no_old_label_by_machine(fresh: Consolidator) -> None:
    """Two wordings leave a label, then one of them the other: it is as like as before to the label that both left."""
    both = split_wordings(fresh, label_of(fresh, "abcabc"), ["bcabca", "cabcab"]).new
    assert both is not None and label_of(fresh, "bcabca") == label_of(fresh, "cabcab") != label_of(
        fresh, "abcabc"
    )
    split_wordings(fresh, both, ["cabcab"])
    opened(fresh.store).regroup()
    assert len({label_of(fresh, key) for key in ("abcabc", "bcabca", "cabcab")}) == 3


def test_the_rest_of_a_split_label_stays_together(fresh: Consolidator) -> None:
    """What only a machine had joined is bound by the split; what a merge joined, by the merge alone."""
    abc, def_ = label_of(fresh, "abcabc"), label_of(fresh, "defdef")
    surface = {row.key: row.id for row in fresh.store.surfaces()}
    split_wordings(fresh, abc, ["bcabca"])
    holding = standing(fresh.store).holding
    assert (
        holding.head(surface["abcabc"]) == holding.head(surface["cabcab"]) != holding.head(surface["bcabca"])
    )
    undo(fresh)
    merged = merge(fresh, abc, [def_]).event
    split_wordings(fresh, abc, ["bcabca"])
    assert len({label_of(fresh, key) for key in ("abcabc", "cabcab", "defdef", "efdefd", "fdefde")}) == 1
    undo(fresh, merged)
    assert label_of(fresh, "defdef") == label_of(fresh, "efdefd") == label_of(fresh, "fdefde")
    assert label_of(fresh, "abcabc") == label_of(fresh, "cabcab")
    assert len({label_of(fresh, key) for key in ("abcabc", "bcabca", "defdef")}) == 3


def test_what_cannot_be_split(fresh: Consolidator) -> None:
    abc = label_of(fresh, "abcabc")
    with pytest.raises(InputError, match=r"no wording 'defdef' \(it has abc"):
        split_wordings(fresh, abc, ["defdef"])
    with pytest.raises(InputError, match="nothing would be left"):
        split_wordings(fresh, abc, ["abcabc", "bcabca", "cabcab"])
    with pytest.raises(InputError, match="already called"):
        split_wordings(fresh, abc, ["bcabca"], name=fresh.store.names()[label_of(fresh, "defdef")][0])
    with pytest.raises(InputError, match="is a category"):
        move(fresh, abc, "Box")
        split_wordings(fresh, label_of(fresh, "Box"), ["abcabc"])
    assert [event.kind for event in fresh.store.events()] == ["move"]


# -- categories


def test_categories(fresh: Consolidator) -> None:
    store = fresh.store
    abc, def_, ghi = (label_of(fresh, key) for key in ("abcabc", "defdef", "ghighi"))
    made = move(fresh, abc, "Letters")
    letters = store.category_of(abc)
    assert letters is not None and store.categories()[letters].name == "Letters"
    move(fresh, def_, "letters")
    assert store.category_of(def_) == letters, "one of that name is there"
    move(fresh, letters, "All")
    every = store.categories()[letters].parent
    assert every is not None and store.categories()[every].name == "All"
    with pytest.raises(InputError, match="is under"):
        move(fresh, every, "Letters")
    with pytest.raises(InputError, match="is under"):
        move(fresh, every, str(every))
    with pytest.raises(InputError, match="is a label, not a category"):
        move(fresh, ghi, store.names()[abc][0])
    with pytest.raises(InputError, match="there already"):
        move(fresh, ghi, None)
    with pytest.raises(InputError, match="already called 'Letters'"):
        rename(fresh, ghi, "LETTERS")
    rename(fresh, letters, "Signs")
    assert {row[0]: row[4] for row in state(store)[0]}[abc] == "Signs"
    move(fresh, def_, None)
    assert store.category_of(def_) is None
    undo(fresh)
    undo(fresh, made.event)
    assert store.category_of(abc) is None and store.category_of(def_) == letters
    for event in standing_events(store):
        undo(fresh, event)
    assert not store.categories() and state(store) == state(project("plain"))
    with pytest.raises(InputError, match="there is no label"):
        find_label(store, "?!")
    assert rename(fresh, ghi, "Letters").label == ghi, "the name of a category that nothing is under is free"


def test_a_merge_keeps_the_category_of_the_label_that_keeps_the_id(fresh: Consolidator) -> None:
    store = fresh.store
    abc, def_, ghi = (label_of(fresh, key) for key in ("abcabc", "defdef", "ghighi"))
    move(fresh, abc, "one")
    move(fresh, def_, "two")
    merge(fresh, def_, [abc])
    assert store.categories()[store.category_of(def_) or LabelId(0)].name == "two"
    merge(fresh, ghi, [def_])
    assert store.category_of(ghi) is not None, (
        "a label that was never filed comes under that of those it takes in"
    )


def test_undoing_moves_never_makes_a_circle(fresh: Consolidator) -> None:
    store = fresh.store
    move(fresh, label_of(fresh, "abcabc"), "one")
    move(fresh, label_of(fresh, "defdef"), "two")
    one, two = (label_of(fresh, name) for name in ("one", "two"))
    move(fresh, one, "two")
    top = move(fresh, one, None)
    move(fresh, two, "one")
    undo(fresh, top.event)  # now one is under two, says the first, and two under one, says the later
    assert store.category_of(two) == one and store.category_of(one) is None


# -- retired labels


def test_no_later_text_gets_a_retired_label() -> None:
    first = turned(PLAIN, TEXTS)
    later = ["abcabc abc vvvv", "defdef def vvvv", "acbacb abc wwww"]
    with all_asked() as classifier:
        store = classifier.store
        classifier.label(first)
        classifier.tidy()
        abc = find_label(store, "abcabc")
        event = retire(classifier.consolidator, abc).event
        old = [answer.text for answer in classifier.today(first) if answer and abc in answer.label_ids]
        assert len(old) == TEXTS / len(PLAIN), "texts decided before keep it"
        answers = classifier.label(later)
        assert [answer.label for answer in answers][::2] == [None, None] and answers[1].label is not None
        assert answers[0].error is None and answers[0].by == "ask"
        calls = classifier.usage.calls
        classifier.tidy()
        again = classifier.label(later)
        assert [answer.label for answer in again][::2] == [None, None], "also from memory"
        assert {answer.by for answer in again} == {"exact"} and not any(answer.error for answer in again)
        assert classifier.usage.calls == calls, "and they are not asked again"
        assert classifier.predict(old) == [store.names()[abc][0]] * len(old)
        exported = {answer.text: answer for _, answer in classifier.export()}
        assert exported[later[0]].label is None and exported[later[0]].error is None
        assert not {row[1] for row in state(store)[1]} & {later[0], later[2]}
        assert abc not in {label.id for label in store.labels()}
        assert {label.id: label.texts for label in store.labels(retired=True)}[abc] == len(old)
        with pytest.raises(InputError, match="retired already"):
            retire(classifier.consolidator, abc)
        with pytest.raises(InputError, match="is retired"):
            merge(classifier.consolidator, abc, [find_label(store, "defdef")])
        undo(classifier.consolidator, event)
        assert [answer.label_ids for answer in classifier.today(later) if answer][::2] == [(abc,), (abc,)]


def test_a_retired_label_takes_no_other_label_with_it(fresh: Consolidator) -> None:
    """Its wordings stay together, and no label that was there is joined to it by machine."""
    store = fresh.store
    groups = wordings_by_label(store)
    for label in list(store.labels()):
        retire(fresh, label.id)
    fresh.regroup()
    assert sorted(map(sorted, wordings_by_label(store).values())) == sorted(map(sorted, groups.values()))
    assert store.labels() == [] and len(store.labels(retired=True)) == len(groups)
