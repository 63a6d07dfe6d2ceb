"""How much more examples would help: errors at growing sizes, a power law through them, and words. Chooses no examples.

error = a * examples ** -b, as Hestness et al. 2017 found over many tasks, by least squares of logarithms. The law is only
local: b falls as examples grow, so it is taken from the upper sizes, and less of it for more examples (research/LOG.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.distill.training import LINEAR, Data, fit
from linnaeus.distill.trial import parts_of

SHARES = (0.5, 0.75, 1.0)  # of the examples that are not held out
PARTS = 2  # held out in turn: errors of a few hundred texts are uncertain
FALLING = 0.75  # of the power up to here is left for as many examples again: research/LOG.md, "Students"
LEAST_ERROR = 1e-3  # so that its logarithm is finite
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Curve:
    """Errors at `sizes` (examples), and the power `b` by which they fall, 0 to 1."""

    sizes: tuple[int, ...]
    errors: tuple[float, ...]
    power: float

    def after(self, error: float, examples: float, more: float) -> float:
        """The error expected when to so many `examples` that gave `error` so many `more` are added."""
        return float(error * ((examples + more) / max(examples, 1.0)) ** -self.power)


class Wish(NamedTuple):
    """So many `more` examples of the label in column `label` would raise its F1 from `now` to about `then`."""

    label: int
    more: int
    now: float
    then: float


def curve_of(data: Data) -> Curve:
    """The curve of the linear network: the share of held-out texts whose likeliest label is wrong, the mean of two parts."""
    parts = parts_of(data)[:PARTS]
    errors = np.maximum(np.mean([_errors(data, part) for part in parts], axis=0), LEAST_ERROR)
    sizes = [_size(share, len(data) - len(parts[0])) for share in SHARES]
    power = -FALLING * float(np.polyfit(np.log(sizes), np.log(errors), 1)[0])
    return Curve(tuple(sizes), tuple(errors.tolist()), min(max(power, 0.0), 1.0))


def _errors(data: Data, asked: NDArray[np.int64]) -> list[float]:
    """The errors about the texts `asked`, by networks of each share of the others."""
    others = np.setdiff1d(np.arange(len(data)), asked)
    order = np.random.default_rng(0).permutation(others)
    about = data.take(asked)
    labelled = np.diff(about.labels.indptr) > 0
    found = []
    for share in SHARES:
        places = np.sort(order[: _size(share, len(order))])
        best = fit(data.take(places), LINEAR).logits(about.vectors, about.words).argmax(axis=1)
        right = np.asarray(about.labels[np.arange(len(asked)), best]).ravel() > 0
        found.append(float(1 - right[labelled].mean()) if labelled.any() else 1.0)
    return found


def _size(share: float, count: int) -> int:
    return max(1, round(share * count))


def wishes(curve: Curve, f1: NDArray[np.float64], counts: NDArray[np.int64]) -> list[Wish]:
    """The labels (n,) that gain most when their examples are doubled, the largest gain in texts told right first."""
    found = []
    for label, (now, count) in enumerate(zip(f1.tolist(), counts.tolist(), strict=True)):
        then = 1 - curve.after(1 - now, count, count)
        found.append(((then - now) * count, Wish(label, int(count), now, then)))
    found.sort(key=lambda one: (-one[0], one[1].label))
    return [wish for gain, wish in found[:SHOWN] if round(wish.then, 2) > round(wish.now, 2)]


def words_of(curve: Curve, wanted: Sequence[Wish], names: Sequence[str]) -> Iterator[str]:
    """The curve as people read it."""
    sizes = ", ".join(f"{size:,}" for size in curve.sizes)
    errors = ", ".join(f"{error:.1%}" for error in curve.errors)
    last = curve.errors[-1]
    then = curve.after(last, curve.sizes[-1], curve.sizes[-1])
    yield (
        f"learning curve (linear network): wrong {errors} with {sizes} examples; twice as many would leave about {then:.1%}"
    )
    for wish in wanted:
        yield (
            f"about {wish.more:,} more examples of `{names[wish.label]}` would raise its F1"
            f" from {wish.now:.2f} to {wish.then:.2f}"
        )


def squared(labels: int, examples: int) -> str:
    """The rule of thumb that so many labels want as many examples as their square, beside how many there are."""
    return f"rule of thumb (labels squared): {labels:,} labels want {labels**2:,} examples; there are {examples:,}"
