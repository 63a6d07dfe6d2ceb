"""The table at the end of a run, on stderr: what came of it, what it cost, where it lies. Knows nothing of labelling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from linnaeus.classifier import Classifier
from linnaeus.cli.outcome import Outcome
from linnaeus.cli.words import clock, count, dollars
from linnaeus.files import Source
from linnaeus.settings import Settings
from linnaeus.stages import Audit

LARGEST = 8
CHOICES = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15)
BAR = 24
LONGEST = 40  # characters of a name
STEPS = {
    "exact": "repeats",
    "recall": "near texts that agree",
    "ask": "asked",
    "rank": "by examples and names",
    "student": "by a student of the model's answers",
    "choose": "chosen by the model",
    "descend": "found by the model on the way down",
    "human": "by people",
}
NO_MODEL = (
    "No model was asked: texts were grouped by meaning and named by key phrases. A language model names labels and tells"
    " them apart better: add --llm openai:gpt-5-mini (its key in OPENAI_API_KEY), anthropic:MODEL, gemini:MODEL, or"
    " ollama:MODEL for one on this machine, or --llm local after pip install 'linnaeus[local]', and another --project."
)


def closing_table(
    outcome: Outcome, classifier: Classifier, settings: Settings, out: Path | None, source: Source
) -> None:
    """Print what came of a run."""
    console = Console(stderr=True, highlight=False)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, value in _lines(outcome, classifier, settings, out, source):
        table.add_row(name, value)
    console.print()
    console.print(table)
    for line in _notes(outcome, settings, source, classifier):
        console.print(Text(line, style="yellow"))


def _lines(
    outcome: Outcome, classifier: Classifier, settings: Settings, out: Path | None, source: Source
) -> Iterator[tuple[str, str | Text]]:
    took = outcome.seconds["total"]
    yield (
        "Texts",
        f"{outcome.texts:,} in {clock(took)}, {outcome.texts / max(took, 1e-6):,.0f}/s"
        + (f"; {outcome.known:,} were known before" if outcome.known else ""),
    )
    wordings = (
        ""
        if classifier.without_model or classifier.with_taxonomy
        else f" from {count(classifier.surface_count, 'wording')} of the model"
    )
    given = " of the taxonomy" if classifier.with_taxonomy else _granularity(classifier)
    yield "Labels", f"{len(outcome.labels):,}{wordings}{given}"
    answered = (f"{texts:,} {words}" for texts, words in _steps(outcome, classifier) if texts)
    yield "Answered", " · ".join(answered) or "nothing"
    unfit = outcome.texts - outcome.fitted - outcome.by["error"]
    if unfit and classifier.with_taxonomy:
        yield "No label", f"{count(unfit, 'text')}: none fits"
    again = classifier.looked_again
    if again.looked:
        yield (
            "Looked again",
            f"at {count(again.looked, 'text')}, as labels or examples have changed; {again.changed:,} got others",
        )
    if not classifier.without_model:
        if outcome.moved and outcome.recourse is not None and not classifier.with_taxonomy:
            moved = f"{count(outcome.moved, 'text')} to another label than at first"
            yield "Moved", f"{moved}, {outcome.recourse:.0f} of 1,000"
        yield "Model", _model(classifier)
    if outcome.recalled and not classifier.without_model and not classifier.with_taxonomy:
        yield "From memory", _memory(outcome, classifier)
    if classifier.with_taxonomy and classifier.gate is not None and classifier.gate.audit.audited:
        yield "Audit", _audit(classifier.gate.audit)
    if settings.max_error == "auto" and not classifier.with_taxonomy:
        yield (
            "Choices",
            "none: no model is asked" if classifier.without_model else _choices(outcome, classifier),
        )
    steps = ((name, seconds) for name, seconds in outcome.seconds.items() if name != "total")
    yield "Time", " · ".join(f"{name} {clock(seconds)}" for name, seconds in steps)
    if outcome.labels:
        yield "Largest", _largest(outcome)
    yield "Results", str(out) if out else "standard output"
    what = "taxonomy show" if classifier.with_taxonomy else "labels list"
    yield "Project", f"{settings.project}: linnaeus {what}{_project(settings)}"


def _granularity(classifier: Classifier) -> str:
    """What was wanted, where that is not the usual."""
    wanted = classifier.consolidator.granularity
    if not isinstance(wanted, int):
        return "" if wanted == "normal" else f", {wanted}"
    if classifier.label_count <= wanted:
        return f"; {wanted:,} at most were wanted"
    why = "people, or answers that gave a text several labels, or opposite wordings, keep the others apart"
    return f"; {wanted:,} at most were wanted, but {why}"


def _steps(outcome: Outcome, classifier: Classifier) -> Iterator[tuple[int, str]]:
    by = outcome.by.copy()
    if classifier.without_model and not classifier.with_taxonomy:
        yield by.pop("recall", 0) + by.pop("ask", 0), "by meaning"
    if not classifier.store.meta("taught_of"):
        yield by.pop("rank", 0), "by names"
    yield from ((by[step], words) for step, words in STEPS.items())
    yield by["error"], "error" if by["error"] == 1 else "errors"


def _project(settings: Settings) -> str:
    return "" if settings.project == "linnaeus.db" else f" --project {settings.project}"


def _model(classifier: Classifier) -> str:
    usage = classifier.usage
    name = classifier.model.name if classifier.model else "none"
    if not usage.calls:
        return f"{name}, not asked"
    said = "answers replayed" if name.startswith("replay:") else "calls"
    tokens = f", {usage.tokens_in:,} tokens in, {usage.tokens_out:,} out" if usage.tokens_in else ""
    tasks = ", ".join(f"{one.calls:,} to {one.task}" for one in classifier.usages if one.calls)
    return f"{name}: {usage.calls:,} {said} ({tasks}){tokens}, {dollars(usage.usd)}"


def _memory(outcome: Outcome, classifier: Classifier) -> str:
    gate = classifier.gate
    assert gate is not None
    said = f"about {outcome.estimated_errors / outcome.recalled:.1%} may differ from what the model would say"
    if not gate.audit.audited:
        return f"{said}, promised {gate.promised:.0%}; none audited yet"
    return (
        f"{said}, promised {gate.promised:.0%}; of {gate.audit.audited:,} audited {gate.audit.wrong:,} did"
        f" (at most {gate.audit.upper_bound:.0%}, whenever one looks, with 95% confidence)"
    )


def _audit(audit: Audit) -> str:
    return (
        f"of {count(audit.audited, 'text')} that needed no model {audit.wrong:,} got other labels from it"
        f" (at most {audit.upper_bound:.0%}, whenever one looks, with 95% confidence)"
    )


def _choices(outcome: Outcome, classifier: Classifier) -> str:
    """What other values of --max-error would have come to, had memory known all from the start."""
    asked, usage = outcome.texts - outcome.recalled - outcome.by["exact"], classifier.usages[0]
    lines = [
        "for such texts, with what is known now; learning that took more calls",
        "promised  from memory  error, estimated  calls" + ("  dollars" if usage.usd else ""),
    ]
    decided = asked + outcome.recalled
    for promised, answered, error in classifier.trade_off(CHOICES):
        calls = decided - answered
        price = f"  {dollars(usage.usd * calls / usage.calls)}" if usage.usd and usage.calls else ""
        lines.append(f"{promised:8.0%}  {answered / max(decided, 1):11.0%}  {error:16.1%}  {calls:5,}{price}")
    return "\n".join(lines)


def _largest(outcome: Outcome) -> Text:
    top = [(_short(outcome.names[label]), texts) for label, texts in outcome.labels.most_common(LARGEST)]
    width = max(cell_len(name) for name, _ in top)
    text = Text()
    for number, (name, texts) in enumerate(top):
        text.append("\n" if number else "").append(name + " " * (width + 2 - cell_len(name)))
        text.append("█" * max(1, round(BAR * texts / top[0][1])), style="cyan").append(f" {texts:,}")
    return text


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 3] + "..."


def _notes(outcome: Outcome, settings: Settings, source: Source, classifier: Classifier) -> Iterator[str]:
    if outcome.left:
        yield f"{count(outcome.left, 'row')} left: the same command goes on there, with a new budget"
    waiting = classifier.store.waiting_count() if classifier.with_taxonomy else 0
    if waiting:
        yield f"{count(waiting, 'text')} still to be looked at again: the same command goes on there"
    if outcome.errors:
        number, why = next(iter(outcome.errors.items()))
        yield f"{count(len(outcome.errors), 'row')} could not be labelled (by = error); row {number}: {why}"
    if source.time_column is not None and outcome.undated:
        yield f"{count(outcome.undated, 'row')} without a usable time in {source.time_column!r}: labelled, but not dated"
    if source.duplicate_ids:
        yield f"{count(source.duplicate_ids, 'repeated id')}, such as {source.repeated_id!r}; all rows are kept"
    if classifier.gate is not None and classifier.gate.drifted:
        yield "the texts have drifted: memory would be wrong more often of late, so the model is asked more often"
    if classifier.gate is not None and classifier.gate.raised_to is not None:
        yield (
            "the audit found more errors than promised: labels stand without the model only from an expected F1 of"
            f" {classifier.gate.raised_to:.3f} on, so it is asked more often"
        )
    notice = getattr(classifier.model, "notice", "")
    if notice:
        yield notice
    if classifier.without_model and not classifier.with_taxonomy:
        yield NO_MODEL
