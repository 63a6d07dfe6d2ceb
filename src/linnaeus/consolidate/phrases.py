"""Name groups of texts by their key phrases, with an embedder and no language model. Knows nothing of labels or storage.

Words and pairs of words that many texts of a group share and few other texts do (after c-TF-IDF: Grootendorst 2022,
arXiv 2203.05794, section 3.3) are candidates; of these the one nearest to the group's centroid, and farther from every
other group's, becomes the name. What each part is worth: research/LOG.md, "Names without a model".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from linnaeus.consolidate.words import (
    Word,
    is_negative,
    may_name,
    plain_words,
    segments,
    shown,
    snake,
    stop_words,
    tokenise,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linnaeus.types import Embedder, Vectors

MOST_WORDS = 6
MOST_CHARACTERS = 60
KEEP_RANK = 5
"""A present name stays while fewer than this many phrases suit the group better."""

Text = list[list[Word]]
"""One text: its segments."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A candidate name. `share`: of the group's texts, those with all its words; `lift`: log of that over elsewhere."""

    shown: str
    stems: tuple[str, ...]
    share: float
    lift: float
    negative: bool

    @property
    def name(self) -> str:
        """The phrase as a name."""
        return snake(self.shown)


class _Counts:
    """Which texts hold which stem: a whole number for each stem, one bit a text, by group and over all."""

    def __init__(self, groups: Sequence[Sequence[Text]]) -> None:
        self.sizes = [len(texts) for texts in groups]
        self.total = sum(self.sizes)
        self.own: list[dict[str, int]] = []
        self.all: dict[str, int] = defaultdict(int)
        start = 0
        for texts in groups:
            own: dict[str, int] = defaultdict(int)
            for position, text in enumerate(texts):
                for word in (word for words in text for word in words):
                    own[word.stem] |= 1 << position
            for stem, texts_with_it in own.items():
                self.all[stem] |= texts_with_it << start
            self.own.append(dict(own))
            start += len(texts)

    def inside(self, group: int, stems: Sequence[str]) -> int:
        """How many texts of `group` hold all of `stems`."""
        return _intersection(self.own[group], stems).bit_count()

    def phrase(self, group: int, name: str, stems: tuple[str, ...]) -> Phrase:
        inside = self.inside(group, stems)
        outside = _intersection(self.all, stems).bit_count() - inside
        share = inside / max(1, self.sizes[group])
        elsewhere = outside / max(1, self.total - self.sizes[group])
        lift = log((share + 0.02) / (elsewhere + 0.02))
        return Phrase(name, stems, share, lift, any(map(is_negative, stems)))

    def negative_share(self, group: int) -> float:
        """The share of the group's texts that say that something is not so or went wrong."""
        texts = 0
        for stem, texts_with_it in self.own[group].items():
            texts |= texts_with_it if is_negative(stem) else 0
        return texts.bit_count() / max(1, self.sizes[group])


def _intersection(texts: dict[str, int], stems: Sequence[str]) -> int:
    common = -1
    for stem in stems:
        common &= texts.get(stem, 0)
    return max(common, 0)


def name_groups(
    groups: Sequence[Sequence[str]], embedder: Embedder, *, keep: Sequence[str | None]
) -> list[str]:
    """One unique snake_case name for each group, in order: at most 6 words and 60 characters, never empty.

    `keep` holds each group's present name or None; it stays while it is among the best five for its group. The order
    of texts within a group, and how often a text stands there, change nothing. Of large groups a fixed sample is read;
    the more groups, the fewer texts and phrases of each are embedded (at most 16 and 25, at least 3 and 7).
    """
    if len(keep) != len(groups):
        raise ValueError(f"{len(keep)} present names for {len(groups)} groups")
    samples = [_sample(texts, _share_of(40_000, groups, 10, 60)) for texts in groups]
    tokens = [[tokenise(text) for text in texts] for texts in samples]
    stops = stop_words(text for texts in tokens for text in texts)
    read = [[segments(text, stops) for text in texts] for texts in tokens]
    counts = _Counts(read)
    present = [snake(name or "")[:MOST_CHARACTERS].strip("_") for name in keep]
    phrases = [_candidates(texts, group, counts, _share_of(2_200, groups, 7, 25)) for group, texts in enumerate(read)]
    for group, name in enumerate(present):
        _add_present(phrases[group], name, group, counts, stops)
    central = [_central(samples[i], read[i], i, counts, _share_of(900, groups, 3, 16)) for i in range(len(groups))]
    scores = _scores(phrases, central, counts, embedder)
    return _assign(phrases, scores, present, samples)


