"""Proposals wait for a person: decided by an event, open again when it is undone, shown as labels are today."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from linnaeus import Classifier, InputError
from linnaeus.consolidate.people import merge, undo
from linnaeus.consolidate.reviews import accept, dismiss, merge_proposal, open_reviews
from linnaeus.store import Proposed
from linnaeus.types import Embedder, LabelId
from tests.scripted import Scripted

WHY = {"words": "much alike"}


@pytest.fixture
def labelled(questions: list[str], embedder: Embedder) -> Iterator[Classifier]:
    with Classifier.open(llm=Scripted(), embedder=embedder) as classifier:
        classifier.label(questions[:120])
        classifier.tidy()
        yield classifier


def top(classifier: Classifier, most: int) -> list[LabelId]:
    return [label.id for label in classifier.store.labels()[:most]]


def propose(classifier: Classifier, *pairs: tuple[LabelId, LabelId]) -> None:
    classifier.store.propose(merge_proposal(pair, WHY) for pair in pairs)
    classifier.store.commit()


def numbers(classifier: Classifier) -> list[int]:
    return [one.id for one in open_reviews(classifier.store)]


def test_an_accepted_merge_is_an_event_and_its_undoing_opens_it_again(labelled: Classifier) -> None:
    a, b = top(labelled, 2)
    before = labelled.store.labels()
    propose(labelled, (b, a))
    [(review, change)] = accept(labelled.consolidator, [1])
    assert review.labels == (a, b), "the label with most texts keeps its name"
    assert labelled.store.today(b) == a and numbers(labelled) == []
    assert labelled.store.proposals()[0].state == "accepted"
    undone, _ = undo(labelled.consolidator)
    assert undone.id == change.event
    assert labelled.store.labels() == before
    assert numbers(labelled) == [1] and labelled.store.proposals()[0].state == "open"


def test_what_was_dismissed_is_not_proposed_again_until_that_is_undone(labelled: Classifier) -> None:
    a, b = top(labelled, 2)
    propose(labelled, (a, b))
    dismiss(labelled.store, [1])
    propose(labelled, (b, a))
    assert numbers(labelled) == []
    undo(labelled.consolidator)
    assert numbers(labelled) == [1]


def test_newer_figures_replace_those_of_an_open_proposal_only(labelled: Classifier) -> None:
    a, b, c = top(labelled, 3)
    propose(labelled, (a, b), (a, c))
    dismiss(labelled.store, [2])
    new = [merge_proposal(pair, {"words": "newer"}) for pair in ((a, b), (a, c))]
    assert labelled.store.propose(new) == 0
    assert [row.why["words"] for row in labelled.store.proposals()] == ["newer", "much alike"]


def test_labels_that_merged_since_are_followed(labelled: Classifier) -> None:
    a, b, c, d = top(labelled, 4)
    propose(labelled, (a, b), (a, c), (b, c), (b, d))
    dismiss(labelled.store, [2])
    merge(labelled.consolidator, a, [b])
    [left] = open_reviews(labelled.store)
    assert left.id == 4 and set(left.labels) == {a, d}, "1 is done, 3 is what was dismissed, 4 is about a now"
    undo(labelled.consolidator)
    assert numbers(labelled) == [1, 3, 4]


def test_changes_that_settle_others(labelled: Classifier) -> None:
    a, b, c = top(labelled, 3)
    propose(labelled, (a, b), (b, c), (a, c))
    done = [review.id for review, _ in accept(labelled.consolidator, [1, 2, 3])]
    assert done == [1, 2] and numbers(labelled) == []
    assert labelled.store.today(b) == labelled.store.today(c) == labelled.store.today(a)


def test_nothing_is_done_if_one_number_is_wrong(labelled: Classifier) -> None:
    a, b, c = top(labelled, 3)
    propose(labelled, (a, b))
    labelled.store.propose([Proposed("dance", "1", {"label": c}, WHY)])
    with pytest.raises(InputError, match="not open: 7"):
        list(accept(labelled.consolidator, [1, 7]))
    with pytest.raises(InputError, match="dance"):
        list(accept(labelled.consolidator, [1, 2]))
    with pytest.raises(InputError, match="not open: 7"):
        dismiss(labelled.store, [1, 7])
    assert numbers(labelled) == [1, 2] and labelled.store.events() == []


def test_withdrawn_numbers_are_not_given_again(labelled: Classifier) -> None:
    a, b, c = top(labelled, 3)
    propose(labelled, (a, b), (a, c))
    dismiss(labelled.store, [1])
    labelled.store.withdraw("merge")
    assert [row.id for row in labelled.store.proposals()] == [1], "what was decided stays"
    propose(labelled, (b, c))
    assert numbers(labelled) == [3]
