"""Many tasks at once over one provider. Threads live here and nowhere else. Knows no protocol and no prompt.

A task is a job; each `answer()` call that wants it is one of its waiters, so that a task in flight is asked
once. Threads start when there is a job and end when there is none. They are daemons: an interrupted program
just ends.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from threading import Event, Lock, Thread

from linnaeus.llm.budget import Stopped
from linnaeus.llm.limits import Limits
from linnaeus.llm.prices import Price
from linnaeus.llm.provider import Provider, Stop
from linnaeus.llm.tries import Asker
from linnaeus.types import Reply, Task

_SETTLE_S = 2.0
NO_ROOM_TO_REASON = 512  # tokens of an answer


@dataclass(slots=True, eq=False)
class _Call:
    """One `answer()` under way: what it still waits for. After a fatal error it begins nothing new."""

    inbox: SimpleQueue[tuple[Task, Reply | BaseException]] = field(default_factory=SimpleQueue)
    wanted: set[Task] = field(default_factory=set)
    failed: bool = False


@dataclass(slots=True, eq=False)
class _Job:
    """One task on its way, and the calls that want the reply."""

    task: Task
    waiters: list[_Call]
    stop: Stop = field(default_factory=Stop)
    done: Event = field(default_factory=Event)
    started: bool = False


class Pool:
    """A `Model` that asks `provider` with several workers, within `limits`. May be used from several threads.

    `price` is None where it is unknown. At most 2 x workers replies wait for a slow caller; the rest is not
    asked.
    """

    def __init__(self, provider: Provider, limits: Limits, price: Price | None = None) -> None:
        self.name, self.notice = provider.name, provider.notice
        self._asker = Asker(provider, limits, price)
        self.price = price
        self.workers = min(limits.workers, provider.workers_at_most or limits.workers)
        self.may_reason = provider.tokens_out_at_most > NO_ROOM_TO_REASON
        self._lock = Lock()
        self._jobs: dict[Task, _Job] = {}
        self._waiting: deque[_Job] = deque()
        self._threads = 0

    def __repr__(self) -> str:
        return f"Pool({self.name!r}, workers={self.workers})"

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        """Yield (position, reply) as replies arrive. Raises ModelError after what is under way was yielded.

        Equal tasks are asked once; the reply at the first position carries the cost, the others are free.
        Closing the generator stops the requests that only this call wanted.
        """
        positions: dict[Task, list[int]] = {}
        for position, task in enumerate(tasks):
            positions.setdefault(task, []).append(position)
        call = _Call()
        try:
            for task, reply in self._replies(iter(positions), call):
                for position in positions[task]:
                    yield position, reply
                    reply = _free(reply)
        finally:
            self._leave(call)

    def _replies(self, tasks: Iterator[Task], call: _Call) -> Iterator[tuple[Task, Reply]]:
        """Keep a window of jobs open and yield their replies; after a fatal error, those already begun."""
        fatal: BaseException | None = None
        self._open(tasks, call)
        while call.wanted:
            task, outcome = call.inbox.get()
            call.wanted.discard(task)
            if isinstance(outcome, Reply):
                yield task, outcome
            elif not isinstance(outcome, Stopped):
                fatal = fatal or outcome
            if fatal is None:
                self._open(tasks, call)
        if fatal is not None:
            raise fatal

    def _open(self, tasks: Iterator[Task], call: _Call) -> None:
        """Put tasks in line until the window is full."""
        while len(call.wanted) < 2 * self.workers:
            task = next(tasks, None)
            if task is None:
                return
            with self._lock:
                if call.failed:
                    return
                call.wanted.add(task)
                self._put(task, call)

    def _put(self, task: Task, call: _Call) -> None:
        job = self._jobs.get(task)
        if job and not job.stop.is_set():
            job.waiters.append(call)
            return
        job = self._jobs[task] = _Job(task, [call])
        self._waiting.append(job)
        if self._threads < self.workers:
            self._threads += 1
            Thread(target=self._work, name=f"linnaeus-{self.name}", daemon=True).start()

    def _work(self) -> None:
        """Do jobs until there are none."""
        while (job := self._next()) is not None:
            outcome: Reply | BaseException
            try:
                outcome = self._asker.ask(job.task, job.stop)
            except BaseException as error:  # noqa: BLE001  whatever it is, the caller's thread must hear of it
                outcome = error
            self._finish(job, outcome)

    def _next(self) -> _Job | None:
        with self._lock:
            if not self._waiting:
                self._threads -= 1
                return None
            job = self._waiting.popleft()
            job.started = True
            return job

    def _finish(self, job: _Job, outcome: Reply | BaseException) -> None:
        with self._lock:
            if self._jobs.get(job.task) is job:
                del self._jobs[job.task]
            for call in job.waiters:
                call.inbox.put((job.task, outcome))
                if isinstance(outcome, Reply):
                    outcome = _free(outcome)
                elif not isinstance(outcome, Stopped):
                    self._fail(call)
        job.done.set()

    def _fail(self, call: _Call) -> None:
        """Take out of line what only `call` wants, and end what waits between two tries; requests go on."""
        call.failed = True
        for job in [job for job in self._jobs.values() if job.waiters == [call]]:
            if job.started:
                job.stop.event.set()  # not stop.set(), which breaks a request that may be paid already
            else:
                self._forget(job, call)
                call.inbox.put((job.task, Stopped()))

    def _leave(self, call: _Call) -> None:
        """Stop what only `call` still wants, and wait a moment until it has ended."""
        with self._lock:
            jobs = [job for job in self._jobs.values() if call in job.waiters]
            for job in jobs:
                self._forget(job, call)
            alone = [job for job in jobs if not job.waiters and job.started]
            for job in alone:  # inside the lock, so that nobody joins a job that is being stopped
                job.stop.set()
        end = time.monotonic() + _SETTLE_S
        for job in alone:
            job.done.wait(max(0.0, end - time.monotonic()))

    def _forget(self, job: _Job, call: _Call) -> None:
        job.waiters.remove(call)
        if not job.waiters and not job.started:
            self._waiting.remove(job)
            del self._jobs[job.task]


def _free(reply: Reply) -> Reply:
    """The same reply for one who did not pay for it."""
    return replace(reply, calls=0, tokens_in=0, tokens_out=0, usd=0.0)
