"""Names and lines of description for groups: key phrases, or what a model says of central and contrasting texts.

Knows nothing of how groups are found, and no files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from linnaeus.consolidate.filing import free_name
from linnaeus.consolidate.parents import name_parents
from linnaeus.consolidate.phrases import key_phrases, names_and_phrases
from linnaeus.discover.asking import NOTHING, Told, ask
from linnaeus.discover.found import Found
from linnaeus.discover.grouping import centres
from linnaeus.store import Store
from linnaeus.types import Embedder, Model, Name, Reply

SHOWN = 5  # central texts, and contrasting ones
READ = 40  # texts of a group that phrases are taken from, the most central ones
PHRASES = 4


@dataclass(frozen=True, slots=True)
class Named:
    """What a group is called, and about; `texts` are its most central ones."""

    name: str
    description: str
    texts: tuple[str, ...]
    synonyms: tuple[str, ...] = ()


def by_phrases(
    texts: Sequence[Sequence[str]], embedder: Embedder, under: Sequence[Sequence[str]] | None = None
) -> list[Named]:
    """A unique name for each group, from its texts with the most central ones first; of parents from those `under` them."""
    read = [own[:READ] for own in texts]
    if under is None:
        told = names_and_phrases(read, embedder, PHRASES)
    else:
        names = name_parents(under, read, embedder, keep=[None] * len(read))
        told = list(zip(names, key_phrases(read, PHRASES), strict=True))
    return [
        Named(name, ", ".join(line), tuple(own[:SHOWN])) for (name, line), own in zip(told, read, strict=True)
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


def named_by(found: Found, embedder: Embedder, model: Model | None, store: Store) -> tuple[list[Named], Told]:
    """Names of groups by key phrases, or by what `model` says, whose answers are kept in `store`; and what it said."""
    texts = central(found)
    named = by_phrases(texts, embedder)
    if model is None:
        return named, NOTHING
    told = ask(model, questions(found, texts), store)
    return renamed(named, told.replies), told


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
