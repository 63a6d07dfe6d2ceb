"""The front door: what people taught, several labels, budgets, errors, and parts put together by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linnaeus
from linnaeus import (
    Ask,
    BudgetReached,
    CachedVectors,
    Cascade,
    Classifier,
    Consolidator,
    Exact,
    InputError,
    Recall,
    Store,
    UsageError,
)
from linnaeus.consolidate.people import find_label, merge, rename, undo
from linnaeus.types import Answer, Embedder, Propose, Reply, Stage, Task, Vectors
from tests.scripted import Scripted


def several(text: str) -> tuple[str, ...]:
    """Up to three labels, some spelt in two ways."""
    words = [word for word in text.lower().replace("?", "").split() if len(word) > 3][:3]
    return tuple([words[0].title(), *words]) if words else ("other",)


def run(
    texts: list[str], sizes: list[int], embedder: Embedder, path: Path | None = None
) -> list[Answer | None]:
    """Label in batches with several labels a text, perhaps with a new process's view each time; the final answers."""
    classifier, done, step = None, 0, 0
    while done < len(texts):
        if classifier is None or path is not None:
            if classifier is not None:
                classifier.close()
            where = ":memory:" if path is None else str(path)
            classifier = Classifier.open(where, llm=Scripted(several), embedder=embedder, max_labels=3)
        size = sizes[step % len(sizes)]
        classifier.label(texts[done : done + size])
        done, step = done + size, step + 1
    assert classifier is not None
    before = classifier.today(texts)
    classifier.tidy()
    after = classifier.today(texts)
    classifier.close()
    return before + after


