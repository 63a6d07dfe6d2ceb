"""Every source: the same in any batch, whatever the order of entries, best first; and after it was stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus.closed.contained import Contained
from linnaeus.closed.dense import Dense
from linnaeus.closed.entries import Entries, Field
from linnaeus.closed.fused import Closer, Fused, Weighted
from linnaeus.closed.lexical import Lexical
from linnaeus.closed.source import Alone, Candidates, Scorer, Source
from linnaeus.closed.stretches import stretches, windows
from linnaeus.closed.words import pieces
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.index.bm25 import Bm25
from linnaeus.index.rows import Rows
from linnaeus.taxonomy import Links
from linnaeus.types import Codes

WORDS = ["acute", "gout", "of", "foot", "chronic", "leukaemia", "flu", "virus", "left", "right"]
phrase = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
names = st.lists(phrase, min_size=1, max_size=12)
texts = st.lists(
    st.lists(st.sampled_from([*WORDS, "leukemia", "the"]), max_size=16).map(" ".join), max_size=6
)


def embed(texts: Sequence[str]) -> Codes:
    """Counts of letters: texts of the same letters are the same, and a row depends on its own text alone."""
    rows = np.zeros((len(texts), 26), np.int8)
    for row, text in enumerate(texts):
        for letter in text:
            if letter.isalpha():
                rows[row, ord(letter) - 97] += 1
    return rows


def entries(names: Sequence[str]) -> Entries:
    several = [[f"{name} virus"] if place % 3 == 0 else [] for place, name in enumerate(names)]
    return Entries.of(names, several, [f"about {name}" if len(name) > 9 else "" for name in names])


def chain(labels: int) -> Links:
    """Each label but the first under the one before."""
    starts = np.maximum(np.arange(labels + 1) - 1, 0)
    return Links(starts, np.arange(labels - 1, dtype=np.int32))


def lexical(held: Entries) -> Source:
    return Alone(Lexical.of(held), texts_at_a_time=2)


def words(held: Entries) -> Source:
    return Alone(Lexical.of(held, cut="words"))


def contained(held: Entries) -> Source:
    return Alone(Contained.of(held))


def dense(held: Entries) -> Source:
    return Alone(Dense.of(held, embed(held.texts), chain(held.labels)))


def fused(held: Entries) -> Source:
    return ZeroShot.of(held, embed(held.texts), chain(held.labels), embed)


MAKERS = [lexical, words, contained, dense, fused]
every_source = pytest.mark.parametrize("make", MAKERS)
Make = Callable[[Entries], Source]


def as_lists(found: Candidates) -> list[tuple[list[int], list[float]]]:
    return list(zip(found.places.tolist(), found.scores.tolist(), strict=True))


@every_source
@settings(max_examples=30)
@given(names, texts)
def test_a_batch_gives_what_its_texts_give_one_by_one(make: Make, names: list[str], texts: list[str]) -> None:
    source = make(entries(names))
    whole = as_lists(source.candidates(texts, embed(texts), 5))
    single = [as_lists(source.candidates([text], embed([text]), 5))[0] for text in texts]
    assert whole == single


@every_source
@settings(max_examples=30)
@given(names, texts, st.integers(1, 20))
def test_candidates_are_best_first_and_ties_go_to_the_earlier(
    make: Make, names: list[str], texts: list[str], most: int
) -> None:
    found = make(entries(names)).candidates(texts, embed(texts), most)
    assert found.places.shape == found.scores.shape == (len(texts), most)
    assert found.places.dtype == np.int32 and found.scores.dtype == np.float32
    for places, scores in as_lists(found):
        held = [place for place in places if place >= 0]
        assert places == held + [-1] * (most - len(held))
        assert len(set(held)) == len(held)
        assert all(score > 0 for score in scores[: len(held)]) and not any(scores[len(held) :])
        pairs = list(zip([-score for score in scores[: len(held)]], held, strict=True))
        assert pairs == sorted(pairs)


@every_source
@settings(max_examples=30)
@given(names, texts, st.randoms())
def test_the_order_of_entries_does_not_matter(
    make: Make, names: list[str], texts: list[str], random: Random
) -> None:
    held = entries(names)
    order = list(range(len(held.texts)))
    random.shuffle(order)
    shuffled = Entries(
        [held.texts[place] for place in order], held.owners[order], held.fields[order], held.labels
    )
    source, other = make(held), make(shuffled)
    codes = embed(texts)
    assert as_lists(source.candidates(texts, codes, 4)) == as_lists(other.candidates(texts, codes, 4))


@given(names, texts)
def test_what_was_stored_finds_the_same(names: list[str], texts: list[str]) -> None:
    held = entries(names)
    made = ZeroShot.of(held, embed(held.texts), chain(held.labels), embed)
    again = ZeroShot.from_arrays(made.to_arrays(), embed)
    codes = embed(texts)
    assert as_lists(again.candidates(texts, codes, 9)) == as_lists(made.candidates(texts, codes, 9))


def test_pieces_find_what_is_spelt_otherwise_and_words_do_not() -> None:
    held = Entries.of(["acute leukaemia", "gout", "foot"])
    none = embed([""])
    assert words(held).candidates(["leukemias"], none, 2).places.tolist() == [[-1, -1]]
    assert lexical(held).candidates(["leukemias"], none, 2).places.tolist() == [[0, -1]]


def test_a_name_counts_as_contained_only_whole_and_in_its_order() -> None:
    held = Entries.of(["foot gout", "gout of foot", "flu", "gout"], [[], [], ["grippe virus"], []])
    found = contained(held).candidates(
        ["acute Gouts of the foot", "Grippe virus!", "gout of foot"], embed([""] * 3), 3
    )
    assert found.places.tolist() == [[3, -1, -1], [2, -1, -1], [1, 3, -1]]


def test_a_label_has_the_cosine_of_its_best_entry() -> None:
    codes = np.array([[127, 0], [0, 127], [0, 127]], np.int8)
    held = Entries(["a", "b", "c"], np.array([1, 0, 1], np.int32), np.array([0, 0, 1], np.uint8), 3)
    scores = Dense.of(held, codes).scores(["x", "y"], np.array([[127, 0], [0, 127]], np.int8))
    assert scores.tolist() == [[0.0, 1.0, -1.0], [1.0, 1.0, -1.0]]


def test_what_is_above_a_label_and_its_description_are_in_its_vector() -> None:
    held = Entries.of(["top", "under"], descriptions=["", "described"])
    codes = np.array([[127, 0, 0], [0, 127, 0], [0, 0, 127]], np.int8)
    scores = Dense.of(held, codes, chain(2)).scores(["x"] * 3, np.eye(3, dtype=np.int8))
    assert scores[:, 0].tolist() == [1, 0, 0]
    assert scores[:, 1] == pytest.approx(np.array([0.5, 1, 1]) / 1.5, abs=0.01)


@given(names, texts)
def test_the_fused_score_is_the_weighted_sum_of_shares_of_the_best(
    names: list[str], texts: list[str]
) -> None:
    held, codes = entries(names), embed(texts)
    scorers: list[Scorer] = [Lexical.of(held), Contained.of(held)]
    found = Fused([Weighted(scorers[0], 1.0), Weighted(scorers[1], 0.5)]).candidates(texts, codes, len(names))
    shares = [
        np.divide(s, np.maximum(s.max(axis=1, keepdims=True), 1e-9))
        for s in (x.scores(texts, codes) for x in scorers)
    ]
    total = shares[0] + 0.5 * shares[1]
    for row, (places, scores) in enumerate(as_lists(found)):
        kept = [place for place in places if place >= 0]
        assert set(kept) == set(np.flatnonzero(total[row] > 0))
        assert scores[: len(kept)] == pytest.approx(total[row, kept], rel=1e-5)


def test_a_label_named_in_a_stretch_of_a_long_text_counts_for_more() -> None:
    held = Entries.of(["qqq", "eee"])
    long = "qqq qqq qqq qqq qqq qqq " + "eee eee zzz xxx www vvv " * 4
    own = embed([long])

    def score_of_first(source: Source) -> float:
        found = source.candidates([long], own, 2)
        return float(found.scores[0, found.places[0].tolist().index(0)])

    closer = ZeroShot.of(held, embed(held.texts), embed=embed)
    assert closer.dense.best_of(embed(stretches(long)), np.array([0, 1]))[0] == pytest.approx(1.0)
    assert score_of_first(closer) > score_of_first(ZeroShot.of(held, embed(held.texts)))


def test_a_text_no_longer_than_names_is_taken_whole() -> None:
    def refuse(texts: Sequence[str]) -> Codes:
        raise AssertionError(texts)

    held = Entries.of(["eee zzz xxx www vvv uuu"])
    source = ZeroShot.of(held, embed(held.texts), embed=refuse)
    assert source.candidates(["eee " * 12], embed(["eee"]), 1).places.tolist() == [[0]]
    with pytest.raises(AssertionError):
        source.candidates(["eee " * 13], embed(["eee"]), 1)


@pytest.mark.parametrize("count", [0, 1, 6, 7, 9, 10, 30])
def test_windows_reach_the_end_and_overlap(count: int) -> None:
    words = [f"w{i}" for i in range(count)]
    found = windows(" ".join(words))
    assert bool(found) == (count > 6)
    assert all(len(own.split()) == 6 for own in found)
    if found:
        assert found[0].startswith("w0 ") and found[-1].endswith(words[-1])
        assert set(" ".join(found).split()) == set(words)


def test_a_long_text_is_cut_into_its_sentences() -> None:
    words = " ".join(f"w{i}" for i in range(29))
    text = f"{words} 3.5 a. B {words}! C?\nD。E"
    assert stretches(text) == [f"{words} 3.5 a.", f"B {words}!", "C?", "D。", "E"]
    assert stretches(f"one. two. {words}") == windows(f"one. two. {words}")


def test_there_are_no_more_than_64_stretches() -> None:
    assert stretches("A word. " * 10_000) == ["A word."] * 64
    assert stretches("word " * 10_000) == ["word " * 10_000]


class Given:
    """A scorer that says what it was made with, of every text."""

    name = "given"

    def __init__(self, scores: list[float]) -> None:
        self._scores = np.array(scores, np.float32)

    def scores(self, texts: Sequence[str], codes: Codes) -> NDArray[np.float32]:
        return np.tile(self._scores, (len(texts), 1))


def test_what_is_looked_at_anew_keeps_its_place_and_ties_go_to_the_earlier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("linnaeus.closed.fused.LOOKED_AT", 3)
    vectors = np.array([[0, 1, 0], [0, 1, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0]], np.int8)
    seen = Dense.of(Entries.of(["a", "b", "c", "d", "e"]), vectors)
    source = Fused(
        [Weighted(Given([0.0, 0.25, 0.5, 0.75, 1.0]), 1.0)], Closer(lambda texts: own(len(texts)), seen, 3)
    )

    def own(rows: int) -> Codes:
        return np.tile(np.array([[0, 1, 0]], np.int8), (rows, 1))

    found = source.candidates(["too long " * 4, "short"], own(2), 3)
    assert found.places.tolist() == [[3, 4, 2], [4, 3, 2]]  # 0.75 + 1, 1 + 0, 0.5 + 0
    tied = Fused(
        [Weighted(Given([0.0, 0.0, 1.0, 0.5, 1.5]), 1.0)], Closer(lambda texts: own(len(texts)), seen, 3)
    )
    assert tied.candidates(["too long " * 4], own(1), 4).places.tolist() == [
        [3, 4, 2, -1]
    ]  # 3 and 4 are tied


def test_a_name_counts_once_however_often_it_stands() -> None:
    scores = Contained.of(Entries.of(["gout", "foot"], [["podagra"], []])).scores(
        ["gout", "gout gout podagra"], embed(["", ""])
    )
    assert scores[0].tolist() == scores[1].tolist()
    assert scores[0, 0] > 0 == scores[0, 1]


def test_alone_gives_all_above_0() -> None:
    found = Alone(Given([0.1, 0.0, -0.5, 0.2])).candidates(["x"], embed(["x"]), 4)
    assert found.places.tolist() == [[3, 0, -1, -1]]


def test_pieces_are_ranked_with_their_own_k1_and_b() -> None:
    names = ["acute gout", "gout", "gout of the left foot and of the right foot"]
    index = Bm25(Rows.of(map(pieces, names)), k1=2.0, b=0.9)
    scores = Lexical.of(Entries.of(names)).scores(["gout foot"], embed(["x"]))
    assert scores[0].tolist() == index.scores(pieces("gout foot")).tolist()


def test_fields_are_stored_as_these_numbers() -> None:
    assert [Field.NAME, Field.SYNONYM, Field.DESCRIPTION] == [0, 1, 2]
