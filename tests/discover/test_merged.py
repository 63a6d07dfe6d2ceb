"""What a model said in several calls becomes one set: nothing is lost, and what one call told apart stays apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from linnaeus.consolidate.wording import wording_key
from linnaeus.discover.merged import merged
from linnaeus.store import CachedVectors, Store
from linnaeus.types import Draft, Generate
from tests.letters import Letters

WORDS = ["lost_card", "card_lost", "lost card", "stolen_card", "refund", "refunds", "exchange_rate"]


@st.composite
def calls(draw: st.DrawFn) -> list[tuple[Generate, list[Draft]]]:
    """Calls about different texts, each text under one label at most."""
    made = []
    for call in range(draw(st.integers(1, 4))):
        texts = tuple(f"{draw(st.sampled_from('abcdef')) * 9} {call} {number}" for number in range(4))
        names = draw(st.lists(st.sampled_from(WORDS), unique=True, max_size=4))
        made.append(
            (Generate(texts, 4), [Draft(name, f"on {name}", (place,)) for place, name in enumerate(names)])
        )
    return made


@given(calls())
def test_nothing_is_lost_and_what_was_told_apart_stays_apart(
    said: list[tuple[Generate, list[Draft]]],
) -> None:
    made = merged(said, CachedVectors(Letters(), Store()))
    texts = [task.texts[place] for task, own in said for draft in own for place in draft.texts]
    assert sorted(text for one in made for text in one.texts) == sorted(texts)
    spelt = {wording_key(word): place for place, one in enumerate(made) for word in (one.name, *one.synonyms)}
    assert set(spelt) == {wording_key(draft.name) for _, own in said for draft in own}
    for _, own in said:
        wordings = {wording_key(draft.name) for draft in own}
        assert len({spelt[one] for one in wordings}) == len(wordings)
    assert len({one.name for one in made}) == len(made)


def test_one_meaning_is_one_label_named_as_most_texts_are() -> None:
    first = Generate(("my card is lost", "where is the lost card", "refund me please", "money back"), 3)
    second = Generate(("i lost the card", "a refund at once"), 3)
    said = [
        (first, [Draft("lost_card", "A card is gone", (0, 1)), Draft("refund", "", (2, 3))]),
        (second, [Draft("card_lost", "Lost", (0,)), Draft("refund", "Money back", (1,))]),
    ]
    made = {one.name: one for one in merged(said, CachedVectors(Letters(), Store()))}
    assert set(made) == {"lost_card", "refund"}
    assert (made["lost_card"].description, made["lost_card"].synonyms) == ("A card is gone", ("card lost",))
    assert made["refund"].texts == ("refund me please", "money back", "a refund at once")


def test_nothing_said_is_nothing() -> None:
    assert merged([], CachedVectors(Letters(), Store())) == []
