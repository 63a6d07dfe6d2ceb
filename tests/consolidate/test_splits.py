"""A label's texts in two halves: what is proposed, what becomes of wordings on both sides, whom is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus import CachedVectors, Classifier, Consolidator, InputError, Store
from linnaeus.consolidate import wording_key
from linnaeus.consolidate.doubts import ask_in_doubt
from linnaeus.consolidate.halves import halve
from linnaeus.consolidate.parting import Split, propose_split, separation
from linnaeus.consolidate.people import find_label, merge, move, undo
from linnaeus.consolidate.splits import split_texts
from linnaeus.consolidate.wording import plain_key, readable, sense_key
from linnaeus.index import quantise
from linnaeus.types import Choose, Codes, LabelId, Reply, Task
from tests.letters import Letters, all_asked

SIGNS = "aceghijkmnst"
PINS = [f"card opqopq {sign}" for sign in SIGNS]
FEES = [f"card uvwuvw {sign}" for sign in SIGNS[:8]]
OTHERS = [f"{word} {word} {sign}" for word in ("bfbfbf", "fbfbfb", "lzlzlz") for sign in SIGNS[:4]]


@pytest.fixture
def cards() -> Iterator[Classifier]:
    """A model said "card" of two kinds of texts."""
    with all_asked() as classifier:
        classifier.label([text for pair in zip(PINS, [*FEES, *OTHERS], strict=False) for text in pair])
        classifier.label([*PINS, *FEES, *OTHERS])
        classifier.tidy()
        yield classifier


def everything(store: Store) -> list[str]:
    """All that the project file holds, but vectors, which are only remembered."""
    return sorted(
        line for line in store._connection.iterdump() if not line.startswith('INSERT INTO "vectors"')
    )


def proposed(classifier: Classifier) -> Split:
    return propose_split(classifier.consolidator, find_label(classifier.store, "card"))


def names(classifier: Classifier, texts: Sequence[str]) -> set[str | None]:
    return {answer.label for answer in classifier.today(texts) if answer}


# -- what is proposed


def test_a_proposal_changes_nothing_and_says_what_it_would_do(cards: Classifier) -> None:
    store = cards.store
    before = everything(store)
    split = proposed(cards)
    assert (split.kept.name, split.kept.texts, split.new.texts) == ("card", len(PINS), len(FEES))
    assert {text for text in split.new.central} < set(FEES) and len(split.new.central) == 3
    assert split.new.name == split.new.phrase and "uvw" in split.new.name, "named by what tells it apart"
    assert "better than 99 of 99" in separation(split)
    assert everything(store) == before


def unit(rows: NDArray[np.float64]) -> Codes:
    return quantise((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))


@given(st.integers(0, 10**6), st.integers(12, 60), st.integers(12, 60))
@settings(max_examples=25)
def test_two_clouds_are_found_and_told_from_one(seed: int, left: int, right: int) -> None:
    random = np.random.default_rng(seed)
    rows = 0.08 * random.normal(size=(left + right, 24))
    rows[:left, 0] += 1
    rows[left:, 1] += 1
    found = halve(unit(rows))
    assert found is not None and not found.by_chance
    assert len(set(found.side[:left])) == len(set(found.side[left:])) == 1 != len(set(found.side))
    assert not found.in_doubt.any()
    assert found.near.min() > found.far.max()
    order = random.permutation(left + right)
    again = halve(unit(rows[order]))
    assert again is not None and len(set(zip(again.side, found.side[order], strict=True))) == 2


def test_one_cloud_is_no_better_than_chance() -> None:
    """Of 40 clouds without groups in them at most a twentieth or so may seem to have some."""
    random = np.random.default_rng(0)
    clouds = [halve(unit(random.normal(size=(80, 24)) + 4 * np.eye(24)[0])) for _ in range(40)]
    assert sum(cloud is not None and cloud.by_chance for cloud in clouds) >= 36


def test_a_text_between_the_halves_is_in_doubt() -> None:
    rows = np.zeros((21, 8))
    rows[:10, 0] = rows[10:20, 1] = 1
    rows[20, :2] = 0.5, 0.52
    found = halve(unit(rows))
    assert found is not None and found.in_doubt.tolist() == [False] * 20 + [True]
    assert found.side[20] == found.side[10]


def test_texts_that_are_all_alike_cannot_be_split(cards: Classifier) -> None:
    assert halve(unit(np.ones((5, 4)))) is None
    cards.label(["zlzlzl only"])
    cards.tidy()
    with all_asked() as single:
        single.label(["card one"])
        with pytest.raises(InputError, match="all alike"):
            propose_split(single.consolidator, LabelId(1))


# -- what becomes of it


def test_a_wording_on_both_sides_becomes_two_senses(cards: Classifier) -> None:
    store = cards.store
    before = [store._rows(f"SELECT * FROM {view} ORDER BY 1, 3") for view in ("label_view", "text_view")]
    card = find_label(store, "card")
    change = split_texts(cards.consolidator, proposed(cards), why="two topics")
    assert change.label == card and change.new is not None
    assert names(cards, PINS) == {"card"} and names(cards, FEES) == {store.names()[change.new][0]}
    assert find_label(store, "card") == card and find_label(store, "card#2") == change.new
    senses = [row.id for row in store.surfaces() if row.key.startswith("card")]
    assert cards.consolidator.words_of(senses) == ["card", "card"], (
        "to a model and to memory they are one wording"
    )
    cards.tidy()
    cards.consolidator.regroup()
    assert names(cards, PINS) == {"card"} and len(names(cards, [*PINS, *FEES])) == 2
    assert {label.id: label.wordings for label in store.labels()}[change.new] == 1
    undo(cards.consolidator)
    assert [
        store._rows(f"SELECT * FROM {view} ORDER BY 1, 3") for view in ("label_view", "text_view")
    ] == before
    assert store.today(change.new) == card and find_label(store, f"#{change.new}") == card


def test_later_texts_get_the_sense_they_are_nearest_to(cards: Classifier) -> None:
    change = split_texts(cards.consolidator, proposed(cards))
    later = ["card opq lmnlmn", "card uvw lmnlmn", "card uvw xyzxyz"]
    answers = cards.label(later)
    assert [answer.label_ids for answer in answers] == [(change.label,), (change.new,), (change.new,)]
    cards.tidy()
    assert [a.label_ids for a in cards.today(later) if a] == [(change.label,), (change.new,), (change.new,)]
    undo(cards.consolidator)
    assert names(cards, later) == {"card"}


def kinds(classifier: Classifier, label: LabelId, *kinds: Sequence[str]) -> int:
    """How many kinds of texts a label has."""
    return sum(classifier.store.names()[label][0] in names(classifier, texts) for texts in kinds)


def test_a_half_can_be_split_again_and_any_split_undone(cards: Classifier) -> None:
    """The second split stands where the first is undone: what it set apart stays apart."""
    more = [f"card xyz xyz {sign}" for sign in SIGNS[:9]]
    cards.label(more)
    cards.tidy()
    first = split_texts(cards.consolidator, proposed(cards))
    assert first.new is not None
    both = max((first.label, first.new), key=lambda label: kinds(cards, label, PINS, FEES, more))
    second = split_texts(cards.consolidator, propose_split(cards.consolidator, both))
    assert len(names(cards, [PINS[0], FEES[0], more[0]])) == 3
    undo(cards.consolidator, first.event)
    assert len(names(cards, [PINS[0], FEES[0], more[0]])) == 2
    undo(cards.consolidator, second.event)
    assert names(cards, [*PINS, *FEES, *more]) == {"card"}


def test_a_merge_takes_both_senses_back_in(cards: Classifier) -> None:
    change = split_texts(cards.consolidator, proposed(cards))
    assert change.new is not None
    merge(cards.consolidator, change.label, [change.new])
    assert names(cards, [*PINS, *FEES]) == {"card"}
    undo(cards.consolidator, change.event)
    assert names(cards, [*PINS, *FEES]) == {"card"}
    undo(cards.consolidator)
    assert names(cards, [*PINS, *FEES]) == {"card"}


def test_a_restart_changes_nothing_after_a_split(tmp_path: Path) -> None:
    """Senses are where they were in memory: one process, or one for each batch."""
    later = [f"card {'opqo' if number % 3 else 'uvwu'} {sign} {sign}" for number, sign in enumerate(SIGNS)]
    later += [f"abc{letter} {letter}" for letter in "lmnopqrst"]
    drift = [f"card {word} ggg {sign}{sign}" for sign in SIGNS for word in ("opq", "gopq", "ggopq")]
    later += [
        *drift,
        *(f"card gggg uvw {sign}" for sign in SIGNS),
    ]  # the first sense comes to be about g as well

    def run(name: str, every: int) -> list[tuple[str, ...]]:
        path = str(tmp_path / f"{name}.db")
        with all_asked(path) as classifier:
            classifier.label([*PINS, *FEES, *OTHERS])
            classifier.tidy()
            split_texts(classifier.consolidator, proposed(classifier))
        for start in range(0, len(later), every):
            with all_asked(path) as classifier:
                for text in later[start : start + every]:
                    classifier.label([text])
        with all_asked(path) as classifier:
            before = [answer.labels for answer in classifier.today(later) if answer]
            classifier.tidy()
            return before + [answer.labels for answer in classifier.today(later) if answer]

    assert run("often", 1) == run("once", 1000)


def test_a_person_who_labels_a_moved_text_has_the_last_word(cards: Classifier) -> None:
    split_texts(cards.consolidator, proposed(cards))
    cards.fit([FEES[0]], ["lzlzlz"])
    cards.tidy()
    mine = names(cards, [FEES[0]])
    undo(cards.consolidator)
    assert names(cards, [FEES[0]]) == mine != {"card"}


def test_a_proposal_that_is_out_of_date_is_refused(cards: Classifier) -> None:
    split = proposed(cards)
    merge(cards.consolidator, split.label, [find_label(cards.store, "lzlzlz")])
    with pytest.raises(InputError, match="has changed"):
        split_texts(cards.consolidator, split)


def test_a_category_of_a_half_is_gone_with_it(cards: Classifier) -> None:
    change = split_texts(cards.consolidator, proposed(cards))
    assert change.new is not None
    move(cards.consolidator, change.new, "Box")
    undo(cards.consolidator, change.event)
    assert cards.store.category_of(change.label) is None


def test_a_half_is_filed_where_the_label_was(cards: Classifier) -> None:
    store, split = cards.store, proposed(cards)
    box = move(cards.consolidator, split.label, "Box")
    change = split_texts(cards.consolidator, split)
    assert change.new is not None
    assert store.category_of(change.new) == store.category_of(change.label) is not None
    move(cards.consolidator, change.label, "Chest")
    assert store.category_of(change.new) != store.category_of(change.label), "it stays where it is"
    undo(cards.consolidator)
    undo(cards.consolidator, box.event)
    assert not store.categories(), "nothing is filed any more"


def test_texts_that_memory_answered_say_what_a_sense_is_about(cards: Classifier) -> None:
    """The new sense has no text that a model was asked about; it is not about nothing for that."""
    marks = ",".join("?" * len(FEES))
    cards.store._write(f"UPDATE texts SET by = 'recall' WHERE text IN ({marks})", FEES)
    cards.consolidator.reload()
    split_texts(cards.consolidator, proposed(cards))
    book = cards.consolidator._book
    sense = next(place for place, row in enumerate(book.rows) if row.key == "card#2")
    assert not book.asked[sense] and book.sums.rows[sense].any()
    again = Consolidator(cards.store, CachedVectors(Letters(), cards.store))
    assert again.surface_count == len(again._book)  # reads it
    for now, then in zip(astuple(again._now.frame), astuple(cards.consolidator._now.frame), strict=True):
        assert np.array_equal(now, then), "and a restart sees all as it was seen"


def test_a_text_that_memory_answered_stays_where_a_split_puts_it(cards: Classifier) -> None:
    """Else it is filed with the asked texts around it whenever labels are tidied."""
    cards.store._write("UPDATE texts SET by = 'recall' WHERE text = ?", (PINS[0],))
    cards.consolidator.reload()
    split = proposed(cards)
    mine = next(row.text_id for row in split.rows if row.text == PINS[0])
    split_texts(cards.consolidator, split, answers={mine: True})
    assert names(cards, PINS[:1]) == names(cards, FEES) != names(cards, PINS[1:])
    undo(cards.consolidator)
    assert names(cards, PINS) == {"card"}


# -- texts in doubt


class Chooser:
    """Chooses the second label where `second` is in the text; knows nothing of texts with `silent` in them."""

    name = "chooser"

    def __init__(self, second: str = "yes", silent: str = "silent") -> None:
        self.asked: list[Task] = []
        self._second, self._silent = second, silent

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, task in enumerate(tasks):
            assert isinstance(task, Choose)
            self.asked.append(task)
            chosen = task.labels[self._second in task.text]
            known = self._silent not in task.text
            yield position, Reply((chosen,), calls=1) if known else Reply()


BETWEEN = ["card opq uvw yes", "card uvw opq", "card opq uvw silent yes"]


def test_only_texts_in_doubt_are_asked_and_only_once(cards: Classifier) -> None:
    cards.label(BETWEEN)
    cards.tidy()
    split, model = proposed(cards), Chooser()
    assert set(split.doubtful.values()) == set(BETWEEN)
    answers = ask_in_doubt(cards.store, split, model)
    assert {task.text for task in model.asked if isinstance(task, Choose)} == set(BETWEEN)
    assert all(isinstance(task, Choose) and task.labels == ("card", split.new.name) for task in model.asked)
    assert {split.doubtful[text]: new for text, new in answers.items()} == {
        BETWEEN[0]: True,
        BETWEEN[1]: False,
    }
    assert ask_in_doubt(cards.store, split, model) == answers and len(model.asked) == 4, "paid for once"
    change = split_texts(cards.consolidator, split, answers=answers)
    assert names(cards, BETWEEN[:1]) == names(cards, FEES) != names(cards, BETWEEN[1:2]) == names(cards, PINS)
    silent = next(id for id, text in split.doubtful.items() if text == BETWEEN[2])
    assert (names(cards, BETWEEN[2:]) == names(cards, FEES)) == split.out[silent], "the nearer half"
    assert cards.store.events()[-1].id == change.event


def test_the_founding_wording_keeps_the_id_whatever_a_model_says(cards: Classifier) -> None:
    split = proposed(cards)
    answers = {row.text_id: row.text in PINS for row in split.rows}  # the halves the other way round
    change = split_texts(cards.consolidator, split, answers=answers)
    assert names(cards, FEES) == {"card"} and names(cards, PINS) == {split.new.name}
    assert find_label(cards.store, "card") == change.label != change.new


def test_a_model_may_undo_the_proposal(cards: Classifier) -> None:
    split = proposed(cards)
    with pytest.raises(InputError, match="one half after all"):
        split_texts(cards.consolidator, split, answers=dict.fromkeys(split.out, False))


# -- keys of senses


@given(st.text())
def test_no_wording_has_the_key_of_a_sense(words: str) -> None:
    key = wording_key(words)
    assert "#" not in key and plain_key(key) == key
    if key:
        assert plain_key(sense_key(key, ())) == key and readable(sense_key(key, ())) == readable(key)


def test_keys_of_senses() -> None:
    assert sense_key("card", {"card", "card#2"}) == sense_key("card#2", {"card#2"}) == "card#3"
    assert sense_key("#1234567890123456", ()) == "#1234567890123456#2"
    assert plain_key("#1234567890123456") == "#1234567890123456", "the key of a group without words is whole"
    assert plain_key("#1234567890123456#2") == "#1234567890123456"
