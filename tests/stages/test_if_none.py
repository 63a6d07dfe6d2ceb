"""Where one stage finds that nothing fits, another has the last word."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given as every
from hypothesis import strategies as st

from linnaeus.stages.given import levels_to_walk, most_questions
from linnaeus.stages.if_none import IfNone
from linnaeus.types import Decision, LabelId, Verdict
from tests.stages.nature import NATURE, given

NONE = Decision(none_by="choose")
ENDED = Decision(error="the budget ended", unasked=True)


def label(number: int) -> Decision:
    return Decision((Verdict(LabelId(number), 0.9, "choose"),))


class Table:
    """A stage that says what is in a table, and remembers what it was asked."""

    name = "table"

    def __init__(self, said: dict[str, Decision | None]) -> None:
        self.said = said
        self.asked: list[str] = []

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        self.asked += texts
        return [self.said[text] for text in texts]


decisions = st.sampled_from([None, NONE, ENDED, label(1), label(2)])


@every(st.dictionaries(st.text(max_size=3), st.tuples(decisions, decisions), max_size=8))
def test_only_texts_that_nothing_fits_are_asked_again(both: dict[str, tuple[Decision, Decision]]) -> None:
    first = Table({text: one for text, (one, _) in both.items()})
    then = Table({text: other for text, (_, other) in both.items()})
    found = IfNone(first, then).decide(list(both))
    assert then.asked == [text for text, (one, _) in both.items() if one == NONE]
    for (one, other), decision in zip(both.values(), found, strict=True):
        assert decision == ((other or one) if one == NONE else one)


def test_a_walk_needs_levels_and_more_labels_than_are_shown() -> None:
    assert levels_to_walk(given().taxonomy) == 0, "ten labels are all among the candidates"
    assert levels_to_walk(given({f"n{n}": () for n in range(50)}).taxonomy) == 0, "one level"
    more = NATURE | {f"n{n}": ("Animal",) for n in range(50)}
    assert levels_to_walk(given(more).taxonomy) == 3
    assert most_questions(given(more).taxonomy) == 5 and most_questions(given().taxonomy) == 1
