"""Labels are mapped to the entries of a taxonomy by wordings and texts, or to none; what people accept is undoable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from linnaeus import Classifier
from linnaeus.consolidate.mapped import Mapped, mapped, of_taxonomy, propose_mappings
from linnaeus.consolidate.mapping import match
from linnaeus.consolidate.people import find_label, merge, undo
from linnaeus.consolidate.portraits import portraits
from linnaeus.consolidate.readings import Readings
from linnaeus.consolidate.reviews import accept, dismiss, open_reviews
from linnaeus.taxonomy import Entry, Taxonomy, taxonomy_of
from linnaeus.types import Embedder
from tests.scripted import Scripted

TEXTS = {
    "My card was stolen yesterday": "stolen_card",
    "Somebody took my bank card": "stolen_card",
    "Thieves have my card, please block it": "card_theft_report",
    "What is the exchange rate for euros": "currency_rate",
    "How many dollars do I get for a pound": "currency_rate",
    "My top up has failed again": "top_up_failed",
    "Why did the top-up of my account not work": "top_up_failed",
    "Sing me a song about the sea": "singing",
    "Which poem is the saddest": "poetry",
}


ROWS = [
    Entry(1, "1", "Cards"),
    Entry(2, "1.1", "Lost or stolen card", parents=("1",), synonyms=("card stolen",)),
    Entry(3, "1.2", "Card delivery", parents=("1",)),
    Entry(4, "2", "Money"),
    Entry(5, "2.1", "Exchange rates of currencies", parents=("2",)),
    Entry(6, "2.2", "Top up failed", parents=("2",)),
    Entry(7, "2.3", "Mortgages", parents=("2",)),
]
BANK = taxonomy_of(ROWS)


@pytest.fixture
def labelled(embedder: Embedder) -> Iterator[Classifier]:
    with Classifier.open(llm=Scripted(lambda text: (TEXTS[text],)), embedder=embedder) as classifier:
        classifier.label(list(TEXTS))
        classifier.tidy()
        yield classifier


def proposed(classifier: Classifier, taxonomy: Taxonomy = BANK) -> dict[str, Mapped]:
    found = propose_mappings(classifier.store, classifier.consolidator.vectors, taxonomy)
    return {one.label.name: one for one in found}


def ids(mappings: dict[str, Mapped]) -> dict[str, str]:
    return {name: one.entry.id for name, one in mappings.items() if one.entry is not None}


def test_each_label_gets_its_entry_or_none(labelled: Classifier) -> None:
    found = proposed(labelled)
    assert ids(found) == {"stolen_card": "1.1", "currency_rate": "2.1", "top_up_failed": "2.2"}
    assert found["top_up_failed"].chance == 1.0 and found["top_up_failed"].reason == "the same name"
    assert found["stolen_card"].entry and found["stolen_card"].entry.path == "Cards > Lost or stolen card"
    assert "wordings" in found["stolen_card"].reason and "ahead of" in found["stolen_card"].reason
    assert found["singing"].state == "none" and found["singing"].chance < 0.2
    assert [one.kind for one in open_reviews(labelled.store)] == ["map"] * 3


def test_a_synonym_is_as_good_as_a_name_but_not_one_that_two_entries_have(labelled: Classifier) -> None:
    other = [one._replace(synonyms=("Stolen-Card",) if one.id == "2.3" else ()) for one in ROWS]
    found = proposed(labelled, taxonomy_of(other))["stolen_card"]
    assert found.entry and (found.entry.id, found.chance) == ("2.3", 1.0)
    both = [one._replace(synonyms=("stolen card",) if one.id in ("2.3", "1.1") else ()) for one in ROWS]
    found = proposed(labelled, taxonomy_of(both))["stolen_card"]
    assert found.chance < 1 and "2 entries have this name" in found.reason


def test_accepted_mappings_follow_labels_and_can_be_undone(labelled: Classifier) -> None:
    found = proposed(labelled)
    number = found["stolen_card"].number
    assert number is not None
    [(_, change)] = accept(labelled.consolidator, [number])
    stolen, rate = (find_label(labelled.store, name) for name in ("stolen_card", "currency_rate"))
    assert mapped(labelled.store)[stolen].id == "1.1"
    again = proposed(labelled)["stolen_card"]
    assert (again.state, again.number) == ("accepted", None) and len(open_reviews(labelled.store)) == 2
    merge(labelled.consolidator, rate, [stolen])
    entries = mapped(labelled.store)
    assert entries[rate].id == "1.1" and stolen not in entries, "the label that it was merged into has it"
    assert (
        of_taxonomy([rate], entries)["taxonomy_id"] == "1.1" and of_taxonomy([], entries)["taxonomy_id"] == ""
    )
    undo(labelled.consolidator)
    undo(labelled.consolidator, change.event)
    assert mapped(labelled.store) == {} and number in [one.id for one in open_reviews(labelled.store)]


def test_a_labels_own_entry_goes_before_that_of_one_merged_into_it(labelled: Classifier) -> None:
    found = proposed(labelled)
    numbers = [found[name].number or 0 for name in ("currency_rate", "stolen_card")]
    list(accept(labelled.consolidator, numbers))
    stolen, rate = (find_label(labelled.store, name) for name in ("stolen_card", "currency_rate"))
    merge(labelled.consolidator, rate, [stolen])
    assert mapped(labelled.store)[rate].id == "2.1"


def test_what_was_dismissed_gives_way_to_the_next_best(labelled: Classifier) -> None:
    number = proposed(labelled)["top_up_failed"].number
    assert number is not None
    dismiss(labelled.store, [number])
    found = proposed(labelled)["top_up_failed"]
    assert found.entry is None or found.entry.id != "2.2"
    undo(labelled.consolidator)
    assert proposed(labelled)["top_up_failed"].chance == 1.0


def test_another_taxonomy_withdraws_what_was_open(labelled: Classifier) -> None:
    proposed(labelled)
    left = taxonomy_of([Entry(1, "x", "Top up failed"), Entry(2, "y", "Gardening")])
    found = proposed(labelled, left)
    assert ids(found) == {"top_up_failed": "x"}
    assert [one.detail["taxonomy_id"] for one in open_reviews(labelled.store)] == ["x"]


def brute(classifier: Classifier, taxonomy: Taxonomy) -> list[int]:
    """The nearest entry of each label, over all readings at once and in floating point."""
    found = portraits(classifier.store, classifier.consolidator.vectors)
    readings = Readings(taxonomy, classifier.consolidator.vectors.codes)
    from linnaeus.consolidate.mapping import WORDING_SHARE
    from linnaeus.consolidate.portraits import centred

    rows = readings.codes / np.linalg.norm(readings.codes.astype(float), axis=1, keepdims=True)
    asked = WORDING_SHARE * centred(found.words) + (1 - WORDING_SHARE) * centred(found.texts)
    return [int(readings.entry[place]) for place in (asked @ rows.T).argmax(axis=1)]


def test_the_nearest_entry_is_found_exactly_in_blocks(
    labelled: Classifier, questions: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from linnaeus.consolidate import mapping, readings

    many = taxonomy_of([Entry(number, str(number), text) for number, text in enumerate(questions[:200])])
    expected = brute(labelled, many)
    monkeypatch.setattr(readings, "BLOCK", 7)
    monkeypatch.setattr(mapping, "AT_ONCE", 2)
    found = portraits(labelled.store, labelled.consolidator.vectors)
    matches = match(found, Readings(many, labelled.consolidator.vectors.codes))
    assert [one.place for one in matches if one is not None] == expected
