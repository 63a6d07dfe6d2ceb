"""Texts that are like a text."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from linnaeus.discover.related import Related
from linnaeus.types import Embedder

TEXTS = [
    "How do I change my PIN?",
    "Where can I change the PIN of my card?",
    "I want another PIN for the card",
    "My card was stolen",
    "Somebody took my card",
    "What is the exchange rate for dollars?",
    "Which rate do you use to exchange euros?",
    "Best recipe for apple pie",
]
LABELS = [["pin"], ["pin", "card"], [], ["stolen"], ["stolen", "card"], ["rate"], ["rate"], ["food"]]


@pytest.fixture(scope="module")
def related(embedder: Embedder) -> Related:
    return Related(TEXTS, embedder.embed(TEXTS), LABELS)


def test_by_content(related: Related, embedder: Embedder) -> None:
    assert {near.place for near in related.to_place(0, 2, by="content")} == {1, 2}
    assert related.to_place(5, 1, by="content")[0].place == 6
    text = "euros to dollars, what exchange rate"
    assert {near.place for near in related.to_text(text, embedder.embed([text])[0], 2)} == {5, 6}


def test_by_labels(related: Related) -> None:
    found = related.to_place(3, 10, by="labels")
    assert [near.place for near in found] == [4] and 0 < found[0].score < 1
    assert related.to_place(5, 3, by="labels")[0].score == pytest.approx(1)
    assert related.to_place(2, 10, by="labels") == []


@pytest.mark.parametrize("by", ["content", "labels", "both"])
def test_never_itself_never_twice_scores_from_0_to_1(related: Related, by: str) -> None:
    for place in range(len(TEXTS)):
        found = related.to_place(place, 5, by=by)  # type: ignore[arg-type]
        places = [near.place for near in found]
        assert place not in places and len(set(places)) == len(places) <= 5
        assert all(0 < near.score <= 1 for near in found)


def test_diversity_chooses_unlike_ones(embedder: Embedder, questions: list[str]) -> None:
    texts = questions[:150]
    made = Related(texts, vectors := embedder.embed(texts), [[]] * len(texts))

    def alike(diversity: float) -> float:
        chosen = [
            [near.place for near in made.to_place(place, 5, diversity=diversity)] for place in range(30)
        ]
        pairs = [pair for own in chosen for pair in combinations(own, 2)]
        return float(np.mean([vectors[one] @ vectors[other] for one, other in pairs]))

    assert alike(0.5) < alike(0.2) < alike(0.0)


def test_a_text_that_is_like_nothing(related: Related) -> None:
    assert related.to_text("", np.zeros(384, np.float32), 3) is not None
