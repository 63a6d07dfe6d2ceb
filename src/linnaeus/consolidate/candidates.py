"""The phrases that could name a group, found by counting words. Knows nothing of embeddings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import TypeAlias

from linnaeus.consolidate.words import Word, is_negative, may_name, segments, shown, snake, tokenise

MOST_WORDS = 6
MOST_CHARACTERS = 60

Text: TypeAlias = list[list[Word]]
"""One text: its segments."""
_Ways: TypeAlias = dict[tuple[str, bool], float]
"""(wording, whether its words stand side by side) -> weight."""
_NOT_DOING = re.compile(r"\bnot \w+(?:ing|ed|en)\b")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A candidate name. `share` of the group's texts hold its words; `lift`: log of that over others'."""

    shown: str
    stems: tuple[str, ...]
    whole: bool
    share: float
    lift: float

    @property
    def length(self) -> int:
        """1 to 4: its words, a long run of signs counting as 4."""
        return min(4, len(self.stems))

    @property
    def unspaced(self) -> bool:
        """Whether it is a run of signs of a script without spaces."""
        return self.length > 1 and " " not in self.shown

    @property
    def negative(self) -> bool:
        """Whether it says that something is not so or went wrong."""
        return any(map(is_negative, self.stems))


class Counts:
    """Which texts hold which stem: one whole number a stem, one bit a text, by group and over all."""

    def __init__(self, groups: Sequence[Sequence[Text]]) -> None:
        self.groups = groups
        self.stems = [[text_stems(text) for text in texts] for texts in groups]
        self.total = sum(map(len, groups))
        self.own: list[dict[str, int]] = []
        self.all: dict[str, int] = defaultdict(int)
        start = 0
        for texts in self.stems:
            own: dict[str, int] = defaultdict(int)
            for position, stems in enumerate(texts):
                for stem in stems:
                    own[stem] |= 1 << position
            for stem, holders in own.items():
                self.all[stem] |= holders << start
            self.own.append(dict(own))
            start += len(texts)

    def inside(self, group: int, stems: Iterable[str]) -> int:
        """How many texts of `group` hold all of `stems`."""
        return _intersection(self.own[group], stems).bit_count()

    def phrase(self, group: int, wording: str, stems: tuple[str, ...], *, whole: bool) -> Phrase:
        """0.02 is added to both shares: what one text in 1,000 says is no better for being nowhere else."""
        inside, size = self.inside(group, stems), len(self.groups[group])
        share = inside / max(1, size)
        elsewhere = (_intersection(self.all, stems).bit_count() - inside) / max(1, self.total - size)
        return Phrase(wording, stems, whole, share, log((share + 0.02) / (elsewhere + 0.02)))

    def negative_share(self, group: int) -> float:
        """The share of the group's texts that say that something is not so or went wrong."""
        texts = 0
        for stem, holders in self.own[group].items():
            texts |= holders if is_negative(stem) else 0
        return texts.bit_count() / max(1, len(self.groups[group]))


def text_stems(text: Text) -> list[str]:
    """The distinct stems of one text, sorted."""
    return sorted({word.stem for words in text for word in words})


def _intersection(holders: dict[str, int], stems: Iterable[str]) -> int:
    common = -1
    for stem in stems:
        common &= holders.get(stem, 0)
    return max(common, 0)


def candidates(group: int, counts: Counts, most: int, *, shared: bool = False) -> list[Phrase]:
    """The `most` phrases that best tell the group from others, by words alone.

    `shared`: two of its texts and 5% of them have the words of each phrase, if of any.
    """
    size = len(counts.groups[group])
    least = max(2, -(-size // 20)) if shared else 2 if size >= 5 else 1
    wordings = _wordings(group, counts, least) or _wordings(group, counts, 1)
    best = [(stems, *_best_wording(ways)) for stems, ways in wordings.items()]
    phrases = [counts.phrase(group, wording, stems, whole=whole) for stems, wording, whole in best]
    return sorted(phrases, key=lambda phrase: (-_lexical(phrase), phrase.shown))[:most]


def _lexical(phrase: Phrase) -> float:
    return float(phrase.share**0.5 * phrase.lift * (0.7, 1.0, 1.0, 0.8)[phrase.length - 1])


def _wordings(group: int, counts: Counts, least: int) -> dict[tuple[str, ...], _Ways]:
    """stems -> wordings with weights, for phrases whose words are all in at least `least` texts."""
    common = {stem for stem, holders in counts.own[group].items() if holders.bit_count() >= least}
    out: dict[tuple[str, ...], _Ways] = {}
    for span, whole in _spans(counts.groups[group], common):
        stems = tuple(sorted({word.stem for word in span}))
        if (stems not in out and counts.inside(group, stems) < least) or not may_name(span):
            continue
        wording = shown(span, links=whole)
        if len(wording) <= MOST_CHARACTERS and wording.count(" ") < MOST_WORDS:
            ways = out.setdefault(stems, {})
            ways[wording, whole] = ways.get((wording, whole), 0.0) + (1.0 if whole else 0.6)
    return out


def _spans(texts: Sequence[Text], common: Container[str]) -> Iterator[tuple[Sequence[Word], bool]]:
    """Of `common` stems runs of 1 to 4 words (2 to 8 signs), and pairs with one or two words between them; True for runs."""
    for words in (words for text in texts for words in text):
        for start, word in enumerate(words):
            if word.stem not in common:
                continue
            shortest, longest = (min(2, len(words)), 8) if word.unspaced else (1, 4)
            last = min(start + longest, len(words))
            unbroken = next((end for end in range(start, last) if words[end].stem not in common), last)
            yield from ((words[start:end], True) for end in range(start + shortest, unbroken + 1))
            if not word.unspaced:
                ends = (end for end in range(start + 2, last) if words[end].stem in common)
                yield from (((word, words[end]), False) for end in ends)


def _best_wording(ways: _Ways) -> tuple[str, bool]:
    """The most frequent wording; "not working" before "not work", and the shorter of equals."""

    def order(way: tuple[str, bool]) -> tuple[float, int, str, bool]:
        return -ways[way] * (3.0 if _NOT_DOING.search(way[0]) else 1.0), len(way[0]), *way

    return min(ways, key=order)


def as_phrase(
    name: str, others: Sequence[Phrase], group: int, counts: Counts, stops: frozenset[str]
) -> list[Phrase]:
    """The present name as one more candidate, whoever made it; none if it is one already, or has no words."""
    words = [word for part in segments(tokenise(name.replace("_", " ")), stops) for word in part]
    stems = tuple(sorted({word.stem for word in words}))
    known = any(snake(phrase.shown) == name for phrase in others)
    return [] if known or not stems else [counts.phrase(group, name.replace("_", " "), stems, whole=True)]
