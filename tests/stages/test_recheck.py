"""Of the texts in doubt those are asked first that may settle the others."""

from __future__ import annotations

import math

import numpy as np
import pytest

from linnaeus import Classifier
from linnaeus.index import cosines
from linnaeus.stages.ask import Ask
from linnaeus.stages.gate import Thought
from linnaeus.stages.recheck import APART, Recheck
from linnaeus.types import Embedder
from tests.scripted import Scripted


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_the_least_sure_are_asked_first_and_of_near_texts_one(
    questions: list[str], embedder: Embedder, share: float
) -> None:
    with Classifier.open(llm=Scripted(), embedder=embedder, max_error=0.3) as classifier:
        classifier.label(questions[:600])
        store, ask = classifier.store, Ask(Scripted(), classifier.consolidator)
        ids = [row[0] for row in store._rows("SELECT id FROM texts WHERE by = 'recall'")]
        sure, doubted = ids[::4], [text for number, text in enumerate(ids) if number % 4]
        chances = np.random.default_rng(0).permutation(len(ids)) / len(ids)
        chance = dict(zip(ids, chances.tolist(), strict=True))
        Recheck(ask).think_twice([Thought(one, chance[one], one not in sure) for one in ids], share)
        asked = store.doubted()
        order = sorted(doubted, key=lambda one: chance[one])
        assert set(asked) <= set(order) and len(order) > 50
        if share == 1:
            assert set(asked) == set(order)
            return
        words = store.texts_by_id(order)
        near = cosines(*2 * (classifier.consolidator.vectors.codes([words[one] for one in order]),)) >= APART
        assert len(asked) <= math.ceil(share * len(order))
        first = [place for place, one in enumerate(order) if one in asked]
        assert not np.triu(near[np.ix_(first, first)], 1).any(), "none of them may settle another"
        put_off = [place for place in range(first[-1]) if place not in first]
        assert put_off and all(near[place, [one for one in first if one < place]].any() for place in put_off)
