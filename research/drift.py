"""What do the flags of `labels report` find, and how often are they wrong? Known changes put into real streams.

    python research/drift.py            # prints the tables of LOG.md, "Drift and life"

Streams: dated sets with the classes of people as labels (bills, headlines, tweets), as they are; and two sets without dates
in a random order, so that nothing changes in them. The newest fifth of the texts is compared with the rest. A change is put
in (a class appears, stops, quarters, quadruples; its texts become those of another class; two classes are mixed; another
class is poured into one) and found or not. False alarms: flags where times are shuffled, where a part of the time or most of
the newest texts are missing, and flags on other labels than the one that was changed.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from recordings import CACHE, DATA, load_rows

from linnaeus import Classifier
from linnaeus.consolidate.drift import Found, Stream, examine
from linnaeus.consolidate.life import ACTIVE, DORMANT, EMERGING, FADING, life, windows
from linnaeus.consolidate.survey import survey
from linnaeus.embed import open_embedder
from linnaeus.index import quantise
from linnaeus.texts import clean_text
from linnaeus.types import Codes

SETS = {
    "us_bills": 1_000,
    "us_bills/topics": 1_000,
    "airline_tweets": 1_500,
    "news_stream_2022": 20_000,
    "banking77": 10_000,
    "clinc150": 12_000,
}
"""Set -> texts at most; /topics: the upper level of its classes."""
STEADY = ("banking77", "clinc150")  # sets without dates, in a random order
RECENT = 0.2
TRIALS = 30
FEWEST, FEWEST_HALVES = 12, 24
SIZES = (3, 6, 12, 25, 50)


@dataclass(frozen=True)
class Data:
    """Texts of one set, oldest first: vectors (n, d), class of each (n,), time of each in seconds (n,)."""

    name: str
    codes: Codes
    gold: NDArray[np.intp]
    times: NDArray[np.float64]
    count: int

    @property
    def since(self) -> float:
        """Where the newest fifth starts."""
        return float(np.quantile(self.times, 1 - RECENT))

    @property
    def recent(self) -> NDArray[np.bool_]:
        """Which texts are newest (n,)."""
        return self.times >= self.since


def load(name: str, most: int) -> Data:
    """A set with labels; sets without dates get a random order."""
    folder, _, level = name.partition("/")
    with gzip.open(DATA / "sets" / folder / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["labels"]]
    rows = [rows[place] for place in np.random.default_rng(0).permutation(len(rows))[:most]]
    path = CACHE / f"drift-{folder}.npy"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        np.save(path, quantise(open_embedder().embed([clean_text(row["text"])[:1000] for row in rows])))
    codes: Codes = np.load(path)
    names, gold = np.unique(
        [row["labels"][0].partition("/")[0] if level else row["labels"][0] for row in rows],
        return_inverse=True,
    )
    dates = [row.get("date") for row in rows]
    times = np.array([seconds(date) if date else 600.0 * place for place, date in enumerate(dates)])
    order = np.argsort(times, kind="stable")
    return Data(name, codes[order], gold[order], times[order], len(names))


def seconds(date: str) -> float:
    """An ISO date or timestamp as seconds."""
    return datetime.fromisoformat(
        (date if "T" in date else f"{date}T00:00:00Z").replace("Z", "+00:00")
    ).timestamp()


def look(data: Changed) -> Found:
    """What the product says of a stream."""
    return examine(
        Stream(data.times, data.times, data.gold, data.count, lambda places: data.codes[places]),
        data.since_of,
    )


def states(data: Changed) -> list[str]:
    """The states of the labels alone, which is fast."""
    laid = windows(data.times, data.since_of)
    counts = np.zeros((data.count, int(laid.place.max()) + 1), dtype=np.int64)
    np.add.at(counts, (data.gold, laid.place), 1)
    return life(counts, np.bincount(laid.place)).state


@dataclass(frozen=True)
class Changed(Data):
    """A stream with a change in it; the newest part starts where it did."""

    since_of: float


def changed(
    data: Data, keep: NDArray[np.bool_] | None = None, gold: NDArray[np.intp] | None = None
) -> Changed:
    """`data` without some texts, or with other classes."""
    kept = np.ones(len(data.times), dtype=bool) if keep is None else keep
    classes = data.gold if gold is None else gold
    return Changed(data.name, data.codes[kept], classes[kept], data.times[kept], data.count, data.since)


# -- changes of size: (label, the stream with the change, texts that speak for it)


def sizes(data: Data, random: np.random.Generator) -> Iterator[tuple[str, int, Changed, int]]:
    """One label made to appear, stop, grow and shrink fourfold."""
    label = int(random.choice(eligible(data, 3)))
    own, recent = data.gold == label, data.recent
    quarter = random.random(len(own)) < 0.25
    yield EMERGING, label, changed(data, ~(own & ~recent)), int((own & recent).sum())
    yield DORMANT, label, changed(data, ~(own & recent)), int((own & recent).sum())
    yield "x 4", label, changed(data, ~(own & ~recent & ~quarter)), int((own & recent).sum())
    yield "/ 4", label, changed(data, ~(own & recent & ~quarter)), int((own & recent).sum())


WANTED = {EMERGING: {EMERGING}, DORMANT: {DORMANT}, "x 4": {EMERGING}, "/ 4": {FADING, DORMANT}}


def eligible(data: Data, least: int) -> NDArray[np.intp]:
    """Labels with so many texts in the newest part and before."""
    new = np.bincount(data.gold[data.recent], minlength=data.count)
    old = np.bincount(data.gold[~data.recent], minlength=data.count)
    return np.flatnonzero((new >= least) & (old >= least))


# -- changes of meaning


def meanings(data: Data, random: np.random.Generator) -> Iterator[tuple[str, set[int], Changed, int]]:
    """A label whose texts become those of another, two that are mixed, one into which another is poured."""
    recent = data.recent
    if len(eligible(data, FEWEST)) < 2:
        return
    a, b = (int(label) for label in random.choice(eligible(data, FEWEST), 2, replace=False))
    in_a, in_b = data.gold == a, data.gold == b
    smaller = int(min((in_a & recent).sum(), (in_b & recent).sum()))
    gold = np.where(in_b & recent, a, data.gold)
    yield "moved", {a}, changed(data, ~(in_a & recent) & ~(in_b & ~recent), gold), int((in_b & recent).sum())
    either = (in_a | in_b) & recent
    gold = np.where(either, np.where(random.random(len(either)) < 0.5, a, b), data.gold)
    yield "nearer", {a, b}, changed(data, gold=gold), int(either.sum()) // 2
    gold = np.where(in_b, a, data.gold)
    if either.sum() >= FEWEST_HALVES and (in_a & ~recent).sum() >= FEWEST_HALVES:
        yield "apart", {a}, changed(data, ~(in_b & ~recent), gold), smaller


def seen(found: Found, kind: str) -> list[set[int]]:
    """The labels of each flag of one kind."""
    if kind == "nearer":
        return [set(pair) for pair in found.nearer]
    return [{label} for label in (found.moved if kind == "moved" else found.apart)]


def measure(data: Data) -> tuple[dict[tuple[str, int], list[bool]], Counter[str], int]:
    """(kind, smallest size) -> found or not; flags on other labels by kind, and the number of looks."""
    found: dict[tuple[str, int], list[bool]] = defaultdict(list)
    others: Counter[str] = Counter()
    before = look(changed(data))
    random = np.random.default_rng(0)
    for trial in range(TRIALS * 4):
        for kind, label, stream, size in sizes(data, random):
            state = states(stream)
            found[kind, bin_of(size)].append(state[label] in WANTED[kind])
            others["life"] += sum(
                new != ACTIVE and new != old and place != label
                for place, (new, old) in enumerate(zip(state, before.life.state, strict=True))
            )
        for kind, labels, stream, size in meanings(data, random) if trial < TRIALS else ():
            after = look(stream)
            found[kind, bin_of(size)].append(labels in seen(after, kind))
            for one in ("moved", "nearer", "apart"):
                others[one] += sum(
                    not flag & labels and flag not in seen(before, one) for flag in seen(after, one)
                )
    return found, others, 16 * TRIALS


def bin_of(size: int) -> int:
    """The largest of SIZES that is not above `size`."""
    return max((one for one in SIZES if one <= size), default=0)


# -- nothing has changed


def alarms(data: Data, disturb: Callable[[Data, np.random.Generator], Changed], looks: int = 20) -> list[int]:
    """Flags of each kind (life, moved, nearer, apart) in all `looks` at streams in which no label changes."""
    counts = [0, 0, 0, 0]
    random = np.random.default_rng(1)
    for _ in range(looks):
        shuffled = replace(data, times=np.sort(data.times), gold=data.gold, codes=data.codes)
        order = random.permutation(len(data.times))
        shuffled = replace(shuffled, gold=data.gold[order], codes=data.codes[order])
        found = look(disturb(shuffled, random))
        flags = [
            sum(state != ACTIVE for state in found.life.state),
            *map(len, (found.moved, found.nearer, found.apart)),
        ]
        counts = [a + b for a, b in zip(counts, flags, strict=True)]
    return counts


def whole(data: Data, random: np.random.Generator) -> Changed:
    """All texts."""
    return changed(data)


def hole(data: Data, random: np.random.Generator) -> Changed:
    """Nothing at all in the middle third of the time, as when the collector was down."""
    low, high = np.quantile(data.times, [0.35, 0.75])
    return changed(data, (data.times < low) | (data.times > high))


def thin(data: Data, random: np.random.Generator) -> Changed:
    """Of the newest texts only 5% have arrived."""
    return changed(data, ~data.recent | (random.random(len(data.times)) < 0.05))


def simulated(runs: int = 60, labels: int = 200) -> None:
    """Streams of numbers in which rates vary from window to window and nothing else changes: flags a run."""
    random = np.random.default_rng(0)
    for texts, parts, varies in (
        (5_000, 8, 0.0),
        (5_000, 8, 0.5),
        (5_000, 8, 1.0),
        (20_000, 5, 1.0),
        (5_000, 3, 0.5),
    ):
        flags = []
        for _ in range(runs):
            rates = random.dirichlet(np.full(labels, 0.3))
            exposure = random.integers(texts // parts // 2, texts // parts * 3 // 2, parts)
            counts = np.zeros((labels, parts), dtype=np.int64)
            for part in range(parts):
                now = rates * random.gamma(1 / varies, varies, labels) if varies else rates
                counts[:, part] = random.multinomial(exposure[part], now / now.sum())
            flags.append(sum(state != ACTIVE for state in life(counts, exposure).state))
        print(
            f"simulated: {labels} labels, {texts} texts, {parts} windows, variance of rates {varies}:"
            f" {np.mean(flags):.2f} flags a run, none in {np.mean(np.array(flags) == 0):.2f} of {runs}"
        )


# -- through the product


def product(name: str, most: int, *, model: bool) -> None:
    """12 classes come, 12 go: what `survey` says of the labels that the product makes, with recorded answers or without."""
    rows = [(clean_text(row["text"]), row["gold"]) for row in load_rows(name)] if model else texts_of(name)
    random = np.random.default_rng(0)
    classes = random.permutation(sorted({gold for _, gold in rows} - {"oos"}))
    come, go = set(classes[:12]), set(classes[12:24])
    order = [rows[place] for place in random.permutation(len(rows))[:most]]
    cut = int(len(order) * (1 - RECENT))
    old = [row for row in order[:cut] if row[1] not in come]
    stream = old + [row for row in order[cut:] if row[1] not in go]
    texts, gold = [text for text, _ in stream], dict(stream)
    day = np.datetime64("2024-01-01T00:00")
    times = [f"{day + np.timedelta64(10 * place, 'm')}:00Z" for place in range(len(stream))]
    spec = f"replay:{DATA / 'recorded' / f'{name}-proposals.jsonl.gz'}" if model else "none"
    with Classifier.open(llm=spec) as classifier:
        classifier.label(texts)
        classifier.remember_ids([(str(place), text) for place, text in enumerate(texts)], times)
        classifier.tidy()
        seen: dict[int, Counter[str]] = defaultdict(Counter)
        for answer in classifier.today(texts):
            for label in answer.label_ids if answer else ():
                seen[label][gold[answer.text if answer else ""]] += 1
        found = survey(classifier.store, classifier.consolidator.vectors, seconds(times[len(old)]))
    print(
        f"product: {name}, {len(texts)} texts, {'recorded answers' if model else 'no model'}, {len(seen)} labels"
    )
    for states, wanted in (({EMERGING}, come), ({DORMANT, FADING}, go)):
        flagged = [one for one in found.labels if one.state in states]
        right = [one for one in flagged if seen[one.id].most_common(1)[0][0] in wanted]
        classes_found = {seen[one.id].most_common(1)[0][0] for one in right}
        print(
            f"    {' or '.join(sorted(states))}: {len(flagged)} labels flagged, {len(right)} of these right;"
            f" {len(classes_found)} of {len(wanted)} classes found"
        )
    moved = sum(one.likeness is not None for one in found.labels)
    print(f"    drifted {moved}, proposed {dict(Counter(one.kind for one in found.proposals))}")


def texts_of(name: str) -> list[tuple[str, str]]:
    """Texts of a set and their first class."""
    with gzip.open(DATA / "sets" / name / "texts.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [(clean_text(row["text"]), row["labels"][0]) for row in rows if row["labels"]]


def main() -> None:
    """Print the tables."""
    streams = [load(name, most) for name, most in SETS.items()]
    totals: dict[tuple[bool, str, int], list[bool]] = defaultdict(list)
    for data in streams:
        found, others, trials = measure(data)
        for (kind, size), hits in found.items():
            totals[data.name in STEADY, kind, size] += hits
        print(
            f"{data.name}: flags on other labels in {trials} changes of size, {TRIALS} of each other: {dict(others)}",
            flush=True,
        )
    for steady in (True, False):
        print(
            "\nfound (share, n) by texts that speak for it: "
            + ("nothing else changes" if steady else "dated sets")
        )
        print("kind      | " + " | ".join(f"{size:>10}+" for size in SIZES))
        for kind in (EMERGING, DORMANT, "x 4", "/ 4", "moved", "nearer", "apart"):
            cells = (totals.get((steady, kind, size), []) for size in SIZES)
            words = (f"{np.mean(hits):.2f} ({len(hits):4})" if hits else " " * 11 for hits in cells)
            print(f"{kind:9} | " + " | ".join(words))
    print("\nfalse alarms in 20 looks: life, moved, nearer, apart")
    for data in streams:
        line = ", ".join(f"{one.__name__} {alarms(data, one)}" for one in (whole, hole, thin))
        now = look(changed(data))
        print(f"{data.name}: {data.count} labels; {line}", flush=True)
        if data.name not in STEADY:
            flags = Counter(now.life.state) - Counter({ACTIVE: data.count})
            print(
                f"    as it is: {dict(flags)}, moved {len(now.moved)}, nearer {len(now.nearer)}, apart {len(now.apart)}"
            )
    simulated()
    product("clinc150", 5_500, model=True)
    product("banking77", 10_000, model=False)


if __name__ == "__main__":
    main()
