"""How many right labels are not among the candidates that a model is shown, and what a walk down to them costs.

    python research/walk.py [stw_economics]     # prints the figures of LOG.md, "A walk down where no candidate fits"

No model is asked: recorded answers are made of the gold labels, so what is counted is what a model could gain that is never
wrong. Texts are those of the validation part; synonyms are left out, since in some sets they hold the texts.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from recordings import DATA

from linnaeus import Classifier

COLUMNS = ("id", "name", "description", "parent_ids")


def measure(name: str) -> None:
    """Print by which stage the right labels of a set are found, and in how many calls."""
    folder = DATA / "sets" / name
    labels = gzip.decompress((folder / "labels.csv.gz").read_bytes()).decode()
    with gzip.open(folder / "texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for line in lines if (row := json.loads(line))["split"] == "validation"]
    said = [{"task": "choose", "text": row["text"], "labels": row["labels"]} for row in rows]
    with TemporaryDirectory() as place:
        taxonomy, replay = Path(place, "labels.csv"), Path(place, "said.jsonl")
        with taxonomy.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            table.writerows(
                [row[column] for column in COLUMNS] for row in csv.DictReader(io.StringIO(labels))
            )
        replay.write_text("".join(json.dumps(line) + "\n" for line in said), encoding="utf-8")
        with Classifier.open(llm=f"replay:{replay}", taxonomy=str(taxonomy)) as classifier:
            answers = classifier.label([row["text"] for row in rows])
            calls = classifier.usage.calls
    by, right = Counter(answer.by for answer in answers), Counter[str]()
    for answer, row in zip(answers, rows, strict=True):
        right[answer.by] += bool(set(answer.codes) & set(row["labels"]))
    print(
        f"{name}: {len(rows)} texts, {calls} calls, by {dict(by)}, of these with a right label {dict(right)}"
    )


if __name__ == "__main__":
    for name in sys.argv[1:] or ("stw_economics",):
        measure(name)
