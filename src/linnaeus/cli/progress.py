"""Say how far a run has come, on stderr: a bar in a terminal, a line now and then elsewhere. Knows nothing of labelling."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from linnaeus.classifier import Classifier
from linnaeus.cli.words import clock, count, dollars
from linnaeus.files import Source
from linnaeus.types import Reply

LINE_EVERY_S = 10.0
NARROW = 100  # columns of a terminal


class Progress:
    """How far a run has come: texts a second, share answered without the model, labels, spend, time left."""

    def __init__(self, classifier: Classifier, source: Source, bar: Bar | None, console: Console) -> None:
        self._classifier = classifier
        self._total = sum(1 for _ in source)  # reading is a thousand times faster than labelling
        self._bar = bar
        self._console = console
        self._task = bar.add_task("labelling", total=max(self._total, 1), figures="") if bar else None
        self._began = self._said = time.monotonic()
        self._texts = self._calls = 0  # of the batches that are done
        self._replies = 0  # of the batch under way

    def advance(self, texts: int) -> None:
        """Count texts that are done."""
        self._texts += texts
        self._calls, self._replies = self._classifier.usage.calls, 0
        self._show()

    def reply(self, reply: Reply) -> None:
        """Hear of an answer of the model."""
        self._replies += 1
        if time.monotonic() - self._said > 0.5 or self._bar is None:
            self._show()

    def say(self, what: str) -> None:
        """Name the step that has begun."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=what, completed=max(self._total, 1), figures="")

    @property
    def _done(self) -> int:
        """Texts that are decided, as far as is known: a reply decides at least one."""
        return min(self._texts + self._replies, self._total)

    def _show(self) -> None:
        now = time.monotonic()
        if self._bar is not None and self._task is not None:
            room = self._console.width - len(f"labelling {'━' * bar_width(self._console)} 100% ")
            self._bar.update(self._task, completed=self._done, figures=self._figures(now, room))
        elif now - self._said >= LINE_EVERY_S:
            share = self._done / max(self._total, 1)
            self._console.print(
                f"labelling: {share:.0%}, {self._figures(now, 200)}", highlight=False, soft_wrap=True
            )
        else:
            return
        self._said = now

    def _figures(self, now: float, room: int) -> str:
        """What fits into `room` characters, the most wanted first, in a fixed order."""
        usage, seconds, done = self._classifier.usage, max(now - self._began, 1e-3), self._done
        parts = {  # in the order of display, each with its rank
            f"{done:,} of {self._total:,}": 5,
            f"{done / seconds:,.0f}/s": 3,
        }
        if self._classifier.label_count:  # none before the first batch is done
            parts[count(self._classifier.label_count, "label")] = 2
        if self._texts and not self._classifier.without_model:
            parts[f"{max(0.0, 1 - self._calls / self._texts):.0%} without a call"] = 4
        if usage.calls:
            parts[count(usage.calls, "call")] = 6
            parts[dollars(usage.usd)] = 1
        if 0 < done < self._total:
            parts[f"{clock(seconds * (self._total - done) / done)} left"] = 0
        return _fitting(parts, room)


def bar_width(console: Console) -> int:
    """Columns of the bar itself."""
    return 8 if console.width < NARROW else 20


def _fitting(parts: dict[str, int], room: int) -> str:
    kept: set[str] = set()
    for part in sorted(parts, key=lambda part: parts[part]):
        if sum(len(one) + 3 for one in (*kept, part)) - 3 <= room:
            kept.add(part)
    return " · ".join(part for part in parts if part in kept)


@contextmanager
def open_progress(classifier: Classifier, source: Source, stream: TextIO) -> Iterator[Progress]:
    """Show progress on `stream` while the block runs."""
    console = Console(file=stream)
    if not console.is_terminal:
        progress = Progress(classifier, source, None, console)
        classifier.on_reply(progress.reply)
        yield progress
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=bar_width(console)),
        TextColumn("{task.percentage:>3.0f}%"),
    )
    with Bar(
        *columns, TextColumn("{task.fields[figures]}", style="dim"), console=console, transient=True
    ) as bar:
        progress = Progress(classifier, source, bar, console)
        classifier.on_reply(progress.reply)
        yield progress
