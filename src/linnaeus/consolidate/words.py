"""Cut a text into the words that may stand in a name, negations bound to theirs. Knows nothing of groups."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from linnaeus.consolidate.stopwords import ENGLISH, OTHERS

MOST_CHARACTERS = 300
MOST_TOKENS = 40
"""What is read of a text: the start says what it is about."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LANGUAGES = {word: [i for i, own in enumerate(OTHERS) if word in own] for word in frozenset().union(*OTHERS)}

_LINKS = _set("of in into on to for by with from at as and or de du des di von van")
"""Stop words that a name keeps between two words: "terms of service", "transfer to account"."""
_OWN = tuple(words - ENGLISH - _LINKS for words in OTHERS)
"""Stop words of each other language that say nothing but their language."""
_PARTICLES = _set("up off out down back away")
"""They belong to the word before: "top up" and "top-up" are one word."""
_LIGHT_PAST = _set("got gotten gave given went made put came kept happened")
_LIGHT = _LIGHT_PAST | _set("get gets getting give gives giving go use used using make set come keep happen")
"""Verbs that say little: no name ends in one, or starts with the past of one. "get_refund" is a name."""

_NEGATIONS = {
    **dict.fromkeys(
        _set("not dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt wont wouldnt"), "not"
    ),
    **dict.fromkeys(_set("cant cannot couldnt unable"), "cannot"),
    **dict.fromkeys(_set("kein keine keinen keinem keiner"), "kein"),
    **{
        word: word
        for word in _set("no never without nicht nie ohne pas jamais sin nunca sans não sem niet geen не нет")
    },
}
"""A negation -> how a name shows it. It binds to the next word that counts."""
_ABSORBING = _set("know knew understand sure think thought believe want wanted see only just seem seems")
"""Words that take a negation with them: "I don't know why" negates nothing that comes after."""
_INVERTED = _set("doesnt didnt isnt arent wasnt hasnt havent wont cant couldnt")
_DETERMINERS = _set("my the this our your")
"""In "hasn't my card arrived" the negation is about the second word that counts, not the first."""
_ADDRESS = _set("http https www")
_REACH = 4
"""Tokens that a negation reaches over."""
_WENT_WRONG = _set(
    """fail decline reject deny denied refuse block wrong lost lose stolen cancel revert return swallow error
    problem issue broken break stuck forget forgot forgotten missing disable compromised delay"""
)

_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff"
"""Marks that stand within words: accents, Hebrew and Arabic points, Indian vowels."""
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Scripts without spaces (Thai to Khmer, Japanese, Chinese): each sign is a word; words join without "_"."""
_SIGN_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b6-\u17d3\u3099\u309a"
)
"""Vowels and tones of these scripts that belong to the sign before."""
_TOKEN = re.compile(
    r"(?P<skip>(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\S+|@\w+|&\w+;)"
    r"|(?P<core>how (?:long|much|many|often|far|old|soon)\b|what time\b)"
    rf"|(?P<unspaced>[{_UNSPACED}][{_SIGN_MARKS}]*)"
    rf"|(?P<word>[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}]|'(?=\w))*)"
    r"|(?P<stop>[.,;:!?()\[\]{}\n…。，、！？؟،]+)"
)
_NOT_IN_NAMES = re.compile(rf"(?:[^\w{_MARKS}{_UNSPACED}]|_)+")

Tokens: TypeAlias = list[tuple[str, str]]
"""(kind, token); kind is word, core ("how long"), unspaced, skip (an address, a mention) or stop."""


class Word(NamedTuple):
    """A word that may stand in a name. "!" before its stem: negated. `link` joins it to the word before."""

    stem: str
    shown: str
    link: str = ""
    unspaced: bool = False


def tokenise(text: str) -> Tokens:
    """The start of `text` as tokens in small letters."""
    found = _TOKEN.finditer(_folded(text[:MOST_CHARACTERS]).replace("’", "'"))
    return [_token(match.lastgroup or "stop", match.group()) for match in found][:MOST_TOKENS]


@lru_cache(maxsize=1 << 16)
def _token(kind: str, token: str) -> tuple[str, str]:
    """Without apostrophes: dont for "don't", card for "card's", argent for "l'argent"."""
    if kind != "word" or "'" not in token:
        return kind, token
    joined = token.replace("'", "")
    if joined in _NEGATIONS:
        return kind, joined
    head, _, tail = token.partition("'")
    return kind, (tail.replace("'", "") if len(head) <= 2 < len(tail) else head)


def stop_words(texts: Iterable[Tokens]) -> frozenset[str]:
    """English stop words, and those of other languages where three of them make a tenth of all words."""
    seen = Counter(token for tokens in texts for kind, token in tokens if kind == "word")
    enough = seen.total() / 10

    def spoken(own: frozenset[str]) -> bool:
        found = [seen[word] for word in own & seen.keys()]
        return len(found) >= 3 and sum(found) > enough

    return ENGLISH.union(*(words for words, own in zip(OTHERS, _OWN, strict=True) if spoken(own)))


def _own_stops(tokens: Tokens) -> frozenset[str]:
    """The stop words of a text's language: another than English if two or more are here, fewer English."""
    words = [token for kind, token in tokens if kind == "word"]
    found = Counter(language for word in words for language in _LANGUAGES.get(word, ()))
    if not found:
        return ENGLISH
    language, most = min(found.items(), key=lambda item: (-item[1], item[0]))
    return OTHERS[language] if most >= 2 and most > sum(word in ENGLISH for word in words) else ENGLISH


