"""`linnaeus evaluate --stability`: which labels of a project hold, which wobble. Knows nothing of how that is found."""

from __future__ import annotations

from typing import Any

import click

from linnaeus.cli.project import open_store
from linnaeus.cli.table import print_table
from linnaeus.cli.words import count
from linnaeus.evaluate.again import made_again
from linnaeus.evaluate.stability import Agreement, Stability, stability
from linnaeus.files import open_rows
from linnaeus.texts import clean_text

SHOWN = 10
OTHER = {
    "order": "the same texts in another order",
    "sample": "a bootstrap sample of the texts",
    "examples": "a bootstrap sample of the examples",
}


def measure_stability(file: str | None, rows: dict[str, Any], project: str | None) -> Stability:
    """Make the labels of a project again, for the texts of `file` (None: for all), and compare; say what is done."""
    wanted = None if file is None else _texts(file, rows)
    with open_store(project) as store:
        made = made_again(
            store,
            lambda text: wanted is None or text in wanted,
            lambda name: click.echo(f"made: {name}", err=True),
        )
    return stability(made)


def _texts(file: str, rows: dict[str, Any]) -> set[str]:
    with open_rows(file, **rows) as source:
        return {clean_text(row.text) for row in source if row.text is not None}


def print_stability(found: Stability) -> None:
    """Figures and labels on stdout, what they mean on stderr."""
    rows: list[list[object]] = []
    for one in found.agreement:
        numbers = ("" if value is None else f"{value:.4f}" for value in (one.mean, one.least, one.most))
        rows.append([one.kind, one.figure, one.runs, *numbers])
    print_table(("made_again", "figure", "runs", "mean", "least", "most"), rows)
    kinds = list(dict.fromkeys(one.kind for one in found.agreement))
    rows = []
    for label in found.labels:
        shares = (f"{label.comes_back[kind]:.2f}" if kind in label.comes_back else "" for kind in kinds)
        rows.append([label.label, label.texts, *shares, label.mixed_up_with])
    click.echo()
    print_table(("label", "texts", *kinds, "mixed_up_with"), rows)
    _say(found)


def _say(found: Stability) -> None:
    lines = [f"{count(found.texts, 'text')}; each kind of run was made {found.agreement[0].runs} times"]
    lines += [_words(one) for one in found.agreement if one.mean is not None]
    wobbling, told = found.wobbling, len(found.labels)
    if wobbling:
        lines.append(
            f"{len(wobbling):,} of {count(told, 'label')} wobble, half of their texts or more come and go:"
        )
        lines += [
            f"  {one.label} ({one.texts:,})" + (f", with {one.mixed_up_with}" if one.mixed_up_with else "")
            for one in wobbling[:SHOWN]
        ]
        if len(wobbling) > SHOWN:
            lines.append(f"  and {len(wobbling) - SHOWN:,} more: see the table")
    else:
        lines.append(f"none of {count(told, 'label')} wobbles")
    if found.small:
        lines.append(f"{count(found.small, 'label')} with too few texts to tell")
    for line in [*lines, *(f"note: {note}" for note in found.notes)]:
        click.echo(line, err=True)


def _words(one: Agreement) -> str:
    what = "texts keep their label" if one.figure == "same label" else "agreement of groups (ARI)"
    return f"{OTHER[one.kind]}: {what}, {one.mean:.2f} ({one.least:.2f} to {one.most:.2f})"


def stability_json(found: Stability) -> bytes:
    """What `--out` writes."""
    import msgspec

    kept = msgspec.to_builtins(found) | {"wobbling": [one.label for one in found.wobbling]}
    return msgspec.json.format(msgspec.json.encode(kept)) + b"\n"
