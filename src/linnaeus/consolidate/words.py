"""Cut a text into the words that could stand in a name: stems, negations bound to their word. Knows nothing of groups."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

MOST_CHARACTERS = 400
MOST_TOKENS = 64
"""What is read of a text: names come from many texts, and the start of a text says what it is about."""

_ENGLISH = frozenset(
    """a an the this that these those some any all each every both either neither other another such same own few much
    many more most very too so but just only also even still already yet again now then today here there ever really
    actually currently maybe perhaps quite i im ive me my mine myself you youre your yours we us our ours he him his
    she her it its they them their who whom whose which what whats when where why how hows if whether because since
    while than be am is are was were been being do does did done doing have has had having can could will would shall
    should may might must let lets about into onto over under between after before during against until through above
    below per via like want wants wanted need needs needed know knew tell told help helps please hey ok okay yeah oh
    well think thought say says said see seems seem understand sure wondering wonder believe guess able going gonna
    wanna trying try tried rt com www http https something anything someone anyone thing things way ways bit lot lots
    kind sort take takes took taking taken""".split()
)
_OTHERS = [
    """der die das den dem des ein eine einen einem einer eines und oder aber ich du er sie es wir ihr mich mir dich
    dir uns mein meine meinen meinem meiner dein deine ist sind war waren bin bist hat habe haben hatte wird werden
    wurde kann können muss soll will zu zum zur im in an am auf aus bei mit nach von vor für über um als wie was wer wo
    wann warum wenn dass ob so auch nur noch schon sehr mehr man sich bitte gibt""",
    """le la les un une des du de et ou mais je tu il elle on nous vous ils elles me te se mon ma mes ton ta tes son sa
    ses notre votre nos vos ce cet cette ces que qui quoi dont où quand comment pourquoi si est sont était suis es
    êtes être ai as avons avez ont avoir à au aux en dans par pour sur avec chez plus très aussi bien ne qu""",
    """el la los las un una unos unas y o pero yo tú él ella nosotros ellos me te se mi mis tu tus su sus nuestro este
    esta esto estos estas ese esa que qué quien cuál cómo cuándo dónde por porque para si es son era soy está están
    estoy ser he ha han haber hay a al de del en con sobre más muy también lo le les ya puedo puede favor""",
    """il lo la i gli le un uno una e o ma io tu lui lei noi voi loro mi ti si ci vi mio mia miei tuo suo questo questa
    quello quella che chi cosa come quando dove perché se è sono era sei siamo essere ho hai ha abbiamo hanno avere a
    al alla ai di del della dei delle da dal in nel nella con su sul per più molto anche già posso può""",
    """o a os as um uma uns umas e ou mas eu tu ele ela nós eles elas me te se meu minha meus minhas seu sua seus suas
    este esta isto esse essa que quem qual como quando onde porque por para se é são era sou está estão estou ser
    tenho tem ter há ao à aos de do da dos das em no na nos nas com sobre mais muito também já posso pode""",
    """de het een en of maar ik jij je u hij zij ze wij we mij me mijn jouw uw zijn haar ons onze dit dat deze die wat
    wie waar wanneer waarom hoe als is was waren ben bent heb hebt heeft hebben had word wordt worden kan kunnen moet
    zal wil te in op aan bij met naar van voor over om uit er ook nog al zeer meer dan dus""",
]
"""German, French, Spanish, Italian, Portuguese, Dutch."""

_LINKS = frozenset("of in on to for by with from at as and or".split())
"""Stop words that a name keeps between two words: "terms of service", "transfer to account"."""
_PARTICLES = frozenset("up off out down back away".split())
"""They belong to the word before: "top up" and "top-up" are one word."""
_LIGHT = frozenset("get use go make put set come keep give happen gets give gives giving using used getting going".split())
_LIGHT_PAST = frozenset("got gotten gave given went made put came kept happened".split())
"""Verbs that say little. A name may start with one ("get refund") but not end in one; nor start with the past of one."""

_NEGATIONS = {
    **dict.fromkeys("not dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt wont wouldnt shouldnt".split(), "not"),
    **dict.fromkeys("cant cannot couldnt unable".split(), "cannot"),
    **dict.fromkeys("kein keine keinen keinem keiner".split(), "kein"),
    **{word: word for word in "no never without nicht nie ohne pas jamais sin nunca sans não sem senza niet geen".split()},
}
"""A negation -> how a name shows it. It binds to the next word that counts, so "worked" never stands for "not worked"."""
_ABSORB = frozenset("know knew understand sure think thought believe want wanted see only just seem seems matter".split())
"""Words that take a negation with them: "I don't know why" negates nothing that comes after."""
_INVERTED = frozenset("doesnt didnt isnt arent wasnt hasnt havent wont cant couldnt".split())
_DETERMINERS = frozenset("my the this our your".split())
"""In "hasn't my card arrived" the negation is about the second word that counts, not the first."""
_REACH = 4
"""Tokens that a negation reaches over."""

_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u200c\u200d"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts without spaces (Thai to Khmer, Japanese, Chinese): each character is a word, and words join without "_"."""
_TOKEN = re.compile(
    r"(?P<skip>(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\S+|@\w+|&\w+;)"
    r"|(?P<core>how (?:long|much|many|often|far|old|soon)\b|what time\b)"
    rf"|(?P<unspaced>[{_UNSPACED}])"
    rf"|(?P<word>[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}]|'(?=\w))*)"
    r"|(?P<stop>[.,;:!?()\[\]{}\n…。，、！？؟،]+)"
)
_NOT_IN_NAMES = re.compile(rf"[^\w{_MARKS}{_UNSPACED}]+|_+")

