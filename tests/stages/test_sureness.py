"""How sure is sure enough: what the promise says, and more where audits say so; the same however a stream is cut."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus.stages.audited import Audited, Judged
from linnaeus.stages.gate import is_audited
from linnaeus.stages.sureness import FIRST_FIT, Sureness, least_sure
from linnaeus.stages.sureness import Checked as Found
from linnaeus.store import content_key
from linnaeus.types import Decision, LabelId, Verdict

STREAM = [f"text {number}" for number in range(2000)]
SURE = st.floats(0.95, 1.0)
FOUND = st.lists(st.builds(Found, SURE, st.booleans()), max_size=60)


def test_what_was_promised_stands_until_audits_say_otherwise() -> None:
    assert least_sure([], 0.05) == 0.95
    assert least_sure([Found(0.97, True)] * 100, 0.05) == 0.95
    assert least_sure([Found(0.97, False)] * 100, 0.05) == math.inf


def test_where_the_less_sure_err_only_the_surer_stand() -> None:
    found = [Found(0.96, number % 4 > 0) for number in range(100)] + [Found(0.9995, True)] * 100
    assert least_sure(found, 0.05) == 0.9995


@given(FOUND, st.floats(0.01, 0.5))
def test_it_never_falls_below_what_was_promised_and_a_wrong_answer_never_lowers_it(
    found: list[Found], max_error: float
) -> None:
    least = least_sure(found, max_error)
    assert least >= 1 - max_error
    worse = [*found, *(Found(one.sure, agreed=False) for one in found)]
    assert least_sure(worse, max_error) >= least or least == math.inf


class Judging:
    """Is as sure of a text as its number says, and gives label 1."""

    def judged(self, texts: Sequence[str], /) -> list[Judged]:
        sure = [0.95 + int(text.split()[1]) % 50 / 1000 for text in texts]
        return [Judged(Decision((Verdict(LabelId(1), 0.9, "rank"),)), one) for one in sure]


class Knows:
    """Says label 1 of every third text, label 2 of the others."""

    name = "knows"

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        return [
            Decision((Verdict(LabelId(1 if int(text.split()[1]) % 3 == 0 else 2), 0.9, "choose"),))
            for text in texts
        ]


def decided(parts: Sequence[Sequence[str]]) -> tuple[list[Decision | None], float]:
    sureness = Sureness(0.05)
    stage = Audited(Judging(), Knows(), lambda: sureness)
    return [one for part in parts for one in stage.decide(part)], sureness.least


@settings(max_examples=10)
@given(st.integers(1, 1000))
def test_it_rises_by_itself_and_the_same_however_a_stream_is_cut(size: int) -> None:
    assert sum(is_audited(content_key(text)) for text in STREAM) > FIRST_FIT * 3
    whole, least = decided([STREAM])
    assert least == math.inf
    cut = [STREAM[start : start + size] for start in range(0, len(STREAM), size)]
    assert decided(cut) == (whole, least)
    assert {one.verdicts[0].by for one in whole[-100:] if one is not None} == {"choose"}


def test_what_was_found_before_goes_on_as_if_nothing_had_been_between() -> None:
    found = [(str(number).encode(), Found(0.96, number % 3 == 0)) for number in range(40)]
    straight = Sureness(0.05)
    for key, one in found:
        straight.note(key, one)
    again = Sureness(0.05, found[:13])
    for key, one in found:
        again.note(key, one)  # the first 13 a second time
    assert again.least == straight.least > 0.95
    assert again.room == straight.room
    assert straight.risen
    assert straight.audit().audited == 0
