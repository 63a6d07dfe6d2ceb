"""Answers from files instead of a model: each task that is on record costs one call, and no money."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

from linnaeus.llm.budget import BUDGET_ENDED
from linnaeus.llm.limits import Limits
from linnaeus.llm.lines import (
    ChooseLine,
    GenerateLine,
    Line,
    NameLine,
    ProposeLine,
    SameLine,
    label_key,
    pair_key,
    read_file,
    texts_key,
)
from linnaeus.llm.prices import Price
from linnaeus.llm.replies import Parsed, check, check_drafts, check_name, check_queries
from linnaeus.texts import clean_text
from linnaeus.types import Choose, Draft, Generate, Judge, Name, Propose, Reply, Task

MISSING = "no recorded answer for this text"


class Replay:
    """A `Model` whose answers are on file. Texts are found as they are compared (`clean_text`), labels by `label_key`.

    The first line for a task wins; the choices for one text are taken together, since they were made among different
    labels. A proposal that is not on file is an error, anything else "does not know". A judgement is one call, also
    if no pair of it is on file.
    """

    notice = ""
    price = Price(0.0, 0.0)
    may_reason = False

    def __init__(
        self, files: Sequence[str | Path], limits: Limits | None = None, lines: Iterable[Line] = ()
    ) -> None:
        """Read `files`; `lines` are further ones."""
        self.name = "replay:" + ",".join(str(file) for file in files)
        self._budget_calls = (limits or Limits()).budget_calls
        self._calls = 0
        self._proposed: dict[str, list[str]] = {}
        self._verdicts: dict[tuple[str, str], str] = {}
        self._chosen: dict[str, list[str]] = {}
        self._looked: dict[str, list[str]] = {}
        self._named: dict[frozenset[str], NameLine] = {}
        self._generated: dict[frozenset[str], GenerateLine] = {}
        for line in chain(*(read_file(Path(file)) for file in files), lines):
            self._take(line)

    def __repr__(self) -> str:
        return f"Replay({self.name!r})"

    def _take(self, line: Line) -> None:
        match line:
            case ProposeLine():
                self._proposed.setdefault(clean_text(line.text), line.given())
            case SameLine():
                self._verdicts.setdefault(pair_key(label_key(line.a), label_key(line.b)), line.verdict)
            case ChooseLine():
                self._chosen.setdefault(clean_text(line.text), []).extend(line.labels)
                self._looked.setdefault(clean_text(line.text), []).extend(line.find)
            case NameLine():
                self._named.setdefault(texts_key(line.texts), line)
            case GenerateLine():
                self._generated.setdefault(texts_key(line.texts), line)

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield (position, reply) in order; equal tasks count as one call."""
        seen: dict[Task, Reply] = {}
        for position, task in enumerate(tasks):
            if task in seen:
                yield position, replace(seen[task], calls=0)
            else:
                seen[task] = self._reply(task)
                yield position, seen[task]

    def _reply(self, task: Task) -> Reply:
        parsed = self._found(task)
        if parsed is None:
            return Reply(error=MISSING) if isinstance(task, Propose) else Reply()
        if self._budget_calls is not None and self._calls >= self._budget_calls:
            return Reply(error=BUDGET_ENDED, unasked=True)
        self._calls += 1
        return Reply(
            parsed.labels,
            parsed.wrong or None,
            calls=1,
            verdicts=parsed.verdicts,
            description=parsed.description,
            drafts=parsed.drafts,
            queries=parsed.queries,
        )

    def _found(self, task: Task) -> Parsed | None:
        """What is on file for `task`; None if nothing is."""
        match task:
            case Propose():
                given = self._proposed.get(clean_text(task.text))
                return None if given is None else check(list(given[: task.at_most]), task.at_most)
            case Judge():
                return self._judged(task)
            case Choose():
                key = clean_text(task.text)
                if task.looks and self._looked.get(key):
                    return check_queries(self._looked[key])
                chosen = self._chosen.get(key)
                return None if chosen is None else _among(chosen, task)
            case Name():
                line = self._named.get(texts_key(task.texts))
                return None if line is None else check_name(line.label, line.description)
            case Generate():
                made = self._generated.get(texts_key(task.texts))
                return None if made is None else _drafted(made, task)

    def _judged(self, task: Judge) -> Parsed:
        keys = enumerate(label_key(wording) for wording in task.wordings)
        pairs = ((i, j, self._verdicts.get(pair_key(a, b))) for (i, a), (j, b) in combinations(keys, 2))
        return Parsed(verdicts=tuple((i, j, verdict) for i, j, verdict in pairs if verdict))


def _drafted(line: GenerateLine, task: Generate) -> Parsed:
    """The labels on file, with the places of their texts in the task."""
    place = {clean_text(text): number for number, text in enumerate(task.texts)}
    made = (
        Draft(
            one.label,
            one.description,
            tuple(place[text] for text in map(clean_text, one.texts) if text in place),
        )
        for one in line.labels
    )
    return check_drafts(list(made), task.at_most)


def _among(chosen: Sequence[str], task: Choose) -> Parsed:
    """Those of the labels on file that may be chosen, as the task spells them; what it says that they mean, if it does."""
    means = task.means or _spelt_so(task.labels)
    found = dict.fromkeys(position for label in chosen for position in means(label))
    return Parsed(tuple(dict.fromkeys(task.labels[position] for position in found))[: task.at_most])


def _spelt_so(labels: Sequence[str]) -> Callable[[str], Sequence[int]]:
    positions = {label_key(label): (position,) for position, label in reversed(list(enumerate(labels)))}
    return lambda label: positions.get(label_key(label), ())
