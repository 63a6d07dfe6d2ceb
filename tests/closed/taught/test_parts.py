"""Texts of more sentences than examples have."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.closed.source import NOWHERE, Candidates
from linnaeus.closed.taught.parts import Parts, sentences, usual


def found(*rows: dict[int, float]) -> Candidates:
    """Up to three labels a text."""
    places = np.full((len(rows), 3), NOWHERE, np.int32)
    scores = np.zeros((len(rows), 3), np.float32)
    for row, own in enumerate(rows):
        places[row, : len(own)], scores[row, : len(own)] = list(own), list(own.values())
    return Candidates(places, scores)


def test_sentences() -> None:
    assert sentences("Pandas eat bamboo. Why?  Nobody\nknows that; or do they") == [
        "Pandas eat bamboo.",
        "knows that;",
        "or do they",
    ]
    assert sentences("") == []
    assert usual(["one two", "one two", "one two. three four."] * 20) == 2
    assert usual(["one two"] * 99 + ["one two. three four."]) == 1
    assert usual([""]) == 1


def test_a_label_is_as_likely_as_by_the_likeliest_sentence() -> None:
    texts = ["bears like honey. roses are red.", "only one thing", "a b. c d."]
    parts = Parts.of(texts, beyond=1)
    assert parts.owners == [0, 0, 2, 2]
    whole = found({0: 0.5, 1: 0.3}, {2: 0.9}, {})
    joined = parts.joined(whole, found({0: 0.7}, {4: 0.6, 1: 0.2}, {5: 0.1}, {}))
    assert joined.places.tolist() == [[0, 4, 1], [2, NOWHERE, NOWHERE], [5, NOWHERE, NOWHERE]]
    assert np.allclose(joined.scores, [[0.7, 0.6, 0.3], [0.9, 0, 0], [0.1, 0, 0]])


@given(st.lists(st.text(alphabet="ab .!?\n;", max_size=40), max_size=5), st.integers(1, 3))
def test_no_text_of_few_sentences_is_cut(texts: list[str], beyond: int) -> None:
    parts = Parts.of(texts, beyond)
    for place in parts.owners:
        assert len(sentences(texts[place])) > beyond
    assert all(len(part.split()) > 1 for part in parts.texts)
    assert beyond <= 2 or not parts.texts
