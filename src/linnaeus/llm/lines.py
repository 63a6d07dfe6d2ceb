"""The lines of a replay file, read, checked and written. Knows no model.

Lines are keyed by the task, not by the prompt, so that prompts may change.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec

from linnaeus.errors import InputError
from linnaeus.texts import clean_text
from linnaeus.types import DIFFERENT, NESTED, SAME, Choose, Generate, Judge, Name, Propose, Reply, Task

_VERDICTS = (SAME, NESTED, DIFFERENT)


class ProposeLine(msgspec.Struct, tag_field="task", tag="propose", omit_defaults=True):
    """The labels that a text was given: `label` or `labels`."""

    text: str
    label: str | None = None
    labels: list[str] | None = None

    def __post_init__(self) -> None:
        if self.label is None and self.labels is None:
            raise ValueError("a proposal has neither label nor labels")

    def given(self) -> list[str]:
        """The labels, best first."""
        return self.labels if self.labels is not None else [self.label or ""]


class SameLine(msgspec.Struct, tag_field="task", tag="same"):
    """What two labels are to each other; their order does not matter."""

    a: str
    b: str
    verdict: str

    def __post_init__(self) -> None:
        if self.verdict not in _VERDICTS:
            raise ValueError(f"{self.verdict!r} is no verdict; known: {', '.join(_VERDICTS)}")


class ChooseLine(msgspec.Struct, tag_field="task", tag="choose", omit_defaults=True):
    """The given labels that fit a text, best first; none: none of those that it was asked for.

    `find`: what the model looked for first.
    """

    text: str
    labels: list[str]
    find: list[str] = []


class NameLine(msgspec.Struct, tag_field="task", tag="name", omit_defaults=True):
    """The name of the category of some texts; their order does not matter."""

    texts: list[str]
    label: str
    description: str = ""


class DraftLine(msgspec.Struct, omit_defaults=True):
    """A label made for some texts, those themselves."""

    label: str
    texts: list[str]
    description: str = ""


class GenerateLine(msgspec.Struct, tag_field="task", tag="generate"):
    """The labels made for some texts; their order does not matter."""

    texts: list[str]
    labels: list[DraftLine]


Line: TypeAlias = ProposeLine | SameLine | ChooseLine | NameLine | GenerateLine


def read_file(path: Path) -> Iterator[Line]:
    """Each line of a replay file (.gz too). Raises InputError with file and line number."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            yield from read_lines(lines, path)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def read_lines(lines: Iterable[bytes], path: Path) -> Iterator[Line]:
    """Each line that is not empty; `path` is for messages. Raises InputError with file and line number."""
    decoder = msgspec.json.Decoder(Line)
    for number, raw in enumerate(lines, 1):
        try:
            if raw.strip():
                yield decoder.decode(raw)
        except ValueError as error:
            hint = (
                'a line reads like {"task":"propose","text":"...","label":"..."}; other tasks: docs/models.md'
            )
            raise InputError(f"{path}, line {number}: {error}", hint=hint) from error


def lines_of(task: Task, reply: Reply) -> list[Line]:
    """What is worth keeping of a reply: nothing of an error, nor of a model that does not know."""
    if reply.error is not None:
        return []
    labels = [_plain(label) for label in reply.labels]
    match task:
        case Propose() if labels:
            one = len(labels) == 1
            return [ProposeLine(_plain(task.text), labels[0] if one else None, None if one else labels)]
        case Judge():
            words = [_plain(wording) for wording in task.wordings]
            return [SameLine(words[i], words[j], verdict) for i, j, verdict in reply.verdicts]
        case Choose() if labels or reply.calls:
            return [ChooseLine(_plain(task.text), labels, list(map(_plain, reply.queries)))]
        case Name() if labels:
            return [NameLine([_plain(text) for text in task.texts], labels[0], _plain(reply.description))]
        case Generate() if reply.drafts or reply.calls:
            texts = [_plain(text) for text in task.texts]
            made = [
                DraftLine(_plain(one.name), [texts[place] for place in one.texts], _plain(one.description))
                for one in reply.drafts
            ]
            return [GenerateLine(texts, made)]
    return []


def encoded(line: Line) -> bytes:
    """`line` as it stands in a file."""
    return msgspec.json.encode(line) + b"\n"


def key(line: Line) -> Hashable:
    """What `line` is an answer to: of lines with one key the first counts. Of choices for one text all do."""
    match line:
        case ProposeLine():
            return "propose", clean_text(line.text)
        case SameLine():
            return "same", pair_key(label_key(line.a), label_key(line.b))
        case ChooseLine():
            return "choose", clean_text(line.text), *line.labels, "", *line.find
        case NameLine():
            return "name", texts_key(line.texts)
        case GenerateLine():
            return "generate", texts_key(line.texts)


def label_key(label: str) -> str:
    """`label` as it is compared in replay files: case, `_`, `-` and blanks make no difference."""
    return _SEPARATORS.sub(" ", clean_text(label)).strip().casefold()


def pair_key(a: str, b: str) -> tuple[str, str]:
    """Two label keys in the order that does not depend on which came first."""
    return (a, b) if a <= b else (b, a)


def texts_key(texts: Iterable[str]) -> frozenset[str]:
    """Texts as they are compared, in no order."""
    return frozenset(clean_text(text) for text in texts)


_SEPARATORS = re.compile(r"[\s_-]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


def _plain(text: str) -> str:
    """`text` as it can be written: a lone surrogate becomes what it is compared as, see `clean_text`."""
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
