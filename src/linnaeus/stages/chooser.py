"""Ask a model to choose, each question once for ever. Knows no taxonomy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from linnaeus.llm.forms import LOOK
from linnaeus.stages.ask import TO_DISK_EVERY_S
from linnaeus.store import Store, content_key
from linnaeus.types import Choose, Model, Reply, Usage


class Chooser:
    """Puts questions to `model` and journals its answers in `store` as they arrive. `usage` adds up what it cost."""

    def __init__(self, model: Model, store: Store, on_reply: Callable[[Reply], None] | None = None) -> None:
        self._model, self._store = model, store
        self.on_reply = on_reply
        self.usage = Usage(Choose.task)
        self.seconds = 0.0  # spent waiting for the model

    def answer(self, tasks: Sequence[Choose]) -> list[Reply | None]:
        """The reply to each task, in order; None where the model does not know. Labels are some of the task's.

        To a task that `looks` it may be `queries` in their place.

        What is on file costs nothing. Equal tasks are asked once; the first has the cost.
        """
        keys = [_key(task) for task in tasks]
        looking = [key for key, task in zip(keys, tasks, strict=True) if task.looks]
        looked = self._store.answered(self._model.name, LOOK, looking)
        replies: dict[bytes, Reply | None] = {key: Reply(queries=one.labels) for key, one in looked.items()}
        replies |= self._store.answered(self._model.name, Choose.task, keys)
        todo = {key: task for key, task in zip(keys, tasks, strict=True) if key not in replies}
        began = time.perf_counter()
        for key, reply in self._asked(list(todo), list(todo.values())):
            replies[key] = None if _unknown(reply) else reply
        self.seconds += time.perf_counter() - began
        return [replies.get(key, Reply(error="the model gave no answer")) for key in keys]

    def _asked(self, keys: Sequence[bytes], tasks: Sequence[Choose]) -> Iterator[tuple[bytes, Reply]]:
        """The model's replies as they arrive, checked, counted and journalled."""
        on_disk = time.monotonic()
        for position, given in self._model.answer(tasks):
            key, task = keys[position], tasks[position]
            reply = _checked(given, task)
            self.usage = self.usage.plus(reply)
            if reply.error is None and not _unknown(reply):
                due = time.monotonic() - on_disk > TO_DISK_EVERY_S
                kind = LOOK if reply.queries else Choose.task
                kept = replace(reply, labels=reply.queries or reply.labels)
                self._store.journal(self._model.name, kind, [(key, kept)], to_disk=due)
                on_disk = time.monotonic() if due else on_disk
            if self.on_reply is not None:
                self.on_reply(reply)
            yield key, reply


def _key(task: Choose) -> bytes:
    """Stands for all that is asked, so that an answer among other labels, or to other descriptions, is not taken for it.

    That it may be something to look for is not part of that: an answer stands either way.
    """
    return content_key(repr((task.text, task.labels, task.at_most, task.descriptions)))


def _unknown(reply: Reply) -> bool:
    """Whether the model does not know: it was not even asked. To choose none is an answer."""
    return reply.error is None and not reply.calls and not reply.labels and not reply.queries


def _checked(reply: Reply, task: Choose) -> Reply:
    """Hold any model, recorded or plugged in, to what it was asked."""
    if reply.error is None and reply.queries and not task.looks:
        return reply.failed("the model looks for labels where it has to choose")
    if reply.error is None and not set(reply.labels) <= set(task.labels):
        return reply.failed("the model chose what it was not shown")
    if reply.error is None and len(reply.labels) > task.at_most:
        return reply.failed(f"the model chose more than {task.at_most}")
    return reply
