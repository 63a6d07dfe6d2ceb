"""What was taught goes on over a newer taxonomy: other places change nothing, names that are new are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus import Classifier
from linnaeus.closed.entries import Entries
from linnaeus.closed.taught.model import Taught
from linnaeus.closed.taught.renewed import Moved, Named, renewed
from tests.closed.taught.made import NAMES, by_letters, fruit, learnt
from tests.letters import Letters

TEXTS, LABELS = fruit(8)
ASKED = ["an apple a day", "cherry of the garden", TEXTS[0], "elder flower", "zzz"]
TAUGHT = {vectors: learnt(TEXTS, LABELS, vectors=vectors) for vectors in (False, True)}


def over(taught: Taught, names: list[str]) -> Taught:
    """It over labels of these names; those that it knows by name were there before."""
    old = np.array([NAMES.index(name) if name in NAMES else -1 for name in names])
    vectors = by_letters(names) if taught.with_vectors else None
    return renewed(taught, Moved(old, len(NAMES)), Entries.of(names), vectors)


def found(taught: Taught, names: list[str]) -> list[dict[str, float]]:
    """The probabilities of each text's labels by name."""
    vectors = by_letters(ASKED) if taught.with_vectors else None
    rows = taught.candidates(ASKED, vectors, 10)
    return [
        {names[place]: score for place, score in zip(*row, strict=True) if place >= 0}
        for row in zip(rows.places.tolist(), rows.scores.tolist(), strict=True)
    ]


@settings(max_examples=20, deadline=None)
@given(st.permutations(NAMES), st.booleans())
def test_labels_at_other_places_are_as_likely(names: list[str], vectors: bool) -> None:
    taught = TAUGHT[vectors]
    for before, after in zip(found(taught, NAMES), found(over(taught, names), names), strict=True):
        assert after == pytest.approx(before, abs=1e-5)


@pytest.mark.parametrize("vectors", [False, True])
def test_a_label_that_is_gone_is_found_no_more_and_a_new_one_is_known_by_its_name(vectors: bool) -> None:
    names = ["elder flower", *NAMES[1:]]
    rows = found(over(TAUGHT[vectors], names), names)
    assert not any("apple pie" in row for row in rows)
    assert "elder flower" in rows[3], "however unlikely, as no example has it"
    if not vectors:
        assert rows[3]["elder flower"] > 2 * max(row.get("elder flower", 0) for row in (*rows[:3], rows[4]))
    assert rows[1]["cherry tart"] > 0.3


@pytest.mark.parametrize("vectors", [False, True])
def test_texts_are_reached_by_names_that_stand_in_them(vectors: bool) -> None:
    names = [*NAMES, "elder flower"]
    taught = over(TAUGHT[vectors], names)
    rows = by_letters(ASKED) if vectors else None
    floors = taught.shortlist(ASKED, rows, 10).floors
    high = [np.full(1, 2, np.float32)] * len(ASKED)
    assert Named(taught, np.array([4])).reach(ASKED, rows, high).tolist() == [False] * 3 + [True, False]
    if vectors:
        everywhere = [np.full(1, -1, np.float32)] * len(ASKED)
        assert Named(taught, np.array([4])).reach(ASKED, rows, everywhere).all()
        assert Named(taught, np.arange(5)).reach(ASKED, rows, list(floors)).all(), (
            "by what may fit them itself"
        )


def test_what_an_earlier_version_kept_is_learnt_anew(tmp_path: Path) -> None:
    texts, labels = fruit(12)
    taxonomy, project = tmp_path / "fruit.txt", str(tmp_path / "p.db")
    taxonomy.write_text("\n".join(NAMES))
    with Classifier.open(project, embedder=Letters(), taxonomy=str(taxonomy)) as classifier:
        classifier.fit(texts, [[NAMES[label] for label in own] for own in labels])
        said = classifier.explain("an apple a day")
        with classifier.store.writing():
            kept = classifier.store.arrays("taught")
            classifier.store.set_arrays("taught", {name: kept[name] for name in kept if "ranker" not in name})
            classifier.store.set_meta("taught_of", "2 of an earlier version")
    with Classifier.open(project, embedder=Letters()) as classifier:
        assert classifier.explain("an apple a day") == said
