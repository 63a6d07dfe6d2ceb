"""The report of a project: what its dated texts say of its labels, and proposals that a person can accept and undo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from linnaeus import Classifier, InputError
from linnaeus.consolidate.people import find_label, rename, undo
from linnaeus.consolidate.reviews import accept, dismiss, open_reviews
from linnaeus.consolidate.survey import LabelLife, Survey, survey
from linnaeus.types import Vectors

WIDTH = 48
TOPICS = np.random.default_rng(0).normal(size=(12, WIDTH))
TOPICS /= np.linalg.norm(TOPICS, axis=1, keepdims=True)
START = datetime(2024, 1, 1, tzinfo=timezone.utc)
SINCE = START.timestamp() + 600 * 3_600
LABELS = ("apples", "boats", "clouds", "doors", "eggs", "fire")


class ByTopic:
    """The vector of "3 17" is about topic 3; half of its length is noise."""

    name = "by_topic"

    def embed(self, texts: Sequence[str], /) -> Vectors:
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, WIDTH)

    def _vector(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        noise = np.random.default_rng(sum(map(ord, text)) * 7 + len(text)).normal(size=WIDTH) / np.sqrt(WIDTH)
        topic, _, number = text.partition(" ")
        if not topic.isdigit():
            return np.asarray(noise / np.linalg.norm(noise))
        noise = np.random.default_rng(int(number)).normal(size=WIDTH) / np.sqrt(WIDTH)
        row = TOPICS[int(topic)] + noise
        return np.asarray(row / np.linalg.norm(row))


def story() -> list[tuple[str, str, str]]:
    """(text, label, time) of 900 hours. Since hour 600: doors are about topic 3 and 8, apples about what boats are about,
    eggs are gone, and there is fire.
    """
    random = np.random.default_rng(1)
    rows = []
    for hour in range(900):
        topic, late = hour % 5, hour >= 600
        label = topic
        if late and topic == 4:
            label = topic = 5
        if late and topic == 0:
            topic = 1
        if late and topic == 3:
            topic = int(random.choice([3, 8]))
        time = START + timedelta(hours=hour)
        rows.append((f"{topic} {hour}", LABELS[label], time.strftime("%Y-%m-%dT%H:%M:%SZ")))
    return rows


@pytest.fixture(scope="module")
def told() -> Iterator[Classifier]:
    texts, labels, times = (list(column) for column in zip(*story(), strict=True))
    with Classifier.open(embedder=ByTopic()) as classifier:
        classifier.fit(texts, labels)
        classifier.remember_ids([(text, text) for text in texts], times)
        classifier.tidy()
        yield classifier


def look(classifier: Classifier, since: float | None = SINCE) -> tuple[Survey, dict[str, LabelLife]]:
    found = survey(classifier.store, classifier.consolidator.vectors, since)
    return found, {one.name: one for one in found.labels}


def test_what_has_changed(told: Classifier) -> None:
    found, labels = look(told)
    assert (found.texts, found.before) == (300, 600)
    assert (found.since, found.until) == ("2024-01-26T00:00:00+00:00", "2024-02-07T11:00:00+00:00")
    assert {one.name: one.state for one in found.labels} == {
        **dict.fromkeys(LABELS[:4], "active"),
        "eggs": "dormant",
        "fire": "emerging",
    }
    assert (labels["eggs"].since, labels["eggs"].before, labels["eggs"].expected) == (0, 120, 60.0)
    assert labels["fire"].new and labels["fire"].first == "2024-01-26T04:00:00+00:00"
    assert not labels["doors"].new and labels["doors"].first == "2024-01-01T03:00:00+00:00"
    assert labels["apples"].likeness is not None and labels["apples"].likeness < 0.5
    assert all(labels[name].likeness is None for name in ("boats", "clouds", "eggs", "fire"))


def test_merges_and_splits_are_proposed_accepted_and_undone(told: Classifier) -> None:
    found, _ = look(told)
    names = {label.id: label.name for label in told.store.labels()}
    proposed = {one.kind: {names[label] for label in one.labels} for one in found.proposals}
    assert proposed == {"merge": {"apples", "boats"}, "split": {"doors"}}
    assert "about the same since 2024-01-26" in found.proposals[0].why["words"]
    before = told.store.labels()
    numbers = [one.id for one in open_reviews(told.store)]
    kinds = {review.kind: change for review, change in accept(told.consolidator, numbers)}
    assert find_label(told.store, "apples") == find_label(told.store, "boats")
    [doors] = [label for label in told.store.labels() if label.name == "doors"]
    assert kinds["split"].new is not None and 20 <= 180 - doors.texts <= 40, (
        "those about topic 8 are another label"
    )
    assert open_reviews(told.store) == []
    for change in (kinds["split"], kinds["merge"]):
        undo(told.consolidator, change.event)
    assert told.store.labels() == before
    assert [one.id for one in open_reviews(told.store)] == numbers
    dismiss(told.store, numbers)
    assert look(told)[0].proposals == []
    for _ in numbers:
        undo(told.consolidator)


def test_what_people_did_is_in_it(told: Classifier) -> None:
    event = rename(told.consolidator, find_label(told.store, "clouds"), "weather", author="ann").event
    found, labels = look(told)
    assert (found.events[-1].author, "weather" in labels) == ("ann", True)
    assert "renamed" in found.events[-1].what
    undo(told.consolidator, event)


def test_moments_without_anything_to_compare(told: Classifier) -> None:
    for since in (START.timestamp(), START.timestamp() + 901 * 3_600):
        with pytest.raises(InputError, match="texts are from 2024-01-01"):
            look(told, since)
    assert look(told, None)[0].since == "2024-01-31T11:00:00+00:00", "7 days"
    with Classifier.open(embedder=ByTopic()) as classifier:
        classifier.fit(["1 1"], ["apples"])
        with pytest.raises(InputError, match="no text of this project has a time"):
            look(classifier)


def test_times_of_items(told: Classifier) -> None:
    """An item that comes again keeps its time, unless it comes with another; a text counts once for each item."""
    with Classifier.open(embedder=ByTopic()) as classifier:
        classifier.fit(["1 1", "2 2"], [["apples", "boats"], ["apples"]])
        items = [("a", "1 1"), ("b", "1 1"), ("c", "2 2"), ("d", "unknown")]
        classifier.remember_ids(items, ["2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z", None, None])
        classifier.remember_ids(items[:1])
        assert classifier.store.times() == ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"]
        assert [row.time[8:10] for row in classifier.store.dated()] == ["01", "01", "02", "02"]
        classifier.remember_ids(items[:1], ["2024-01-03T00:00:00Z"])
        assert classifier.store.times()[-1] == "2024-01-03T00:00:00Z"
