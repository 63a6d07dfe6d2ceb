"""Samples, folds and what is recommended, for any input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.distill.calibrating import Answered, least_score
from linnaeus.distill.distil import distil
from linnaeus.evaluate.strategies.networks import PROMISED, Networks, examples_of
from linnaeus.evaluate.strategies.once import Once
from linnaeus.evaluate.strategies.sample import MOST_TEXTS, Sample, read_sample
from linnaeus.evaluate.strategies.table import CLOSE, Row, on_front, recommended
from linnaeus.files import open_rows
from linnaeus.metrics.intervals import Z
from linnaeus.store import CachedVectors, Store
from linnaeus.taxonomy import Entry, taxonomy_of
from linnaeus.types import Choose, Reply, Task
from tests.letters import Letters

LABELS = taxonomy_of(Entry(0, str(place), f"label {place}") for place in range(4))


def sample(labels: list[int]) -> Sample:
    return Sample([f"text {row}" for row in range(len(labels))], [(own,) for own in labels], LABELS, "", [])


@given(st.lists(st.integers(0, 3), min_size=20, max_size=60))
def test_each_text_is_held_out_once_and_labels_are_spread(labels: list[int]) -> None:
    parts = sample(labels).parts()
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
    for label in range(4):
        counts = [sum(labels[row] == label for row in part) for part in parts]
        assert max(counts) - min(counts) <= 1


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    usd = st.none() | st.floats(0, 5)
    of = st.tuples(st.floats(0, 1), st.floats(0, 20), usd, st.sampled_from(["", "teach", "cascade"]))
    drawn = [(0.5, 1.0, 0.0, "names"), *draw(st.lists(of, max_size=8))]
    return [
        Row(str(place), 9, own, own - 0.1, own + 0.1, None, 1.0, ms, 0.0, usd, False, runs, runs == "cascade")
        for place, (own, ms, usd, runs) in enumerate(drawn)
    ]


def price(row: Row) -> float:
    return float("inf") if row.usd is None else row.usd


@given(tables())
def test_what_is_not_on_the_front_is_beaten_by_what_is(rows: list[Row]) -> None:
    marked = on_front(rows)
    front = [row for row in marked if row.front]
    assert front and max(row.quality or 0 for row in front) == max(row.quality or 0 for row in rows)
    for row in marked:
        better = [
            one
            for one in front
            if (one.quality or 0) >= (row.quality or 0)
            and price(one) <= price(row)
            and round(one.ms, 1) <= round(row.ms, 1)
        ]
        assert better


@given(tables())
def test_what_is_recommended_runs_and_is_the_best_that_does(rows: list[Row]) -> None:
    """One that asks a model counts where the low end of its interval is above all that need none.

    Else what is taught stands within a standard error of the best.
    """
    wanted = recommended(rows)
    assert wanted.runs
    alone = [row.quality or 0 for row in rows if row.runs and not row.asks]
    sure = [row.quality or 0 for row in rows if row.asks and (row.low or 0) > max(alone)]
    assert wanted.asks == bool(sure)
    close = CLOSE if sure else 0.1 / Z if wanted.runs == "teach" else 0.0
    assert (wanted.quality or 0) >= max(sure or alone) - close - 1e-9


def test_what_is_taught_is_recommended_where_a_student_may_be_better_by_chance() -> None:
    def row(runs: str, quality: float) -> Row:
        spread = quality - Z * 0.02, quality + Z * 0.02
        return Row(runs, 400, quality, *spread, None, 1.0, 1.0, 0.0, 0.0, False, runs, runs == "cascade")

    names, taught = row("names", 0.6), row("teach", 0.7)
    for ahead, wanted in ((-0.01, "teach"), (0.019, "teach"), (0.021, "student")):
        student = row("student", 0.7 + ahead)
        assert recommended([student, names, taught]).runs == wanted
        assert recommended([student, names]).runs == "student"
    assert recommended([row("student", 0.71), taught, row("cascade", 0.745)]).runs == "teach"


def test_a_question_is_asked_once_whoever_asks() -> None:
    asked: list[Task] = []

    class Model:
        name = "m"

        def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
            asked.extend(tasks)
            for place, task in reversed(list(enumerate(tasks))):
                failed = isinstance(task, Choose) and task.text == "bad"
                yield place, Reply(error="no") if failed else Reply(("a",), calls=1, usd=0.5)

    once = Once(Model())
    good, bad, more = (Choose(text, ("a", "b")) for text in ("good", "bad", "more"))
    first, again = (dict(once.answer(tasks)) for tasks in ([good, bad], [bad, more, good]))
    assert asked == [good, bad, bad, more], "what failed is asked again"
    assert first[0] == again[2] and again[2].usd == 0.5 and again[1].labels == ("a",) and again[0].error


def test_a_student_that_may_always_err_answers_every_text() -> None:
    texts = Answered(np.ones((3, 4)), np.zeros(3), np.ones(3))
    assert least_score(np.array([0.1, 0.2, 0.3]), texts, 1.0) == 0
    assert least_score(np.array([0.1, 0.2, 0.3]), texts, 0.9) > 1


def test_what_the_input_lacks_is_said(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    cells = ["label_0", "label 1"] * 10 + ["elder", "", "label 2", "label 0|fig", "[]"]
    file.write_text("text,labels\n" + "".join(f"text {row},{cell}\n" for row, cell in enumerate(cells)))
    with open_rows(file) as source:
        found = read_sample(source, None, LABELS)
    assert found.labels[:2] == [(0,), (1,)] and found.labels[-3:] == [(2,), (0,), ()] and found.several
    said = " ".join(found.notes)
    assert "2 labels are not in the taxonomy, left out: 'elder' (1), 'fig' (1)" in said
    assert "1 rows without a text or a label" in said and "1 labels have one example" in said
    with open_rows(file) as source:
        own = read_sample(source, "labels", None).taxonomy
    names = {"elder": "elder", "fig": "fig", "label_0": "label 0", "label 1": "label 1", "label 2": "label 2"}
    assert dict(zip(own.ids, own.names, strict=True)) == names, "ids are the labels as they first stand there"


def test_of_many_texts_a_part_is_taken_in_which_labels_are_as_frequent(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    rows = [f"text {row},label {0 if row % 4 else 1}\n" for row in range(3 * MOST_TEXTS)]
    file.write_text("text,labels\n" + "".join(rows))
    with open_rows(file) as source:
        found = read_sample(source, None, LABELS)
    assert len(found) == MOST_TEXTS
    assert abs(found.labels.count((1,)) - MOST_TEXTS / 4) <= 1


def test_a_student_is_tried_with_the_networks_that_were_tried_alone() -> None:
    """It says what it would say without them, and their time is part of its own."""
    given = sample([row % 4 for row in range(24)])
    with Store() as store:
        vectors = CachedVectors(Letters(), store)
        networks = Networks(given, vectors)
        alone = distil(examples_of(given, vectors), "letters", "", PROMISED)
        assert not networks.fits.saved
        tried = {one.name: one for one in networks.tries()}
    np.testing.assert_array_equal(networks.made.chances, alone.chances)
    assert tried["student"].seconds > networks.fits.saved > 0
    assert networks.fits.saved >= tried["linear head"].seconds


def test_a_label_that_the_other_texts_have_too_seldom_is_given_by_no_network() -> None:
    """Of 3 examples 2 are left, of which `distil` would learn nothing; of 4 there are 3."""
    words = ["apple", "brick", "cloud", "dingo"]
    labels = [0] * 12 + [1] * 12 + [2] * 4 + [3] * 3
    texts = [f"{words[own]} {words[own]} {row}" for row, own in enumerate(labels)]
    given = Sample(texts, [(own,) for own in labels], LABELS, "", [])
    with Store() as store:
        for one in Networks(given, CachedVectors(Letters(), store)).tries():
            said = [own == (label,) for own, label in zip(one.found, labels, strict=True)]
            assert not any(said[28:])
            assert one.name not in ("linear head", "MLP") or all(said[24:28])
