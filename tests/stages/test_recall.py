"""Labels do not depend on where batches are cut, nor on the order in which answers arrive."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus import BudgetReached, Classifier, UsageError
from linnaeus.consolidate.changes import record
from linnaeus.llm import Limits
from linnaeus.llm.pool import Pool
from linnaeus.llm.prices import Price
from linnaeus.llm.prompts import Prompt
from linnaeus.llm.provider import LOCAL, Completion, Stop, Unable
from linnaeus.store import Move, Rethought, Store
from linnaeus.types import Answer, Embedder, Model, Propose, Reply, Task
from tests.scripted import Scripted, first_words


class Stopping(Scripted):
    """Its budget ends after so many answers (None: never)."""

    def __init__(self, allowed: int | None) -> None:
        super().__init__()
        self.allowed = allowed

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, reply in super().answer(tasks):
            stopped = self.allowed is not None and len(self.asked) > self.allowed
            yield position, Reply(error="the budget ended", unasked=True) if stopped else reply


def in_batches(
    texts: Sequence[str], sizes: Sequence[int], model: Model, embedder: Embedder
) -> tuple[list[Answer], list[str]]:
    """The answers as given, batch by batch (the last size goes on), and the final label names."""
    with Classifier.open(llm=model, embedder=embedder, max_error=0.5) as classifier:
        answers: list[Answer] = []
        step = 0
        while len(answers) < len(texts):
            size = sizes[min(step, len(sizes) - 1)]
            answers += classifier.label(texts[len(answers) : len(answers) + size])
            step += 1
        classifier.tidy()
        return answers, [answer.labels[0] for answer in classifier.today(texts) if answer is not None]


@settings(max_examples=8)
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(30, 250),
    cuts=st.lists(st.integers(1, 90), min_size=1, max_size=6),
)
def test_labels_do_not_depend_on_where_batches_are_cut(
    seed: int, size: int, cuts: list[int], questions: list[str], embedder: Embedder
) -> None:
    texts = random.Random(seed).sample(questions, size)
    whole = Scripted()
    parts = Scripted(shuffle=seed)
    assert in_batches(texts, [size], whole, embedder) == in_batches(texts, cuts, parts, embedder)
    assert sorted(whole.asked) == sorted(parts.asked)


def test_one_by_one_is_the_same_as_all_at_once(questions: list[str], embedder: Embedder) -> None:
    whole, single = Scripted(), Scripted()
    assert in_batches(questions[:300], [300], whole, embedder) == in_batches(
        questions[:300], [1], single, embedder
    )
    assert sorted(whole.asked) == sorted(single.asked)
    assert len(whole.asked) < 300  # memory did answer some


def test_a_student_answers_texts_that_no_asked_text_is_near(questions: list[str], embedder: Embedder) -> None:
    model = Scripted(lambda text: ("money" if "money" in text or "card" not in text else "card",))
    with Classifier.open(llm=model, embedder=embedder, max_error=0.5) as classifier:
        answers = classifier.label(questions[:400])
        (noted,) = classifier.store._rows("SELECT sum(student), sum(student AND by = 'recall') FROM texts")
        gate = classifier.gate
    taught = [answer for answer in answers if answer.by == "student"]
    assert taught and noted[0] >= len(taught) and noted[1] == 0
    assert gate is not None and gate.audit.audited > 0
    texts = [answer.text for answer in taught]
    assert ((embedder.embed(texts) @ embedder.embed(model.asked).T).max(axis=1) < 0.99).all()
    assert all(0 < answer.score < 1 for answer in taught)
    assert all(answer.by == "ask" or answer.by == "recall" for answer in answers[:64]), (
        "it has not learnt yet"
    )


def test_groups_without_a_model_do_not_depend_on_batches(questions: list[str], embedder: Embedder) -> None:
    texts = questions[:300]

    def final(size: int) -> list[str]:
        with Classifier.open(embedder=embedder) as classifier:
            for start in range(0, len(texts), size):
                classifier.label(texts[start : start + size])
            classifier.tidy()
            return [answer.labels[0] for answer in classifier.today(texts) if answer is not None]

    assert final(300) == final(1) == final(37)


class Uneven:
    """A provider that takes its time now and then, so that answers of several workers arrive in no order."""

    name, model, vendor, key_variable, notice = "uneven", "uneven", LOCAL, "", ""
    tokens_out_at_most = 50
    workers_at_most: int | None = None

    def complete(self, prompt: Prompt, timeout_s: float, stop: Stop) -> Completion:
        if not isinstance(prompt.task, Propose):
            raise Unable("it only proposes")
        time.sleep(0.003 * (len(prompt.task.text) % 3))
        return Completion(json.dumps({"labels": list(first_words(prompt.task.text))}))


@pytest.mark.parametrize("workers", [1, 3, 16])
def test_labels_do_not_depend_on_the_number_of_workers(
    workers: int, questions: list[str], embedder: Embedder
) -> None:
    pool = Pool(Uneven(), Limits(workers=workers), Price(0.0, 0.0))
    assert in_batches(questions[:200], [64], pool, embedder) == in_batches(
        questions[:200], [7], Scripted(), embedder
    )


def test_a_failed_answer_is_not_remembered(questions: list[str], embedder: Embedder) -> None:
    """A text near one that failed is asked itself; it does not inherit the failure."""
    text = questions[0]
    near = text + " "  # cleaned to the same text
    again = text.replace("?", "") + " please?"
    model = Scripted(lambda asked: () if asked == text else ("something",))
    with Classifier.open(llm=model, embedder=embedder) as classifier:
        first, second, third = classifier.label([text, near, again])
        assert (first.by, first.error) == (second.by, second.error) == ("error", "no idea")
        assert (third.by, third.labels) == ("ask", ("something",))
        model.say = first_words
        assert classifier.label([text])[0].error is None  # asked again, not kept


def test_texts_in_doubt_are_asked(questions: list[str], embedder: Embedder) -> None:
    """The same wording answers at a cosine where wordings that have nothing to do with their texts do not."""
    words = ["volcano", "piano", "tax law", "goalkeeper", "sourdough", "glacier", "alphabet", "submarine"]

    def at_random(text: str) -> tuple[str, ...]:
        return (random.Random(text).choice(words),)

    def recalled(say: Callable[[str], tuple[str, ...]]) -> int:
        with Classifier.open(llm=Scripted(say), embedder=embedder) as classifier:
            return sum(answer.by == "recall" for answer in classifier.label(questions[:300]))

    assert recalled(lambda text: ("all_the_same",)) > 10 * recalled(at_random)


@pytest.mark.parametrize("wrong", [0.0, 1.0, -1.0])
def test_a_share_of_errors_must_be_a_share(wrong: float, embedder: Embedder) -> None:
    with pytest.raises(UsageError, match="max_error"):
        Classifier.open(embedder=embedder, max_error=wrong)


def test_a_larger_error_lets_memory_answer_more(questions: list[str], embedder: Embedder) -> None:
    def asked(max_error: float) -> int:
        model = Scripted()
        with Classifier.open(llm=model, embedder=embedder, max_error=max_error) as classifier:
            classifier.label(questions[:400])
        return len(model.asked)

    assert asked(0.05) > asked(0.3) > asked(0.6)


def test_what_memory_thought_is_on_record(questions: list[str], embedder: Embedder, tmp_path: Path) -> None:
    """The gate of a project that is opened again is the gate that was closed."""
    path = str(tmp_path / "project.db")
    with Classifier.open(path, llm=Scripted(), embedder=embedder, max_error=0.2) as classifier:
        classifier.label(questions[:300])
        before = classifier.trade_off((0.05, 0.2))
        thought = classifier.store.guesses()
    assert thought and any(one.own is None for one in thought) and any(one.own for one in thought)
    with Classifier.open(path, llm=Scripted(), embedder=embedder, max_error=0.2) as classifier:
        classifier.store.set_meta("any", "thing")
        assert [row[1] for row in classifier.trade_off((0.05, 0.2))] == [row[1] for row in before]


def test_what_memory_answered_is_filed_anew_within_the_stream(
    questions: list[str], embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what it would say today of asked texts is what the gate learns from."""
    rethought: list[tuple[int, int]] = []
    rethink = Store.rethink

    def noted(store: Store, thought: Iterable[Rethought]) -> None:
        rows = list(thought)
        rethought.extend((row.text, row.surface) for row in rows)
        rethink(store, rows)

    monkeypatch.setattr(Store, "rethink", noted)
    with Classifier.open(llm=Scripted(), embedder=embedder, max_error=0.5) as classifier:
        classifier.label(questions[:600])  # past the regrouping at 486 texts; no `tidy`
        store = classifier.store
        (moved,) = store._rows("SELECT count(*) FROM assignments WHERE given_id IS NOT NULL")[0]
        assert moved > 0
        known = dict(store._rows("SELECT id, guess_id FROM texts WHERE guess_id IS NOT NULL AND by = 'ask'"))
        latest = dict(rethought)
        assert latest and all(known[text] == latest[text] for text in known.keys() & latest.keys())
        asked = {text.id: text.surfaces[0] for text in store.assigned_texts() if text.asked}
        assert any(latest[text] != asked[text] for text in latest), "a text does not vote on itself"
        assert any(one.lead for one in store.guesses()), "a student says something too"


