"""Words that people hold to be the same have the same term, others do not."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.closed.words import pieces, terms, words


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Kids' T-shirts, São Paulo", ["kid", "t", "shirt", "sao", "paulo"]),
        ("children's diseases", ["children", "diseas"]),
        ("allergies; boxes, churches & glasses", ["allergy", "box", "church", "glass"]),
        (
            "headaches headache viruses virus plane plan",
            ["headach", "headach", "virus", "virus", "plane", "plan"],
        ),
        ("virus gas us analysis series", ["virus", "gas", "us", "analysis", "sery"]),
        ("ﬁrst ＦＵＬＬ", ["first", "full"]),
        ("Straße STRASSE", ["strass", "strass"]),
        ("snake_case-names", ["snake", "case", "name"]),
        ("日本語 text", ["日", "本", "語", "text"]),
        ("हिन्दी", ["हिन्दी"]),
        ("naïve naı̈ve", ["naive", "naıve"]),
        ("... --- !", []),
        ("", []),
    ],
)
def test_words(text: str, cut: list[str]) -> None:
    assert words(text) == cut


@pytest.mark.parametrize(
    ("one", "other"), [("São", "SAO"), ("tests", "test"), ("cafe\u0301", "café"), ("a b", "A  B!")]
)
def test_what_reads_the_same_is_the_same(one: str, other: str) -> None:
    assert terms(one).tolist() == terms(other).tolist()
    assert pieces(one).tolist() == pieces(other).tolist()


@given(st.text())
def test_any_text_can_be_cut(text: str) -> None:
    assert len(terms(text)) == len(words(text))
    assert set(terms(text).tolist()) <= set(pieces(text).tolist())


def test_a_lone_surrogate_is_cut_too() -> None:
    assert len(terms("a\ud800b")) >= 1


def test_pieces_are_words_and_four_letters_each() -> None:
    assert len(pieces("gout")) == 1 + 3  # gout, ^gou, gout, out$
    assert len(set(pieces("gout").tolist())) == 4  # the piece is not the word
    assert len(pieces("a")) == 2
    shared = set(pieces("leukaemia").tolist()) & set(pieces("leukemia").tolist())
    assert len(shared) == 4  # ^leu, leuk, emia, mia$


def test_terms_are_the_same_in_any_process() -> None:
    code = "from linnaeus.closed.words import terms; print(terms('acute leukaemia').tolist())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(terms("acute leukaemia").tolist())
