"""How likely a label is by weights that were learnt elsewhere, for a taxonomy with few examples.

An example is looked at as if it were not there: where labels have one each, nothing speaks for the right one any more, and
what is learnt from that is wrong. So the weights that hold on texts which are none of the examples are where one starts
from, and examples move them (a Gaussian prior) towards those that tell the right label of a text from its others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.taught.sparse import Floats
from linnaeus.logistic import most_likely

Doubles = NDArray[np.float64]

USED = (
    "words_lead",
    "words_nearest",
    "name",
    "meaning_share",
    "meaning_lead",
    "meaning_of_name",
    "margin",
    "margin_lead",
    "meaning_central",
)
# Fitted by research/guess.py to training texts of four sets that are none of the 1 or 3 examples a label, but for the last
BY_WORDS = (2.2, 1.8, 2.8, 0.0, 0.0, 0.0, 3.4, 1.4, 0.0)
BY_MEANING = (0.3, -1.1, -0.3, 2.5, 2.1, 4.2, 5.2, 3.8, 10.0)
# How much is known of each weight, as information (inverse variance): research/LOG.md, "Which strategy"
FIRM = 10.0  # where texts choose one label
LOOSE = 1.0  # where pairs stand by themselves
WEAK, FIXED = 1e-3, 1e9  # of a constant that is unknown, and of a slope that is to stay 1


def guess(columns: dict[str, Floats], right: Floats, texts: NDArray[np.int64]) -> Doubles:
    """The weights (10,) of the features used and the constant, for pairs with these features, right or not (n,).

    `texts` (n,): the text of each pair. Where texts have several right pairs, each pair is taken by itself; else weights are
    those by which texts choose their one right pair among all of theirs.
    """
    start = np.array(BY_MEANING if "meaning_lead" in columns else BY_WORDS)
    rows, fits = _features(columns), right.astype(np.float64)
    ones = np.ones(len(rows))
    if np.bincount(texts, weights=fits).max(initial=0) > 1:
        every = np.column_stack([rows, ones])
        prior = np.diag([*np.full(len(start), LOOSE), WEAK])
        return most_likely(every, fits, ones, start=np.append(start, 0.0), prior=prior)[0]
    weights = _told_apart(rows, fits, texts, start)
    (level, _), _ = most_likely(
        np.stack([ones, rows @ weights], axis=1),
        fits,
        ones,
        start=np.array([0.0, 1.0]),
        prior=np.diag([WEAK, FIXED]),
    )
    return np.append(weights, level)


def guessed(line: Doubles, columns: dict[str, Floats]) -> Doubles:
    """The log-odds (n,) of pairs with these features."""
    return np.asarray(_features(columns) @ line[:-1] + line[-1])


def _told_apart(rows: Doubles, right: Doubles, texts: NDArray[np.int64], start: Doubles) -> Doubles:
    """The weights (d,) by which each text most likely chooses its right pairs among its own (McFadden 1974), near `start`.

    That is what ranks them; how likely a pair is at all, over all texts, is another question.
    """
    from scipy.optimize import minimize

    order = np.argsort(texts, kind="stable")
    rows, right = rows[order], right[order]
    starts = np.flatnonzero(np.diff(texts[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(rows)))
    counts = np.add.reduceat(right, starts) if len(rows) else right
    shares = right / np.repeat(np.maximum(counts, 1), sizes)
    known = np.repeat(counts > 0, sizes)

    def unlikely(weights: Doubles) -> tuple[float, Doubles]:
        odds, off = rows @ weights, FIRM * (weights - start)
        odds -= np.repeat(np.maximum.reduceat(odds, starts), sizes)
        totals = np.repeat(np.add.reduceat(np.exp(odds), starts), sizes)
        loss = shares @ (np.log(totals) - odds) + off @ (weights - start) / 2
        return float(loss), rows.T @ (known * np.exp(odds) / totals - shares) + off

    return np.asarray(minimize(unlikely, start, jac=True, method="L-BFGS-B").x) if known.any() else start


def _features(columns: dict[str, Floats]) -> Doubles:
    zeros = np.zeros(len(columns["margin"]))
    return np.stack([columns.get(name, zeros) for name in USED], axis=1).astype(np.float64)
