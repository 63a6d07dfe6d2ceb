"""Name groups of texts by their key phrases, with an embedder and no language model. Knows nothing of labels.

Candidates are words, runs and pairs of words that many texts of a group share and few other texts do
(after c-TF-IDF: Grootendorst 2022, arXiv 2203.05794, section 3.3). Of these the one nearest to the group's
centroid, and farther from every other group's, becomes the name. What each part is worth: research/LOG.md,
"Names without a model".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

from linnaeus.consolidate.candidates import (
    MOST_CHARACTERS,
    MOST_WORDS,
    Counts,
    Phrase,
    as_phrase,
    candidates,
    text_stems,
)
from linnaeus.consolidate.wording import wording_key
from linnaeus.consolidate.words import plain_words, segments, snake, stop_words, tokenise

if TYPE_CHECKING:
    from linnaeus.types import Embedder, Vectors

MOST_READ = 300
"""Characters of a text that are embedded: a long text costs as much as twenty short ones."""
KEEP_RANK = 5
KEEP_WITHIN = 0.25
"""A present name stays while fewer than 5 phrases suit the group better, and none by more than 0.25."""


def name_groups(
    groups: Sequence[Sequence[str]],
    embedder: Embedder,
    *,
    keep: Sequence[str | None],
    shared: bool = False,
) -> list[str]:
    """One unique snake_case name for each group, in order: at most 6 words and 60 characters, never empty.

    `keep` holds each group's present name or None; it stays while it is among the best for its group. The
    order of texts within a group, and how often one stands there, change nothing. Of a large group a fixed
    sample is read; the more groups, the fewer texts and phrases of each are embedded (16 and 25, down to 3
    and 7). `shared`: see `candidates`.
    """
    if len(keep) != len(groups):
        raise ValueError(f"{len(keep)} present names for {len(groups)} groups")
    samples = [_sample(texts, _each(40_000, len(groups), 10, 60)) for texts in groups]
    tokens = [[tokenise(text) for text in texts] for texts in samples]
    stops = stop_words(text for texts in tokens for text in texts)
    counts = Counts([[segments(text, stops) for text in texts] for texts in tokens])
    present = [_cut(snake(name or "")) for name in keep]
    most = _each(2_200, len(groups), 7, 25)
    phrases = [candidates(group, counts, most, shared=shared) for group in range(len(groups))]
    for group, name in enumerate(present):
        phrases[group] += as_phrase(name, phrases[group], group, counts, stops)
    texts = [
        _central(own, group, counts, _each(900, len(groups), 3, 16)) for group, own in enumerate(samples)
    ]
    return _assign(_scored(phrases, texts, counts, embedder), present, samples)


def key_phrases(groups: Sequence[Sequence[str]], most: int) -> list[list[str]]:
    """Up to `most` phrases for each group that best tell its texts from those of the others, by words alone; best first."""
    tokens = [[tokenise(text) for text in _sample(texts, 40)] for texts in groups]
    stops = stop_words(text for texts in tokens for text in texts)
    counts = Counts([[segments(text, stops) for text in texts] for texts in tokens])
    out: list[list[str]] = []
    for group in range(len(groups)):
        said: set[str] = set()
        chosen: list[str] = []
        for phrase in candidates(group, counts, 8 * most):
            if len(chosen) < most and not said.issuperset(phrase.stems):
                chosen.append(phrase.shown)
                said.update(phrase.stems)
        out.append(chosen)
    return out


def _each(budget: int, groups: int, least: int, most: int) -> int:
    return min(most, max(least, budget // max(1, groups)))


def _sample(texts: Sequence[str], most: int) -> list[str]:
    """At most `most` distinct texts, by a hash: whatever their order, and much the same when more come in."""
    return sorted(set(texts), key=lambda text: (crc32(text.encode("utf-8", "surrogatepass")), text))[:most]


class _Offer(NamedTuple):
    """A name that suits a group this well."""

    score: float
    name: str
    group: int
    stems: tuple[str, ...]


def _central(samples: Sequence[str], group: int, counts: Counts, most: int) -> list[str]:
    """At most `most` short texts with the group's own words; each use of a word halves what it is worth."""
    stems = [text_stems(text) for text in counts.groups[group]]
    single = {stem: counts.phrase(group, stem, (stem,), whole=True) for stem in counts.own[group]}
    worth = {stem: phrase.share * max(0.0, phrase.lift) for stem, phrase in single.items()}
    left = list(range(len(samples)))
    out: list[str] = []
    while left and len(out) < most:
        best = max(left, key=lambda i: sum(worth[stem] for stem in stems[i]) / (len(samples[i]) + 15) ** 0.5)
        for stem in stems[best]:
            worth[stem] /= 2
        left.remove(best)
        out.append(samples[best][:MOST_READ])
    return out


