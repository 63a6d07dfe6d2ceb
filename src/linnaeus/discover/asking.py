"""Ask a model for names or labels of texts, each question once for ever. Knows nothing of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from linnaeus.store import Store, content_key
from linnaeus.types import Draft, Generate, Model, Name, Reply, Usage


@dataclass(frozen=True, slots=True)
class Told:
    """What a model said of some tasks: an answer for each or None; `ended`: the budget did; `error`: why the last failed."""

    replies: list[Reply | None]
    usage: Usage
    ended: bool = False
    error: str = ""


NOTHING = Told([], Usage(Name.task))
"""What is said where no model is asked."""


def ask(model: Model, tasks: Sequence[Name] | Sequence[Generate], store: Store) -> Told:
    """What `model` says of tasks of one kind; answers are kept in `store` as they arrive, and never paid for again."""
    keys = [_key(task) for task in tasks]
    kind = tasks[0].task if tasks else Name.task
    known = store.answered(model.name, kind, keys)
    replies: list[Reply | None] = [_read(known[key], kind) if key in known else None for key in keys]
    usage, ended, error = Usage(kind), False, ""
    todo = [place for place, reply in enumerate(replies) if reply is None]
    for position, reply in model.answer([tasks[place] for place in todo]):
        usage = usage.plus(reply)
        ended |= reply.unasked
        error = reply.error or error
        if _is_answer(reply, kind):
            place = todo[position]
            store.journal(model.name, kind, [(keys[place], _written(reply, kind))])
            replies[place] = reply
    return Told(replies, usage, ended, error)


def _key(task: Name | Generate) -> bytes:
    if isinstance(task, Generate):
        return content_key("\0".join((str(task.at_most), *task.texts)))
    return content_key("\0".join((*task.texts, "", *task.wordings, "", *task.others)))


def _is_answer(reply: Reply, kind: str) -> bool:
    """Whether the model said something; that it has no label for a sample is an answer too, if it was asked."""
    said = reply.labels or (kind == Generate.task and (reply.drafts or reply.calls))
    return reply.error is None and bool(said)


def _written(reply: Reply, kind: str) -> Reply:
    """An answer as the journal holds it, which is as labels: the name and its description, or each draft as JSON."""
    if kind == Generate.task:
        return replace(reply, labels=tuple(msgspec.json.encode(draft).decode() for draft in reply.drafts))
    return replace(reply, labels=(reply.labels[0], reply.description))


def _read(reply: Reply, kind: str) -> Reply:
    """The same back from the journal."""
    if kind == Generate.task:
        return Reply(drafts=tuple(msgspec.json.decode(one, type=Draft) for one in reply.labels))
    return Reply(reply.labels[:1], description="".join(reply.labels[1:]))
