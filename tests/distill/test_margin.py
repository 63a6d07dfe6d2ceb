"""The linear machine as a network: scikit-learn's own as referee, and labels that nothing or everything has."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from linnaeus.distill.choosing import tried
from linnaeus.distill.distil import data_of
from linnaeus.distill.margin import CLOSE, LONG, fit_margin
from linnaeus.distill.trial import parts_of
from tests.distill.made import examples_of

SEVERAL = [[number % 4] + ([4] if number % 3 == 0 else []) for number in range(90)]


@pytest.mark.parametrize(("labels", "longer"), [([[n % 4] for n in range(90)], 1.0), (SEVERAL, LONG)])
def test_it_says_what_scikit_learn_says(labels: list[list[int]], longer: float) -> None:
    data, _ = data_of(examples_of(labels))
    found = fit_margin(data).logits(data.vectors, data.words)
    rows = hstack([csr_matrix(data.vectors), data.words.matrix * longer]).tocsr().astype(np.float64)
    for label in range(data.labels.shape[1]):
        right = data.labels[:, [label]].toarray().ravel() > 0
        machine = LinearSVC(tol=CLOSE, random_state=0).fit(rows, right)
        assert np.allclose(found[:, label], machine.decision_function(rows), atol=1e-4)


def test_labels_that_no_or_every_text_has() -> None:
    data, _ = data_of(examples_of(SEVERAL))
    some = data.take(np.flatnonzero(data.labels[:, [4]].toarray().ravel()))
    found = fit_margin(some).logits(some.vectors, some.words)
    assert np.all(found[:, 4] > 0), "all have it"
    none = data.take(np.flatnonzero(data.labels[:, [4]].toarray().ravel() == 0))
    assert np.all(fit_margin(none).logits(none.vectors, none.words)[:, 4] < 0)


def test_texts_that_count_more_weigh_more() -> None:
    data, _ = data_of(examples_of([[n % 2] for n in range(60)]))
    data.vectors[:], data.words.matrix.data[:] = data.vectors[0], 0  # nothing tells them apart
    data.weights[::2] = 0.1
    logits = fit_margin(data).logits(data.vectors, data.words)
    assert np.all(logits[:, 1] > logits[:, 0])


def test_the_best_is_taken() -> None:
    data, _ = data_of(examples_of(SEVERAL))
    settings, slopes, said = tried(data, parts_of(data)[0])
    assert 1 <= len(settings) == len(slopes) == len(said.logits) <= 2
