"""Texts to groups: the same for the same texts, whatever their order. Knows nothing of names or files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.discover.grouping import METHODS, Groups, centred, centres, finenesses, renumbered
from linnaeus.discover.parts import Parts
from linnaeus.discover.sample import belonging, representative
from linnaeus.discover.stability import comebacks, stable_fineness
from linnaeus.errors import InputError, MissingExtra
from linnaeus.texts import clean_text
from linnaeus.types import Embedder

FEWEST_TEXTS = 20
CONFUSED = 0.15  # share of a group's texts that are nearer to another one, from which the two are close


@dataclass(frozen=True, slots=True)
class Found:
    """Distinct texts in the order of their characters, and what was found of them; the largest group is the first.

    `counts` (n,): how often each came; `rows` (n, d): their centred vectors; `groups` (n,): -1 is none; `stability` (g,):
    how well each group comes back, from 0 to 1; None where that was not looked at.
    """

    texts: list[str]
    counts: NDArray[np.intp]
    rows: Rows
    groups: Groups
    stability: NDArray[np.float64] | None

    @property
    def sizes(self) -> NDArray[np.intp]:
        """(g,) the texts of each group, repeats included."""
        inside = self.groups >= 0
        found: NDArray[np.intp] = np.bincount(self.groups[inside], self.counts[inside]).astype(np.intp)
        return found

    @property
    def share_in_none(self) -> float:
        """The share of all texts that are in no group."""
        return float(self.counts[self.groups < 0].sum() / self.counts.sum())

    def close(self) -> dict[int, int]:
        """For each group that is hardly told from another one that one: many texts of the one are nearer to the other."""
        middle = centres(self.rows, self.groups)
        inside = np.flatnonzero(self.groups >= 0)
        nearest = (self.rows[inside] @ middle.T).argmax(axis=1)
        shared = np.zeros((len(middle), len(middle)))
        np.add.at(shared, (self.groups[inside], nearest), 1)
        shared /= np.maximum(shared.sum(axis=1, keepdims=True), 1)
        np.fill_diagonal(shared, 0)
        shared = np.maximum(shared, shared.T)
        return {
            group: int(row.argmax()) for group, row in enumerate(shared) if row.max(initial=0) >= CONFUSED
        }


def counted(texts: Iterable[str]) -> tuple[list[str], NDArray[np.intp]]:
    """The different texts, clean, in the order of their characters, and how often each comes (n,).

    Raises InputError for fewer than 20, MissingExtra without scikit-learn and scipy, which all that finds labels needs.
    """
    for package, module in (("scikit-learn", "sklearn"), ("scipy", "scipy")):
        if find_spec(module) is None:
            raise MissingExtra(package, "train")
    found = Counter(clean for text in texts if (clean := clean_text(text)))
    if len(found) < FEWEST_TEXTS:
        raise InputError(
            f"too few different texts to find labels in: {len(found)}", hint=f"at least {FEWEST_TEXTS}"
        )
    distinct = sorted(found)
    return distinct, np.array([found[text] for text in distinct], dtype=np.intp)


def find_groups(
    texts: Iterable[str], embedder: Embedder, *, method: str = "agglomerative", resamples: int = 0
) -> Found:
    """Group `texts` with `method`, a key of METHODS; how fine follows from what comes back. `resamples` say how well.

    Raises InputError and MissingExtra as `counted` does.
    """
    distinct, counts = counted(texts)
    rows = centred(embedder.embed(distinct))
    chosen = representative(rows)
    parts, grouped_by = Parts(rows[chosen]), METHODS[method]
    fineness = stable_fineness(parts, grouped_by, finenesses(len(chosen)))
    first = grouped_by(parts.leaned(np.arange(len(chosen))))(fineness)
    groups = _by_size(belonging(rows, chosen, first))
    if groups.max() < 0:
        raise InputError("no texts are alike enough to be a label", hint="try --method agglomerative")
    stability = comebacks(parts, grouped_by, fineness, groups[chosen], resamples) if resamples else None
    if stability is not None:  # the last labels may have no text in the part
        stability = np.pad(stability, (0, int(groups.max()) + 1 - len(stability)))
    return Found(distinct, counts, rows, groups, stability)


def _by_size(groups: Groups) -> Groups:
    """The same groups, the largest first."""
    groups = renumbered(groups)
    sizes = np.bincount(groups[groups >= 0])
    number = np.full(len(sizes) + 1, -1, dtype=np.intp)
    number[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return np.asarray(number[groups], dtype=np.intp)
