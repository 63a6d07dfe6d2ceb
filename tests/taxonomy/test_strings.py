"""Strings in one buffer are the strings that went in, and are found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linnaeus.taxonomy import Lists, Lookup, Strings
from linnaeus.taxonomy import strings as module

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=12)


@given(TEXTS)
def test_strings_are_what_went_in(texts: list[str]) -> None:
    made = Strings.of(iter(texts))
    assert list(made) == texts == [made[place] for place in range(len(texts))] and len(made) == len(texts)
    assert [made[place - len(texts)] for place in range(len(texts))] == texts
    assert made.filled.tolist() == [bool(text) for text in texts]
    assert made == Strings.of(texts) and made != Strings.of([*texts, ""])


@given(st.lists(TEXTS, max_size=5))
def test_lists_are_what_went_in(lists: list[list[str]]) -> None:
    made = Lists.of(lists)
    assert list(made) == lists == [made[place] for place in range(len(lists))]
    assert made.sizes.tolist() == list(map(len, lists)) and made == Lists.of(lists)


def test_blocks_are_joined_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 3)
    texts = ["a", "", "é", "bc", "日本", "", "d"]
    assert list(Strings.of(texts)) == texts
    maker = module.StringsMaker()
    for text in texts:
        maker.add(text)
    assert list(maker.done()) == texts


def test_nothing_can_be_written_or_read_beyond_the_end() -> None:
    made = Strings.of(["a", "b"])
    with pytest.raises(ValueError, match="read-only"):
        made.offsets[0] = 1
    for beyond in (2, -3):
        with pytest.raises(IndexError):
            made[beyond]
    with pytest.raises(IndexError):
        Lists.of([["a"]])[1]
    assert list(Strings.of(["\ud800"])) == ["?"], "half a pair is no text"


class Colliding(Strings):
    """Strings of which all with as many letters have the same hash."""

    def hashes(self) -> NDArray[np.int64]:
        return np.diff(self.offsets)


@given(st.lists(st.text("ab", max_size=2), max_size=12), st.lists(st.text("abc", max_size=2), max_size=6))
def test_strings_are_found_although_hashes_collide(texts: list[str], wanted: list[str]) -> None:
    plain, asked = Strings.of(texts), Strings.of(wanted)
    expected = [texts.index(one) if one in texts else -1 for one in wanted]
    repeats = [(place, texts.index(one)) for place, one in enumerate(texts) if texts.index(one) < place]
    collided = Lookup(Colliding(plain.buffer, plain.offsets.copy()))
    for lookup, given_ in ((Lookup(plain), asked), (collided, Colliding(asked.buffer, asked.offsets.copy()))):
        assert lookup.places(given_).tolist() == expected
        assert lookup.repeats() == repeats
