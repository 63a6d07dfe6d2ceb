"""What networks say of texts that they have not seen: folds, and labels held out. Knows nothing of chances or thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.margin import MARGIN, fit_margin
from linnaeus.distill.training import Data, Settings, fit, with_labels
from linnaeus.student.network import Network
from linnaeus.student.words import Floats

FOLDS = 5
MANY = 20_000  # examples, from which on one fold is held out and not each in turn

Places = NDArray[np.int64]
Fit: TypeAlias = Callable[[Data, Settings], Network]


class Said(NamedTuple):
    """The examples at `places` (m,): the log-odds (m, labels) by each network, and the centres of what these learnt from."""

    places: Places
    logits: tuple[Floats, ...]
    centres: Floats


def network_of(data: Data, settings: Settings) -> Network:
    """The network of `settings` that fits `data`, of whatever kind."""
    return fit_margin(data) if settings == MARGIN else fit(data, settings)


def parts_of(data: Data) -> list[Places]:
    """The places of examples that are held out together; always the same.

    The examples of a label are spread over all parts: else of five examples three may be held out at once.
    """
    count = len(data)
    order = np.random.default_rng(0).permutation(count)
    labelled = np.diff(data.labels.indptr) > 0
    first = np.full(count, -1)
    first[labelled] = data.labels.indices[data.labels.indptr[:-1][labelled]]
    order = order[np.argsort(first[order], kind="stable")]
    parts = [np.sort(order[start::FOLDS]) for start in range(FOLDS)]
    return parts[:1] if count > MANY else parts


def without(data: Data, asked: Places, wanted: Sequence[Settings], fitting: Fit = network_of) -> Said:
    """What networks of the `wanted` settings say of the examples `asked`, from all others."""
    learnt = data.take(np.setdiff1d(np.arange(len(data)), asked))
    return _said(data, learnt, asked, wanted, fitting)


def without_labels(data: Data, wanted: Sequence[Settings]) -> Said:
    """What networks say of texts all of whose labels they never saw: one in five labels, and no others."""
    labels = data.labels.shape[1]
    order = np.random.default_rng(0).permutation(labels)
    gone = np.isin(np.arange(labels), order[: max(1, labels // FOLDS)])
    held = np.asarray(data.labels[:, gone].sum(axis=1)).ravel() > 0
    keeps = np.asarray(data.labels[:, ~gone].sum(axis=1)).ravel() > 0
    left = data.take(np.flatnonzero(~held))
    learnt = replace(left, labels=left.labels[:, ~gone])
    return _said(data, learnt, np.flatnonzero(held & ~keeps), wanted, network_of)


def _said(data: Data, learnt: Data, asked: Places, wanted: Sequence[Settings], fitting: Fit) -> Said:
    learnt = with_labels(learnt)
    about = data.take(asked)
    logits = tuple(fitting(learnt, settings).logits(about.vectors, about.words) for settings in wanted)
    return Said(asked, logits, centres_of(learnt))


def centres_of(data: Data) -> Floats:
    """The mean vector of each label's texts (labels, d), of length 1; zeros for a label without any."""
    sums = np.asarray(data.labels.T @ data.vectors, np.float32)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, 1e-9), np.float32)
