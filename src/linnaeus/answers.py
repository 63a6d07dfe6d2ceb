"""Answers as people get them. Knows nothing of how they are decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from linnaeus.errors import UsageError
from linnaeus.store import Named, Store, content_key
from linnaeus.texts import clean_text
from linnaeus.types import Answer, Decision, LabelId, Verdict

EMPTY = "the text is empty"
NOTHING = Verdict(
    LabelId(0), 0.0, "exact"
)  # who decided, and the score, where all labels were retired before


def clean_texts(texts: Sequence[str]) -> list[str]:
    """Clean each text; refuse what is no sequence of str."""
    if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
        raise UsageError("texts must be a list of str", hint="for one text: [text]")
    return [clean_text(text) for text in texts]


def failed(text: str, why: str) -> Answer:
    """The answer for a text without a label."""
    return Answer(text, (), (), 0.0, "error", why)


def named(text: str, kept: Named) -> Answer:
    """The answer for a text that the store knows."""
    return Answer(text, kept.names, kept.label_ids, kept.score, kept.by, None, kept.codes, kept.scores)


def decided(decisions: Mapping[str, Decision | None], store: Store) -> dict[str, Answer]:
    """The answer for each text just decided, under the labels of its verdicts, without those retired before it came."""
    verdicts = [verdict for decision in decisions.values() if decision for verdict in decision.verdicts]
    names = store.names_of({verdict.label for verdict in verdicts})
    gone = _retired(decisions, store)
    answers = {}
    for text, decision in decisions.items():
        if decision is not None and decision.none_by:
            answers[text] = Answer(text, (), (), 0.0, decision.none_by)
            continue
        if decision is None or decision.error is not None or not (decision.verdicts or text in gone):
            why = decision.error if decision else "no stage decided this text"
            answers[text] = failed(text, why or "none of the labels")
            continue
        labels = tuple(dict.fromkeys(v.label for v in decision.verdicts if v.label not in gone.get(text, ())))
        best = decision.verdicts[0] if decision.verdicts else NOTHING
        answers[text] = Answer(text, tuple(names[label] for label in labels), labels, best.score, best.by)
    return answers


def graded(answers: Mapping[str, Answer], store: Store) -> dict[str, Answer]:
    """Answers with the ids of their labels in the taxonomy and how likely each fits, as these are kept."""
    keys = {text: content_key(text) for text in answers}
    known = store.decided(list(keys.values()))
    kept = store.named(list(known.values()))
    rows = {text: kept[known[key]] for text, key in keys.items() if key in known}
    return {
        text: replace(answer, codes=rows[text].codes, scores=rows[text].scores) if text in rows else answer
        for text, answer in answers.items()
    }


def _retired(decisions: Mapping[str, Decision | None], store: Store) -> dict[str, Collection[LabelId]]:
    """For each text that is kept, the labels that were retired before it came; empty where no label ever was."""
    retired = store.retired()
    if not retired:
        return {}
    keys = {text: content_key(text) for text in decisions}
    known = store.decided(list(keys.values()))
    return {
        text: {label for label, newest in retired.items() if known[key] > newest}
        for text, key in keys.items()
        if key in known
    }


def in_order(texts: Sequence[str], answers: Mapping[str, Answer]) -> list[Answer | None]:
    """The answer of each text, None without one; a repeat within the call is by `exact`, as it would be in a later one."""
    seen: set[str] = set()
    found = []
    for text in texts:
        answer = answers.get(text)
        if answer is not None and text in seen and answer.error is None:
            answer = replace(answer, by="exact")
        found.append(answer)
        seen.add(text)
    return found
