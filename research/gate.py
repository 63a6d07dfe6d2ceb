"""Does the promised error hold? Shuffled streams of every recording, answers replayed, at several promises.

    python research/gate.py [--orders 20] [--only banking77] [--errors 0.02,0.05,0.10]

Wrong is an answer from memory, or of its student, whose final label is not that of the wording that the model itself gave
to the text, where that wording has a label. An order keeps the promise if the share of wrong answers is at most the promised
one.
"""

from __future__ import annotations

import argparse

import numpy as np
from recordings import DATA, Remembered, load_rows

from linnaeus.classifier import Classifier
from linnaeus.consolidate import wording_key
from linnaeus.texts import clean_text
from linnaeus.types import Embedder

NAMES = ("banking77", "clinc150")


def streamed(name: str, seed: int, max_error: float, embedder: Embedder) -> tuple[float, float, float]:
    """(share asked, share wrong of what memory answered, share wrong of the audit) of one shuffled order."""
    rows = load_rows(name)
    shuffled = [rows[place] for place in np.random.default_rng(seed).permutation(len(rows))]
    texts = [row["text"] for row in shuffled]
    files = [DATA / "recorded" / f"{name}-{kind}.jsonl.gz" for kind in ("proposals", "verdicts")]
    with Classifier.open(
        llm="replay:" + ",".join(str(path) for path in files), embedder=embedder, max_error=max_error
    ) as classifier:
        classifier.label(texts)
        classifier.tidy()
        label_of = {row.key: row.label for row in classifier.store.surfaces()}
        answers = dict(zip(map(clean_text, texts), classifier.today(texts), strict=True))
        gate = classifier.gate
    assert gate is not None
    own = {clean_text(row["text"]): label_of.get(wording_key(row["label"])) for row in shuffled}
    recalled = [(text, one) for text, one in answers.items() if one is not None and one.by != "ask"]
    wrong = [one.label_ids[0] != own[text] for text, one in recalled if own[text] is not None]
    asked = 1 - len(recalled) / len(answers)
    return asked, float(np.mean(wrong)) if wrong else 0.0, gate.audit.observed or 0.0


def main() -> None:
    """Print a row for each recording and promise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--errors", default="0.02,0.05,0.10")
    args = parser.parse_args()
    embedder = Remembered()
    print(f"{'':12}{'promised':>10}{'asked':>8}{'wrong':>8}{'worst':>8}{'audit':>8}{'kept':>10}")
    for name in [args.only] if args.only else NAMES:
        for error in map(float, args.errors.split(",")):
            runs = np.array([streamed(name, seed, error, embedder) for seed in range(args.orders)])
            asked, wrong, audit = runs.mean(axis=0)
            kept = f"{(runs[:, 1] <= error).sum()} of {args.orders}"
            print(
                f"{name:12}{error:10.2f}{asked:8.3f}{wrong:8.3f}{runs[:, 1].max():8.3f}{audit:8.3f}{kept:>10}",
                flush=True,
            )


if __name__ == "__main__":
    main()
