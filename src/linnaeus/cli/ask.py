"""`linnaeus evaluate --ask N`: a person says of some labels whether they are right. Knows not how they are picked."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np

from linnaeus.cli.project import author_or_login
from linnaeus.cli.table import print_table
from linnaeus.cli.words import count
from linnaeus.errors import UsageError
from linnaeus.evaluate.asking import BATCH, Asking, Estimate, estimate
from linnaeus.evaluate.frame import Answers, Frame, frame_of
from linnaeus.evaluate.read import without_gold
from linnaeus.evaluate.signs import signs
from linnaeus.files import open_rows
from linnaeus.types import Vectors

LONGEST = 4_000  # characters of a text that are shown
QUESTION = "right? [y]es, [n]o, [s]kip: cannot tell, [q]uit and go on later"


def ask(file: str, rows: dict[str, Any], wanted: int, project: str | None) -> Estimate | None:
    """Ask until `wanted` answers are there; what they say of all labels, None where that is nothing yet."""
    if file == "-":
        raise UsageError("answers are kept beside the file", hint="give a FILE, not standard input")
    with open_rows(file, **rows) as source:
        frame = frame_of(without_gold(source, LONGEST))
    batches = max(1, -(-wanted // BATCH))
    if batches * BATCH * 2 > len(frame.texts):
        fewer = "ask about fewer, or " if batches > 1 else ""
        raise UsageError(
            f"too few texts with a label to ask about {batches * BATCH} of them: {len(frame.texts):,}",
            hint=f"{fewer}have all of them labelled by hand and give --gold FILE",
        )
    answers = Answers(Path(file).with_suffix(".reviews.jsonl"))
    numbers = np.unique(frame.labels, return_inverse=True)[1]
    click.echo(f"comparing {count(len(frame.texts), 'text')} with their neighbours ...", err=True)
    asking = Asking(signs(vectors_of(frame.texts, project), numbers, frame.scores), numbers)
    ended = _converse(frame, answers, asking, batches)
    said, skipped = _parted(answers.of(frame))
    done = asking.state(said, skipped).done
    more = "" if ended else "; the same command goes on"
    click.echo(f"{count(len(said), 'answer')} kept in {answers.path}{more}", err=True)
    if not done:
        click.echo(f"from {BATCH} answers on there is an estimate", err=True)
        return None
    return estimate(done, said, skipped, frame.of)


def print_estimate(found: Estimate) -> None:
    """The figures on stdout, what they mean on stderr."""
    figures = (f"{value:.4f}" for value in (found.share, found.low, found.high))
    row = ("right", found.answers, *figures, f"{found.random:.0f}")
    print_table(("figure", "answers", "value", "low", "high", "random"), [row])
    low, high = round(100 * found.low), round(100 * found.high)
    click.echo(f"of 100 labels, {100 * found.share:.0f} are right (95% sure: {low} to {high})", err=True)
    fewer = 1 - found.answers / max(found.random, 1)
    if fewer > 0:
        click.echo(
            f"texts drawn at random: {found.random:.0f} answers for the same certainty; these were {fewer:.0%} fewer",
            err=True,
        )


def _converse(frame: Frame, answers: Answers, asking: Asking, batches: int) -> bool:
    """Ask until so many batches are answered; False where the person ended it before."""
    author = author_or_login(None)
    while True:
        known = answers.of(frame)
        state = asking.state(*_parted(known))
        if len(state.done) >= batches or not state.ask:
            return True
        for place in state.ask:
            number = f"{len(_parted(known)[0]) + 1} of {batches * BATCH}"
            said = _asked(frame.texts[place], frame.labels[place], number)
            if said == "quit":
                return False
            known[place] = {"yes": True, "no": False}.get(said)
            answers.add(frame.texts[place], frame.labels[place], known[place], author)


def _asked(text: str, label: str, number: str) -> str:
    """Show one text with its label and read a person's answer; the end of standard input is "quit"."""
    click.echo(f"\n{number}\n{text}\n  -> {label}", err=True)
    while True:
        click.echo(f"{QUESTION}: ", err=True, nl=False)
        line = sys.stdin.readline()
        said = line.strip().lower()
        found = [word for word in ("yes", "no", "skip", "quit") if said and word.startswith(said)]
        if not line or found:
            return found[0] if found else "quit"


def _parted(known: Mapping[int, bool | None]) -> tuple[dict[int, bool], set[int]]:
    """Answers, and what could not be told."""
    said = {place: right for place, right in known.items() if right is not None}
    return said, set(known) - set(said)


def vectors_of(texts: list[str], project: str | None) -> Vectors:
    """Unit rows of texts, from the project where it has them."""
    from linnaeus.embed import open_embedder
    from linnaeus.settings import load_settings
    from linnaeus.store import CachedVectors, Store

    settings = load_settings({"project": project}).settings
    there = Path(settings.project).exists()
    with Store(settings.project, write=False) if there else Store() as store:
        return CachedVectors(open_embedder(settings.embedder), store).embed(texts)
