"""Take examples into a project, learn from all it has, and keep what was learnt there. Knows nothing of files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linnaeus.closed.entries import Entries
from linnaeus.closed.few import Few, Labels, are_few, log_odds
from linnaeus.closed.named import trusted
from linnaeus.closed.project import Ids, load
from linnaeus.closed.source import NOWHERE
from linnaeus.closed.spelling import Spelling
from linnaeus.closed.taught.keeping import from_arrays, to_arrays
from linnaeus.closed.taught.model import Taught, Vectors
from linnaeus.closed.taught.renewed import Moved, renewed
from linnaeus.closed.taught.sparse import from_parts
from linnaeus.closed.trust import Trust
from linnaeus.closed.trusted import LOOKED_AT, Trusted
from linnaeus.errors import MissingExtra, UsageError
from linnaeus.store import CachedVectors, DecidedText, Store, content_key
from linnaeus.taxonomy import Taxonomy
from linnaeus.types import Codes, LabelId

KIND = "taught"
FEW = "few"
STUDENT = "student"  # how many answers of a model were learnt from, if any
LAYOUT = "5"  # of what is kept: another one is learnt anew
SHORT = 64  # words of an example on average, up to which vectors are looked at: longer texts are told apart by their words


class Lesson(NamedTuple):
    """How many examples and labels with examples there were, whether these are few, and whether vectors are used.

    `chosen`: of how many of these examples a model said what they are.
    """

    examples: int
    labels: int
    few: bool
    with_vectors: bool
    chosen: int


@dataclass(slots=True)
class Examples:
    """What came of examples: how many were taken, and labels that are not in the taxonomy, with their number."""

    taken: int = 0
    unknown: Counter[str] = field(default_factory=Counter)


def give(
    store: Store, spelling: Spelling, ids: Ids, texts: Sequence[str], labels: Sequence[Sequence[str]]
) -> Examples:
    """Take what people say of texts: labels by id, path or name; `ids` (n,) are those at the places of `spelling`. Commits.

    A label that is unknown, or a name that several have, is counted and left out; a text all of whose labels are so is left
    out; one that was given none is an example of "none of these".
    """
    given = Examples()
    rows = {}
    for text, words in zip(texts, labels, strict=True):
        places = {word: spelling.places(word) for word in words}
        given.unknown.update(word for word, found in places.items() if len(found) != 1)
        known = list(dict.fromkeys(found[0] for found in places.values() if len(found) == 1))
        if text and (known or not words):
            rows[content_key(text)] = (text, [LabelId(int(ids[place])) for place in known])
    with store.writing():
        store.replace_texts(
            DecidedText(key, text, "human", 1.0, tuple(map(store.stand_for, own)))
            for key, (text, own) in rows.items()
        )
    given.taken = len(rows)
    return given


def are_short(texts: Sequence[str]) -> bool:
    """Whether texts are short enough that their vectors tell them apart."""
    return sum(len(text.split()) for text in texts) <= SHORT * len(texts)


def teach(store: Store, vectors: CachedVectors) -> Lesson:
    """Learn what people and models said of texts under today's labels, and keep it in place of what was there. Commits.

    Where nothing was said since, and the taxonomy is the same, nothing is done.

    Raises UsageError where there is nothing to learn from.
    """
    taxonomy, ids = load(store)
    texts, labels = _examples(store, ids, chosen=True)
    if not any(labels):
        raise UsageError("there is no example to learn from", hint="`linnaeus teach FILE` reads some")
    few = are_few(labels)
    chosen = len(texts) - len(_examples(store, ids, chosen=False)[0])
    seen = len({label for own in labels for label in own})
    lesson = Lesson(len(texts), seen, few, few or are_short(texts), chosen)
    generation = str(store.generation())
    version = f"{LAYOUT} {generation} {vectors.name} {_digest(texts, labels)}"
    if store.meta("taught_of") == version:
        return lesson
    if few:
        names = trusted(store, taxonomy, ids, vectors)
        taught, kept = {}, _few_arrays(texts, labels, ids, names, vectors.codes(texts))
    else:
        _check_extra()
        taught, kept = to_arrays(fit(texts, labels, taxonomy, vectors)) | {"ids": ids}, {}
    with store.writing():
        store.set_arrays(KIND, taught)
        store.set_arrays(FEW, kept)
        store.set_meta("taught_of", version)
        store.set_meta(STUDENT, str(chosen or ""))
        store.let_wait_all("rank", "student")
        store.set_meta("taught_over", generation)
    return lesson


def learn_by_itself(store: Store, vectors: CachedVectors) -> None:
    """`teach` where there is anything to learn from and, once examples are many, the extra that this needs. Commits."""
    _, labels = _examples(store, load(store)[1], chosen=True)
    if any(labels) and (are_few(labels) or _has_extra()):
        teach(store, vectors)


def has_student(store: Store) -> bool:
    """Whether what was learnt is what a model said, if only in part."""
    return bool(store.meta(STUDENT))


def fit(texts: Sequence[str], labels: Labels, taxonomy: Taxonomy, vectors: CachedVectors) -> Taught:
    """What texts and the places of the labels of each, rising, teach of a taxonomy; needs the extra `train`."""
    entries = _entries(taxonomy)
    meanings = Vectors(vectors.embed(texts), vectors.embed(entries.texts)) if are_short(texts) else None
    starts = np.concatenate([[0], np.cumsum([len(own) for own in labels])])
    columns = np.array([label for own in labels for label in own])
    table = from_parts(np.ones(len(columns)), columns, starts, entries.labels)
    return Taught.fit(texts, table, entries, meanings)


def _few_arrays(
    texts: Sequence[str], labels: Labels, ids: Ids, names: Trusted, codes: Codes
) -> dict[str, NDArray[Any]]:
    """Examples as arrays: vectors (n, d), the ids of the labels of each, one after the other, and how far they count."""
    found = names.candidates(texts, codes, LOOKED_AT)
    few = Few.of(codes, labels).moved(labels, found.places, log_odds(found.scores))
    own = np.array([label for several in labels for label in several], np.intp)
    counts = np.array([len(several) for several in labels])
    return {
        "codes": codes,
        "counts": counts,
        "ids": ids[own],
        "line": np.array(few.line),
        "none": np.array(few.trust.nothing),
    }


def few_learnt(store: Store, ids: Ids) -> Few | None:
    """The examples of this project, if there are only a few; `ids` (n,) are those of today's labels, by place."""
    arrays = store.arrays(FEW)
    if not arrays:
        return None
    own = arrays["ids"]
    places = np.minimum(np.searchsorted(ids, own), len(ids) - 1)
    places = np.where(ids[places] == own, places, NOWHERE)
    several = np.split(places, np.cumsum(arrays["counts"])[:-1])
    few = Few.of(arrays["codes"], [[place for place in one.tolist() if place != NOWHERE] for one in several])
    trust = Trust(few.trust.weights, tuple(arrays["none"].tolist()))
    return replace(few, line=tuple(arrays["line"].tolist()), trust=trust)


