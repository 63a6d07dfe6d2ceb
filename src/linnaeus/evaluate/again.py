"""The labels of a project, made again without a model: in other orders, of other texts or examples. Knows no figures.

The flow is the real one, in a store of its own. Where labels were found a model is stood in for by what the project has on
record: what each text was given, also where memory gave it, and what was judged of wordings. So a run says how much hangs on
the order and on which texts there are, not how much a model's words differ from one time to the next. Under a taxonomy texts
are labelled one by one: what counts is which examples there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linnaeus.classifier import Classifier
from linnaeus.closed.project import finds_labels, import_taxonomy, load
from linnaeus.closed_flow import ClosedFlow
from linnaeus.consolidate.granularity import NORMAL, checked_granularity
from linnaeus.embed import DEFAULT, LaterEmbedder
from linnaeus.errors import InputError
from linnaeus.evaluate.stability import Made, Run, numbered
from linnaeus.llm import Replay
from linnaeus.llm.lines import Line, ProposeLine, SameLine
from linnaeus.settings import MAX_ERROR
from linnaeus.stages import WithoutModel
from linnaeus.store import CachedVectors, Store
from linnaeus.taxonomy import Taxonomy
from linnaeus.types import DIFFERENT, NESTED, SAME, Model

VERDICTS = (SAME, NESTED, DIFFERENT)
RUNS = 3  # of each kind
MOST_TEXTS = 2_000
LEAST_TEXTS = 20
SAYS_THE_SAME = "the model is taken to say the same every time, and what memory said where it was not asked"


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What a project knows of some of its texts, in the order in which they came, and what judges said of wordings."""

    texts: list[str]
    words: dict[str, tuple[str, ...]]
    by_people: frozenset[str]
    judged: list[SameLine]
    wordless: bool


def made_again(store: Store, wanted: Callable[[str], bool], hear: Callable[[str], None]) -> Made:
    """Make the labels of a project again, for those of its texts that are `wanted`; `hear` is told of each run.

    Of more than 2,000 texts a part is taken. Raises InputError where there is nothing that could come out otherwise.
    """
    vectors = CachedVectors(LaterEmbedder(store.meta("embedder") or "", _spec(store)), store)
    if finds_labels(store):
        return _found_again(store, vectors, wanted, hear)
    return _taught_again(store, vectors, wanted, hear)


def _spec(store: Store) -> str:
    return store.meta("embedder_spec") or DEFAULT


