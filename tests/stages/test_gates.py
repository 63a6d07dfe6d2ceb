"""A student is trusted by what came of it alone, and memory by what came of memory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from linnaeus.stages.gate import Gate
from linnaeus.stages.gates import Gates
from linnaeus.store import Guessed
from linnaeus.types import Guess, LabelId, SurfaceId

RIGHT, WRONG = SurfaceId(1), SurfaceId(2)


def label_of(surface: SurfaceId) -> LabelId:
    return LabelId(surface)


def seen(seed: int, worth: float, count: int, first: int = 0) -> list[Guessed]:
    """Texts that were asked, of which two in five a student thought of: its log-odds are `worth` too low."""
    random, found = np.random.default_rng(seed), []
    for number, odds in enumerate(random.normal(1.5, 1.5, size=count).tolist(), first):
        student = bool(random.random() < 0.4)
        right = random.random() < 1 / (1 + math.exp(-odds - worth * student))
        audited = bool(random.random() < 0.05)
        share = float(random.beta(5, 1) if right else random.beta(2, 2))
        guess = Guess(RIGHT, odds, audited, student)
        found.append(Guessed(guess, RIGHT if right else WRONG, number, share))
    return found


def fitted(gate: Gate | Gates, guesses: list[Guessed]) -> None:
    for one in guesses:
        gate.note(one)
    gate.fit(label_of)


def test_nothing_that_is_known_of_the_student_changes_memory() -> None:
    alone, both = Gate(0.05), Gates(0.05)
    guesses = seen(1, -3.0, 1000)
    fitted(alone, [one for one in guesses if not one.guess.student])
    fitted(both, guesses)
    assert (
        both.memory.least == alone.least
        and both.memory.second.weights.tolist() == alone.second.weights.tolist()
    )


@pytest.mark.parametrize(("worth", "answers"), [(-4.0, False), (0.0, True)])
def test_a_student_answers_only_where_it_was_right_in_shadow_and_is_demoted_the_same_way(
    worth: float, answers: bool
) -> None:
    gates = Gates(0.05)
    assert gates.student.least > 4, "nothing is known of it yet"
    fitted(gates, seen(2, 0.0, 2000))
    assert gates.student.least < 3.5
    fitted(gates, seen(3, worth, 2000, first=2000))
    assert (gates.student.least < 3.5) == answers
    assert gates.drifted != answers and not gates.memory.drifted


def test_audit_and_choices_are_those_of_both() -> None:
    gates = Gates(0.05)
    fitted(gates, seen(4, 0.0, 1500))
    each = [one.audit(label_of) for one in (gates.memory, gates.student)]
    whole = gates.audit(label_of)
    assert whole.audited == sum(one.audited for one in each) > 0
    assert whole.wrong == sum(one.wrong for one in each)
    for (promised, texts, error), own in zip(
        gates.trade_off([0.02, 0.1]), gates.memory.trade_off([0.02, 0.1]), strict=True
    ):
        assert promised == own[0] and texts >= own[1] and 0 <= error <= promised
