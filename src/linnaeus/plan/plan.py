"""What labelling texts would cost: calls, tokens, money and time, before a model is asked. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from linnaeus.answers import clean_texts
from linnaeus.classifier import Classifier, open_flow_model
from linnaeus.errors import LinnaeusError
from linnaeus.llm import Limits, Replay
from linnaeus.llm.keys import without_keys
from linnaeus.llm.prices import Price
from linnaeus.plan.calls import Calls, closed_calls, open_calls
from linnaeus.plan.noted import Noted
from linnaeus.plan.range import Range, exactly, total
from linnaeus.plan.tokens import tokens_in, tokens_out
from linnaeus.settings import Settings
from linnaeus.stages import WithoutModel
from linnaeus.store import MEMORY, Store, content_key
from linnaeus.types import Model

CALL_S = Range(0.4, 1.0, 4.0)  # one call of a model: assumed, not measured
OWN_S = Range(
    0.002, 0.006, 0.02
)  # a new text, beside embedding and model: research/LOG.md, "What a run will cost"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would cost. Of the `texts`, `new` are neither known nor repeats.

    `calls` by task, without retries; `usd` is None where the price is unknown. `seconds`: embedding, own work, and waiting
    for the model.
    """

    texts: int
    new: int
    calls: dict[str, Range]
    tokens_in: Range
    tokens_out: Range
    usd: Range | None
    seconds: Range


def plan(
    texts: Sequence[str],
    settings: Settings,
    limits: Limits,
    *,
    taxonomy: str | None = None,
    top: int | None = None,
) -> Plan:
    """What it would cost to label `texts` in the project that `settings` name, which is left as it is.

    Raises what opening the project for a run would raise.
    """
    with without_keys():
        model = open_flow_model(settings.llm, limits, None)
    noted = Noted(model.name)
    with (
        _throw_away(settings.project) as project,
        Classifier.open(
            project,
            llm=model if isinstance(model, WithoutModel) else noted,
            embedder=settings.embedder,
            max_labels=settings.max_labels,
            max_error=settings.max_error,
            taxonomy=taxonomy,
            top=top,
        ) as classifier,
    ):
        clean = [text for text in clean_texts(texts) if text]
        wanted = list(dict.fromkeys(clean))
        known = classifier.store.decided([content_key(text) for text in wanted])
        new = [text for text in wanted if content_key(text) not in known]
        if classifier.with_taxonomy:
            asked = closed_calls(classifier, noted, new)
        else:
            asked = open_calls(classifier, noted, new, settings)
        embedding = classifier.seconds["embed"]
    own = total([exactly(embedding), exactly(len(new)).times(OWN_S)])
    seconds = own.plus(_waiting(total(one.count for one in asked), model, settings))
    return _with_cost(len(clean), len(new), asked, seconds, model)


def _waiting(calls: Range, model: Model, settings: Settings) -> Range:
    """Seconds that so many calls take, several at a time."""
    if isinstance(model, Replay):
        return Range()
    workers = min(settings.workers, getattr(model, "workers", settings.workers))
    slowest = 60 / settings.per_minute if settings.per_minute else 0.0
    return calls.times(Range(*(max(one / workers, slowest) for one in CALL_S)))


def _with_cost(texts: int, new: int, asked: Sequence[Calls], seconds: Range, model: Model) -> Plan:
    """The plan with what `model` charges; without a price only no calls cost nothing."""
    price: Price | None = getattr(model, "price", None)
    reasons = bool(getattr(model, "may_reason", True))
    into = total(one.count.times(tokens_in(one.examples)) for one in asked)
    out = total(one.count.times(tokens_out(one.task, reasons=reasons)) for one in asked)
    usd = None
    if price is not None:
        usd = Range(*(price.of(round(a), round(b)) for a, b in zip(into, out, strict=True)))
    elif not any(one.count.most for one in asked):
        usd = Range()
    return Plan(texts, new, {one.task.task: one.count for one in asked}, into, out, usd, seconds)


@contextmanager
def _throw_away(project: str) -> Iterator[str]:
    """A copy of a project, or the place for a new one where there is none, that is gone afterwards."""
    with TemporaryDirectory(prefix="linnaeus-plan-") as folder:
        copy = str(Path(folder) / "plan.db")
        if project != MEMORY and (Path(project).exists() or "://" in project):
            with Store(project, create=False, write=False) as store:
                store.copy_to(copy)
        try:
            yield copy
        except LinnaeusError as error:
            error.args = (str(error.args[0]).replace(copy, project),)
            raise
