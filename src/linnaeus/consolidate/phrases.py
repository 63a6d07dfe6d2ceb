"""Name groups of texts by their key phrases, with an embedder and no language model. Knows nothing of labels.

Candidates are words, runs and pairs of words that many texts of a group share and few other texts do
(after c-TF-IDF: Grootendorst 2022, arXiv 2203.05794, section 3.3). Of these the one nearest to the group's
centroid, and farther from every other group's, becomes the name; embedded are those alone that seem to be
so by their words (`guessed.py`). What each part is worth: research/LOG.md, "Names without a model".
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
)
from linnaeus.consolidate.fitting import fitting
from linnaeus.consolidate.wording import wording_key
from linnaeus.consolidate.words import plain_words, segments, snake, stop_words, tokenise

if TYPE_CHECKING:
    from linnaeus.types import Embedder

CANDIDATES = 40
"""Phrases of a group that are looked at by their words, the best by counting them; down to 10 of very many groups."""
KEEP_RANK = 4
KEEP_WITHIN = 0.25
"""A present name stays while fewer than 4 embedded phrases suit the group better, and none by more than 0.25."""


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
    sample is read; the more groups, the fewer texts of each are embedded (16, down to 3), and of its phrases
    the 2 to 6 that seem the best. `shared`: see `candidates`.
    """
    if len(keep) != len(groups):
        raise ValueError(f"{len(keep)} present names for {len(groups)} groups")
    return _names(_read(groups, shared=shared), embedder, keep)


def key_phrases(groups: Sequence[Sequence[str]], most: int) -> list[list[str]]:
    """Up to `most` phrases for each group that best tell its texts from those of the others, by words alone; best first."""
    return _lines(_read(groups), most)


def names_and_phrases(
    groups: Sequence[Sequence[str]], embedder: Embedder, most: int
) -> list[tuple[str, list[str]]]:
    """For each group what `name_groups` says where there is no present name, and `key_phrases`; texts are read once."""
    read = _read(groups)
    return list(zip(_names(read, embedder, [None] * len(groups)), _lines(read, most), strict=True))


class _Read(NamedTuple):
    """Of each group its sample and the phrases in it, the best by words alone first."""

    samples: list[list[str]]
    stops: frozenset[str]
    counts: Counts
    phrases: list[list[Phrase]]


def _read(groups: Sequence[Sequence[str]], *, shared: bool = False) -> _Read:
    most = min(40, max(10, 40_000 // max(1, len(groups))))
    samples = [_sample(texts, most) for texts in groups]
    stops, counts = counted(samples)
    phrases = [candidates(group, counts, CANDIDATES, shared=shared) for group in range(len(groups))]
    return _Read(samples, stops, counts, phrases)


def counted(groups: Sequence[Sequence[str]]) -> tuple[frozenset[str], Counts]:
    """The words of these texts that say nothing, and what stands in each group without them."""
    tokens = [[tokenise(text) for text in texts] for texts in groups]
    stops = stop_words(text for texts in tokens for text in texts)
    return stops, Counts([[segments(text, stops) for text in texts] for texts in tokens])


def _names(read: _Read, embedder: Embedder, keep: Sequence[str | None]) -> list[str]:
    present = [_cut(snake(name or "")) for name in keep]
    most = min(CANDIDATES, max(10, 8_000 // max(1, len(keep))))
    phrases = [
        own[:most] + as_phrase(name, own[:most], group, read.counts, read.stops)
        for group, (own, name) in enumerate(zip(read.phrases, present, strict=True))
    ]
    return _assign(_offers(phrases, present, read, embedder), present, read.samples)


def _lines(read: _Read, most: int) -> list[list[str]]:
    out: list[list[str]] = []
    for phrases in read.phrases:
        said: set[str] = set()
        chosen: list[str] = []
        for phrase in phrases:
            if len(chosen) < most and not said.issuperset(phrase.stems):
                chosen.append(phrase.shown)
                said.update(phrase.stems)
        out.append(chosen)
    return out


def _sample(texts: Sequence[str], most: int) -> list[str]:
    """At most `most` distinct texts, by a hash: whatever their order, and much the same when more come in."""
    return sorted(set(texts), key=lambda text: (crc32(text.encode("utf-8", "surrogatepass")), text))[:most]


class _Offer(NamedTuple):
    """A name that suits a group this well."""

    score: float
    name: str
    group: int
    stems: tuple[str, ...]


def _offers(
    phrases: Sequence[Sequence[Phrase]], present: Sequence[str], read: _Read, embedder: Embedder
) -> list[_Offer]:
    """Every phrase as an offer to its group, best first."""
    flat = [(phrase, group) for group, own in enumerate(phrases) for phrase in own]
    kept = np.array([snake(phrase.shown) == present[group] for phrase, group in flat], np.bool_)
    scores = fitting(phrases, kept, read.samples, read.counts, embedder).tolist()
    offers = [
        _Offer(round(score, 5), snake(phrase.shown), group, phrase.stems)
        for (phrase, group), score in zip(flat, scores, strict=True)
    ]
    return sorted(offers, key=lambda offer: (-offer.score, offer.name, offer.group))


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