@settings(max_examples=3)
@given(seed=st.integers(0, 10**6), sizes=st.lists(st.integers(5, 90), min_size=1, max_size=4))
def test_several_labels_repeats_and_restarts_do_not_show(
    seed: int,
    sizes: list[int],
    questions: list[str],
    embedder: Embedder,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    texts = random.Random(seed).choices(questions[:150], k=200)
    whole = run(texts, [200], embedder)
    assert whole == run(texts, sizes, embedder)
    assert whole == run(texts, sizes, embedder, tmp_path_factory.mktemp("project") / "p.db")


def test_new_labels_of_one_answer_have_their_own_names(embedder: Embedder) -> None:
    with Classifier.open(
        llm=Scripted(lambda text: ("stolen_card", "weather_report")), embedder=embedder, max_labels=2
    ) as c:
        assert c.label(["My card was stolen in the rain"])[0].labels == ("stolen_card", "weather_report")


def test_spellings_of_one_label_count_once(embedder: Embedder) -> None:
    with Classifier.open(
        llm=Scripted(lambda text: ("Card lost", "card_lost")), embedder=embedder
    ) as classifier:
        assert classifier.label(["gone"])[0].labels == ("card_lost",)


@pytest.mark.parametrize("label", ["", "!!!", "x" * 200])
def test_labels_outside_the_rules_are_errors(label: str, embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(lambda text: (label,)), embedder=embedder) as classifier:
        assert "the model gave" in (classifier.label(["some text"])[0].error or "")


# -- what people taught


@pytest.mark.parametrize("llm", ["none", "model"])
def test_gold_labels_stay_as_given(llm: str, embedder: Embedder, tmp_path: Path) -> None:
    texts = ["My card was stolen", "What is the exchange rate?", "Someone took my card from my bag"]
    gold = ["stolen_card", "fx", "stolen_card"]

    def opened() -> Classifier:
        return Classifier.open(
            str(tmp_path / "p.db"), llm=Scripted() if llm == "model" else "none", embedder=embedder
        )

    with opened() as classifier:
        assert classifier.fit(texts, gold).predict(texts) == gold
        classifier.tidy()
        assert classifier.predict(texts) == gold
    with opened() as classifier:
        assert classifier.predict([*texts, "My card was stolen!"]) == [*gold, "stolen_card"]
        assert {label.name for label in classifier.store.labels()} == {"stolen_card", "fx"}


def test_people_correct_a_text_that_the_model_labelled(embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(lambda text: ("stolen_card",)), embedder=embedder) as classifier:
        classifier.label(["My card was stolen"])
        assert classifier.fit(["My card was stolen"], ["theft"]).predict(["My card was stolen"]) == ["theft"]
        later = classifier.label(["The weather is lovely today"])[0]  # the model says stolen_card again
        assert later.error is None
        classifier.tidy()
        merge(classifier.consolidator, later.label_ids[0], [find_label(classifier.store, "theft")])
        assert len(classifier.store.labels()) == 1


def test_a_refused_lesson_leaves_nothing_behind(embedder: Embedder, tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Classifier.open(path, llm=Scripted(), embedder=embedder) as classifier:
        for labels in (["fine", "!!!"], ["fine", "x" * 300], ["fine", []], ["fine"], "fi"):
            with pytest.raises(InputError):
                classifier.fit(["a text", "another"], labels)
        with pytest.raises(UsageError, match="list of str"):
            classifier.label("a text")
        classifier.label(["a third text"])
    with Classifier.open(path, llm=Scripted(), embedder=embedder) as classifier:
        assert "fine" not in [row.key for row in classifier.store.surfaces()]


# -- names


def test_into_keeps_its_name_for_good(questions: list[str], embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(), embedder=embedder) as classifier:
        classifier.label(questions[:80])
        classifier.tidy()
        big, small = classifier.store.labels()[0], classifier.store.labels()[-1]
        merge(classifier.consolidator, small.id, [big.id])
        classifier.label(questions[80:300])
        classifier.tidy()
        assert classifier.store.names()[small.id][0] == small.name


def test_names_that_people_gave_outlive_growth_and_stay_unique(
    questions: list[str], embedder: Embedder
) -> None:
    with Classifier.open(llm=Scripted(), embedder=embedder) as classifier:
        classifier.label(questions[:40])
        classifier.tidy()
        given = {}
        for number, label in enumerate(classifier.store.labels()):
            given[label.id] = f"Given {number}"
            rename(classifier.consolidator, label.id, given[label.id])
        classifier.label(questions[40:])
        classifier.tidy()
        names = {label: name for label, (name, _) in classifier.store.names().items()}
        assert given.items() <= names.items()
        assert len(set(names.values())) == len(names)


def test_a_given_name_is_a_wording(embedder: Embedder) -> None:
    say = {"It will rain": "weather", "My phone is gone": "Lost-Phone"}
    with Classifier.open(llm=Scripted(lambda text: (say[text],)), embedder=embedder) as classifier:
        label = classifier.label(["It will rain"])[0].label_ids[0]
        rename(classifier.consolidator, label, "Lost Phone")
        assert classifier.label(["My phone is gone"])[0].label_ids == (label,)
        classifier.tidy()
        assert [one.name for one in classifier.store.labels()] == ["Lost Phone"]


def test_renames_are_undone_in_any_order(embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(lambda text: ("weather",)), embedder=embedder) as classifier:
        label = classifier.label(["It will rain"])[0].label_ids[0]

        def name() -> str:
            return classifier.store.names()[label][0]

        first = rename(classifier.consolidator, label, "one")
        rename(classifier.consolidator, label, "two")
        undo(classifier.consolidator, first.event)
        assert name() == "two"
        undo(classifier.consolidator)
        assert name() == "weather"


# -- budgets and parts


class Counted:
    """A model with a budget."""

    name = "counted"

    def __init__(self, calls: int) -> None:
        self.left = calls

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, task in enumerate(tasks):
            assert isinstance(task, Propose)
            self.left -= 1
            if self.left < 0:
                yield position, Reply(error="the budget ended", unasked=True)
            elif "refuse" in task.text:
                yield position, Reply(error="the model refused", calls=1)
            else:
                yield position, Reply((task.text.split()[0],), calls=1)


def test_the_end_of_a_budget_says_what_was_done(embedder: Embedder) -> None:
    texts = ["apples are red", "", "refuse this one", "Berlin is large", "What time is it?"]
    with Classifier.open(llm=Counted(3), embedder=embedder) as classifier:
        with pytest.raises(BudgetReached) as ended:
            classifier.label(texts)
        errors = [answer and answer.error for answer in ended.value.answers]
        assert errors == [None, "the text is empty", "the model refused", None, None]
        assert ended.value.answers[4] is None
        assert classifier.today(texts)[4] is None
    answers = linnaeus.label(texts, llm=Counted(3), embedder=embedder)
    assert [answer.label for answer in answers] == ["apples", None, None, "berlin", None]
    assert [bool(answer.error) for answer in answers] == [False, True, True, False, True]
    assert answers[2].error == "the model refused"


@pytest.mark.parametrize("shape", ["ask", "recall", "nested"])
def test_any_arrangement_of_stages(shape: str, embedder: Embedder) -> None:
    with Store() as store:
        ask = Ask(Scripted(), Consolidator(store, CachedVectors(embedder, store)))
        stages: dict[str, Stage] = {
            "ask": ask,
            "recall": Recall(ask),
            "nested": Cascade([Exact(store), Cascade([Recall(ask)])]),
        }
        classifier = Classifier(stages[shape], store)
        texts = ["My card was stolen", "What is the exchange rate?"]
        first = classifier.predict(texts)
        assert classifier.predict(texts) == first
        assert classifier.usage.calls == 2
        assert classifier.tidy() == 0


def test_a_project_made_by_hand_can_be_corrected(embedder: Embedder, tmp_path: Path) -> None:
    path = str(tmp_path / "p.db")
    with Store(path) as store:
        ask = Ask(Scripted(), Consolidator(store, CachedVectors(embedder, store)))
        Classifier(Cascade([Exact(store), Recall(ask)]), store).label(
            ["My card was stolen", "Exchange rate?"]
        )
    with Classifier.reopen(path) as classifier:
        labels = [label.id for label in classifier.store.labels()]
        merge(classifier.consolidator, labels[0], labels[1:])
        assert len(classifier.store.labels()) == 1

    class Other:
        name = "other"

        def embed(self, texts: Sequence[str], /) -> Vectors:
            return embedder.embed(texts)

    with pytest.raises(UsageError, match="embedder=minilm"):
        Classifier.open(path, llm=Scripted(), embedder=Other())


def test_equal_vectors_always_answer(embedder: Embedder) -> None:
    with Classifier.open(llm=Scripted(), embedder=embedder, max_error=0.01) as classifier:
        assert [answer.by for answer in classifier.label(["I lost my card", "i lost my card"])] == [
            "ask",
            "recall",
        ]