def _scored(
    phrases: Sequence[Sequence[Phrase]], central: Sequence[Sequence[str]], counts: Counts, embedder: Embedder
) -> list[_Offer]:
    """Every phrase as an offer to its group, best first."""
    flat = [(phrase, group) for group, own in enumerate(phrases) for phrase in own]
    if not flat:
        return []
    wordings = sorted({phrase.shown for phrase, _ in flat})
    texts = sorted({text for own in central for text in own})
    vectors = embedder.embed([*wordings, *texts])  # in one call, equal ones once
    rows = {text: row for row, text in enumerate(texts, start=len(wordings))}
    centroids = np.stack([_centroid(vectors, [rows[text] for text in own]) for own in central])  # (g, d)
    rows = {wording: row for row, wording in enumerate(wordings)}
    fits = _fits(vectors, centroids, [(rows[phrase.shown], group) for phrase, group in flat])
    negative = [counts.negative_share(group) for group in range(len(phrases))]
    offers = [
        _Offer(round(fit + _bonus(phrase, negative[group]), 5), snake(phrase.shown), group, phrase.stems)
        for (phrase, group), fit in zip(flat, fits, strict=True)
    ]
    return sorted(offers, key=lambda offer: (-offer.score, offer.name, offer.group))


def _centroid(vectors: Vectors, rows: Sequence[int]) -> Vectors:
    """The mean direction (d,) of some rows; zeros for none."""
    if not rows:
        return np.zeros(vectors.shape[1], np.float32)
    mean = vectors[rows].mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _fits(vectors: Vectors, centroids: Vectors, pairs: Sequence[tuple[int, int]]) -> list[float]:
    """For each (row, group): the cosine to the group's centroid, plus half its lead over the next group."""
    fits: list[float] = []
    for start in range(0, len(pairs), 2_048):
        rows, groups = np.array(pairs[start : start + 2_048]).T
        cosines = vectors[rows] @ centroids.T  # (b, g)
        near = cosines[np.arange(len(rows)), groups]
        cosines[np.arange(len(rows)), groups] = -np.inf
        other = cosines.max(axis=1) if len(centroids) > 1 else near
        fits += (near + 0.5 * (near - other)).tolist()
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


# --- one name each ---


def _assign(offers: Sequence[_Offer], present: Sequence[str], samples: Sequence[Sequence[str]]) -> list[str]:
    """Present names that may stay, then the best free offers, then what is left to fall back on."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    stems: set[tuple[str, ...]] = set()
    staying = _staying(offers, present)
    for offer, new in [*((offer, False) for offer in staying), *((offer, True) for offer in offers)]:
        key = wording_key(offer.name)
        twin = new and offer.stems in stems  # "card_lost" beside "lost_card": only where both are old names
        if offer.group not in names and not twin and key and key not in taken:
            names[offer.group] = offer.name
            taken.add(key)
            stems.add(offer.stems)
    own: dict[int, list[str]] = defaultdict(list)
    for offer in offers:
        own[offer.group].append(offer.name)
    for group in (group for group in range(len(samples)) if group not in names):
        names[group] = _fallback(group, own[group] or [present[group]], samples[group], taken)
        taken.add(wording_key(names[group]))
    return [names[group] for group in range(len(samples))]


def _staying(offers: Sequence[_Offer], present: Sequence[str]) -> list[_Offer]:
    """The offers that are a group's present name and still among its best."""
    rank: Counter[int] = Counter()
    best: dict[int, float] = {}
    out = []
    for offer in offers:
        rank[offer.group] += 1
        top = best.setdefault(offer.group, offer.score)
        near = rank[offer.group] <= KEEP_RANK and offer.score >= top - KEEP_WITHIN
        out += [offer] if near and offer.name == present[offer.group] else []
    return out


def _fallback(group: int, own: Sequence[str], texts: Sequence[str], taken: set[str]) -> str:
    """A free name for a group without free phrases: how its texts start, their signs, or "group_3"."""
    starts = Counter(_cut("_".join(plain_words(text)[:MOST_WORDS])) for text in texts)
    wordings = sorted(starts, key=lambda start: (-starts[start], len(start), start))
    names = [name for name in (*own, *wordings) if wording_key(name)] or [f"group_{group + 1}"]
    numbered = (f"{_cut(names[0], MOST_CHARACTERS - 8)}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (*names, *numbered) if wording_key(name) not in taken)


def _cut(name: str, most: int = MOST_CHARACTERS) -> str:
    return name[:most].strip("_")
