import random
import re
from collections.abc import Sequence
from functools import cache
from zlib import crc32

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linnaeus.consolidate.candidates import MOST_CHARACTERS, MOST_WORDS
from linnaeus.consolidate.phrases import name_groups
from linnaeus.consolidate.wording import wording_key
from linnaeus.consolidate.words import segments, snake, stem, stop_words, tokenise
from linnaeus.embed import open_embedder
from linnaeus.types import Embedder, Vectors


class Letters:
    """A text is the sum of its words' fixed random vectors: equal words are near, others are not."""

    name = "letters"

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def embed(self, texts: Sequence[str], /) -> Vectors:
        self.calls.append(list(texts))
        rows = np.stack([self._row(text) for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    @staticmethod
    def _row(text: str) -> Vectors:
        words = [word[:5] for word in re.findall(r"\w+", text.lower())] or [""]
        return np.asarray(np.sum([_vector(word) for word in words], axis=0), np.float32)


@cache
def _vector(word: str) -> Vectors:
    seed = crc32(word.encode("utf-8", "surrogatepass"))
    return np.random.default_rng(seed).normal(size=32).astype(np.float32)


def names(groups: Sequence[Sequence[str]], keep: Sequence[str | None] | None = None) -> list[str]:
    return name_groups(groups, Letters(), keep=[None] * len(groups) if keep is None else keep)


LOST = ["I lost my card", "my card is lost", "lost card, what now?", "have you found my lost card"]
PIN = ["change my pin", "how do I change my PIN?", "where can I change the pin", "I want to change my pin"]
WORKS_NOT = [
    "my top up didn't work",
    "why didn't my top-up work?",
    "top up not working",
    "the top up won't work",
]
RATE = [
    "what is the exchange rate",
    "exchange rates today?",
    "is the exchange rate good",
    "your exchange rate",
]

alphabet = st.sampled_from("abc the not card's lost?.,'’-_ \n\t0😀é卡信बัห\u0301ßﬁİ#@&;/:")
words = st.sampled_from(
    ["card", "lost", "the", "not", "didn't", "top up", "exchange rate", "😀", "卡", "http://x.y/z", "12"]
)
texts = st.one_of(
    st.text(max_size=30), st.text(alphabet, max_size=30), st.lists(words, max_size=6).map(" ".join)
)
groupings = st.lists(st.lists(texts, max_size=6), max_size=6)


@given(groupings)
@settings(max_examples=150, deadline=None)
@example([["\ud800"], ["\x00"], [""], []])
@example([["the"], ["the"], ["The!"], ["the the"]])
@example([["group 2"], [], ["group_2"]])
@example([["x" * 500], ["x" * 499], ["x" * 60]])
@example([["का"], ["की"]])
@example([["0:_0"]])
def test_names_are_unique_snake_case_and_never_empty(groups: list[list[str]]) -> None:
    out = names(groups)
    assert len(out) == len(groups)
    assert len({wording_key(name) for name in out}) == len(out)
    for name in out:
        assert wording_key(name)
        assert name == snake(name)
        assert not re.search(r"\s", name)
        assert len(name) <= MOST_CHARACTERS
        assert name.count("_") < MOST_WORDS + 2  # a number may follow


@given(groupings, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_and_number_of_texts_change_nothing(
    groups: list[list[str]], shuffle: random.Random
) -> None:
    other = [own + own[:1] for own in groups]
    for own in other:
        shuffle.shuffle(own)
    assert names(other) == names(groups)


@given(groupings)
@settings(max_examples=150, deadline=None)
@example([["0㥿"], ["㥿", "0N"]])
def test_names_stay_put_when_nothing_changes(groups: list[list[str]]) -> None:
    out = names(groups)
    assert names(groups, out) == out


def test_names_stay_put_when_texts_come_in() -> None:
    before = names([LOST, PIN, RATE])
    assert names([[*LOST, "card lost in a taxi", "a taxi has my lost card"], PIN, RATE], before) == before


def test_a_present_name_that_does_not_fit_is_replaced() -> None:
    assert names([LOST, PIN], ["banana", "Lost Card!"]) == names([LOST, PIN])


def test_of_two_groups_with_one_present_name_the_better_keeps_it() -> None:
    out = names([["lost key", *PIN], LOST], ["lost_card", "lost_card"])
    assert out[1] == "lost_card"
    assert out[0] != "lost_card"


def test_equal_groups_get_different_names() -> None:
    assert len({frozenset(name.split("_")) for name in names([LOST, LOST, LOST])}) == 3


def test_two_names_are_not_the_same_words_in_another_order() -> None:
    one, other = names([["lost card"] * 2, ["card lost"] * 2])
    assert set(one.split("_")) != set(other.split("_"))


def test_a_name_does_not_end_in_a_verb_that_says_little() -> None:
    assert names([["the refund I get", "refund to get", "a refund I got"], PIN])[0] == "refund"


def test_a_present_fallback_name_stays() -> None:
    assert names([[], LOST], ["group_7", None])[0] == "group_7"
    assert names([["the"], LOST], ["the_7", None])[0] == "the_7"


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["信用卡丢了", "我的信用卡丢了"], "信用卡丢了"),
        (["فقدت بطاقتي"], "فقدت_بطاقتي"),
        (["कार्ड खो गया"], "कार्ड_खो_गया"),
        (["Karte verloren", "Ich habe meine Karte verloren"], "karte_verloren"),
        (["ma carte n'est pas arrivée", "la carte pas arrivée"], "carte_pas_arrivée"),
        (["😀😀", "😀"], "grinning_face"),
        (["12345"], "12345"),
        (["https://www.example.com/a"], "example_com_a"),
        (["do I need to?"], "do_i_need_to"),
        ([""], "group_2"),
        ([], "group_2"),
    ],
)
def test_every_kind_of_text_gives_a_name(texts: list[str], name: str) -> None:
    assert names([LOST, texts])[1] == name


