"""Cut a text into the words that may stand in a name, negations bound to theirs. Knows nothing of groups."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

MOST_CHARACTERS = 300
MOST_TOKENS = 40
"""What is read of a text: the start says what it is about."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH_LIST = """
a an the this that these those some any all each every both either neither other another such same own few
much many more most very too so but just only also even still already yet again now then today here there
ever really actually currently maybe perhaps quite i im ive me my mine myself you youre your yours we us our
ours he him his she her it its they them their who whom whose which what whats when where why how hows if
whether because since while than be am is are was were been being do does did done doing have has had having
can could will would shall should may might must let lets about onto over under between after before during
against until through above below per via like want wants wanted need needs needed know knew tell told help
helps please hey ok okay yeah oh well think thought say says said see seems seem understand sure wondering
wonder believe guess able going gonna wanna trying try tried rt com www http https something anything
someone anyone thing things way ways bit lot lots kind sort take takes took taking taken
"""
_OTHER_LISTS = (
    """
    der die das den dem des ein eine einen einem einer eines und oder aber ich du er sie es wir ihr mich mir
    dich dir uns mein meine meinen meinem meiner dein deine ist sind war waren bin bist hat habe haben hatte
    wird werden wurde kann können muss soll will zu zum zur im in an am auf aus bei mit nach von vor für
    über um als wie was wer wo wann warum wenn dass ob so auch nur noch schon sehr mehr man sich bitte gibt
    """,
    """
    le la les un une des du de et ou mais je tu il elle on nous vous ils elles me te se mon ma mes ton ta
    tes son sa ses notre votre nos vos ce cet cette ces que qui quoi dont où quand comment pourquoi si est
    sont était suis es êtes être ai as avons avez ont avoir à au aux en dans par pour sur avec chez plus
    très aussi bien ne qu
    """,
    """
    el la los las un una unos unas y o pero yo tú él ella nosotros ellos me te se mi mis tu tus su sus
    nuestro este esta esto estos estas ese esa que qué quien cuál cómo cuándo dónde por porque para si es
    son era soy está están estoy ser he ha han haber hay a al de del en con sobre más muy también lo le les
    ya puedo puede favor
    """,
    """
    il lo la i gli le un uno una e o ma io tu lui lei noi voi loro mi ti si ci vi mio mia miei tuo suo
    questo questa quello quella che chi cosa come quando dove perché se è sono era sei siamo essere ho hai
    ha abbiamo hanno avere a al alla ai di del della dei delle da dal in nel nella con su sul per più molto
    anche già posso può
    """,
    """
    o a os as um uma uns umas e ou mas eu tu ele ela nós eles elas me te se meu minha meus minhas seu sua
    seus suas este esta isto esse essa que quem qual como quando onde porque por para se é são era sou está
    estão estou ser tenho tem ter há ao à aos de do da dos das em no na nos nas com sobre mais muito também
    já posso pode
    """,
    """
    de het een en of maar ik jij je u hij zij ze wij we mij me mijn jouw uw zijn haar ons onze dit dat deze
    die wat wie waar wanneer waarom hoe als is was waren ben bent heb hebt heeft hebben had word wordt
    worden kan kunnen moet zal wil te in op aan bij met naar van voor over om uit er ook nog al zeer meer
    dan dus
    """,
    """
    и в во на с со к ко у о об от до из за по для при без над под через а но или да я ты он она оно мы вы
    они мне меня мой моя мое мои мою моей его ее их это этот эта эти тот та то что как где когда почему кто
    какой какая какие чей ли же бы если чтобы уже еще ещё только так там тут есть был была было были быть
    можно надо нужно могу может
    """,
)
"""German, French, Spanish, Italian, Portuguese, Dutch, Russian."""
_ENGLISH = _set(_ENGLISH_LIST)
_OTHERS = tuple(_set(words) for words in _OTHER_LISTS)
_LANGUAGES = {
    word: [i for i, own in enumerate(_OTHERS) if word in own] for word in frozenset().union(*_OTHERS)
}

_LINKS = _set("of in into on to for by with from at as and or de du des di von van")
"""Stop words that a name keeps between two words: "terms of service", "transfer to account"."""
_OWN = tuple(words - _ENGLISH - _LINKS for words in _OTHERS)
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

    return _ENGLISH.union(*(words for words, own in zip(_OTHERS, _OWN, strict=True) if spoken(own)))


def _own_stops(tokens: Tokens) -> frozenset[str]:
    """The stop words of a text's language: another than English if two or more are here, fewer English."""
    words = [token for kind, token in tokens if kind == "word"]
    found = Counter(language for word in words for language in _LANGUAGES.get(word, ()))
    if not found:
        return _ENGLISH
    language, most = min(found.items(), key=lambda item: (-item[1], item[0]))
    return _OTHERS[language] if most >= 2 and most > sum(word in _ENGLISH for word in words) else _ENGLISH


def segments(tokens: Tokens, stops: frozenset[str]) -> list[list[Word]]:
    """The words that may stand in a name, in order, cut at punctuation; negations, links, particles bound."""
    own = _own_stops(tokens)
    reader = _Reader(stops if own is _ENGLISH else stops | own)
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
