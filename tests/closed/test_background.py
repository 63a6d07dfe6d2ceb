"""Very small label sets: a text about something else gets no label, one about a label keeps it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from linnaeus import Classifier
from linnaeus.closed.background import BACKGROUND, Background
from linnaeus.types import Embedder

FOREIGN = ["quantum field theory lecture", "which tax form do I need", "the history of the Roman senate"]
OWN = {"how long to boil an egg": "Cooking", "the new album of the band": "Music", "car repair shop": "Cars"}


def test_a_far_off_text_gets_no_label(tmp_path: Path, embedder: Embedder) -> None:
    taxonomy = tmp_path / "three.txt"
    taxonomy.write_text("Cars\nCooking\nMusic\n")
    with Classifier.open(embedder=embedder, taxonomy=str(taxonomy)) as classifier:
        assert [answer.label for answer in classifier.label(FOREIGN)] == [None] * len(FOREIGN)
        found = classifier.label(list(OWN))
    assert [answer.label for answer in found] == list(OWN.values())
    assert min(answer.score or 0 for answer in found) > 0.3


def test_names_are_told_apart() -> None:
    assert len(BACKGROUND) == len(set(BACKGROUND)) == 310
    assert all(name == " ".join(name.split()) and name for name in BACKGROUND)


def test_the_nearer_general_names_are_the_less_a_text_is_about_a_label() -> None:
    codes = np.array([[100, 0], [80, 60], [0, 100]], np.int8)  # two general names, one at a right angle
    background = Background(codes[1:])
    text = np.repeat(codes[:1], 3, axis=0)
    fits = background.fits(text, np.array([0.9, 0.7, -0.5]), np.full(3, 0.5))
    assert fits[0] > fits[1] > fits[2] > 0
    surer = background.fits(text, np.array([0.9, 0.7, -0.5]), np.full(3, 0.9))
    assert np.all(surer > fits)
