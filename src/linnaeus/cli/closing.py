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

LARGEST = 8
BAR = 24
STEPS = {
    "exact": "repeats",
    "recall": "near texts that agree",
    "ask": "asked",
    "human": "by people",
    "error": "errors",
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
        "" if classifier.without_model else f" from {count(classifier.surface_count, 'wording')} of the model"
    )
    yield "Labels", f"{len(outcome.labels):,}" + wordings
    answered = (f"{texts:,} {words}" for texts, words in _steps(outcome, classifier) if texts)
    yield "Answered", " · ".join(answered)
    if not classifier.without_model:
        yield "Model", _model(classifier)
    if outcome.by["recall"] and not classifier.without_model:
        share = outcome.estimated_errors / outcome.by["recall"]
        yield (
            "From memory",
            f"about {share:.1%} may differ from what the model would say (an estimate, not audited)",
        )
    steps = ((name, seconds) for name, seconds in outcome.seconds.items() if name != "total")
    yield "Time", " · ".join(f"{name} {clock(seconds)}" for name, seconds in steps)
    if outcome.labels:
        yield "Largest", _largest(outcome)
    yield "Results", str(out) if out else "standard output"
    yield "Project", f"{settings.project}: linnaeus labels list{_project(settings)}"


def _steps(outcome: Outcome, classifier: Classifier) -> Iterator[tuple[int, str]]:
    by = outcome.by.copy()
    if classifier.without_model:
        yield by.pop("recall", 0) + by.pop("ask", 0), "by meaning"
    for step, words in STEPS.items():
        yield by[step], words


def _project(settings: Settings) -> str:
    return "" if settings.project == "linnaeus.db" else f" --project {settings.project}"


def _model(classifier: Classifier) -> str:
    usage = classifier.usage
    name = classifier.model.name if classifier.model else "none"
    if not usage.calls:
        return f"{name}, not asked"
    said = "answers replayed" if name.startswith("replay:") else "calls"
    tokens = f", {usage.tokens_in:,} tokens in, {usage.tokens_out:,} out" if usage.tokens_in else ""
    return f"{name}: {usage.calls:,} {said}{tokens}, {dollars(usage.usd)}"


def _largest(outcome: Outcome) -> Text:
    top = outcome.labels.most_common(LARGEST)
    width = max(cell_len(name) for name, _ in top)
    text = Text()
    for number, (name, texts) in enumerate(top):
        text.append("\n" if number else "").append(name + " " * (width + 2 - cell_len(name)))
        text.append("█" * max(1, round(BAR * texts / top[0][1])), style="cyan").append(f" {texts:,}")
    return text


def _notes(outcome: Outcome, settings: Settings, source: Source, classifier: Classifier) -> Iterator[str]:
    if outcome.left:
        yield f"{count(outcome.left, 'row')} left: the same command goes on there, with a new budget"
    if outcome.errors:
        number, why = next(iter(outcome.errors.items()))
        yield f"{count(len(outcome.errors), 'row')} could not be labelled (by = error); row {number}: {why}"
    if source.time_column is not None and outcome.undated:
        yield f"{count(outcome.undated, 'row')} without a usable time in {source.time_column!r}: labelled, but not dated"
    if source.duplicate_ids:
        yield f"{count(source.duplicate_ids, 'repeated id')}, such as {source.repeated_id!r}; all rows are kept"
    notice = getattr(classifier.model, "notice", "")
    if notice:
        yield notice
    if classifier.without_model:
        yield NO_MODEL
