"""The counts and costs of a run as JSON, in the form of the contract. Knows nothing of how it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from linnaeus import __version__
from linnaeus.classifier import Classifier
from linnaeus.cli.outcome import Outcome
from linnaeus.errors import UsageError
from linnaeus.settings import Settings


def write_summary(
    path: Path, outcome: Outcome, classifier: Classifier, settings: Settings, command: str
) -> None:
    """Write the summary of a run to `path`."""
    try:
        path.write_bytes(
            msgspec.json.format(msgspec.json.encode(summary(outcome, classifier, settings, command))) + b"\n"
        )
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", hint="choose another --summary") from error


def summary(outcome: Outcome, classifier: Classifier, settings: Settings, command: str) -> dict[str, Any]:
    """The contract's keys. Where memory answers for no model, the gate's figures are null."""
    usage, gate = classifier.usage, classifier.gate
    recalled = 0 if classifier.with_taxonomy else outcome.recalled
    return {
        "texts": outcome.texts,
        "by": dict(outcome.by),
        "labels": len(outcome.labels),
        "surfaces": classifier.surface_count,
        "llm": {
            "model": None if classifier.model is None else classifier.model.name,
            "calls": {one.task: one.calls for one in classifier.usages if one.calls},
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "usd": usage.usd,
        },
        "gate": {
            "promised_error": None if gate is None else gate.promised,
            "audited": 0 if gate is None else gate.audit.audited,
            "observed_error": None if gate is None else gate.audit.observed,
            "upper_bound": None
            if gate is None or not gate.audit.audited
            else round(gate.audit.upper_bound, 4),
            "drifted": gate is not None and gate.drifted,
            "raised_to": None if gate is None else gate.raised_to,
            "estimated_error": round(outcome.estimated_errors / recalled, 4) if recalled else None,
        },
        "recourse": None
        if classifier.with_taxonomy or outcome.recourse is None
        else round(outcome.recourse, 1),
        "finished": outcome.left == 0,
        "known_before": outcome.known,
        "errors": len(outcome.errors),
        "seconds": outcome.seconds,
        "version": __version__,
        "command": command,
    }
