"""What tells whether memory was right, at the end of a stream? Signs of the second look, with several students beside them.

    python research/second_look.py [--seeds 2]

Each recording is streamed in shuffled orders, answers replayed, and all is grouped anew. Memory is right about a text that
it answered if that has the label of the wording that the model itself gave to it, where that wording has one. The signs are
weighed on the asked texts of the *other* recording; students: from nothing, of the words of labels alone, and the product's,
which starts from these words. Prints AUC, log-loss, the mean error as estimated and as it is, and the weights.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from recordings import DATA, Remembered, load_rows
from sklearn.metrics import log_loss, roc_auc_score

from linnaeus.classifier import Classifier
from linnaeus.consolidate import second_opinion, wording_key
from linnaeus.logistic import most_likely, sigmoid
from linnaeus.stages.gate import second_look
from linnaeus.texts import clean_text
from linnaeus.types import Embedder

NAMES = ("banking77", "clinc150")
SPREAD = 2.0  # standard deviation of weights that nothing is known of
NAMED, STEPS = second_opinion.NAMED, second_opinion.STEPS
STUDENTS = {"from nothing": (0.0, STEPS), "words alone": (NAMED, 0), "from words": (NAMED, STEPS)}


@dataclass(frozen=True)
class Seen:
    """Features (m, 4) by student, whether memory was right (m,), and which texts were asked (m,)."""

    features: dict[str, NDArray[np.float64]]
    right: NDArray[np.float64]
    asked: NDArray[np.bool_]


def streamed(name: str, seed: int, embedder: Embedder) -> Seen:
    """One shuffled order of a recording."""
    rows = load_rows(name)
    files = [DATA / "recorded" / f"{name}-{kind}.jsonl.gz" for kind in ("proposals", "verdicts")]
    texts = [rows[place]["text"] for place in np.random.default_rng(seed).permutation(len(rows))]
    with Classifier.open(llm="replay:" + ",".join(map(str, files)), embedder=embedder) as classifier:
        classifier.label(texts)
        consolidator, store = classifier.consolidator, classifier.store
        with consolidator.all_or_nothing():
            consolidator.regroup_texts()
        label_of = {row.key: row.label for row in store.surfaces()}
        own = {clean_text(row["text"]): label_of.get(wording_key(row["label"])) for row in rows}
        place = {text.id: number for number, text in enumerate(store.assigned_texts())}
        guesses = [one for one in store.guesses() if one.share is not None]
        words = store.texts_by_id([one.text for one in guesses])
        kept = [one for one in guesses if own[words[one.text]] is not None]
        said = np.full((len(place), 1), -1)
        for one in kept:
            said[place[one.text]] = consolidator.label_of(one.guess.surface)
        at = [place[one.text] for one in kept]
        odds = np.array([one.guess.odds for one in kept])
        shares = np.array([one.share for one in kept], dtype=np.float64)
        features = {"none": second_look(odds, shares, np.zeros(len(at)))}
        for student, (second_opinion.NAMED, second_opinion.STEPS) in STUDENTS.items():
            found = second_opinion.leads(consolidator._book, said)[at, 0]
            features[student] = second_look(odds, shares, found)
        second_opinion.NAMED, second_opinion.STEPS = NAMED, STEPS
        right = [said[place[one.text], 0] == own[words[one.text]] for one in kept]
    return Seen(features, np.array(right, dtype=np.float64), np.array([one.own is not None for one in kept]))


def weights(seen: Seen, student: str) -> NDArray[np.float64]:
    """How much each sign counts, by the asked texts."""
    features = seen.features[student][seen.asked]
    prior = np.eye(features.shape[1]) / SPREAD**2
    start = np.zeros(len(prior))
    return most_likely(features, seen.right[seen.asked], np.ones(len(features)), start=start, prior=prior)[0]


def main() -> None:
    """Print a row for each student, recording and order."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=2)
    seeds = range(parser.parse_args().seeds)
    embedder = Remembered()
    seen = {name: [streamed(name, seed, embedder) for seed in seeds] for name in NAMES}
    for student in ("none", *STUDENTS):
        print(f"{student}: AUC, log-loss, error as estimated, as it is; constant, odds, votes, lead")
        for name, orders in seen.items():
            others = [one for other, own in seen.items() if other != name for one in own]
            weighed = np.mean([weights(one, student) for one in others], axis=0)
            for one in orders:
                chances = sigmoid(one.features[student] @ weighed)[~one.asked]
                right = one.right[~one.asked]
                figures = (
                    roc_auc_score(right, chances),
                    log_loss(right, chances),
                    np.mean(1 - chances),
                    np.mean(1 - right),
                )
                said = " ".join(f"{figure:.3f}" for figure in figures)
                print(f"  {name:10} {said}  {np.round(weighed, 2)}", flush=True)


if __name__ == "__main__":
    main()
