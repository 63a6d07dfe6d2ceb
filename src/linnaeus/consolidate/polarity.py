"""Which English wordings or texts say the opposite of each other: negated, of another pole, reversed, of another number.

Two are opposed when, apart from the words that oppose each other and words that say nothing, they say the same. Where they
differ in other words too, nothing is said here. Knows nothing of vectors, labels or models.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product

from linnaeus.consolidate.stance import AGAINST, BESIDE, BOTH_WAYS, REQUESTS, Stance, Way, Words, stance

NEARLY_THE_SAME = 0.6  # of all words that count, the share that two opposed texts have in common
MOST_NUMBERS = 64  # of wordings about the same: where there are more, they are keys that mean nothing
_Variants = dict[Stance, list[int]]  # the places of wordings that say the same


def opposed_wordings(a: str, b: str) -> bool:
    """Whether two label strings say the opposite of each other."""
    return _opposed_wordings(stance(a), stance(b))


def _opposed_wordings(a: Stance, b: Stance) -> bool:
    if a.about != b.about:
        return False
    return _turns(a, b) or _reversed(a, b) or _renumbered(a, b)


def opposed_texts(a: str, b: str, given: Iterable[str] = ()) -> bool:
    """Whether two texts say the opposite of each other. Of a long text the start is read.

    Numbers count only where the labels that were `given` to `b` name one that is not in `a`: texts of one kind are full of
    numbers that do not matter (research/LOG.md).
    """
    one, other = stance(a), stance(b)
    if one == other:
        return False
    common, all_words = len(one.about & other.about), len(one.about | other.about)
    if common < NEARLY_THE_SAME * all_words:
        return False
    if _opposed_in_words(one, other):
        return True
    odd = other.numbers - one.numbers
    return bool(odd and one.numbers) and any(odd & stance(label).numbers for label in given)


def _opposed_in_words(a: Stance, b: Stance) -> bool:
    return _turns(a, b) or _reversed(a, b, any_verb=True)


def _turns(a: Stance, b: Stance) -> bool:
    """Whether an odd number of poles and negations differs, and nothing else does."""
    left, right = a.poles - b.poles, b.poles - a.poles
    if not left and not right and a.negated == b.negated:
        return False
    clash = any(
        one in AGAINST[other] and not (BESIDE[one] & right or BESIDE[other] & left)
        for one, other in product(left, right)
    )
    others = (left | right) - BOTH_WAYS - REQUESTS
    if clash:
        return a.negated == b.negated and all(
            (AGAINST[word] | BESIDE[word]) & (right if word in left else left) for word in others
        )
    if a.negated == b.negated or a.numbers != b.numbers or others:
        return False
    return not (b if a.negated else a).trouble  # "login problem" and "cannot log in" are no opposites


def _reversed(a: Stance, b: Stance, *, any_verb: bool = False) -> bool:
    """Whether both say the same words the other way round."""
    if a.negated != b.negated or a.passive != b.passive or len(a.order) != len(b.order):
        return False
    if sorted(a.order) != sorted(b.order):
        return False
    if any(_crossed(one, other) for one, other in product(a.ways, b.ways)):
        return True
    places = [place for place, (one, other) in enumerate(zip(a.order, b.order, strict=True)) if one != other]
    swapped = len(places) == 2 and places[1] - places[0] > 1
    return swapped and (any_verb or (a.swaps and b.swaps))


def _crossed(a: Way, b: Way) -> bool:
    ends = [not one.isdisjoint(other) for one, other in ((a.start, b.end), (a.end, b.start))]
    return any(ends) if {a.by, b.by} in ({"from"}, {"from", "to"}) else a.by == b.by and all(ends)


def _renumbered(a: Stance, b: Stance) -> bool:
    return (
        a.poles == b.poles
        and a.negated == b.negated
        and bool(a.numbers - b.numbers and b.numbers - a.numbers)
    )


class Poles:
    """Wordings by what they are about, to find those that oppose another without comparing all with all."""

    def __init__(self, wordings: Iterable[tuple[int, str]] = ()) -> None:
        """Take up (place, wording) pairs."""
        self._about: dict[Words, dict[Words, _Variants]] = defaultdict(dict)  # by their numbers
        for place, wording in wordings:
            self.add(place, wording)

    def add(self, place: int, wording: str) -> None:
        """Take up a wording."""
        read = stance(wording)
        self._about[read.about].setdefault(read.numbers, {}).setdefault(read, []).append(place)

    def against(self, wording: str) -> list[int]:
        """The places of the wordings that are opposed to `wording`, in order."""
        read = stance(wording)
        numbered = self._about.get(read.about, {})
        near = numbered.values() if len(numbered) <= MOST_NUMBERS else [numbered.get(read.numbers, {})]
        found = (variants[other] for variants in near for other in variants if _opposed_wordings(read, other))
        return sorted(place for places in found for place in places)

    def pairs(self, opposed: Callable[[Stance, Stance], bool] = _opposed_wordings) -> list[tuple[int, int]]:
        """Every two places whose wordings are opposed, the lower first, in order."""
        return sorted(
            (min(pair), max(pair))
            for variants in self._comparable()
            for a, b in combinations(variants, 2)
            if opposed(a, b)
            for pair in product(variants[a], variants[b])
        )

    def pairs_of_texts(self) -> list[tuple[int, int]]:
        """The same of texts, which are full of numbers that do not matter."""
        return self.pairs(_opposed_in_words)

    def _comparable(self) -> Iterator[_Variants]:
        for numbered in self._about.values():
            if len(numbered) <= MOST_NUMBERS:
                yield {read: places for variants in numbered.values() for read, places in variants.items()}
            else:
                yield from numbered.values()