def learnt(store: Store, vectors: CachedVectors, taxonomy: Taxonomy, ids: Ids) -> Taught | None:
    """What was learnt in this project, if anything, over `taxonomy`, whatever version of it was taught.

    `ids` (n,) are those at its places.
    """
    arrays = store.arrays(KIND)
    if not arrays:
        return None
    _check_extra()
    if not (store.meta("taught_of") or "").startswith(f"{LAYOUT} "):
        teach(store, vectors)
        return learnt(store, vectors, taxonomy, ids)
    own = arrays.pop("ids")
    taught = from_arrays(arrays)
    if np.array_equal(own, ids) and store.meta("taught_over") == str(store.generation()):
        return taught
    places = np.minimum(np.searchsorted(own, ids), len(own) - 1)
    moved = Moved(np.where(own[places] == ids, places, -1), len(own))
    entries = _entries(taxonomy)
    return renewed(taught, moved, entries, vectors.embed(entries.texts) if taught.with_vectors else None)


def _entries(taxonomy: Taxonomy) -> Entries:
    return Entries.of(list(taxonomy.names), list(taxonomy.synonyms))


def _has_extra() -> bool:
    return find_spec("sklearn") is not None and find_spec("scipy") is not None


def _check_extra() -> None:
    """Raise MissingExtra unless what learns is installed: all of `closed/taught` needs it."""
    if not _has_extra():
        raise MissingExtra("scikit-learn", "train")


def _examples(store: Store, ids: Ids, *, chosen: bool) -> tuple[list[str], list[list[int]]]:
    """The texts that people labelled, or a model if `chosen`, and the places of the labels of each, rising.

    Labels that are gone are left out, and texts that had no others: they are no examples of "none of these".
    """
    place_of = dict(zip(ids.tolist(), range(len(ids)), strict=True))
    texts: list[str] = []
    places: list[list[int]] = []
    for text, labels in store.examples(chosen=chosen):
        known = sorted({place_of[label] for label in labels if label in place_of})
        if known or not labels:
            texts.append(text)
            places.append(known)
    return texts, places


def _digest(texts: Sequence[str], labels: Labels) -> str:
    """A fingerprint of examples."""
    said = hashlib.blake2b(digest_size=16)
    for text, own in zip(texts, labels, strict=True):
        said.update(f"{list(own)} {len(text)} {text}".encode())
    return said.hexdigest()
