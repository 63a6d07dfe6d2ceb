"""Read an English wording or text: what it is about, and what it says of that. Knows nothing of labels or vectors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from linnaeus.consolidate import opposites
from linnaeus.consolidate.words import stem, stop_words, tokenise

Words = frozenset[str]


class Way(NamedTuple):
    """From what to what. `by`: "from" or "to", or the word between two that are no way."""

    by: str
    start: Words
    end: Words


@dataclass(frozen=True, slots=True)
class Stance:
    """What a wording or a text says: `about` what, with which `poles` and `numbers`, `negated` or not, in which `order`.

    `ways`: from what to what. `swaps`: whether something around its middle may have a subject before it and an object
    after. `passive`: whether its object may stand before its verb. `trouble`: whether it says that something is wrong.
    """

    about: Words
    poles: Words
    negated: bool
    numbers: Words
    order: tuple[str, ...]
    ways: frozenset[Way]
    swaps: bool
    passive: bool
    trouble: bool


@lru_cache(maxsize=1 << 16)
def _canonical(word: str) -> str:
    """`word` without its ending, -ise written -ize."""
    return stem(re.sub(r"(?<=\w{3})is(?=(?:e|ed|es|ing|ation|er)\Z)", "iz", word))


def _set(words: str) -> Words:
    return frozenset(words.split())


def _poles(line: str) -> list[list[list[str]]]:
    """The two poles of a line of the table; each is a list of words, each with its forms."""
    return [[word.split("/") for word in pole.split() if not word.endswith("_")] for pole in line.split("|")]


_TABLE = [_poles(line) for line in opposites.OPPOSITES.strip().splitlines()]
_FORMS = {
    form if form.startswith("=") else _canonical(form): forms[0]
    for poles in reversed(_TABLE)  # the first line with a form counts
    for pole in poles
    for forms in pole
    for form in forms
}
AGAINST: dict[str, set[str]] = {}
"""A word of a pole -> the words of the poles against it."""
BESIDE: dict[str, set[str]] = {}
"""A word of a pole -> the words of its own poles."""
for _left, _right in _TABLE:
    for _own, _other in ((_left, _right), (_right, _left)):
        for _first in _own:
            AGAINST.setdefault(_first[0], set()).update(forms[0] for forms in _other)
            BESIDE.setdefault(_first[0], set()).update(forms[0] for forms in _own)

BOTH_WAYS, REQUESTS = _set(opposites.BOTH_WAYS), _set(opposites.REQUESTS)
_ON_OFF = BOTH_WAYS & {"on", "off", "up", "down"}
_TURNING, _NEGATIONS, _NO_PREFIX = map(_set, (opposites.TURNING, opposites.NEGATIONS, opposites.NO_PREFIX))
_TURNED = {prefix + word: word for prefix, words in opposites.PREFIXED.items() for word in words.split()}
_TO, _BETWEEN = frozenset({"to", "into", "onto"}), frozenset({"than", "over", "for", "in"})
_SILENT = frozenset(map(_canonical, [*stop_words(()), *opposites.SILENT.split()]))
_NOT_COUNTED = _SILENT | BOTH_WAYS | _TO | _BETWEEN | {"from"}
_TROUBLE = frozenset(map(_canonical, opposites.TROUBLE.split()))
_NUMBERS = {word: str(value) for value, word in enumerate(opposites.NUMBERS.split(), start=2)}
_UNSURE = re.compile(opposites.UNSURE, re.VERBOSE)
_IN_OUT = re.compile(r"\b(log|sign|check|clock|zoom|opt|cash) (in|out|off|up)\b")
_PASSIVE = re.compile(r"\bby\b|\b(?:was|were|been|be|being|is|are|got|gets?)\b(?: \w+){0,3}? \w+ed\b")
_A_VERB = re.compile(r"[^s]s\Z|ed\Z")


@lru_cache(maxsize=1 << 16)
def _turned(word: str) -> str | None:
    """The word that a prefix turns round: approved for unapproved."""
    for prefix in ("non", "un"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 3 and word not in _NO_PREFIX:
            return word.removeprefix(prefix)
    return _TURNED.get(word)


@lru_cache(maxsize=1 << 16)
def stance(text: str) -> Stance:
    """Read a wording (with blanks or "_") or the start of a text."""
    text = text.replace("_", " ").replace("’", "'").casefold()
    text = _IN_OUT.sub(r"\1\2", _UNSURE.sub(" ", text) if "n" in text else text)
    tokens = [token for kind, token in tokenise(text) if kind != "stop"]
    names = frozenset({"a"}) if "b" in tokens else frozenset()  # "A transfers to B"
    said, turned = [], False
    for token in tokens:
        if token not in _NEGATIONS:
            plain = _turned(token)
            turned ^= plain is not None
            said.append(token.upper() if token in names else _word(plain or token))
    words = [_FORMS.get(word, word) for word in said]
    polar = frozenset(word for word in words if word in AGAINST)
    if any(polar & AGAINST[word] for word in polar & REQUESTS):
        polar -= REQUESTS
    silent = _NOT_COUNTED | _TURNING if polar & _ON_OFF else _NOT_COUNTED
    order = tuple(word for word in words if word not in silent)
    numbers = frozenset(word for word in order if word[0].isdigit() or word[-1].isdigit())
    return Stance(
        frozenset(order) - polar - numbers - REQUESTS,
        polar,
        (len(said) < len(tokens)) ^ turned,
        numbers,
        order,
        frozenset(_ways(words, frozenset(order))),
        any(token in _TO or token in _BETWEEN or _A_VERB.search(token) for token in tokens[1:-1]),
        _PASSIVE.search(text) is not None,
        not _TROUBLE.isdisjoint(said),
    )


@lru_cache(maxsize=1 << 16)
def _word(token: str) -> str:
    """A token as it is looked up: a number in figures, another word without its ending."""
    if "=" + token in _FORMS:
        return "=" + token
    return _NUMBERS.get(token) or (token if token[0].isdigit() else _canonical(token))


def _ways(words: Sequence[str], counting: Words) -> Iterator[Way]:
    """What stands before and after each "to"; after "from" and after the "to" that goes with it."""
    parts: list[tuple[str, set[str]]] = [("", set())]
    for word in words:
        if word in _TO or word in _BETWEEN or word == "from":
            parts.append(("to" if word in _TO else word, set()))
        elif word in counting:
            parts[-1][1].add(word)
    origin = next((part for by, part in parts if by == "from"), None)
    for (_, before), (by, after) in pairwise(parts):
        if by == "to" and origin is not None:
            yield Way("from", frozenset(origin), frozenset(after))
        elif by != "from":
            yield Way(by, frozenset(before), frozenset(after))
    if origin is not None:
        yield Way("from", frozenset(origin), frozenset())
