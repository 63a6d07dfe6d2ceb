"""A model's words to an answer, or the reason why not. Knows no server; never raises, whatever the words are."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import msgspec

from linnaeus.llm.forms import EXAMPLES, LOOK
from linnaeus.types import DIFFERENT, NESTED, SAME, Choose, Draft, Generate, Judge, Name, Propose, Task

LONGEST = 80
LONGEST_DESCRIPTION = 200
MOST_WORDS = 8
MOST_QUERIES = 3


@dataclass(frozen=True, slots=True)
class Parsed:
    """The answer to a task, as `types.Reply` has it; or what is `wrong` with it.

    `refused`: the model will not answer, so asking again would only cost.
    """

    labels: tuple[str, ...] = ()
    verdicts: tuple[tuple[int, int, str], ...] = ()
    description: str = ""
    drafts: tuple[Draft, ...] = ()
    queries: tuple[str, ...] = ()
    wrong: str = ""
    refused: bool = False


def parse(text: str, task: Task) -> Parsed:
    """Read the JSON that `task` asks for; code fences and a leading <think> block may stand around it, no other words."""
    body = _unwrapped(text)
    if not body:
        return Parsed(wrong="the reply is empty")
    if _REFUSAL.match(body):
        return Parsed(wrong=f"the model refused: {shown(body)}", refused=True)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return Parsed(wrong=f"the reply is not JSON: {shown(body)}")
    try:
        return _read(value, task)
    except msgspec.ValidationError:
        return Parsed(wrong=f"the reply is not like {EXAMPLES[type(task)]}: {shown(body)}")


class _Labels(msgspec.Struct):
    labels: list[Any]


class _Groups(msgspec.Struct):
    groups: list[list[int]]
    nested: list[tuple[int, int]] = []


class _Chosen(msgspec.Struct):
    chosen: list[int]


class _Named(msgspec.Struct):
    name: str
    description: str


class _Drafted(msgspec.Struct):
    name: str
    description: str
    texts: list[int]


class _Generated(msgspec.Struct):
    labels: list[_Drafted]


def _read(value: Any, task: Task) -> Parsed:
    """The answer in a reply's JSON. Raises ValidationError where it has another form."""
    match task:
        case Propose():
            return check(msgspec.convert(value, _Labels).labels, task.at_most)
        case Judge():
            return _judged(msgspec.convert(value, _Groups), len(task.wordings))
        case Choose():
            if task.looks and isinstance(value, dict) and LOOK in value:
                return check_queries(msgspec.convert(value[LOOK], list[str]))
            return _chosen(msgspec.convert(value, _Chosen).chosen, task)
        case Name():
            named = msgspec.convert(value, _Named)
            return check_name(named.name, named.description)
        case Generate():
            drafted = msgspec.convert(value, _Generated).labels
            if wrong := _unknown((number for one in drafted for number in one.texts), len(task.texts)):
                return Parsed(wrong=wrong)
            drafts = [Draft(one.name, one.description, tuple(n - 1 for n in one.texts)) for one in drafted]
            return check_drafts(drafts, task.at_most)


def _judged(reply: _Groups, count: int) -> Parsed:
    """Verdicts on all pairs of `count` labels; each must stand in one group, and no group within itself."""
    numbers = [number for group in reply.groups for number in group]
    if wrong := _no_partition(numbers, count) or _unknown([n for pair in reply.nested for n in pair], count):
        return Parsed(wrong=wrong)
    group_of = {number: place for place, group in enumerate(reply.groups) for number in group}
    nested = {frozenset((group_of[one], group_of[other])) for one, other in reply.nested}
    if any(len(groups) == 1 for groups in nested):
        return Parsed(wrong="a nested pair stands in one group")

    def verdict(one: int, other: int) -> str:
        groups = frozenset((group_of[one], group_of[other]))
        return SAME if len(groups) == 1 else NESTED if groups in nested else DIFFERENT

    pairs = combinations(range(1, count + 1), 2)
    return Parsed(verdicts=tuple((one - 1, other - 1, verdict(one, other)) for one, other in pairs))


def _no_partition(numbers: Sequence[int], count: int) -> str:
    """Why `numbers` are not each of 1 to `count` once, as words; empty when they are."""
    if wrong := _unknown(numbers, count):
        return wrong
    seen = Counter(numbers)
    off = [number for number in range(1, count + 1) if seen[number] != 1]
    return f"label {off[0]} stands in {seen[off[0]] or 'no'} groups, not in one" if off else ""


def _chosen(numbers: Sequence[int], task: Choose) -> Parsed:
    if wrong := _unknown(numbers, len(task.labels)):
        return Parsed(wrong=wrong)
    labels = tuple(task.labels[number - 1] for number in dict.fromkeys(numbers))
    if len(labels) > task.at_most:
        return Parsed(wrong=_too_many(len(labels), task.at_most))
    return Parsed(labels)


def check_queries(queries: Sequence[str]) -> Parsed:
    """What to look for: up to MOST_QUERIES different short lines."""
    short = dict.fromkeys(line for query in queries if (line := shown(query, LONGEST_DESCRIPTION)))
    return Parsed(queries=tuple(short)[:MOST_QUERIES]) if short else Parsed(wrong="nothing to look for")


def _unknown(numbers: Iterable[int], count: int) -> str:
    """What is wrong with the first number that is no label's, as words; empty when there is none."""
    off = next((number for number in numbers if not 1 <= number <= count), None)
    return "" if off is None else f"there is no label {shown(str(off), 20)}, only 1 to {count}"


def _too_many(count: int, at_most: int) -> str:
    return f"{count} labels where at most {at_most} may stand"


def check_name(name: str, description: str) -> Parsed:
    """Hold the name of a category to the rules for labels; its description becomes one short line."""
    checked = check([name], 1)
    return checked if checked.wrong else replace(checked, description=shown(description, LONGEST_DESCRIPTION))


def check_drafts(drafts: Sequence[Draft], at_most: int) -> Parsed:
    """Hold labels made for texts to the rules for labels; a text counts for the first of its labels; one name, one label.

    A label without texts is left out.
    """
    if len(drafts) > at_most:
        return Parsed(wrong=_too_many(len(drafts), at_most))
    kept: dict[str, Draft] = {}
    seen: set[int] = set()
    for draft in drafts:
        named = check_name(draft.name, draft.description)
        if named.wrong:
            return named
        own = tuple(place for place in dict.fromkeys(draft.texts) if place not in seen)
        seen.update(own)
        (name,) = named.labels
        before = kept.setdefault(name.casefold(), Draft(name, named.description, ()))
        kept[name.casefold()] = replace(before, texts=before.texts + own)
    return Parsed(drafts=tuple(draft for draft in kept.values() if draft.texts))


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
        return Parsed(wrong=_too_many(len(kept), at_most))
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
