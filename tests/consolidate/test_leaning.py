"""What texts say of each other does not depend on the order in which they came; judging finds what matters."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus import Classifier
from linnaeus.consolidate import leaning
from linnaeus.consolidate.neighbours import _links, nearest, nearest_others, spread, unit
from linnaeus.consolidate.questions import questions as find_questions
from linnaeus.stages import arbiter
from linnaeus.types import DIFFERENT, SAME, Embedder, Judge, Propose, Reply, Task
from tests.scripted import Scripted, first_words


def clouds(seed: int, count: int, width: int = 16) -> np.ndarray:
    draw = np.random.default_rng(seed)
    centres = draw.normal(size=(max(1, count // 8), width))
    rows = centres[draw.integers(len(centres), size=count)] + 0.4 * draw.normal(size=(count, width))
    return unit(rows.astype(np.float32))


def groups_of(texts: Sequence[str], model: Scripted, embedder: Embedder, step: int) -> set[frozenset[str]]:
    """The texts by final label."""
    with Classifier.open(llm=model, embedder=embedder, max_error=1e-9) as classifier:
        for start in range(0, len(texts), step):
            classifier.label(texts[start : start + step])
        classifier.tidy()
        labels: dict[str, set[str]] = {}
        for text, answer in zip(texts, classifier.today(texts), strict=True):
            assert answer is not None and answer.label is not None
            labels.setdefault(answer.label, set()).add(text)
    return {frozenset(members) for members in labels.values()}


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_the_same_evidence_does_not_matter(
    seed: int, questions: list[str], embedder: Embedder
) -> None:
    """Every text asked: the evidence is the same set in any order, and so are the labels."""
    texts = questions[:250]
    shuffled = random.Random(seed).sample(texts, len(texts))
    assert groups_of(texts, Scripted(), embedder, 100) == groups_of(shuffled, Scripted(), embedder, 60)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 200))
def test_spreading_keeps_rows_unit_and_does_not_depend_on_blocks(seed: int, count: int) -> None:
    rows = clouds(seed, count)
    moved = spread(rows)
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    if count > 40:
        same = [np.mean(rows @ row) for row in rows]
        assert np.mean(moved @ moved.T) >= np.mean(same) - 1e-3  # texts come nearer to each other


def test_nearest_is_exact() -> None:
    rows = clouds(1, 700)
    near = nearest(rows, rows, 7, at_least=-1.0, own=np.arange(len(rows)))
    products = rows @ rows.T
    np.fill_diagonal(products, -np.inf)
    assert np.allclose(np.sort(near.likeness, axis=1), np.sort(products, axis=1)[:, -7:], atol=1e-5)
    assert not (near.places == np.arange(700)[:, None]).any()


def test_links_are_mutual_and_as_strong_as_neighbours_are_shared() -> None:
    rows = clouds(2, 120)
    near = nearest(rows, rows, 6, at_least=0.3, own=np.arange(120))
    around = [
        {int(place) for place, likeness in zip(*both, strict=True) if likeness > 0}
        for both in zip(near.places, near.likeness, strict=True)
    ]
    wanted = np.zeros((120, 6))
    for row, (places, likeness) in enumerate(zip(near.places.tolist(), near.likeness, strict=True)):
        for column, other in enumerate(places):
            if likeness[column] > 0 and row in around[other]:
                own, theirs = around[row] | {row}, around[other] | {other}
                wanted[row, column] = len(own & theirs) / len(own | theirs) * (likeness[column] - 0.3)
    assert (wanted > 0).any() and (near.likeness == 0).any()
    assert np.allclose(_links(near, 0.3), wanted, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(1, 700),
    most=st.integers(0, 9),
    at_least=st.sampled_from([-1.0, 0.3]),
)
def test_nearest_others_are_the_nearest_but_itself(seed: int, count: int, most: int, at_least: float) -> None:
    """Also where rows are equal, so that the earlier place comes first, and where pairs pile up and are cut."""
    drawn = clouds(seed, count)[np.random.default_rng(seed).integers(0, count, count)]
    rows = (np.round(drawn * 8) / 8).astype(np.float32)
    own = np.arange(count)
    found = nearest_others(rows, most, at_least=at_least)
    wanted = nearest(rows, rows, most, at_least=at_least, own=own)
    assert np.array_equal(found.likeness, wanted.likeness)
    assert np.array_equal(found.places[found.likeness != 0], wanted.places[found.likeness != 0])


def test_of_very_many_texts_a_part_stands_for_all(
    questions: list[str], embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels are nearly those that all texts give, and do not depend on the order either."""

    texts = questions[:400]
    whole = groups_of(texts, Scripted(), embedder, 400)
    monkeypatch.setattr(leaning, "MOST_NODES", 320)
    part = groups_of(texts, Scripted(), embedder, 400)
    shuffled = random.Random(1).sample(texts, len(texts))
    assert part == groups_of(shuffled, Scripted(), embedder, 400)
    assert part != whole  # so the cut was made
    place = {text: number for number, group in enumerate(whole) for text in group}
    kept = sum(max(Counter(place[text] for text in group).values()) for group in part)
    assert kept > 0.85 * len(texts)