def test_no_groups_and_an_uneven_keep() -> None:
    assert names([]) == []
    with pytest.raises(ValueError, match="2 present names for 1 groups"):
        names([LOST], [None, None])


def test_texts_and_few_of_the_phrases_are_embedded_each_once() -> None:
    embedder = Letters()
    name_groups([LOST * 50, PIN, [*LOST, "lost phone"]], embedder, keep=[None] * 3)
    texts, wordings = embedder.calls
    assert set(texts) <= {*LOST, *PIN, "lost phone"}
    assert len(wordings) <= 3 * 6
    assert len(texts + wordings) == len({*texts, *wordings})


def test_what_is_embedded_has_bounds() -> None:
    embedder = Letters()
    groups = [[f"{word}a {number}b {'long ' * 99}" for number in range(10)] for word in range(320)]
    name_groups(groups, embedder, keep=[None] * len(groups))
    texts, wordings = embedder.calls
    assert len(texts) <= 320 * 3
    assert len(wordings) <= 320 * 6
    assert max(map(len, texts)) <= 300


def test_a_group_whose_best_phrases_are_taken_gets_another_of_its_phrases() -> None:
    out = names([["card lost in a taxi", "a taxi lost my card"]] * 9)
    assert not [name for name in out if name[-1].isdigit()]


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("My top-up didn't work", ["top up", "!work"]),
        ("why hasn’t my card arrived?", ["card", "!arriv"]),
        ("I can't find my card", ["!find", "card"]),
        ("I don't know why my card was declined", ["card", "declin"]),
        ("Not yet. Card works", ["card", "work"]),
        ("how long does a transfer take", ["how long", "transfer"]),
        ("see http://a.b/c, me@a.org and @you", []),
        ("où est la carte de ma soeur", ["cart", "soeur"]),
    ],
)
def test_words_that_count(text: str, stems: list[str]) -> None:
    found = segments(tokenise(text), stop_words([]))
    assert [word.stem for words in found for word in words] == stems


def test_stems() -> None:
    same = [
        ("charge", "charged", "charging", "charges"),
        ("fee", "fees"),
        ("top", "topped", "topping"),
        ("cancel", "cancelled"),
        ("sell", "selling"),
        ("add", "added"),
        ("currency", "currencies"),
    ]
    for forms in same:
        assert len({stem(form) for form in forms}) == 1, forms
    assert stem("address") == "address"


def test_another_language_brings_its_stop_words() -> None:
    german = [
        tokenise(text) for text in ("ich habe meine Karte", "wie sperre ich die Karte", "die Karte ist weg")
    ]
    assert {"die", "ist"} <= stop_words(german)
    assert "die" not in stop_words([tokenise("the plants die"), tokenise("why did my plant die")])


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return open_embedder()


def test_real_groups_get_names_that_a_person_would_give(minilm: Embedder) -> None:
    out = name_groups([LOST, PIN, WORKS_NOT, RATE], minilm, keep=[None] * 4)
    assert out == ["lost_card", "change_pin", "top_up_not_working", "exchange_rate"]


def test_polarity_is_kept(minilm: Embedder) -> None:
    works = [
        "my top up worked",
        "the top-up works now",
        "top up is working again",
        "great, the top up worked",
    ]
    bad, good = name_groups([WORKS_NOT, works], minilm, keep=[None, None])
    assert "not" in bad.split("_")
    assert "not" not in good.split("_")


def test_a_present_name_stays_while_it_is_among_the_best(minilm: Embedder) -> None:
    assert name_groups([LOST, PIN, RATE], minilm, keep=[None] * 3)[0] == "lost_card"
    assert (
        name_groups([LOST, PIN, RATE], minilm, keep=["found_lost_card", None, None])[0] == "found_lost_card"
    )


def test_a_present_name_in_another_wording_stays_if_it_fits(minilm: Embedder) -> None:
    out = name_groups([LOST, PIN, RATE], minilm, keep=["lost_a_card", "lost_a_card", None])
    assert out == ["lost_a_card", "change_pin", "exchange_rate"]


def test_a_script_without_spaces_gets_whole_words(minilm: Embedder) -> None:
    assert (
        name_groups([["บัตรหาย", "บัตรของฉันหาย", "ทำบัตรหาย"], LOST], minilm, keep=[None, None])[0] == "บัตรหาย"
    )
