"""An embedder that is a function of letters: texts with the same letters are near each other. No model, no time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np

from linnaeus import Ask, CachedVectors, Cascade, Classifier, Consolidator, Exact, Store
from linnaeus.types import Vectors
from tests.scripted import Scripted

NOISE = 0.25


class Letters:
    """Each letter is a direction; a fifth of a vector's length is noise that depends on the whole text."""

    name = "letters"

    def embed(self, texts: Sequence[str], /) -> Vectors:
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.lower():
                if "a" <= letter <= "z":
                    row[ord(letter) - ord("a")] += 1
            row /= max(float(np.linalg.norm(row)), 1.0)
            own = random.Random(crc32(text.encode("utf-8", "replace")))
            row[26:] += NOISE * np.array([own.gauss(0, 1 / 38**0.5) for _ in range(38)], dtype=np.float32)
            row /= np.linalg.norm(row)
        return rows


def first_word(text: str) -> tuple[str, ...]:
    """What a model calls a text: its first word."""
    return (text.split()[0],)


def stream(topics: Sequence[str], count: int, seed: int = 0) -> list[str]:
    """Different texts on topics, such as "abcx abcx 17" for "abc": the topic and another letter, twice."""
    draw = random.Random(seed)
    words = [topic + draw.choice("xyz") for topic in (draw.choice(topics) for _ in range(count))]
    return [f"{word} {word} {number}" for number, word in enumerate(words)]


def all_asked(path: str = ":memory:", say: Callable[[str], tuple[str, ...]] = first_word) -> Classifier:
    """A project in which a model is asked about every text, so that groups follow from what it says alone."""
    store = Store(path)
    consolidator = Consolidator(store, CachedVectors(Letters(), store))
    return Classifier(Cascade([Exact(store), Ask(Scripted(say), consolidator)]), store)


def turned(topics: Sequence[str], count: int) -> list[str]:
    """Different texts whose first words are "abcabc", "bcabca" and "cabcab" for the topic "abc": to `Letters` the same."""
    return [_turned(topics[n % len(topics)], n // len(topics) % 3, n) for n in range(count)]


def _turned(topic: str, turn: int, number: int) -> str:
    tail = "".join("vwxyz"[number // 5**place % 5] for place in range(3))
    return f"{topic[turn:]}{topic}{topic[:turn]} {topic} {tail}"
