"""Students of made-up topics: what they answer, what they do not, and what they say of their examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from linnaeus.distill.distil import Distilled, distil
from linnaeus.errors import InputError
from linnaeus.student import load, save
from linnaeus.student.files import ABOUT, SUMS, WEIGHTS
from linnaeus.student.student import AT_ONCE
from linnaeus.types import Vectors
from tests.distill.made import CENTRES, examples_of, texts_of

KNOWN = [[number % 8] for number in range(240)]


@pytest.fixture(scope="module")
def made() -> Distilled:
    return distil(examples_of(KNOWN), "made", "", 0.05)


def test_known_topics_are_answered_and_new_ones_are_not(made: Distilled) -> None:
    least = made.student.about.calibration.least
    known = made.student.look(*texts_of([number % 8 for number in range(160)], seed=1))
    sure = known.scores >= least
    right = known.chances.argmax(axis=1) == np.arange(160) % 8
    assert sure.mean() > 0.7 and (~right[sure]).mean() <= 0.05
    new = made.student.look(*texts_of([8 + number % 4 for number in range(160)], seed=2))
    assert (new.scores >= least).mean() < 0.2
    assert known.scores.mean() > new.scores.mean() + 0.4


def test_examples_were_held_out(made: Distilled) -> None:
    assert sorted(made.places.tolist()) == list(range(240))
    assert np.allclose(made.chances.sum(axis=1), 1, atol=1e-5)
    assert made.doubts == []


def test_the_same_examples_make_the_same_student(made: Distilled) -> None:
    again = distil(examples_of(KNOWN), "made", "", 0.05)
    assert np.array_equal(again.scores, made.scores)
    for one, other in zip(
        again.student.network.members[0].layers, made.student.network.members[0].layers, strict=True
    ):
        assert np.array_equal(one, other)


def test_wrong_labels_are_found_and_count_less() -> None:
    labels = [list(own) for own in KNOWN]
    wrong = list(range(0, 240, 24))
    for place in wrong:
        labels[place] = [(labels[place][0] + 3) % 8]
    examples = examples_of(labels)
    texts, vectors = texts_of([own[0] for own in KNOWN])  # they are about what they were
    examples.texts[:], examples.vectors[:] = texts, vectors
    found = distil(examples, "made", "", 0.05)
    assert len({one.place for one in found.doubts} & set(wrong)) >= len(wrong) - 3
    assert len(found.doubts) < 2 * len(wrong)
    assert all(examples.columns[one.place] != (one.other,) for one in found.doubts)


def test_several_labels() -> None:
    labels = [[number % 6] + ([6] if number % 2 == 0 else []) for number in range(240)]
    found = distil(examples_of(labels), "made", "", 0.1)
    assert found.student.about.calibration.several
    right = np.zeros(found.chosen.shape, bool)
    for row, place in enumerate(found.places.tolist()):
        right[row, labels[place]] = True
    hits = (found.chosen & right).sum()
    assert 2 * hits / (found.chosen.sum() + right.sum()) > 0.9


def test_two_labels() -> None:
    found = distil(examples_of([[number % 2] for number in range(60)]), "made", "", 0.1)
    looked = found.student.look(*texts_of([number % 2 for number in range(40)], seed=1))
    assert (looked.scores >= found.student.about.calibration.least).mean() > 0.8


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ([[0]] * 19, "19 texts have a label"),
        ([[0]] * 30, "only 'topic 0'"),
        ([[0]] * 30 + [[1]] * 2, "only 'topic 0' has 3"),
        ([[n % 11] for n in range(22)], "no label has 3"),
    ],
)
def test_too_little_to_learn_from(labels: list[list[int]], why: str) -> None:
    with pytest.raises(InputError, match=why):
        examples_of(labels)


def test_rare_labels_are_left_out_and_equal_texts_are_learnt() -> None:
    examples = examples_of([*KNOWN[:60], [8], [9], [9]])
    assert examples.rare == 2 and examples.columns[-1] == ()
    examples.vectors[:] = examples.vectors[0]
    examples.texts[:] = ["one text"] * 63
    found = distil(examples, "made", "", 0.05)
    assert found.student.about.calibration.least > 0.9, "nothing can be told apart"


def test_a_directory_is_read_as_written_and_damage_is_told(made: Distilled, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "student"
    save(made.student, "# card", folder)
    texts, vectors = texts_of([0, 1, 8], seed=3)
    was, now = made.student.look(texts, vectors), load(folder).look(texts, vectors)
    assert np.allclose(was.scores, now.scores, atol=0.02), "weights are kept as float16"
    for name in (ABOUT, WEIGHTS, SUMS):
        raw = (folder / name).read_bytes()
        (folder / name).write_bytes(raw[: len(raw) // 2])
        with pytest.raises(InputError, match="is damaged"):
            load(folder)
        (folder / name).unlink()
        with pytest.raises(InputError, match="no whole student"):
            load(folder)
        (folder / name).write_bytes(raw)
    load(folder)


class _Made:
    """An embedder of made-up topics: `topic3 ...` lies at the centre of topic 3."""

    name = "made"

    def embed(self, texts: Sequence[str], /) -> Vectors:
        rows = CENTRES[[int(text[5]) for text in texts]]
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_many_texts_are_answered_as_one_by_one(made: Distilled) -> None:
    texts = [f"topic{number % 8} word{number % 3}" for number in range(2 * AT_ONCE + 5)]
    several = made.student.answer(texts, _Made())
    assert [answer.text for answer in several] == texts
    for place in (0, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE, len(texts) - 1):
        (one,) = made.student.answer([texts[place]], _Made())
        assert one.labels == several[place].labels == (f"topic {place % 8}",)
        assert one.score == pytest.approx(several[place].score, abs=1e-5)
