"""A small part of what a cheap stage is sure of is asked all the same, and it is kept whether both say the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from linnaeus import Classifier
from linnaeus.stages.audited import Audited, Judged
from linnaeus.stages.gate import AUDITED, is_audited
from linnaeus.stages.sureness import Sureness
from linnaeus.store import content_key
from linnaeus.types import Decision, LabelId, Verdict
from tests.closed.test_touched import entries, named, written
from tests.letters import Letters

MANY = [f"text {number}" for number in range(1000)]
CHOSEN = [text for text in MANY if is_audited(content_key(text))]


def label(number: int, by: str) -> Decision:
    return Decision((Verdict(LabelId(number), 0.9, by),))


class Sure:
    """Says the same of each text, and is as sure of it."""

    def __init__(self, decision: Decision, sure: float = 1.0) -> None:
        self._judged = Judged(decision, sure)

    def judged(self, texts: Sequence[str], /) -> list[Judged]:
        return [self._judged] * len(texts)


def audited(cheap: Sure, dear: Says, max_error: float = 0.9) -> Audited:
    sureness = Sureness(max_error)
    return Audited(cheap, dear, lambda: sureness)


class Says:
    """A stage that says the same of each text, and remembers what it was asked."""

    name = "says"

    def __init__(self, decision: Decision | None) -> None:
        self._decision = decision
        self.asked: list[str] = []

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        self.asked += texts
        return [self._decision] * len(texts)


def test_a_small_part_is_asked_and_the_word_of_the_model_counts() -> None:
    dear = Says(label(2, "choose"))
    found = dict(zip(MANY, audited(Sure(label(1, "rank")), dear).decide(MANY), strict=True))
    assert dear.asked == CHOSEN and 0 < len(CHOSEN) < 3 * AUDITED * len(MANY)
    for text, decision in found.items():
        assert decision is not None
        said = (decision.verdicts[0].by, decision.agreed)
        assert said == (("choose", False) if text in CHOSEN else ("rank", None))
    (same, *_) = audited(Sure(label(1, "rank")), Says(label(1, "choose"))).decide(CHOSEN)
    assert same is not None and same.agreed is True


def test_where_the_model_does_not_know_or_fails_the_cheap_answer_stands() -> None:
    for dear in (Says(None), Says(Decision(error="the budget ended", unasked=True))):
        assert audited(Sure(label(1, "rank")), dear).decide(MANY) == [label(1, "rank")] * len(MANY)


def test_what_is_not_sure_is_asked_without_an_audit() -> None:
    dear = Says(label(2, "choose"))
    assert audited(Sure(label(1, "rank"), 0.05), dear).decide(MANY) == [label(2, "choose")] * len(MANY)
    assert audited(Sure(label(1, "rank"), 0.05), Says(None)).decide(MANY[:2]) == [None, None]


def test_a_project_counts_what_the_audit_found(tmp_path: Path) -> None:
    """Labels are found by their names; the recorded model says so too, but of one text."""
    texts = [f"all about {named(n)}, {part}" for n in range(0, 400, 2) for part in range(3)]
    asked = [text for text in texts if is_audited(content_key(text))]
    project, replay = str(tmp_path / "p.db"), tmp_path / "said.jsonl"
    taxonomy = written(tmp_path, entries().values())
    with Classifier.open(embedder=Letters(), taxonomy=taxonomy) as alone:
        said = {text: list(answer.codes) for text, answer in zip(texts, alone.label(texts), strict=True)}
    said[asked[0]] = ["t399"]
    lines = [{"task": "choose", "text": text, "labels": labels} for text, labels in said.items()]
    replay.write_text("".join(json.dumps(line) + "\n" for line in lines))
    for _ in range(2):  # the second time nothing is asked, and the same is told
        with Classifier.open(
            project, llm=f"replay:{replay}", embedder=Letters(), taxonomy=taxonomy, max_error=0.99
        ) as classifier:
            classifier.label(texts)
            assert classifier.gate is not None
            audit = classifier.gate.audit
            assert audit.audited == len(asked) > 2 and audit.wrong == 1
            assert audit.upper_bound > 1 / len(asked)


def test_a_project_whose_audit_finds_too_many_errors_asks_more_often_and_looks_again(tmp_path: Path) -> None:
    """The recorded model never says what names say, so that fewer labels stand without it, also of the first ones."""
    texts = [f"all about {named(n)}, {part}" for n in range(0, 400, 2) for part in range(8)]
    project, replay = str(tmp_path / "p.db"), tmp_path / "said.jsonl"
    lines = [{"task": "choose", "text": text, "labels": []} for text in texts]
    replay.write_text("".join(json.dumps(line) + "\n" for line in lines))
    taxonomy = written(tmp_path, entries().values())
    with Classifier.open(
        project, llm=f"replay:{replay}", embedder=Letters(), taxonomy=taxonomy, max_error=0.8
    ) as classifier:
        answers = classifier.label(texts)
        assert classifier.gate is not None and classifier.gate.raised_to is not None
        raised, audit = classifier.gate.raised_to, classifier.gate.audit
        assert raised > 0.2 and audit.wrong == audit.audited
        classifier.tidy()
        assert classifier.looked_again.changed > 0
        by = [Counter(one.by for one in several if one) for several in (answers, classifier.today(texts))]
        assert by[1]["rank"] < by[0]["rank"]
    with Classifier.open(project, llm=f"replay:{replay}", embedder=Letters(), max_error=0.8) as classifier:
        assert classifier.gate is not None and classifier.gate.raised_to == raised
        assert classifier.gate.audit == audit


def test_two_that_work_side_by_side_see_each_others_audits(tmp_path: Path) -> None:
    """The second has found nothing itself, and asks more often since the first has found too many errors."""
    texts = [f"all about {named(n)}, {part}" for n in range(0, 400, 2) for part in range(8)]
    project, replay = str(tmp_path / "p.db"), tmp_path / "said.jsonl"
    lines = [{"task": "choose", "text": text, "labels": []} for text in texts]
    replay.write_text("".join(json.dumps(line) + "\n" for line in lines))
    taxonomy = written(tmp_path, entries().values())
    llm = f"replay:{replay}"
    first = Classifier.open(project, llm=llm, embedder=Letters(), taxonomy=taxonomy, max_error=0.8)
    second = Classifier.open(project, llm=llm, embedder=Letters(), max_error=0.8)
    with first, second:
        quiet = next(text for text in texts if not is_audited(content_key(text)))
        second.label([quiet])
        assert second.gate is not None and second.gate.raised_to is None and not second.gate.audit.audited
        first.label(texts[:-200])
        second.label(texts[-200:])
        first.label([quiet])
        gates = [one.gate for one in (first, second)]
        assert gates[0] == gates[1] and gates[0] is not None and gates[0].raised_to is not None
