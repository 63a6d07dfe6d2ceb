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
from linnaeus.cli.words import clock, dollars
from linnaeus.files import Source
from linnaeus.types import Reply

LINE_EVERY_S = 10.0


class Progress:
    """How far a run has come: texts a second, share answered without the model, labels, spend, time left."""

    def __init__(self, classifier: Classifier, source: Source, bar: Bar | None, console: Console) -> None:
        self._classifier = classifier
        self._source = source
        self._bar = bar
        self._console = console
        self._task = bar.add_task("labelling", total=1.0, figures="") if bar else None
        self._began = self._said = time.monotonic()
        self._texts = 0
        self._asked = 0

    def advance(self, texts: int) -> None:
        """Count texts that are done."""
        self._texts += texts
        self._show()

    def reply(self, reply: Reply) -> None:
        """Hear of an answer of the model."""
        self._asked += 1
        if time.monotonic() - self._said > 0.5 or self._bar is None:
            self._show()

    def say(self, what: str) -> None:
        """Name the step that has begun."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=what, completed=1.0)

    def _show(self) -> None:
        now = time.monotonic()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._source.progress, figures=self._figures(now))
        elif now - self._said >= LINE_EVERY_S:
            self._console.print(
                f"labelling: {self._source.progress:.0%}, {self._figures(now)}", highlight=False
            )
        else:
            return
        self._said = now

    def _figures(self, now: float) -> str:
        usage, seconds = self._classifier.usage, now - self._began
        share = self._source.progress
        parts = [f"{self._texts:,} texts", f"{self._texts / max(seconds, 1e-3):,.0f}/s"]
        if self._texts and self._asked <= self._texts:
            parts.append(f"{1 - usage.calls / max(self._texts, usage.calls):.0%} without the model")
        parts.append(f"{self._classifier.label_count:,} labels")
        if usage.calls:
            parts.append(f"{usage.calls:,} calls, {dollars(usage.usd)}")
        if 0 < share < 1:
            parts.append(f"{clock(seconds * (1 - share) / share)} left")
        return " · ".join(parts)


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
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:>3.0f}%"),
    )
    with Bar(
        *columns, TextColumn("{task.fields[figures]}", style="dim"), console=console, transient=True
    ) as bar:
        progress = Progress(classifier, source, bar, console)
        classifier.on_reply(progress.reply)
        yield progress
