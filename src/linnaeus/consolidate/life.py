"""When labels come and go: their states, from how many texts they got in each window of time. Pure functions.

A label's share of the texts in the newest window is compared with its share before. What counts is how many texts there were
at all, not how much time passed: where no label has texts nothing can be said, and nothing is. Knows nothing of texts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.tails import above, discoveries

EMERGING, ACTIVE, FADING, DORMANT = "emerging", "active", "fading", "dormant"
FALSE_ALARMS = 0.05  # share of all flags that may be chance
TIMES = 2.0  # a label must have grown or shrunk at least so many times
MOST_WINDOWS = 60  # earlier windows that are looked at for how much counts vary
FEWEST_TEXTS = 20  # texts of a window that says how much counts vary
PRIOR = 20.0  # what all labels do counts as much as one label's own variation over 20 windows with many texts
DAY = 86_400
WIDTHS = (3_600, 6 * 3_600, DAY, 7 * DAY, 30 * DAY, 91 * DAY, 365 * DAY)  # seconds
ABOUT = 12  # windows in all, where nobody says since when
FEWEST = 4  # windows before the newest

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """The newest window starts at `since`; those before it are `width` seconds wide.

    `place` (n,) is the window of each text: 0 the newest, 1 the one before.
    """

    since: float
    width: float
    place: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Life:
    """What can be said of each label (n,): its state, texts in the newest window and before, and by chance how likely.

    `expected`: texts that the newest window would have if nothing had changed.
    """

    state: list[str]
    recent: Counts
    earlier: Counts
    expected: NDArray[np.float64]
    chance: NDArray[np.float64]


def windows(times: NDArray[np.float64], since: float | None) -> Windows:
    """Lay windows back from the newest of `times` (seconds, not empty).

    Without `since` the newest is of a round width, about a twelfth of all. The others are as wide, or narrower where fewer
    than 4 would fit before it.
    """
    start, end = float(times.min()), float(times.max())
    if since is None:
        since = end - next((width for width in WIDTHS if width >= (end - start) / ABOUT), WIDTHS[-1])
    width = max(1.0, min(end - since, (since - start) / FEWEST))
    place = np.maximum(1, np.ceil((since - times) / width)).astype(np.int64)
    return Windows(since, width, np.where(times >= since, 0, place))


def life(counts: Counts, exposure: Counts) -> Life:
    """The states of labels with `counts` (n, w) texts in windows that had `exposure` (w,) texts; the newest is at 0.

    If nothing changed, the newest count given the earlier ones is negative binomial: Poisson around a rate that is known
    from so many earlier texts (without bursts the test of Przyborowski and Wilenski 1940), and that varies between windows
    as it did before. Of all flags at most 5% are expected to be chance (Benjamini-Hochberg over the labels that have texts
    enough to be flagged at all: Tarone 1990), and a label is flagged only if its share has at least doubled or halved.
    """
    recent, earlier = counts[:, 0], counts[:, 1:].sum(axis=1)
    here, before = int(exposure[0]), int(exposure[1:].sum())
    expected = earlier * here / max(1, before)
    varies = _variation(counts[:, 1:], exposure[1:])
    more, fewer = np.full(len(counts), np.nan), np.full(len(counts), np.nan)  # nan: not tested
    if here and before:
        times = here / before
        for row, (new, old, own) in enumerate(
            zip(recent.tolist(), earlier.tolist(), varies.tolist(), strict=True)
        ):
            if _more(new + old, 0, times, own) <= FALSE_ALARMS:
                more[row] = _more(new, old, times, own)
            if _fewer(0, new + old, times, own) <= FALSE_ALARMS:
                fewer[row] = _fewer(new, old, times, own)
    flagged = _flagged(more, fewer)
    grown = flagged[0] & (recent >= TIMES * expected)
    shrunk = flagged[1] & (recent * TIMES <= expected)
    state = [
        EMERGING if up else (FADING if left else DORMANT) if down else ACTIVE
        for up, down, left in zip(grown, shrunk, recent > 0, strict=True)
    ]
    return Life(state, recent, earlier, expected, np.fmin(np.fmin(more, fewer), 1.0))


def _more(recent: int, earlier: int, times: float, varies: float) -> float:
    """The chance of `recent` texts or more where there were `earlier` ones in `times` fewer texts."""
    return above(recent, (earlier + 1) * times, 1 / (earlier + 1) + varies)


def _fewer(recent: int, earlier: int, times: float, varies: float) -> float:
    """The chance of `recent` texts or fewer."""
    return 1.0 if not earlier else 1 - above(recent + 1, earlier * times, 1 / earlier + varies)


def _flagged(more: NDArray[np.float64], fewer: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(2, n): which labels have too many, and too few, among all those that could have been flagged."""
    both = np.stack([more, fewer])
    found = np.zeros(both.shape, dtype=bool)
    tested = ~np.isnan(both)
    found[tested] = discoveries(both[tested], FALSE_ALARMS)
    return found


def _variation(counts: Counts, exposure: Counts) -> NDArray[np.float64]:
    """How much the rates (n,) of labels vary between windows, counts (n, w): the variance of the rate over its square.

    Texts on one thing come in bursts. What is common to all labels counts for each beside its own variation, which counts
    the more, the better it is known (method of moments). Few windows tell little, and the rate before is itself a mean of
    rates that vary, so both are added.
    """
    full = np.flatnonzero(exposure >= FEWEST_TEXTS)[:MOST_WINDOWS]
    free = len(full) - 1
    if free < 1:
        return np.zeros(len(counts))
    part = exposure[full] / exposure[full].sum()  # (w,)
    total = counts[:, full].sum(axis=1)  # (n,)
    usual = total / len(full)  # texts a window
    mean = np.maximum(total[:, None] * part, 1e-9)
    rare = 1 - np.minimum(total / exposure[full].sum(), 0.99)
    excess = ((counts[:, full] - mean) ** 2 / mean).sum(axis=1) / rare - free  # chi-squared over its mean
    common = max(0.0, float(excess.sum() / max(1e-9, free * usual.sum())))
    known = free * usual**2 / (1 + common * usual) ** 2  # about one over the variance of its own variation
    own = np.divide(excess, free * usual, out=np.zeros(len(counts)), where=usual > 0)
    both = np.maximum(0.0, (PRIOR * common + known * own) / (PRIOR + known))
    return np.asarray(both * (1 + 1 / len(full)) * (1 + 1 / free))
