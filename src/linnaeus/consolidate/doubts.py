"""Ask a model about the texts of a split that are in doubt. Knows nothing of how they were found."""

from __future__ import annotations

from collections.abc import Iterator

from linnaeus.consolidate.parting import Split
from linnaeus.store import Store, content_key
from linnaeus.types import Choose, Model, Reply


def ask_in_doubt(store: Store, split: Split, model: Model) -> dict[int, bool]:
    """For each doubtful text that the model chooses for, by id: whether it is in the new half.

    Answers are journalled as they arrive and not asked for twice; where the model does not know, fails, or the budget has
    ended, a text is left out.
    """
    names = (split.kept.name, split.new.name)
    tasks = {id: Choose(text, names) for id, text in split.doubtful.items()}
    keys = {id: content_key("\0".join([*task.labels, task.text])) for id, task in tasks.items()}
    known = store.answered(model.name, Choose.task, list(keys.values()))
    replies = {id: known[key] for id, key in keys.items() if key in known}
    todo = [id for id in tasks if id not in replies]
    for position, reply in model.answer([tasks[id] for id in todo]):
        if reply.error is None and reply.labels:
            store.journal(model.name, Choose.task, [(keys[todo[position]], reply)])
            replies[todo[position]] = reply
    return {id: names.index(chosen) == 1 for id, chosen in _chosen(replies) if chosen in names}


def _chosen(replies: dict[int, Reply]) -> Iterator[tuple[int, str]]:
    return ((id, reply.labels[0]) for id, reply in replies.items())