Tokens: TypeAlias = list[tuple[str, str]]
"""(kind, token) pairs; kind is word, core ("how long"), unspaced, skip (an address, a mention) or stop (punctuation)."""


class Word(NamedTuple):
    """A word that may stand in a name. A negated one has "!" before its stem; `link` joins it to the word before."""

    stem: str
    shown: str
    link: str = ""
    unspaced: bool = False


def tokenise(text: str) -> Tokens:
    """The start of `text` as tokens in small letters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold())
    found = _TOKEN.finditer(folded.replace("’", "'"))
    return [_token(match.lastgroup or "stop", match.group()) for match in found][:MOST_TOKENS]


@lru_cache(maxsize=1 << 16)
def _token(kind: str, token: str) -> tuple[str, str]:
    """"don't" is dont, "card's" is card, "l'argent" is argent."""
    if kind != "word" or "'" not in token:
        return kind, token
    joined = token.replace("'", "")
    if joined in _NEGATIONS:
        return kind, joined
    head, _, tail = token.partition("'")
    return kind, (tail.replace("'", "") if len(head) <= 2 < len(tail) else head)


def stop_words(texts: Iterable[Tokens]) -> frozenset[str]:
    """English stop words, and those of each other language that are at least a tenth of all words of `texts`."""
    seen = Counter(token for tokens in texts for kind, token in tokens if kind == "word")
    total = sum(seen.values())
    lists = [frozenset(words.split()) for words in _OTHERS]
    own = [words - _ENGLISH - _LINKS for words in lists]
    spoken = [words for words, only in zip(lists, own, strict=True) if 10 * sum(seen[word] for word in only) > total]
    return _ENGLISH.union(*spoken)


def segments(tokens: Tokens, stops: frozenset[str]) -> list[list[Word]]:
    """The words that may stand in a name, in order, cut at punctuation. Negations, links and particles are bound."""
    out: list[list[Word]] = [[]]
    negation, link, gap, subject = "", "", _REACH, False
    for (_, before), (kind, token) in zip([("", ""), *tokens], tokens, strict=False):
        gap += 1
        if kind == "stop":
            out.append([])
            negation, link = "", ""
        elif token in _NEGATIONS:
            negation, gap, subject = _NEGATIONS[token], 0, False
        elif token in _PARTICLES:
            if gap == 1 and out[-1]:
                out[-1][-1] = _with_particle(out[-1][-1], token)
        elif token in stops or token in _LINKS:
            negation = "" if token in _ABSORB else negation
            subject = subject or (before in _INVERTED and token in _DETERMINERS)
            link = token if token in _LINKS else link
        elif _counts(kind, token):
            out[-1].append(_word(kind, token, negation if gap <= _REACH and not subject else "", link))
            negation, subject, link, gap = negation if subject else "", False, "", 0
    return [words for words in out if words]


def _counts(kind: str, token: str) -> bool:
    return kind != "skip" and not token.isdigit() and not (len(token) == 1 and token.isascii())


def _word(kind: str, token: str, negation: str, link: str) -> Word:
    if negation:
        return Word("!" + stem(token), f"{negation} {token}", "" if link in ("and", "or") else link)
    return Word(stem(token), token, link, kind == "unspaced")


def _with_particle(word: Word, particle: str) -> Word:
    return word._replace(stem=f"{word.stem} {particle}", shown=f"{word.shown} {particle}")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """`word` without English plural, -ed and -ing, crudely: equal stems should mean equal words, not be words."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= 3 and re.search("[aeiouy]", root):
            double = root[-1] == root[-2] and root[-1] != "s" and len(root) > (5 if root[-1] == "l" else 3)
            return root[:-1] if double else root.removesuffix("e")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


_NEGATIVE = frozenset(
    map(
        stem,
        """fail decline reject deny denied refuse block wrong lost lose stolen cancel revert return swallow error problem
        issue broken break stuck forget forgot forgotten missing disable compromised delay cancelled""".split(),
    )
)


def is_negative(stem: str) -> bool:
    """Whether a word says that something is not so or went wrong: "!work" (not working), "declin", "lost"."""
    return stem.startswith("!") or stem in _NEGATIVE


def may_name(words: Sequence[Word]) -> bool:
    """Whether a name may start and end as `words` do: no little verb at the end, nor its past at the start."""
    first, last = words[0].shown, words[-1].shown
    return first not in _LIGHT_PAST and last not in _LIGHT and last not in _LIGHT_PAST


def shown(words: Sequence[Word], *, links: bool) -> str:
    """`words` as people read them, with or without the links between them."""
    out = words[0].shown
    for before, word in zip(words, words[1:], strict=False):
        gap = "" if before.unspaced and word.unspaced else " "
        out += f"{gap}{word.link} {word.shown}" if links and word.link and gap else gap + word.shown
    return out


def plain_words(text: str) -> list[str]:
    """Every word of `text`, stop words, numbers and parts of addresses too; else the names of its symbols."""
    words = [token for kind, token in tokenise(text) if kind in ("word", "core", "unspaced")]
    if not words:
        words = [part for part in snake(text[:MOST_CHARACTERS]).split("_") if part not in ("http", "https", "www", "")]
    if not words:
        words = [unicodedata.name(sign, "") for sign in dict.fromkeys(text[:MOST_CHARACTERS]) if not sign.isspace()]
    return words


def snake(text: str) -> str:
    """`text` in small letters, its words joined by "_"; idempotent."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _NOT_IN_NAMES.sub("_", folded).strip("_")
