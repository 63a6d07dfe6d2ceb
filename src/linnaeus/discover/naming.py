"""Names and lines of description for groups: key phrases, or what a model says of central and contrasting texts.

Knows nothing of how groups are found, and no files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from linnaeus.consolidate.filing import free_name
from linnaeus.consolidate.phrases import key_phrases, name_groups
from linnaeus.discover.found import Found
from linnaeus.discover.grouping import centres
from linnaeus.store import Store, content_key
from linnaeus.types import Embedder, Model, Name, Reply, Usage

SHOWN = 5  # central texts, and contrasting ones
READ = 60  # texts of a group that phrases are taken from, the most central ones
PHRASES = 4


@dataclass(frozen=True, slots=True)
class Named:
    """What a group is called, and about; `texts` are its most central ones."""

    name: str
    description: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a model said of some tasks: an answer for each or None; `ended`: the budget did."""

    replies: list[Reply | None]
    usage: Usage
    ended: bool


NOTHING = Told([], Usage(Name.task), False)
"""What is said where no model is asked."""


def by_phrases(texts: Sequence[Sequence[str]], embedder: Embedder) -> list[Named]:
    """A unique name for each group, from its texts with the most central ones first."""
    read = [own[:READ] for own in texts]
    names = name_groups(read, embedder, keep=[None] * len(read))
    lines = key_phrases(read, PHRASES)
    return [
        Named(name, ", ".join(line), tuple(own[:SHOWN]))
        for name, line, own in zip(names, lines, read, strict=True)
    ]


def central(found: Found) -> list[list[str]]:
    """The texts of each group, those nearest to its centre first."""
    middle = centres(found.rows, found.groups)
    likeness = (
        np.einsum("nd,nd->n", found.rows, middle[found.groups]).round(5) if len(middle) else found.groups
    )
    order = np.lexsort((np.arange(len(likeness)), -likeness, found.groups))
    texts: list[list[str]] = [[] for _ in middle]
    for place in order.tolist():
        if found.groups[place] >= 0:
            texts[found.groups[place]].append(found.texts[place])
    return texts


def questions(found: Found, texts: Sequence[Sequence[str]]) -> list[Name]:
    """What a model is asked of each group: its 5 central texts, and the 5 of other groups that are most like it."""
    middle = centres(found.rows, found.groups)
    tasks = []
    for group, own in enumerate(texts):
        likeness = found.rows @ middle[group]
        likeness[(found.groups == group) | (found.groups < 0)] = -1
        nearest = np.argsort(-likeness, kind="stable")[:SHOWN]
        others = [found.texts[place] for place in nearest if likeness[place] > -1]
        tasks.append(Name(tuple(own[:SHOWN]), (), tuple(others)))
    return tasks


def ask(model: Model, tasks: Sequence[Name], store: Store) -> Told:
    """What `model` says of each task; answers are kept in `store` as they arrive, and those kept are not paid for again."""
    keys = [content_key("\0".join((*task.texts, "", *task.wordings, "", *task.others))) for task in tasks]
    known = store.answered(model.name, Name.task, keys)
    replies: list[Reply | None] = [_kept(known[key]) if key in known else None for key in keys]
    usage, ended = Usage(Name.task), False
    todo = [place for place, reply in enumerate(replies) if reply is None]
    for position, reply in model.answer([tasks[place] for place in todo]):
        usage = usage.plus(reply)
        ended |= reply.unasked
        if reply.error is None and reply.labels:
            place = todo[position]
            kept = replace(reply, labels=(reply.labels[0], reply.description))
            store.journal(model.name, Name.task, [(keys[place], kept)])
            replies[place] = reply
    return Told(replies, usage, ended)


def _kept(reply: Reply) -> Reply:
    """An answer from the journal, which holds name and description as labels."""
    return Reply(reply.labels[:1], description="".join(reply.labels[1:]))


def renamed(named: Iterable[Named], replies: Iterable[Reply | None]) -> list[Named]:
    """What a model said in place of phrases, where it said something; a name that is taken gets a number."""
    taken: set[str] = set()
    both = [
        (one, one.name if reply is None else reply.labels[0], reply)
        for one, reply in zip(named, replies, strict=True)
    ]
    return [
        replace(
            one,
            name=free_name(name, taken),
            description=(reply.description if reply else "") or one.description,
        )
        for one, name, reply in both
    ]
