"""Surfaces become labels: one id for ever, joined by evidence, the same after a restart, apart where they must be."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus import Classifier, InputError
from linnaeus.consolidate import Consolidator, wording_key
from linnaeus.consolidate.people import find_label, merge, rename, undo
from linnaeus.store import CachedVectors, Store
from linnaeus.types import Embedder, LabelId
from tests.scripted import Scripted, first_words


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Card-Lost", "card_lost"),
        ("card lost", "card_lost"),
        ("cardLost", "card_lost"),
        ("  CARD__LOST! ", "card_lost"),
        ("refund_denied", "refund_denied"),
        ("Straße", "strasse"),
        ("卡_丢失", "卡_丢失"),
        ("a transfers to b", "a_transfers_to_b"),
        ("!!!", ""),
    ],
)
def test_spellings_of_one_wording(words: str, key: str) -> None:
    assert wording_key(words) == key


@given(st.text())
def test_a_wording_key_is_its_own_key(words: str) -> None:
    key = wording_key(words)
    assert wording_key(key) == key
    assert wording_key(words.replace("_", "-")) == key


@pytest.fixture
def parts(embedder: Embedder) -> Iterator[tuple[Consolidator, CachedVectors]]:
    with Store() as store:
        vectors = CachedVectors(embedder, store)
        yield Consolidator(store, vectors), vectors


def resolve(
    parts: tuple[Consolidator, CachedVectors], text: str, *words: str, pinned: bool = False
) -> list[LabelId]:
    consolidator, vectors = parts
    surfaces = consolidator.resolve(words, vectors.codes([text])[0], pinned=pinned)
    return [consolidator.label_of(surface) for surface in surfaces]


def test_a_like_wording_for_a_like_text_joins_at_once(parts: tuple[Consolidator, CachedVectors]) -> None:
    first = resolve(parts, "My card was stolen", "stolen_card")
    assert resolve(parts, "Someone stole my card", "card_stolen") == first
    assert resolve(parts, "Somebody has my card", "Stolen-Card") == first
    assert resolve(parts, "What is the exchange rate?", "exchange_rate") != first


def test_labels_of_one_answer_stay_apart(parts: tuple[Consolidator, CachedVectors]) -> None:
    """However alike, two labels that the model gave to one text are two labels, now and after tidying."""
    vectors = parts[1]
    with Classifier.open(
        llm=Scripted(lambda text: ("stolen_card", "card_stolen")), embedder=vectors.embedder, max_labels=2
    ) as c:
        answers = c.label(["My card was stolen", "Someone stole my card", "stolen card, help"])
        c.tidy()
        assert all(len(set(answer.label_ids)) == 2 for answer in answers)
        assert all(
            answer is not None and len(set(answer.label_ids)) == 2
            for answer in c.today([a.text for a in answers])
        )


def test_labels_that_people_gave_are_never_joined_by_machine(embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(), embedder=embedder) as classifier:
        classifier.fit(["My card was stolen", "Someone stole my card"], ["stolen_card", "card_stolen"])
        classifier.tidy()
        assert classifier.predict(["My card was stolen", "Someone stole my card"]) == [
            "stolen_card",
            "card_stolen",
        ]


def label_all(
    path: Path, texts: list[str], embedder: Embedder, *, reopen_every: int
) -> list[tuple[str, LabelId]]:
    """Label in batches of 20, with a new process's view of the store every so many batches."""
    for start in range(0, len(texts), 20 * reopen_every):
        with Classifier.open(str(path), llm=Scripted(), embedder=embedder) as classifier:
            for at in range(start, min(start + 20 * reopen_every, len(texts)), 20):
                classifier.label(texts[at : at + 20])
    with Classifier.open(str(path), llm=Scripted(), embedder=embedder) as classifier:
        before = [(answer.labels[0], answer.label_ids[0]) for answer in classifier.today(texts) if answer]
        classifier.tidy()
        return before + [
            (answer.labels[0], answer.label_ids[0]) for answer in classifier.today(texts) if answer
        ]


def test_a_restart_changes_nothing(tmp_path: Path, questions: list[str], embedder: Embedder) -> None:
    texts = questions[:260]
    often = label_all(tmp_path / "often.db", texts, embedder, reopen_every=1)
    assert often == label_all(tmp_path / "once.db", texts, embedder, reopen_every=100)