def segments(tokens: Tokens, stops: frozenset[str]) -> list[list[Word]]:
    """The words that may stand in a name, in order, cut at punctuation; negations, links, particles bound."""
    own = _own_stops(tokens)
    reader = _Reader(stops if own is ENGLISH else stops | own)
    for kind, token in tokens:
        reader.take(kind, token)
    return [words for words in reader.segments if words]


class _Reader:
    """Reads a text's tokens in turn; a negation or a link waits for the word it belongs to."""

    def __init__(self, stops: frozenset[str]) -> None:
        self.segments: list[list[Word]] = [[]]
        self._stops = stops
        self._before = ""
        self._forget()

    def _forget(self) -> None:
        self._negation, self._link, self._subject_first = "", "", False
        self._gap = 0  # tokens since the last word or negation

    def take(self, kind: str, token: str) -> None:
        self._gap += 1
        if kind == "stop":
            self.segments.append([])
            self._forget()
        elif token in _NEGATIONS:
            self._forget()
            self._negation = _NEGATIONS[token]
        elif token in _PARTICLES:
            self._add_particle(token)
        elif token in self._stops or token in _LINKS:
            self._pass_over(token)
        elif kind != "skip" and not token.isdigit() and (len(token) > 1 or not token.isascii()):
            self._add(kind, token)
        self._before = token

    def _pass_over(self, token: str) -> None:
        if token in _ABSORBING:
            self._negation = ""
        if token in _LINKS:
            self._link = token
        self._subject_first |= self._before in _INVERTED and token in _DETERMINERS

    def _add_particle(self, token: str) -> None:
        words = self.segments[-1]
        if self._gap == 1 and words and not self._negation:
            words[-1] = words[-1]._replace(
                stem=f"{words[-1].stem} {token}", shown=f"{words[-1].shown} {token}"
            )

    def _add(self, kind: str, token: str) -> None:
        waiting = self._negation if self._subject_first else ""
        if self._negation and not waiting and self._gap <= _REACH:
            link = "" if self._link in ("and", "or") else self._link
            word = Word("!" + stem(token), f"{self._negation} {token}", link)
        else:
            word = Word(stem(token), token, self._link, kind == "unspaced")
        self.segments[-1].append(word)
        self._forget()
        self._negation = waiting


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """`word` without English plural, -ed and -ing, crudely: equal stems are to mean equal words."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and re.search("[aeiouy]", root):
            doubled = root[-1] == root[-2] and root[-1] != "s" and len(root) > (5 if root[-1] == "l" else 3)
            return root[:-1] if doubled else root.removesuffix("e")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


_NEGATIVE = frozenset(map(stem, _WENT_WRONG))


def is_negative(stem: str) -> bool:
    """Whether a stem says that something is not so or went wrong: "!work" (not working), "declin", "lost"."""
    return stem.startswith("!") or stem in _NEGATIVE


def may_name(words: Sequence[Word]) -> bool:
    """Whether a name may start and end as `words` do: no light verb at the end, nor its past at the start."""
    return words[0].shown not in _LIGHT_PAST and words[-1].shown not in _LIGHT


def shown(words: Sequence[Word], *, links: bool) -> str:
    """`words` as people read them, with or without the links between them."""
    out = words[0].shown
    for before, word in pairwise(words):
        if before.unspaced and word.unspaced:
            out += word.shown
        else:
            out += f" {word.link} {word.shown}" if links and word.link else f" {word.shown}"
    return out


def plain_words(text: str) -> list[str]:
    """Every word of `text`, stop words, numbers and addresses too; if it has none, the names of its signs."""
    text = text[:MOST_CHARACTERS]
    words = [word for word in snake(re.sub("['’]", "", text)).split("_") if word not in _ADDRESS]
    if not any(sign.isalnum() for word in words for sign in word):
        words = snake(" ".join(unicodedata.name(sign, "") for sign in dict.fromkeys(text))).split("_")
    return words


def snake(text: str) -> str:
    """`text` in small letters, its words joined by "_"."""
    return _NOT_IN_NAMES.sub("_", _folded(text)).strip("_")


def _folded(text: str) -> str:
    """Compatible forms made one, in small letters (NFKC, casefold, NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
