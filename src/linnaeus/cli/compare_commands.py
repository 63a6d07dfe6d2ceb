"""The commands that label a file by a strategy. Knows nothing of how strategies compare."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from linnaeus.embed import DEFAULT
from linnaeus.evaluate.strategies.models import SURE


@dataclass(frozen=True, slots=True)
class Given:
    """A sample as it was named: its file, options that say which rows, column of labels, label set, embedder and model."""

    file: str
    rows: tuple[str, ...]
    labels: str
    taxonomy: str
    embedder: str
    several: bool
    llm: str = ""

    @property
    def stem(self) -> str:
        """What new files are called after."""
        return Path(self.file).name.split(".")[0]


def commands(runs: str, given: Given) -> list[str]:
    """The lines that learn from the sample and then label it, in new files of this folder, by what `Row.runs` says."""
    embedder = ["--embedder", given.embedder] if given.embedder != DEFAULT else []
    project = ["--project", _free(given.stem, ".db")]
    out = ["--out", _free(f"{given.stem}.labelled", ".csv")]
    one = [] if given.several else ["--top", "1"]
    label = ["label", given.file, *given.rows]
    taxonomy = ["--taxonomy", given.taxonomy]
    if runs == "names":
        return [_line(*label, *taxonomy, *one, *project, *embedder, *out)]
    teach = _line("teach", given.file, *given.rows, "--labels", given.labels, *taxonomy, *project, *embedder)
    if runs == "teach":
        return [teach, _line(*label, *one, *project, *embedder, *out)]
    if runs in ("choose", "cascade"):
        error = ["--max-error", str(SURE)] if runs == "choose" else []
        return [teach, _line(*label, "--llm", given.llm, *error, *project, *embedder, *out)]
    student = _free(f"{given.stem}.student", "")
    error = ["--max-error", "1"] if runs == "student" else []
    return [
        teach,
        _line("distil", *project, *error, "--out", student),
        _line(*label, "--student", student, *embedder, *out),
    ]


def _line(*words: str) -> str:
    return shlex.join(["linnaeus", *words])


def _free(stem: str, ending: str) -> str:
    """A name that no file of this folder has."""
    names = (f"{stem}{number}{ending}" for number in ("", *(f"-{more}" for more in range(2, 1000))))
    return next(name for name in names if not Path(name).exists())
