"""How often a model would be asked, and what: on a copy of the project, where nobody is asked. Knows no prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linnaeus.classifier import Classifier
from linnaeus.plan.nearness import nearness
from linnaeus.plan.noted import Noted
from linnaeus.plan.range import Range, exactly
from linnaeus.plan.share import share
from linnaeus.settings import MAX_ERROR, Settings
from linnaeus.stages.arbiter import EXAMPLES, TEXTS_A_CALL
from linnaeus.stages.given import most_questions
from linnaeus.store import content_key
from linnaeus.types import Choose, Judge, Propose, Task

SAMPLE = 512  # questions that stand for all
FURTHER = 0.1  # of the further questions that each text may need: assumed
WORDING, WORDINGS = (
    "change_of_address",
    6,
)  # of a usual question to the arbiter: its own wordings are not there yet


@dataclass(frozen=True, slots=True)
class Calls:
    """Of one kind of task: how many, and some `examples` of what is asked."""

    task: type[Task]
    count: Range
    examples: Sequence[Task]


def closed_calls(classifier: Classifier, noted: Noted, new: Sequence[str]) -> list[Calls]:
    """Under a taxonomy: labels what can be labelled without a model. Which texts are asked is exact.

    How often none of the candidates fits, so that a model looks for others, shows only when it is asked.
    """
    classifier.label(new)
    classifier.tidy()  # looks again at what a change of the taxonomy touches
    asked = list(dict.fromkeys(noted.tasks))
    most = most_questions(classifier.taxonomy)
    count = Range(1, 1 + FURTHER * (most - 1), most).times(exactly(len(asked)))
    return [Calls(Choose, count, asked[:: max(1, len(asked) // SAMPLE)])]


def open_calls(classifier: Classifier, noted: Noted, new: Sequence[str], settings: Settings) -> list[Calls]:
    """Without a taxonomy: a range, and the arbiter judges at most once for ten texts.

    Older answers of memory that new texts bring into doubt are not foreseen."""
    if not new or classifier.without_model:
        return []
    consolidator, store = classifier.consolidator, classifier.store
    codes = consolidator.vectors.codes(new)
    before = [code for code, _ in consolidator.leaders()]
    seen = nearness(codes, np.stack(before) if before else codes[:0])
    known = store.count_texts()
    promised = MAX_ERROR if settings.max_error == "auto" else settings.max_error
    keys = [content_key(text) for text in new]
    unpaid = len(new) - len(store.answered(noted.name, f"propose {settings.max_labels}", keys))
    sample = new[:: max(1, len(new) // SAMPLE)]
    judged = max(0, (known + len(new)) // TEXTS_A_CALL - int(store.meta("judged") or 0))
    question = Judge((WORDING,) * WORDINGS, (tuple(sample[:EXAMPLES]),) * WORDINGS)
    return [
        Calls(
            Propose,
            share(seen, known + len(new), promised, before=known).times(exactly(unpaid)),
            [Propose(text, settings.max_labels) for text in sample],
        ),
        Calls(Judge, Range(0, judged / 2, judged), [question]),
    ]
