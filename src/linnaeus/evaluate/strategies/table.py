"""Every strategy that a sample allows: its figures, whether it is on the Pareto front, and which to use. Knows no file."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

from linnaeus.errors import InputError
from linnaeus.evaluate.strategies.models import Models
from linnaeus.evaluate.strategies.networks import Networks
from linnaeus.evaluate.strategies.sample import Sample, links_of
from linnaeus.evaluate.strategies.shortlists import Shortlists
from linnaeus.evaluate.strategies.tried import Tried
from linnaeus.metrics import flat
from linnaeus.metrics.intervals import Z, bootstrap
from linnaeus.store import CachedVectors, Store
from linnaeus.types import Embedder, Model

CLOSE = 0.005  # of the best quality: no reason to pay a model more


@dataclass(frozen=True, slots=True)
class Row:
    """One strategy, tried on so many texts.

    `quality` with its 95% interval; `precision`: the share of labels given that are right, None of none. `answered`: the
    share of texts that got a label. `ms`: processor time a text, its vector included; `train_s`: processor time to learn
    once; `usd`: a model's price for 1,000 texts, None where it is unknown. `front`: no other is as good, as fast and as
    cheap, and better in one of these. `runs` and `asks`: see `Tried`.
    """

    strategy: str
    texts: int
    quality: float | None
    low: float | None
    high: float | None
    precision: float | None
    answered: float
    ms: float
    train_s: float
    usd: float | None
    front: bool
    runs: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Strategies:
    """The rows, best first, by `figure`: "accuracy", or "micro-F1" where texts have several labels or none.

    `recommended`: see there.
    """

    texts: int
    labels: int
    figure: str
    rows: list[Row]
    recommended: Row
    notes: list[str]


def strategies(
    sample: Sample, embedder: Embedder, hear: Callable[[str], None], model: Model | None = None
) -> Strategies:
    """Try every strategy that is possible, with a `model` those that ask it too; `hear` is told each that is done."""
    notes, rows = list(sample.notes), []
    with Store() as store:
        vectors = CachedVectors(embedder, store)
        vectors.codes(sample.texts[:1])  # opens the embedder
        began = time.process_time()
        vectors.codes(sample.texts)
        embedding = 1000 * (time.process_time() - began) / len(sample)
        for one in _tries(sample, vectors, model, notes):
            rows.append(row_of(one, sample, embedding))
            hear(one.name)
    rows.sort(key=lambda row: (-(row.quality or 0), row.ms))
    rows = on_front(rows)
    used = len(set(sample.gold.places.tolist()))
    return Strategies(len(sample), used, _figure(sample), rows, recommended(rows), notes)


def on_front(rows: Sequence[Row]) -> list[Row]:
    """The rows, marked where they are on the Pareto front."""
    return [replace(row, front=not any(_beats(other, row) for other in rows)) for row in rows]


def recommended(rows: Sequence[Row]) -> Row:
    """Of the strategies that a command runs, the best; the fastest of several.

    But what `teach` makes where it is within a standard error of the best (Breiman et al. 1984): it uses what labels are
    called and knows labels of one example, which no network does. Of those that ask a model, which count only where they are
    surely better than all that ask none, the cheapest of those within half a point of the best.
    """
    run = [row for row in rows if row.runs]
    alone = [row for row in run if not row.asks]
    best = min(alone, key=lambda row: (-_quality(row), row.ms))
    asking = [row for row in run if row.asks and (row.low or 0) > _quality(best)]
    if not asking:
        least = _quality(best) - _standard_error(best)
        return next((row for row in alone if row.runs == "teach" and _quality(row) >= least), best)
    least = max(map(_quality, asking)) - CLOSE
    return min((row for row in asking if _quality(row) >= least), key=lambda row: (_price(row), row.ms))


def _quality(row: Row) -> float:
    return row.quality or 0.0


def _standard_error(row: Row) -> float:
    return 0.0 if row.low is None else (_quality(row) - row.low) / Z


def _price(row: Row) -> float:
    return math.inf if row.usd is None else row.usd


def _tries(sample: Sample, vectors: CachedVectors, model: Model | None, notes: list[str]) -> Iterator[Tried]:
    yield from Shortlists(sample, vectors).tries()
    yield from _networks(sample, vectors, notes)
    if model is not None:
        yield from Models(sample, vectors, model, notes).tries()


def _networks(sample: Sample, vectors: CachedVectors, notes: list[str]) -> Iterator[Tried]:
    if find_spec("sklearn") is None or find_spec("scipy") is None:
        notes.append("what trains was left out: pip install 'linnaeus[train]'")
        return
    try:
        networks = Networks(sample, vectors)
    except InputError as error:
        notes.append(f"no network was trained: {error}")
        return
    yield from networks.tries()


def _figure(sample: Sample) -> str:
    return "micro-F1" if sample.several else "accuracy"


def row_of(one: Tried, sample: Sample, embedding_ms: float) -> Row:
    """The figures of a strategy that was tried on a sample whose texts take so long to embed, each."""
    rows = range(len(sample)) if one.rows is None else one.rows.tolist()
    gold, found = (links_of([side[row] for row in rows]) for side in (sample.labels, one.found))
    measure = flat.labels(gold, found) if sample.several else flat.single(gold, found)
    figures = bootstrap(measure, len(rows))
    quality = figures["f1" if sample.several else "accuracy"]
    precision = figures["precision" if sample.several else "precision of answered"]
    answered = float((found.sizes > 0).mean())
    ms = one.ms + embedding_ms * one.embeds
    usd = None if one.usd is None else 1000 * one.usd
    measured = (one.name, len(rows), *quality, precision.value, answered, ms, one.seconds)
    return Row(*measured, usd, False, one.runs, one.asks)


def _beats(one: Row, other: Row) -> bool:
    """Whether one strategy is as good as another by quality, time and money, and better by one of these."""
    mine, theirs = ((-(row.quality or 0), round(row.ms, 1), _price(row)) for row in (one, other))
    return mine != theirs and all(a <= b for a, b in zip(mine, theirs, strict=True))