def test_texts_lean_once_until_there_are_new_ones(questions: list[str], embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(), embedder=embedder, max_error=1e-9) as classifier:
        consolidator, found = classifier.consolidator, []
        for count in (50, 50, 51):
            classifier.label(questions[:count])
            with consolidator.all_or_nothing():
                made = consolidator.regroup()
            assert made is not None and len(made.leaned.voters) == count
            found.append(made.leaned)
    assert found[0] is found[1] and found[1] is not found[2]


def test_a_text_alone_stays_where_it_is() -> None:
    rows = np.eye(5, dtype=np.float32)
    assert np.array_equal(spread(rows), rows)


def test_questions_are_about_groups_that_are_nearly_alike() -> None:
    angles = np.array(
        [0.0, 0.02, 0.85, 0.87, 3.0]
    )  # two pairs about as alike as the threshold, and one far away
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = find_questions(rows, rows, np.ones(5), 0.65, set(), 10)
    assert [sorted(one) for one in found] == [[0, 1, 2, 3]]
    judged = {(a, b) for a in range(5) for b in range(a + 1, 5)}
    assert find_questions(rows, rows, np.ones(5), 0.65, judged, 10) == []
    assert find_questions(rows, rows, np.ones(5), 0.65, set(), 0) == []


class Judging(Scripted):
    """Says the same of every pair of wordings it is asked about."""

    def __init__(self, verdict: str) -> None:
        super().__init__(first_words)
        self.verdict = verdict
        self.judged: list[Judge] = []

    def reply(self, task: Task) -> Reply:
        if not isinstance(task, Judge):
            assert isinstance(task, Propose)
            return Reply(labels=self.say(task.text), calls=1)
        self.judged.append(task)
        count = len(task.wordings)
        return Reply(
            verdicts=tuple((i, j, self.verdict) for i in range(count) for j in range(i + 1, count)), calls=1
        )

    def answer(self, tasks: Sequence[Task], /):  # type: ignore[no-untyped-def]
        yield from ((place, self.reply(task)) for place, task in enumerate(tasks))


@pytest.mark.parametrize("verdict", [SAME, DIFFERENT])
def test_verdicts_move_labels_and_cost_at_most_a_call_for_ten_texts(
    verdict: str, questions: list[str], embedder: Embedder
) -> None:
    texts = questions[:300]
    plain, model = Scripted(), Judging(verdict)
    with Classifier.open(llm=plain, embedder=embedder) as classifier:
        classifier.label(texts)
        classifier.tidy()
        before = classifier.label_count
    with Classifier.open(llm=model, embedder=embedder) as classifier:
        classifier.label(texts)
        assert not model.judged  # never on the path of the texts
        classifier.tidy()
        assert 0 < len(model.judged) <= len(texts) // 10
        assert (classifier.label_count <= before) if verdict == SAME else (classifier.label_count > before)
        asked, labels = len(model.judged), classifier.label_count
        classifier.tidy()
        assert len(model.judged) == asked, "no text has come in since"
        assert classifier.label_count == labels
        classifier.label(questions[300:400])
        classifier.tidy()
        assert asked < len(model.judged) <= 400 // 10  # nothing is judged twice
        pairs = [tuple(sorted(task.wordings)) for task in model.judged]
        assert len(pairs) == len(set(pairs))


def test_what_two_processes_judge_adds_up(
    questions: list[str], embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each finds in the project what the other asks while it asks itself: together they keep to what is allowed."""
    monkeypatch.setattr(arbiter, "TEXTS_A_CALL", 20)
    path = str(tmp_path / "p.db")

    class Beside(Judging):
        """Another process that tidies when the first question is asked here."""

        def reply(self, task: Task) -> Reply:
            if isinstance(task, Judge) and not self.judged:
                with Classifier.open(path, llm=other, embedder=embedder) as beside:
                    beside.tidy()
            return super().reply(task)

    other, model = Judging(SAME), Beside(SAME)
    with Classifier.open(path, llm=model, embedder=embedder) as classifier:
        classifier.label(questions[:300])
        classifier.tidy()
    first = 15 // 2  # a round of questions, all of them asked at once
    assert other.judged and len(model.judged) <= max(first, 15 - len(other.judged)), (
        "then what the other left"
    )