def test_tidying_twice_changes_nothing(questions: list[str], embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(), embedder=embedder) as classifier:
        classifier.label(questions[:200])
        classifier.tidy()
        before = classifier.today(questions[:200])
        assert classifier.tidy() == 0
        assert classifier.today(questions[:200]) == before


def test_final_groups_do_not_depend_on_the_order_of_the_same_answers(
    questions: list[str], embedder: Embedder
) -> None:
    """With every text asked (no memory), only the set of answers counts."""

    def groups(order: list[str]) -> set[frozenset[str]]:
        with Store() as store:
            vectors = CachedVectors(embedder, store)
            consolidator = Consolidator(store, vectors)
            surfaces = {
                text: consolidator.resolve(first_words(text), code)[0]
                for text, code in zip(order, vectors.codes(order), strict=True)
            }
            consolidator.regroup()
            found: dict[LabelId, set[str]] = {}
            for text, surface in surfaces.items():
                found.setdefault(consolidator.label_of(surface), set()).add(text)
            return {frozenset(texts) for texts in found.values()}

    texts = questions[:150]
    shuffled = random.Random(3).sample(texts, len(texts))
    assert groups(texts) == groups(shuffled)


# -- people


@pytest.fixture
def labelled(questions: list[str], embedder: Embedder) -> Iterator[Classifier]:
    with Classifier.open(llm=Scripted(), embedder=embedder) as classifier:
        classifier.label(questions[:120])
        classifier.tidy()
        yield classifier


def state(classifier: Classifier) -> list[tuple[int, str, int]]:
    return [(label.id, label.name, label.texts) for label in classifier.store.labels()]


def test_merge_and_undo(labelled: Classifier) -> None:
    before = state(labelled)
    (big, _, big_texts), (small, small_name, small_texts) = before[1], before[-1]
    change = merge(labelled.consolidator, LabelId(small), [LabelId(big)])
    after = {label: (name, texts) for label, name, texts in state(labelled)}
    assert after[small] == (small_name, big_texts + small_texts)  # the first named keeps id and name
    assert big not in after
    assert labelled.store.today(LabelId(big)) == small  # an old id leads to the new label
    assert find_label(labelled.store, str(big)) == small
    labelled.tidy()
    assert {label for label, *_ in state(labelled)} == set(after)
    undone, _ = undo(labelled.consolidator)
    assert undone.id == change.event
    labelled.tidy()
    assert state(labelled) == before


def test_rename_and_undo(labelled: Classifier) -> None:
    before = state(labelled)
    label, _, texts = before[0]
    rename(labelled.consolidator, LabelId(label), "My own Name")
    labelled.tidy()
    assert state(labelled)[0] == (label, "My own Name", texts)
    assert find_label(labelled.store, "my_own_name") == label
    undo(labelled.consolidator)
    assert state(labelled) == before
    with pytest.raises(InputError, match="nothing to undo"):
        undo(labelled.consolidator)


def test_events_are_undone_in_any_order(labelled: Classifier) -> None:
    before = state(labelled)
    first = merge(labelled.consolidator, LabelId(before[0][0]), [LabelId(before[1][0])])
    rename(labelled.consolidator, LabelId(before[2][0]), "something else")
    undo(labelled.consolidator, first.event)
    assert {label for label, *_ in state(labelled)} == {label for label, *_ in before}
    undo(labelled.consolidator)
    assert state(labelled) == before
    assert [event.kind for event in labelled.store.events()] == ["merge", "rename", "undo", "undo"]


def test_what_people_cannot_do(labelled: Classifier) -> None:
    (first, name, _), (second, other, _) = state(labelled)[:2]
    with pytest.raises(InputError, match="already called"):
        rename(labelled.consolidator, LabelId(first), other.upper().replace("_", " "))
    with pytest.raises(InputError, match="no letter or digit"):
        rename(labelled.consolidator, LabelId(first), "!!")
    with pytest.raises(InputError, match="itself"):
        merge(labelled.consolidator, LabelId(first), [LabelId(first)])
    with pytest.raises(InputError, match=f"did you mean .*{name}"):
        find_label(labelled.store, name + "x")
    with pytest.raises(InputError, match=f"did you mean .*{name}"):
        find_label(labelled.store, name[1:3])
    with pytest.raises(InputError, match="no event 99"):
        undo(labelled.consolidator, 99)
    assert second != first
