"""Labels as fine as wanted, from the same evidence; categories above them; names that stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus import Classifier, UsageError
from linnaeus.consolidate.granularity import HIGHEST, LOWEST, level_for
from linnaeus.consolidate.people import find_label, merge, move, rename, undo
from linnaeus.store import Store
from linnaeus.types import Embedder, LabelId
from tests.letters import Letters, all_asked
from tests.scripted import Scripted, first_words


@pytest.fixture
def asked(embedder: Embedder, questions: list[str]) -> Iterator[Classifier]:
    with Classifier.open(llm=Scripted(), embedder=embedder, max_error=1e-9) as classifier:
        classifier.label(questions[:300])
        classifier.tidy()
        yield classifier


def state(store: Store) -> list[Any]:
    """All that people see."""
    return [store._rows(f"SELECT * FROM {view} ORDER BY 1, 4, 5") for view in ("label_view", "text_view")] + [
        store.descriptions()
    ]


def without_names_of_categories(store: Store) -> list[Any]:
    """The same, but for what categories are called, which depends on what they were called before."""
    inside: dict[Any, set[LabelId]] = {}
    for label in store.labels():
        inside.setdefault(label.category, set()).add(label.id)
    labels = store._rows("SELECT label_id, label, texts, wordings FROM label_view ORDER BY 1")
    return [labels, state(store)[1], sorted(map(sorted, inside.values()))]


def labels_at(classifier: Classifier, granularity: Any) -> int:
    classifier.consolidator.granularity = granularity
    classifier.tidy()
    return classifier.label_count


def test_coarse_normal_and_fine_are_a_choice_that_asks_nothing(asked: Classifier) -> None:
    before, calls = without_names_of_categories(asked.store), asked.usage.calls
    normal = asked.label_count
    coarse, fine = labels_at(asked, "coarse"), labels_at(asked, "fine")
    assert coarse < 0.7 * normal and normal < 0.95 * fine
    assert labels_at(asked, "normal") == normal
    assert asked.usage.calls == calls
    assert without_names_of_categories(asked.store) == before, "and back again is as it was"


@pytest.mark.parametrize("granularity", ["coarse", "fine", 20])
def test_it_does_not_matter_when_it_was_chosen(
    granularity: Any, asked: Classifier, embedder: Embedder, questions: list[str]
) -> None:
    labels_at(asked, granularity)
    with Classifier.open(llm=Scripted(), embedder=embedder, max_error=1e-9, granularity=granularity) as other:
        other.label(questions[:300])
        other.tidy()
        assert without_names_of_categories(other.store) == without_names_of_categories(asked.store)


def test_a_number_is_how_many_labels_there_are_at_most(asked: Classifier) -> None:
    finest = labels_at(asked, 10_000)
    for wanted in (8, 20, 41):
        found = labels_at(asked, wanted)
        assert 0.8 * wanted <= found <= wanted
    assert labels_at(asked, finest) == finest
    assert labels_at(asked, 1) > 1, "opposites stay apart"


def test_a_merge_by_a_person_does_not_let_other_labels_fall_apart(asked: Classifier) -> None:
    """The number led to a threshold; that stays until texts come in."""
    assert labels_at(asked, 20) == 20
    a, b = (label.id for label in asked.store.labels()[:2])
    merge(asked.consolidator, a, [b])
    asked.tidy()
    assert asked.label_count == 19


def test_labels_that_people_gave_may_be_more(embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(), embedder=embedder, granularity=1) as classifier:
        classifier.fit(["My card was stolen", "Is it raining?", "A loan"], ["stolen", "weather", "loan"])
        classifier.tidy()
        assert classifier.label_count == 3


@pytest.mark.parametrize("wrong", ["rough", "0", 0, -3, ""])
def test_granularities_that_there_are_not(wrong: Any, embedder: Embedder) -> None:
    with pytest.raises(UsageError, match="granularity"):
        Classifier.open(llm=Scripted(), embedder=embedder, granularity=wrong)


@given(at_most=st.integers(1, 60), steps=st.lists(st.floats(LOWEST, HIGHEST), min_size=1, max_size=50))
def test_the_level_for_a_number_is_the_best_there_is(at_most: int, steps: list[float]) -> None:
    """Where each step up makes one more label; two steps nearer than the search can tell apart may be one."""

    def count(level: float) -> int:
        return 1 + sum(step <= level for step in steps)

    level = level_for(at_most, count)
    assert count(level) <= at_most or level == LOWEST
    assert (
        count(level) == at_most or count(min(HIGHEST, level + 0.025)) >= at_most or count(HIGHEST) < at_most
    )


# -- categories


def filed(store: Store) -> dict[LabelId, LabelId | None]:
    return {label.id: label.category for label in store.labels()}


def test_categories_hold_two_labels_or_more_and_have_names_of_their_own(asked: Classifier) -> None:
    store = asked.store
    sizes = Counter(category for category in filed(store).values() if category is not None)
    assert len(sizes) > 3 and min(sizes.values()) > 1
    assert set(sizes) == set(store.categories())
    names = [name for name, _ in store.names().values()]
    assert len(set(names)) == len(names)
    assert all(store.descriptions()[category] for category in sizes)
    assert all(store.descriptions().get(label.id) for label in store.labels() if label.texts >= 3)


def test_what_people_file_stays_and_undoing_it_gives_the_rest_back(
    asked: Classifier, questions: list[str]
) -> None:
    store, before = asked.store, state(asked.store)
    label, old = next((label, old) for label, old in filed(store).items() if old is not None)
    move(asked.consolidator, label, "mine")
    assert store.categories()[filed(store)[label] or LabelId(0)].name == "mine"
    other, top = next(
        (one, old) for one, old in filed(store).items() if old not in (None, old) or one != label
    )
    move(asked.consolidator, other, None) if top is not None else None
    rename(asked.consolidator, old, "renamed by me")
    asked.label(questions[300:400])
    asked.tidy()
    assert store.categories()[filed(store)[label] or LabelId(0)].name == "mine"
    assert filed(store)[other] is None
    if old in store.categories():
        assert store.categories()[old].name == "renamed by me"
    assert "mine" not in [row[1] for row in before[0]]


def test_a_category_that_a_person_named_stays_with_its_last_label(asked: Classifier) -> None:
    store = asked.store
    category = next(category for category in filed(store).values() if category is not None)
    labels = [label for label, under in filed(store).items() if under == category]
    rename(asked.consolidator, category, "named by me")
    for label in labels[1:]:
        move(asked.consolidator, label, None)
    assert filed(store)[labels[0]] == category and store.categories()[category].name == "named by me"
    move(asked.consolidator, labels[0], None)
    assert category not in store.categories()


def test_undoing_a_filing_gives_the_tree_back(asked: Classifier) -> None:
    before = state(asked.store)
    for label, category in list(filed(asked.store).items())[:6]:
        if category is not None:
            move(asked.consolidator, label, None)
    assert state(asked.store) != before
    while any(event.undone_by is None and event.kind != "undo" for event in asked.store.events()):
        undo(asked.consolidator)
    assert state(asked.store) == before


def test_categories_keep_their_ids_while_most_of_them_stays(asked: Classifier, questions: list[str]) -> None:
    was = {one for one in filed(asked.store).values() if one is not None}
    asked.label(questions[300:340])
    asked.tidy()
    now = {one for one in filed(asked.store).values() if one is not None}
    assert len(was & now) > 0.6 * len(was)


def test_ids_of_labels_are_as_without_categories(embedder: Embedder, questions: list[str]) -> None:
    """Whether labels were tidied on the way, and categories were made, does not show in what comes later."""
    ids = []
    for stops in ([300], [120, 300]):
        with Classifier.open(llm=Scripted(), embedder=embedder) as classifier:
            for stop in stops:
                classifier.label(questions[:stop])
                classifier.tidy()
            ids.append([(label.id, label.name) for label in classifier.store.labels()])
            assert classifier.store.categories()
    assert ids[0] == ids[1]


# -- names


def test_a_name_stays_until_another_is_clearly_better() -> None:
    """abcx and abcy are one label to `Letters`."""
    with all_asked() as classifier:
        names = []
        for texts in (["abcx abc 1", "abcx abc 2"], [f"abcy abc {n}" for n in range(4)], ["abcy abc 9"]):
            classifier.label(texts)
            classifier.tidy()
            assert len(classifier.store.labels()) == 1
            names.append(classifier.store.labels()[0].name)
        assert names == ["abcx", "abcx", "abcy"]


def test_undoing_a_merge_gives_names_back() -> None:
    with all_asked() as classifier:
        classifier.label([*(f"abcx abc {n}" for n in range(3)), *(f"ghix ghi {n}" for n in range(9))])
        classifier.tidy()
        before = state(classifier.store)
        merge(
            classifier.consolidator,
            find_label(classifier.store, "abcx"),
            [find_label(classifier.store, "ghix")],
        )
        undo(classifier.consolidator)
        assert state(classifier.store) == before
    assert Letters.name and first_words("a card")