def _part(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """So many of the texts, in their order, and a note where that is not all."""
    if len(texts) < LEAST_TEXTS:
        hint = f"{LEAST_TEXTS} or more must be in the project, and in FILE where one is named"
        raise InputError(f"too few texts to tell: {len(texts)}", hint=hint)
    if len(texts) <= MOST_TEXTS:
        return list(texts), []
    rows = np.sort(np.random.default_rng(0).permutation(len(texts))[:MOST_TEXTS])
    return [texts[row] for row in rows], [f"{MOST_TEXTS:,} of {len(texts):,} texts were taken, at random"]


def _drawn(count: int, seed: int) -> NDArray[np.intp]:
    """The places of a bootstrap sample, rising; what was drawn twice counts once."""
    return np.unique(np.random.default_rng([1, seed]).integers(count, size=count))


# -- labels that were found


def _found_again(
    store: Store, vectors: CachedVectors, wanted: Callable[[str], bool], hear: Callable[[str], None]
) -> Made:
    known, notes = _on_record(store, wanted)
    names: dict[str, int] = {}
    first = _labels(store, vectors, known, known.texts)
    hear("as it was")
    runs = []
    for seed in range(RUNS):
        order = np.random.default_rng([0, seed]).permutation(len(known.texts))
        again = _labels(store, vectors, known, [known.texts[row] for row in order])
        runs.append(Run("order", numbered(map(again.get, known.texts), {})))
        hear(f"another order ({seed + 1} of {RUNS})")
    for seed in range(RUNS):
        again = _labels(store, vectors, known, [known.texts[row] for row in _drawn(len(known.texts), seed)])
        runs.append(Run("sample", numbered(map(again.get, known.texts), {})))
        hear(f"other texts ({seed + 1} of {RUNS})")
    labels = numbered(map(first.get, known.texts), names)
    return Made(list(names), labels, runs, False, notes)


def _on_record(store: Store, wanted: Callable[[str], bool]) -> tuple[OnRecord, list[str]]:
    rows = store.assigned_texts()
    said = store.texts_by_id([row.id for row in rows])
    words = {row.id: row.words or "" for row in store.surfaces()}
    given = {said[row.id]: tuple(words[one] for one in row.surfaces) for row in rows if wanted(said[row.id])}
    texts, notes = _part(list(given))
    taken = set(texts)
    asked = sum(row.asked and said[row.id] in taken for row in rows)
    judged = [SameLine(words[a], words[b], kind) for a, b, kind in store.judged() if kind in VERDICTS]
    people = frozenset(text for text, _ in store.examples() if text in taken)
    wordless = store.meta("model") == "none"
    if not wordless:
        notes.append(f"{asked:,} of {len(texts):,} texts were asked; {SAYS_THE_SAME}")
    if store.events():
        notes.append("what people did to labels is left out, so that runs compare")
    return OnRecord(texts, given, people, judged, wordless), notes


def _labels(
    store: Store, vectors: CachedVectors, known: OnRecord, texts: Sequence[str]
) -> dict[str, str | None]:
    """The label of each text at the end, labelled in this order in a store of its own."""
    with Classifier.open(
        llm=_model(known),
        embedder=vectors,
        max_labels=int(store.meta("max_labels") or 1),
        max_error=MAX_ERROR,
        granularity=checked_granularity(store.meta("granularity") or str(NORMAL)),
    ) as classifier:
        people = [text for text in texts if text in known.by_people]
        if people:
            classifier.fit(people, [known.words[text] for text in people])
        classifier.label(texts)
        classifier.tidy()
        answers = classifier.today(texts)
    return {text: answer.label if answer else None for text, answer in zip(texts, answers, strict=True)}


def _model(known: OnRecord) -> Model:
    if known.wordless:
        return WithoutModel()
    lines: list[Line] = [ProposeLine(text, labels=list(known.words[text])) for text in known.texts]
    return Replay((), lines=[*lines, *known.judged])


# -- labels of a taxonomy


def _taught_again(
    store: Store, vectors: CachedVectors, wanted: Callable[[str], bool], hear: Callable[[str], None]
) -> Made:
    taxonomy, ids = load(store)
    code_of = dict(zip(ids.tolist(), taxonomy.ids, strict=True))
    said = [
        (text, labels, [code_of[one] for one in labels if one in code_of])
        for text, labels in store.examples()
    ]
    examples = [(text, codes) for text, labels, codes in said if codes or not labels]
    if len(examples) < LEAST_TEXTS:
        raise InputError(
            f"{store.path} has {len(examples)} examples: labels that rest on names come out the same every time",
            hint="`linnaeus teach FILE` reads examples",
        )
    people = {text for text, _ in examples}
    of_machine = {text: None for _, _, text in store.export_rows() if text not in people and wanted(text)}
    texts, notes = _part(list(of_machine))
    notes.append("no model is asked: labels are those that examples and names speak for")
    names = {code: place for place, code in enumerate(taxonomy.ids)}
    top = int(store.meta("top") or 0) or None
    first = _labelled(taxonomy, vectors, examples, texts, top)
    hear("as it was")
    runs = []
    for seed in range(RUNS):
        drawn = [examples[row] for row in _drawn(len(examples), seed)]
        runs.append(Run("examples", numbered(_labelled(taxonomy, vectors, drawn, texts, top), names)))
        hear(f"other examples ({seed + 1} of {RUNS})")
    return Made(list(taxonomy.names), numbered(first, names), runs, True, notes)


def _labelled(
    taxonomy: Taxonomy,
    vectors: CachedVectors,
    examples: Sequence[tuple[str, list[str]]],
    texts: Sequence[str],
    top: int | None,
) -> Iterator[str | None]:
    """The id of the best label of each text after these examples."""
    with Store() as store:
        import_taxonomy(store, taxonomy)
        flow = ClosedFlow(store, CachedVectors(vectors, store), WithoutModel(), top=top, max_error=MAX_ERROR)
        classifier = Classifier(flow, store)
        classifier.fit([text for text, _ in examples], [labels for _, labels in examples])
        for answer in classifier.label(texts):
            yield answer.codes[0] if answer.codes else None