def _share_of(budget: int, groups: Sequence[Sequence[str]], least: int, most: int) -> int:
    return min(most, max(least, budget // max(1, len(groups))))


def _sample(texts: Sequence[str], most: int) -> list[str]:
    """At most `most` distinct texts, always the same ones, and few others when the group grows."""
    return sorted(set(texts), key=lambda text: (crc32(text.encode("utf-8", "surrogatepass")), text))[:most]


# --- candidates ---


def _candidates(texts: Sequence[Text], group: int, counts: _Counts, most: int) -> list[Phrase]:
    """The `most` phrases that best tell the group from others, by words alone."""
    least = 2 if len(texts) >= 5 else 1
    wordings = _wordings(texts, group, counts, least) or _wordings(texts, group, counts, 1)
    phrases = [counts.phrase(group, _best_wording(ways), stems) for stems, ways in wordings.items()]
    return sorted(phrases, key=lambda phrase: (-_lexical(phrase), phrase.shown))[:most]


def _lexical(phrase: Phrase) -> float:
    return float(phrase.share**0.5 * phrase.lift * (0.7, 1.0, 1.0, 0.8)[len(phrase.stems) - 1])


def _best_wording(ways: dict[str, float]) -> str:
    return min(ways, key=lambda way: (-ways[way], len(way), way))


def _wordings(
    texts: Sequence[Text], group: int, counts: _Counts, least: int
) -> dict[tuple[str, ...], dict[str, float]]:
    """stems -> wording -> weight, for phrases whose words stand together in at least `least` texts, in any order."""
    out: dict[tuple[str, ...], dict[str, float]] = {}
    for words in (words for text in texts for words in text):
        for phrase, near in _spans(words):
            stems = tuple(sorted({word.stem for word in phrase}))
            if (stems not in out and counts.inside(group, stems) < least) or not may_name(phrase):
                continue
            wording = shown(phrase, links=near)
            if len(wording) <= MOST_CHARACTERS and wording.count(" ") < MOST_WORDS:
                ways = out.setdefault(stems, {})
                ways[wording] = ways.get(wording, 0.0) + (1.0 if near else 0.6)
    return out


def _spans(words: Sequence[Word]) -> Iterator[tuple[Sequence[Word], bool]]:
    """Runs of 1 to 4 words, and pairs with one or two words between them; True for runs."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + 4, len(words)) + 1):
            yield words[start:end], True
        for end in range(start + 2, min(start + 4, len(words))):
            yield (words[start], words[end]), False


def _add_present(phrases: list[Phrase], name: str, group: int, counts: _Counts, stops: frozenset[str]) -> None:
    """Put the present name among the candidates, whoever made it."""
    if name and all(phrase.name != name for phrase in phrases):
        words = [word for part in segments(tokenise(name.replace("_", " ")), stops) for word in part]
        stems = tuple(sorted({word.stem for word in words}))
        if stems:
            phrases.append(counts.phrase(group, name.replace("_", " "), stems))


# --- scores ---


def _central(samples: Sequence[str], read: Sequence[Text], group: int, counts: _Counts, most: int) -> list[str]:
    """At most `most` short texts that hold the group's own words; a word counts half for each text that has it."""
    stems = [sorted({word.stem for words in text for word in words}) for text in read]
    single = {stem: counts.phrase(group, stem, (stem,)) for stem in counts.own[group]}
    weights = {stem: phrase.share * max(0.0, phrase.lift) for stem, phrase in single.items()}
    left = list(range(len(samples)))
    out: list[str] = []
    while left and len(out) < most:
        best = max(left, key=lambda i: sum(weights[stem] for stem in stems[i]) / (len(samples[i]) + 15) ** 0.5)
        for stem in stems[best]:
            weights[stem] /= 2
        left.remove(best)
        out.append(samples[best][:MOST_READ])
    return out


MOST_READ = 300
"""Characters of a text that are embedded: a long text costs as much as twenty short ones."""


def _scores(
    phrases: Sequence[Sequence[Phrase]], central: Sequence[Sequence[str]], counts: _Counts, embedder: Embedder
) -> list[list[float]]:
    """How well each phrase suits its group; larger is better."""
    wordings = sorted({phrase.shown for own in phrases for phrase in own})
    texts = sorted({text for own in central for text in own})
    if not wordings:
        return [[] for _ in phrases]
    vectors = embedder.embed([*wordings, *texts])
    row = {text: position for position, text in enumerate(texts, start=len(wordings))}
    centroids = np.stack([_centroid(vectors, [row[text] for text in own]) for own in central])  # (g, d)
    position = {wording: i for i, wording in enumerate(wordings)}
    pairs = [(position[phrase.shown], group) for group, own in enumerate(phrases) for phrase in own]
    near, margin = _nearness(vectors[: len(wordings)], centroids, pairs)
    value = iter(zip(near, margin, strict=True))
    negative = [counts.negative_share(group) for group in range(len(phrases))]
    return [
        [round(_score(phrase, *next(value), negative[group]), 5) for phrase in own]
        for group, own in enumerate(phrases)
    ]


def _centroid(vectors: Vectors, rows: Sequence[int]) -> Vectors:
    if not rows:
        return np.zeros(vectors.shape[1], np.float32)
    mean = vectors[list(rows)].mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _nearness(
    vectors: Vectors, centroids: Vectors, pairs: Sequence[tuple[int, int]]
) -> tuple[list[float], list[float]]:
    """For each (phrase, group): the cosine to that group's centroid, and by how much it exceeds the best other one."""
    near, margin = np.zeros(len(pairs)), np.zeros(len(pairs))
    for start in range(0, len(pairs), 2_048):
        rows, groups = np.array(pairs[start : start + 2_048]).T
        cosines = vectors[rows] @ centroids.T  # (b, g)
        own: NDArray[np.float32] = np.take_along_axis(cosines, groups[:, None], axis=1)[:, 0]
        np.put_along_axis(cosines, groups[:, None], -np.inf, axis=1)
        other = cosines.max(axis=1) if len(centroids) > 1 else own
        near[start : start + len(rows)], margin[start : start + len(rows)] = own, own - other
    return near.tolist(), margin.tolist()


def _score(phrase: Phrase, near: float, margin: float, negative: float) -> float:
    """Nearness and difference, then a little for what many texts share, for short names, for the right polarity.

    The weights come from research/phrases.py (entry in research/LOG.md); the result is flat around them.
    """
    polarity = 0.25 * (negative - 0.3) if phrase.negative else 0.0
    common = 0.15 * min(phrase.share / 0.3, 1.0)
    return near + 0.5 * margin + common + 0.03 * phrase.lift + polarity - 0.03 * len(phrase.stems)


# --- one name each ---


def _assign(
    phrases: Sequence[Sequence[Phrase]],
    scores: Sequence[Sequence[float]],
    present: Sequence[str],
    samples: Sequence[Sequence[str]],
) -> list[str]:
    """Present names that may stay, then the best free phrase, best fit first, then what is left to fall back on."""
    offers = [
        (score, phrase.name, group, phrase.stems)
        for group, own in enumerate(phrases)
        for phrase, score in zip(own, scores[group], strict=True)
        if phrase.name
    ]
    offers.sort(key=lambda offer: (-offer[0], offer[1], offer[2]))
    rank: Counter[int] = Counter()
    staying = []
    for offer in offers:
        rank[offer[2]] += 1
        if offer[1] == present[offer[2]] and rank[offer[2]] <= KEEP_RANK:
            staying.append(offer)
    names: dict[int, str] = {}
    words: set[tuple[str, ...]] = set()
    for fresh in (staying, offers):
        for _, name, group, stems in fresh:
            if group not in names and stems not in words:
                names[group] = name
                words.add(stems)
    taken = set(names.values())
    for group in (group for group in range(len(phrases)) if group not in names):
        names[group] = _fallback(group, [phrase.name for phrase in phrases[group]], samples[group], present[group], taken)
        taken.add(names[group])
    return [names[group] for group in range(len(phrases))]


def _fallback(group: int, own: Sequence[str], texts: Sequence[str], present: str, taken: set[str]) -> str:
    """A free name for a group whose phrases are taken, or that has none: its words, symbols, or "group_3"."""
    heads = Counter(_cut(plain_words(text)) for text in texts)
    wordings = sorted((head for head in heads if head), key=lambda head: (-heads[head], len(head), head))
    base = [*own, *wordings, f"group_{group + 1}"]
    for name in [present if not own else "", *base]:
        if name and name not in taken:
            return name
    numbered = (f"{base[0][: MOST_CHARACTERS - 8]}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in numbered if name not in taken)


def _cut(words: Sequence[str]) -> str:
    """At most 6 words and 60 characters of `words` as a name."""
    return snake(" ".join(words[:MOST_WORDS]))[:MOST_CHARACTERS].strip("_")
