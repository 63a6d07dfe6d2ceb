"""A stage that learns decides each text by what came before the last place, however the stream is cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from linnaeus.stages.learning import FIRST, Learning, next_place
from linnaeus.types import Decision


class Counting:
    """Says how many texts it had learnt from; texts that fail are not kept, and none is asked once the budget ends."""

    def __init__(self, allowed: int | None = None) -> None:
        self.kept: dict[str, Decision | None] = {}
        self.learnt = 0
        self._allowed = allowed

    def decide_anew(self, texts: Sequence[str], /) -> list[Decision | None]:
        found: list[Decision | None] = []
        for text in texts:
            failed = text.endswith("7")
            over = self._allowed is not None and len(self.kept) + len(found) >= self._allowed
            found.append(Decision(error="no" if failed else None, none_by=str(self.learnt), unasked=over))
        return found

    def keep(self, finished: Mapping[str, Decision | None], /) -> None:
        self.kept |= {text: one for text, one in finished.items() if one is not None and one.error is None}

    def learn_if_due(self) -> int:
        if next_place(self.learnt) <= len(self.kept):
            self.learnt = len(self.kept)
        return next_place(len(self.kept)) - len(self.kept)


@given(st.integers(0, 700), st.lists(st.integers(1, 300), min_size=1, max_size=8))
def test_it_does_not_matter_how_a_stream_is_cut(count: int, cuts: list[int]) -> None:
    texts = [str(number) for number in range(count)]
    whole = Learning(Counting()).decide(texts)
    parts: list[Decision | None] = []
    learning = Learning(Counting())
    while len(parts) < count:
        parts += learning.decide(texts[len(parts) : len(parts) + cuts[len(parts) % len(cuts)]])
    assert parts == whole
    learnt = [int(one.none_by) for one in whole if one is not None]
    assert learnt == sorted(learnt) and set(learnt) <= {0, FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST}


def test_after_the_end_of_the_budget_nothing_is_decided() -> None:
    learner = Counting(allowed=100)
    found = Learning(learner).decide([str(number) for number in range(300)])
    unasked = [one is not None and one.unasked for one in found]
    assert unasked.index(True) < 120 and all(unasked[unasked.index(True) :])
    assert len(learner.kept) <= 100


def test_places() -> None:
    assert [next_place(texts) for texts in (0, 63, 64, 127, 128)] == [64, 64, 128, 128, 256]
