"""How to tell whether two surfaces are one label: share of wordings, threshold, centring.

    python research/consolidate.py

Takes the surfaces of one stream (seed 0, answers replayed, memory answering as in the product) and groups them in several
ways. For each way: ARI against the gold classes at the threshold that is best on the *other* recording (what an honest
choice gives), at its own best threshold, and how far ARI falls when the threshold is 0.03 off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from recordings import DATA, load_rows
from sklearn.metrics import adjusted_rand_score

from linnaeus import Classifier
from linnaeus.consolidate import features
from linnaeus.consolidate.features import unit_rows
from linnaeus.consolidate.partition import partition
from linnaeus.store import content_key
from linnaeus.texts import clean_text

THRESHOLDS = tuple(np.round(np.arange(0.27, 0.76, 0.03), 2).tolist())
SHARES = (0.0, 0.3, 0.5, 0.7, 1.0)


@dataclass(frozen=True)
class Evidence:
    """Surfaces of one stream: unit wordings (s, d), unit sums of texts (s, d), the place of each text's surface (n,)."""

    wordings: NDArray[np.float64]
    texts: NDArray[np.float64]
    centre: NDArray[np.float64]
    place: NDArray[np.intp]
    gold: NDArray[np.str_]


def gather(name: str) -> Evidence:
    """Run the product over one shuffled order; texts out of scope are left out of the comparison."""
    rows = load_rows(name)
    order = np.random.default_rng(0).permutation(len(rows))
    path = DATA / "recorded" / f"{name}-proposals.jsonl.gz"
    with Classifier.open(llm=f"replay:{path}") as classifier:
        classifier.label([rows[number]["text"] for number in order])
        book, store = classifier.consolidator._book, classifier.store
        given = dict(store._rows("SELECT key, surface_id FROM texts JOIN assignments ON text_id = texts.id"))
        kept = [row for row in rows if row["gold"] not in ("", "oos")]
        place = [book.place[given[content_key(clean_text(row["text"]))]] for row in kept]
        return Evidence(
            unit_rows(book.wordings),
            unit_rows(book.sums.rows),
            book.sums.centre,
            np.array(place),
            np.array([row["gold"] for row in kept]),
        )


def rows_of(one: Evidence, share: float, centred: bool) -> NDArray[np.float32]:
    """The rows whose inner product is the similarity."""
    wordings, texts = one.wordings, one.texts
    if centred:
        wordings = unit_rows(wordings - wordings.sum(axis=0) / (len(wordings) + features.PRIOR))
        texts = unit_rows(texts - one.centre)
    return np.hstack([np.sqrt(share) * wordings, np.sqrt(1 - share) * texts]).astype(np.float32)


def curve(one: Evidence, share: float, centred: bool) -> list[float]:
    """ARI at each threshold."""
    rows = rows_of(one, share, centred)
    groups = (partition(rows.copy(), at_least=at_least)[one.place] for at_least in THRESHOLDS)
    return [float(adjusted_rand_score(one.gold, found)) for found in groups]


def main() -> None:
    """Print the table."""
    data = {name: gather(name) for name in ("banking77", "clinc150")}
    print(
        "centred  share | " + " | ".join(f"{name:9}: chosen elsewhere, own best, 0.03 off" for name in data)
    )
    for centred in (True, False):
        for share in SHARES:
            curves = {name: curve(one, share, centred) for name, one in data.items()}
            best = {name: int(np.argmax(values)) for name, values in curves.items()}
            cells = []
            for name, values in curves.items():
                other = best["clinc150" if name == "banking77" else "banking77"]
                near = min(values[max(best[name] - 1, 0)], values[min(best[name] + 1, len(values) - 1)])
                cells.append(
                    f"{values[other]:.3f} at {THRESHOLDS[other]:.2f}, {values[best[name]]:.3f} at"
                    f" {THRESHOLDS[best[name]]:.2f}, {near:.3f}"
                )
            print(f"{centred!s:7}  {share:5.1f} | " + " | ".join(cells))


if __name__ == "__main__":
    main()
