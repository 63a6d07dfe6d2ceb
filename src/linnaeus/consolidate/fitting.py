"""How well phrases fit groups of texts: by their words, and the best of these by their vectors. Knows nothing of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.candidates import Counts, Phrase
from linnaeus.consolidate.features import PRIOR
from linnaeus.consolidate.guessed import guessed_vectors, incidence

if TYPE_CHECKING:
    from linnaeus.types import Embedder, Vectors

MOST_READ = 300
"""Characters of a text that are embedded: a long text costs as much as twenty short ones."""
BLOCK = 128
"""Groups whose words are weighed together."""
MOST_LOOKED_AT = 6
NEARLY = 0.2
"""Phrases of a group that are embedded: up to 6, by what they seem to be worth from 0.2 below the best on."""
LAST = 10.0
"""What phrases that were not embedded stand behind the others."""


def fitting(
    phrases: Sequence[Sequence[Phrase]],
    kept: NDArray[np.bool_],
    samples: Sequence[Sequence[str]],
    counts: Counts,
    embedder: Embedder,
) -> NDArray[np.float64]:
    """(p,): how well each phrase of each group fits it; those that were not embedded are worth less than all others.

    Embedded are those at `kept` (p,), and of each group those that seem the best by what their words seem to mean.
    """
    groups = np.repeat(np.arange(len(phrases)), [len(own) for own in phrases])
    shown = [phrase.shown for own in phrases for phrase in own]
    if not shown or not any(samples):
        return np.zeros(len(shown))
    negative = [counts.negative_share(group) for group in range(len(phrases))]
    bonus = np.array([_bonus(phrase, negative[group]) for group, own in enumerate(phrases) for phrase in own])
    rows, stems = _central_rows(samples, counts, embedder)
    scores: NDArray[np.float64] = bonus + _guessed_fits(phrases, rows, stems)
    looked = np.flatnonzero(_worth_a_look(scores, groups) | kept)
    vectors = _embed(embedder, [shown[place] for place in looked])
    own = np.stack([vectors[shown[place]] for place in looked])
    scores -= LAST
    scores[looked] = bonus[looked] + _fits(own, np.stack([_mean(some) for some in rows]), groups[looked])
    return scores


def _embed(embedder: Embedder, texts: Iterable[str]) -> dict[str, Vectors]:
    """The row (d,) of each text; equal ones are embedded once."""
    distinct = sorted(set(texts))
    return dict(zip(distinct, embedder.embed(distinct), strict=True)) if distinct else {}


def _central_rows(
    samples: Sequence[Sequence[str]], counts: Counts, embedder: Embedder
) -> tuple[list[Vectors], list[list[list[str]]]]:
    """Of the central texts of each group, 16 down to 3, the rows (n, d), and the stems."""
    most = min(16, max(3, 900 // len(samples)))
    places = [_central(own, group, counts, most) for group, own in enumerate(samples)]
    texts = [[own[i][:MOST_READ] for i in some] for own, some in zip(samples, places, strict=True)]
    stems = [[own[i] for i in some] for own, some in zip(counts.stems, places, strict=True)]
    vectors = _embed(embedder, chain.from_iterable(texts))
    width = len(next(iter(vectors.values()), ()))
    rows = [np.array([vectors[text] for text in own], np.float32).reshape(-1, width) for own in texts]
    return rows, stems


def _central(samples: Sequence[str], group: int, counts: Counts, most: int) -> list[int]:
    """Places of at most `most` short texts with the group's own words; each use of a word halves what it is worth."""
    stems = list(counts.own[group])
    single = [counts.phrase(group, stem, (stem,), whole=True) for stem in stems]
    worth = np.array([phrase.share * max(0.0, phrase.lift) for phrase in single])
    held = incidence(counts.stems[group], {stem: place for place, stem in enumerate(stems)})  # (n, w)
    held /= np.sqrt([[len(text) + 15] for text in samples])
    out: list[int] = []
    for _ in range(min(most, len(samples))):
        values = (held @ worth).round(9)
        values[out] = -1
        out.append(int(values.argmax()))
        worth[held[out[-1]] > 0] /= 2
    return out


def _guessed_fits(
    phrases: Sequence[Sequence[Phrase]], rows: Sequence[Vectors], stems: Sequence[Sequence[Sequence[str]]]
) -> Vectors:
    """(p,): how well each phrase would fit its group by what its words seem to mean, of BLOCK groups at a time."""
    middle = np.concatenate(rows).sum(axis=0) / (sum(map(len, rows)) + PRIOR)
    centred = [own - middle for own in rows]
    centroids = np.stack([_mean(own) for own in centred])  # (g, d)
    fits = [np.zeros(0, np.float32)]
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        made = guessed_vectors(
            [phrase.stems for own in phrases[part] for phrase in own],
            [own for some in stems[part] for own in some],
            np.concatenate(centred[part]),
        )
        sizes = [len(own) for own in phrases[part]]
        fits.append(_fits(made, centroids, np.repeat(np.arange(start, start + len(sizes)), sizes)))
    return np.concatenate(fits)


def _worth_a_look(scores: NDArray[np.float64], groups: NDArray[np.intp]) -> NDArray[np.bool_]:
    """(p,): the 2 best of each group, and those up to 6 that seem not much worse; `groups` (p,) rise."""
    order = np.lexsort((-scores.round(5), groups))
    starts = np.searchsorted(groups, groups)
    rank = np.arange(len(groups)) - starts
    best = scores[order][starts]
    out = np.zeros(len(groups), np.bool_)
    out[order] = (rank < 2) | ((rank < MOST_LOOKED_AT) & (scores[order] >= best - NEARLY))
    return out


def _mean(rows: Vectors) -> Vectors:
    """The mean direction (d,) of some rows; zeros for none."""
    mean = rows.sum(axis=0) / max(1, len(rows))
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _fits(rows: Vectors, centroids: Vectors, groups: NDArray[np.intp]) -> Vectors:
    """For each row (p, d) the cosine to the centroid of its group (p,), plus half its lead over the next group."""
    fits = np.zeros(len(rows), np.float32)
    for start in range(0, len(rows), 2_048):
        part = slice(start, start + 2_048)
        cosines = rows[part] @ centroids.T  # (b, g)
        own = np.arange(len(cosines)), groups[part]
        near = cosines[own]
        cosines[own] = -np.inf
        other = cosines.max(axis=1) if len(centroids) > 1 else near
        fits[part] = near + 0.5 * (near - other)
    return fits


def _bonus(phrase: Phrase, negative: float) -> float:
    """What a phrase earns beside its fit: for words that many texts share, brevity, polarity.

    `negative` is the share of negative texts in the group. The results are flat around these weights (LOG).
    """
    polarity = 0.25 * (negative - 0.3) if phrase.negative else 0.0
    common = 0.2 * min(phrase.share / 0.5, 1.0) + 0.03 * phrase.lift
    brevity = -0.03 * phrase.length
    if phrase.unspaced:
        brevity = (
            0.05 * len(phrase.stems) * phrase.share
        )  # a sign is less than a word, and embedders hardly know these
    return common + polarity + brevity - (0.0 if phrase.whole else 0.04)