def test_what_later_texts_cast_doubt_on_is_asked_after_all(
    questions: list[str], embedder: Embedder, tmp_path: Path
) -> None:
    """Each text is asked once, what it got is what the model said, and later answers follow from that."""
    path, model = str(tmp_path / "project.db"), Scripted()
    with Classifier.open(path, llm=model, embedder=embedder, max_error=0.2) as classifier:
        first = classifier.label(questions[:800])
        within = classifier.today(questions[:800])
        assert any(now and was.by != now.by for was, now in zip(first, within, strict=True)), "in the stream"
        classifier.tidy()
        today = classifier.today(questions[:800])
        store = classifier.store
        assert not store.doubted(), "none is left in doubt"
        again = [
            now
            for was, now in zip(first, today, strict=True)
            if now and was.by == "recall" and now.by == "ask"
        ]
        assert again and all(answer.score == 1.0 for answer in again)
        assert len(model.asked) == len(set(model.asked)) == classifier.usage.calls
        words = {row.id: row.words for row in store.surfaces()}
        given = dict(store._rows("SELECT text, surface_id FROM texts JOIN assignments ON text_id = texts.id"))
        assert all(words[given[answer.text]] == first_words(answer.text)[0] for answer in again)
        asked = list(model.asked)
        classifier.tidy()
        assert model.asked == asked, "no text is new"
        recalled = [answer for answer in today if answer and answer.by == "recall"]
        assert 1 - sum(answer.score for answer in recalled) / len(recalled) < 0.2, "as they look today"


