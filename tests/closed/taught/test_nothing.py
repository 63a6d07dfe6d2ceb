"""Whether any label fits: what unlabelled examples teach, and what holds without them."""

from __future__ import annotations

import numpy as np
import pytest

from linnaeus.closed.taught.keeping import from_arrays, to_arrays
from linnaeus.closed.taught.sparse import rows_of
from tests.closed.taught.made import by_letters, fruit, learnt

NONE = [f"the {word} of {when}" for word in ("bus", "train", "tram") for when in ("noon", "night", "dawn")]
TEXTS, LABELS = fruit(10)


@pytest.mark.parametrize("vectors", [False, True])
def test_texts_like_unlabelled_examples_get_no_label(vectors: bool) -> None:
    taught = learnt([*TEXTS, *NONE], [*LABELS, *([[]] * len(NONE))], vectors=vectors)
    asked = ["the bus at noon", "the tram of the night", "apple sold today", "cherry on a tree"]
    for one in (taught, from_arrays(to_arrays(taught))):
        found = one.candidates(asked, by_letters(asked) if vectors else None, 4)
        none = one.none(found.scores)
        assert none[:2].min() > none[2:].max()
        assert found.scores[:2, 0].max() < found.scores[2:, 0].min()


def test_where_every_example_has_a_label_so_has_a_text() -> None:
    texts, labels = fruit(200)
    taught = learnt(texts, labels, vectors=False)
    asked = ["apple or cherry", "damson or banana, sold", "an apple a day"]
    found = taught.candidates(asked, None, 4)
    assert taught.none(found.scores).max() < 0.1
    assert taught.counts(found.scores).min() >= 1


def test_a_chance_is_that_of_a_label_where_any_fits_times_that_of_any() -> None:
    taught = learnt([*TEXTS, *NONE], [*LABELS, *([[]] * len(NONE))], vectors=False)
    pairs, figures = taught.figures(["the bus at noon", "apple sold today"])
    fits = figures.pop("fits")
    assert np.all((fits >= 0) & (fits <= 1))
    chances = taught.ranker.score(figures, rows_of(pairs))[1]
    assert np.allclose(chances * fits, taught.rank(["the bus at noon", "apple sold today"]).chances)
