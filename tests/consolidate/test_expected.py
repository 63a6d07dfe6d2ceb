"""What is expected of a text is learnt from others, and puts it into the same group whatever the order of the texts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus.consolidate.book import Book
from linnaeus.consolidate.expected import expected
from linnaeus.consolidate.features import frame
from linnaeus.consolidate.leaning import lean
from linnaeus.consolidate.neighbours import unit
from linnaeus.consolidate.standing import standing
from linnaeus.consolidate.tidy import regroup
from linnaeus.store import Store
from tests.consolidate.test_second_opinion import book, clouds, rows


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(2, 40))
def test_no_text_is_judged_by_what_was_said_of_it(seed: int, count: int) -> None:
    """What is expected of one that taught is what the others teach, and changes with what is said of them alone."""
    texts, said = unit(rows(seed, count + 3, 12)), unit(rows(seed + 1, count, 5))
    found = expected(texts, np.arange(count), said)
    for one in (0, count - 1):
        others = np.delete(np.arange(count), one)
        assert np.allclose(expected(texts, others, said[others])[one], found[one], atol=1e-3)
    assert (np.linalg.norm(expected(texts, np.arange(1), said[:1]), axis=1) < 0.6).all()  # one says little


def grouped(made: Book) -> tuple[list[int], dict[bytes, int]]:
    """The label of each surface, and of each text that memory answered, by its vector."""
    with Store() as store:
        leaned = lean(made, frame(made.wordings, made.sums, wordless=False))
        out = regroup(made, leaned, standing(store), store, at_least=0.3, at_most=None, verdicts={})
    others = leaned.others.tolist()
    return [row.label for row in made.rows], {
        made.codes[one].tobytes(): int(out.found[one]) for one in others
    }


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), labels=st.integers(2, 6), count=st.integers(8, 80))
def test_groups_and_those_in_them_do_not_depend_on_the_order_of_texts(
    seed: int, labels: int, count: int
) -> None:
    texts, said, wordings = clouds(seed, labels, count)
    mixed = np.random.default_rng(seed).permutation(len(texts))
    assert grouped(book(texts, said, wordings)) == grouped(
        book(texts[mixed], [said[one] for one in mixed], wordings)
    )


def test_a_text_that_memory_answered_is_in_the_group_of_those_around_it() -> None:
    texts, said, wordings = clouds(1, 4, 200)
    right = (texts @ wordings.T).argmax(axis=1)
    made = book(texts, said, wordings)
    labels, found = grouped(made)
    assert len(set(labels)) == 4 and -1 in said
    hit = [
        found[made.codes[one].tobytes()] == labels[right[one]] for one, given in enumerate(said) if given < 0
    ]
    assert np.mean(hit) > 0.85