def test_a_second_look_goes_on_where_the_budget_ended(
    questions: list[str], embedder: Embedder, tmp_path: Path
) -> None:
    """A project whose budget ends in the middle of a second look comes to the labels of one that went through."""

    def labelled(path: Path, stops: Sequence[int]) -> list[str | None]:
        for allowed in (*stops, None):
            with Classifier.open(
                str(path), llm=Stopping(allowed), embedder=embedder, max_error=0.1
            ) as classifier:
                try:
                    classifier.label(questions[:700])
                except BudgetReached:
                    continue
                classifier.tidy()
                return [answer.label for answer in classifier.today(questions[:700]) if answer]
        raise AssertionError("it never came to the end")

    stops = [20, 7, 1, 3, 40, 2, 2, 2, 5, 60]
    assert labelled(tmp_path / "stopped.db", stops) == labelled(tmp_path / "whole.db", [])


def test_a_text_that_a_person_moved_is_not_asked(questions: list[str], embedder: Embedder) -> None:
    model = Scripted()
    with Classifier.open(llm=model, embedder=embedder, max_error=0.2) as classifier:
        classifier.label(questions[:600])
        store, consolidator = classifier.store, classifier.consolidator
        text = store._rows("SELECT id FROM texts WHERE by = 'recall' LIMIT 1")[0][0]
        label = store.named([text])[text].label_ids[0]
        words = {row.id: row for row in store.surfaces()}
        rows = store.assigned(store.surfaces_of(label))
        store.think_twice([(text, 0.3, True)])
        assert list(store.doubted()) == [text]
        event = record(store, "split", {"label": label}, author="person", why="")
        surface = next(row.surface for row in rows if row.text_id == text)
        store.add_moves(event, [Move(text, 0, surface, surface)])
        assert not store.doubted()
        before = list(model.asked)
        consolidator.answer_again({text: ("something_else",)})
        assert model.asked == before and words.keys() == {row.id for row in store.surfaces()}
