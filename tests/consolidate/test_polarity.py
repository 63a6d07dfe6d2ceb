"""Wordings and texts that say the opposite of each other stay apart, unless a model or a person says otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus import Classifier
from linnaeus.consolidate import Consolidator, opposed_texts, readable, wording_key
from linnaeus.consolidate.people import merge
from linnaeus.consolidate.polarity import Poles, opposed_wordings
from linnaeus.store import CachedVectors, Store
from linnaeus.types import SAME, Embedder, SurfaceId
from tests.scripted import Scripted


@dataclass(frozen=True)
class Case:
    of: str
    kind: str
    a: str
    b: str


CASES = [
    Case(**json.loads(line))
    for line in (Path(__file__).parents[1] / "data" / "polarity.jsonl").read_text("utf-8").splitlines()
]
LABELS = [case for case in CASES if case.of == "label" and case.kind != "harmless"]
TEXTS = [case for case in CASES if case.of == "text" and case.kind != "harmless"]
HARMLESS = [case for case in CASES if case.kind == "harmless"]
LABELS_MISSED = {("dog_bites_man", "man_bites_dog"), ("not_due_invoice", "overdue_invoice")}
TEXTS_MISSED = 11
"""Pairs that need more than a table of words: "I paid him", "undercooked"."""


def test_the_set_is_large_enough() -> None:
    assert len(LABELS) >= 300 and len(TEXTS) >= 300 and len(HARMLESS) >= 150
    assert {case.kind for case in LABELS} == {"antonym", "negation", "outcome", "direction", "number"}


def test_opposed_wordings_are_told() -> None:
    missed = {(case.a, case.b) for case in LABELS if not opposed_wordings(case.a, case.b)}
    assert missed <= LABELS_MISSED


def test_opposed_texts_are_told() -> None:
    missed = [case for case in TEXTS if not opposed_texts(case.a, case.b, [case.b])]
    assert len(missed) <= TEXTS_MISSED, missed


def test_harmless_pairs_are_let_be() -> None:
    wrong = [
        case
        for case in HARMLESS
        if (opposed_wordings if case.of == "label" else opposed_texts)(case.a, case.b)
    ]
    assert not wrong


@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_opposition_is_mutual(one: Case, other: Case) -> None:
    for a, b in ((one.a, one.b), (one.a, other.b), (one.a, one.a)):
        assert opposed_wordings(a, b) == opposed_wordings(b, a)
        assert opposed_texts(a, b) == opposed_texts(b, a)
        assert not opposed_wordings(a, a) and not opposed_texts(a, a)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_read(a: str, b: str) -> None:
    assert opposed_texts(a, b) == opposed_texts(b, a)


def test_no_opposed_wording_is_overlooked_in_a_crowd() -> None:
    wordings = sorted({word for case in LABELS for word in (case.a, case.b)})
    slow = [(i, j) for (i, a), (j, b) in combinations(enumerate(wordings), 2) if opposed_wordings(a, b)]
    poles = Poles(enumerate(wordings))
    assert poles.pairs() == slow
    assert poles.against(wordings[slow[0][0]]) == [b for a, b in slow if a == slow[0][0]]


def test_numbers_in_very_many_wordings_are_keys() -> None:
    poles = Poles([*enumerate(f"order_{number}" for number in range(500)), (500, "no_order_7")])
    assert poles.pairs() == [(7, 500)]
    assert poles.against("order_7") == [500]


def test_without_a_model_opposed_texts_stay_apart_until_a_person_joins_them(embedder: Embedder) -> None:
    lights = [f"turn {way} the light in room {room}" for way in ("on", "off") for room in range(1, 7)]
    ways = ["transfer money from savings to checking", "transfer money from checking to savings"]
    with Classifier.open(llm="none", embedder=embedder) as classifier:
        classifier.label([*lights, *ways])
        classifier.tidy()

        def labels(texts: list[str]) -> set[str]:
            return {answer.label for answer in classifier.today(texts) if answer and answer.label}

        assert not labels(lights[:6]) & labels(lights[6:])
        assert len(labels(ways)) == 2
        found = [classifier.today([text])[0] for text in ways]
        one, other = (answer.label_ids[0] for answer in found if answer)
        merge(classifier.consolidator, one, [other], author="ada", why="")
        assert len(labels(ways)) == 1


@pytest.fixture(scope="module")
def grouped(embedder: Embedder) -> dict[str, int]:
    """The label of every wording; both of a pair were given to the very same text."""
    with Store() as store:
        vectors = CachedVectors(embedder, store)
        consolidator = Consolidator(store, vectors)
        surfaces: dict[str, SurfaceId] = {}
        cases = [*LABELS, *(case for case in HARMLESS if case.of == "label")]
        codes = vectors.codes([f"{readable(case.a)} or {readable(case.b)}" for case in cases])
        consolidator.expect(word for case in cases for word in (case.a, case.b))
        for case, code in zip(cases, codes, strict=True):
            for word in (case.a, case.b):
                surfaces[word] = consolidator.resolve([word], code)[0]
        consolidator.tidy()
        return {word: consolidator.label_of(surface) for word, surface in surfaces.items()}


def test_opposed_wordings_of_one_text_are_two_labels(grouped: dict[str, int]) -> None:
    together = {(case.a, case.b) for case in LABELS if grouped[case.a] == grouped[case.b]}
    assert together <= LABELS_MISSED


def test_other_wordings_still_come_together(grouped: dict[str, int]) -> None:
    pairs = [case for case in HARMLESS if case.of == "label"]
    assert sum(grouped[case.a] == grouped[case.b] for case in pairs) > 0.7 * len(pairs)


def test_a_model_or_a_person_may_join_them(embedder: Embedder) -> None:
    with Store() as store:
        vectors = CachedVectors(embedder, store)
        consolidator = Consolidator(store, vectors)
        code = vectors.codes(["my card"])[0]
        pairs = [("lock_card", "unlock_card"), ("refund_request", "refund_denied")]
        surfaces = [[consolidator.resolve([word], code)[0] for word in pair] for pair in pairs]

        def labels() -> list[int]:
            consolidator.tidy()
            return [len({consolidator.label_of(one) for one in pair}) for pair in surfaces]

        assert labels() == [2, 2]
        consolidator.hear(surfaces[0], [(0, 1, SAME)])
        request, denied = map(consolidator.label_of, surfaces[1])
        merge(consolidator, request, [denied])
        assert labels() == [1, 1]


@pytest.mark.parametrize("opposed", [True, False])
def test_memory_does_not_answer_the_opposite(embedder: Embedder, opposed: bool) -> None:
    """Each pair in a project of its own, with a memory that is bold: where nothing is opposed, it answers most."""
    told = [case for case in TEXTS if opposed_texts(case.a, case.b, [case.b])]
    cases = told[::8] if opposed else [case for case in HARMLESS if case.of == "text"][::8]
    recalled = 0
    for case in cases:
        with Classifier.open(
            llm=Scripted(lambda text: (wording_key(text)[:70],)), embedder=embedder, max_error=0.5
        ) as classifier:
            recalled += [answer.by for answer in classifier.label([case.a, case.b])][1] == "recall"
    share = recalled / len(cases)
    assert share == 0 if opposed else share >= 0.7


def test_memory_knows_what_was_asked_in_an_earlier_run(embedder: Embedder, tmp_path: Path) -> None:
    path = str(tmp_path / "project.db")
    answers = []
    for texts in (["Turn on the light"], ["Turn off the light", "Turn the light on"]):
        with Classifier.open(
            path, llm=Scripted(lambda text: ("light",)), embedder=embedder, max_error=0.5
        ) as classifier:
            answers += classifier.label(texts)
    assert [answer.by for answer in answers] == ["ask", "ask", "recall"]
