"""`linnaeus labels report`: what has changed since a moment. Knows nothing of how that is found out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linnaeus.cli.options import project_option
from linnaeus.cli.words import count

if TYPE_CHECKING:
    from linnaeus.consolidate.survey import LabelLife, Survey
    from linnaeus.store import Store

SECONDS = {"h": 3_600, "d": 86_400, "w": 7 * 86_400}
MOST = 20  # labels of one kind that are printed


@click.command("report", short_help="Print what has changed since a moment.")
@click.option(
    "--since",
    metavar="DATE",
    help="A date or time, or so long before the newest text: 30d, 12h, 8w [about a twelfth of all].",
)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="The whole report as .json.")
@project_option
def report_command(since: str | None, out: Path | None, project: str | None) -> None:
    """Print what has changed: labels that are new, emerging, fading, dormant or drifted, what people did, what is proposed.

    Texts need times (`label --time`). Merges and splits that the texts suggest go to `labels review`.
    """
    from linnaeus.cli.project import open_project
    from linnaeus.consolidate.survey import survey

    _check(out)
    with open_project(project) as classifier:
        store = classifier.store
        found = survey(store, classifier.consolidator.vectors, _moment(since, store))
    if out is None:
        for line in _lines(found):
            click.echo(line)
    else:
        _write(found, out)


def _check(out: Path | None) -> None:
    from linnaeus.errors import UsageError
    from linnaeus.files import check_place

    if out is not None:
        if out.suffix != ".json":
            raise UsageError(f"{out}: a report is written as .json")
        check_place(out)


def _moment(since: str | None, store: Store) -> float | None:
    """`since` in seconds since 1970."""
    from datetime import datetime

    from linnaeus.errors import UsageError
    from linnaeus.files import moment

    if since is None:
        return None
    length = re.fullmatch(r"(\d+)\s*([hdw])", since.strip().lower())
    time = (store.times() or ["1970-01-01"])[-1] if length else moment(since)
    if time is None:
        raise UsageError(f"{since!r} is no date", hint="such as 2024-05-01, 2024-05-01T12:00, or 30d")
    seconds = datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()
    return seconds - int(length[1]) * SECONDS[length[2]] if length else seconds


def _lines(found: Survey) -> Iterator[str]:
    yield (
        f"{found.since[:16]} to {found.until[:16]} (UTC): {count(found.texts, 'text')},"
        f" {found.before:,} before; {count(sum(one.since > 0 for one in found.labels), 'label')} in use"
    )
    kinds: dict[str, Sequence[LabelLife]] = {
        state: [one for one in found.labels if one.state == state]
        for state in ("emerging", "fading", "dormant")
    }
    kinds["new, too few texts to tell"] = [one for one in found.labels if one.new and one.state == "active"]
    kinds["about something else now"] = [one for one in found.labels if one.likeness is not None]
    for kind, labels in kinds.items():
        if labels:
            yield f"\n{kind} ({len(labels)})"
            yield from (_line(one) for one in labels[:MOST])
            if len(labels) > MOST:
                yield f"  and {len(labels) - MOST:,} more: --out report.json has all"
    if found.events:
        yield f"\nby people ({len(found.events)})"
        yield from (f"  {one.at[:16]} {one.author}: {one.what}" for one in found.events)
    if found.proposals:
        yield f"\nproposed ({len(found.proposals)}): see `linnaeus labels review`"
        yield from (f"  {one.id} {one.kind}: {one.why.get('words', '')}" for one in found.proposals[:MOST])


def _line(one: LabelLife) -> str:
    moved = "" if one.likeness is None else f"; {one.likeness:.2f} alike to before"
    rate = f"{one.expected:.1f} expected" if one.before else f"first seen {one.first[:10]}"
    return f"  {one.name} (label {one.id}): {count(one.since, 'text')}, {rate}{moved}"


def _write(found: Survey, out: Path) -> None:
    import msgspec

    from linnaeus.files import write_whole

    write_whole(out, msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    click.echo(f"written to {out}", err=True)
