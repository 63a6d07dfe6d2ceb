"""A model's words to labels, or the reason why not. Knows no server; never raises, whatever the words are."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

LONGEST = 80
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Parsed:
    """Labels as the model wrote them, trimmed, best first; or what is `wrong` with the answer.

    `refused`: the model will not label this text, so asking again would only cost.
    """

    labels: tuple[str, ...] = ()
    wrong: str = ""
    refused: bool = False


def parse(text: str, at_most: int) -> Parsed:
    """Read {"labels": [...]}; code fences and a leading <think> block may stand around it, no other words."""
    body = _unwrapped(text)
    if not body:
        return Parsed(wrong="the reply is empty")
    if _REFUSAL.match(body):
        return Parsed(wrong=f"the model refused: {shown(body)}", refused=True)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return Parsed(wrong=f"the reply is not JSON: {shown(body)}")
    if not isinstance(value, dict) or not isinstance(value.get("labels"), list):
        return Parsed(wrong=f'the reply is not {{"labels": [...]}}: {shown(body)}')
    return check(value["labels"], at_most)


def check(labels: list[object], at_most: int) -> Parsed:
    """Hold `labels` to the rules: 1 to `at_most` short names, none empty, a sentence or with controls."""
    kept: list[str] = []
    for label in labels:
        if not isinstance(label, str):
            return Parsed(wrong=f"a label is not a string: {shown(repr(label))}")
        if wrong := broken_rule(label):
            return Parsed(wrong=wrong)
        if label.strip().casefold() not in {other.casefold() for other in kept}:
            kept.append(label.strip())
    if not kept:
        return Parsed(wrong="the list of labels is empty")
    if len(kept) > at_most:
        return Parsed(wrong=f"{len(kept)} labels where at most {at_most} may stand")
    return Parsed(tuple(kept))


def broken_rule(label: str) -> str:
    """The rule that `label` breaks, as words for people and models; empty when it is fine."""
    name = label.strip()
    normal = " ".join(unicodedata.normalize("NFKC", name).split())
    words = re.split(r"[\s_\-/]+", normal.strip("_-/ "))
    if not any(c.isalnum() for c in normal):
        return f"a label has no letter or digit: {shown(repr(name))}"
    if any(_is_control(c) for c in name):
        return f"a label has control characters: {shown(repr(name))}"
    if len(normal) > LONGEST:
        return f"a label has {len(normal)} characters, more than {LONGEST}: {shown(normal, 40)}"
    if len(words) > MOST_WORDS:
        return f"a label has {len(words)} words, more than {MOST_WORDS}: {shown(normal)}"
    if len(words) > 3 and _SENTENCE_END.search(normal):
        return f"a label is a sentence: {shown(normal)}"
    return ""


def shown(text: str, characters: int = 100) -> str:
    """One readable line of `text` for a message."""
    line = " ".join("".join(" " if _is_control(c) else c for c in text[: 4 * characters]).split())
    return line if len(line) <= characters else line[: characters - 3] + "..."


# "I cannot", "Sorry, but", "As an AI": what models say, outside of the JSON, when they will not answer.
_REFUSAL = re.compile(
    r"(?:i['’]?m|i am|we['’]?re) (?:very |so |really )?(?:sorry|unable)|sorry\b"
    r"|i (?:cannot|can['’]?t|can not|won['’]?t|will not)\b|as an ai\b|i apologi[sz]e",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;:](?:\s|$)|[。！？]")
_THINK = re.compile(r"\A\s*<think>.*?</think>\s*", re.DOTALL)
_CODE = re.compile(r"\A```[A-Za-z]*\s*\n(.*?)\n?\s*```\Z", re.DOTALL)
_JOINERS = "\u200c\u200d"  # needed to spell Persian and Indic words


def _unwrapped(text: str) -> str:
    body = _THINK.sub("", text, count=1).strip().lstrip("\ufeff").strip()
    code = _CODE.match(body)
    return code[1].strip() if code else body


def _is_control(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} or (kind == "Cf" and character not in _JOINERS)
