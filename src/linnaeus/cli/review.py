"""`linnaeus labels review`: changes to labels that wait for a person. Knows nothing of how they are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.options import person_options, project_option
from linnaeus.cli.words import count

if TYPE_CHECKING:
    from linnaeus.consolidate import Consolidator
    from linnaeus.consolidate.reviews import Review
    from linnaeus.store import Store
    from linnaeus.types import LabelId

EXAMPLES = 2  # texts of each label
LONGEST = 100  # characters of each


@click.command("review", short_help="List proposed changes, or decide on them.")
@click.argument("numbers", nargs=-1)
@click.option("--accept", is_flag=True, help="Make the changes with these NUMBERS.")
@click.option("--dismiss", is_flag=True, help="Put them aside; they are not proposed again.")
@click.option("--kind", type=click.Choice(["merge", "split", "map"]), help="Only proposals of this kind.")
@click.option("--limit", metavar="N", type=click.IntRange(min=0), help="Only the N oldest.")
@person_options
@project_option
def review_command(
    numbers: tuple[str, ...],
    accept: bool,
    dismiss: bool,
    kind: str | None,
    limit: int | None,
    project: str | None,
    **by: Any,
) -> None:
    """List the proposed changes that are open, or decide on those with these NUMBERS ("all": on every one listed)."""
    from linnaeus.cli.project import author_or_login, open_project, open_store
    from linnaeus.errors import UsageError

    if accept and dismiss:
        raise UsageError("--accept and --dismiss at once", hint="decide on some, then on the others")
    if not accept and not dismiss:
        with open_store(project) as store:
            _list(store, _chosen(store, numbers or ("all",), kind)[:limit])
        return
    if not numbers:
        raise UsageError("which ones?", hint='give numbers, or "all"; `linnaeus labels review` lists them')
    with open_project(project) as classifier:
        chosen = [one.id for one in _chosen(classifier.store, numbers, kind)[:limit]]
        decide = _accept if accept else _dismiss
        decide(classifier.consolidator, chosen, author_or_login(by["author"]), by["why"])


def _chosen(store: Store, numbers: Sequence[str], kind: str | None) -> list[Review]:
    """The open proposals of `kind` that `numbers` name."""
    from linnaeus.consolidate.reviews import open_reviews
    from linnaeus.errors import InputError, UsageError

    known = {str(one.id): one for one in open_reviews(store) if kind in (None, one.kind)}
    if "all" in numbers:
        return list(known.values())
    wrong = next((number for number in numbers if not number.isdecimal()), None)
    if wrong is not None:
        raise UsageError(f"{wrong!r} is no number of a proposal", hint='such as 3, or "all"')
    missing = [number for number in numbers if number not in known]
    if missing:
        of_kind = f" {kind}" if kind else ""
        raise InputError(
            f"there is no open{of_kind} proposal {', '.join(missing)}",
            hint="`linnaeus labels review` lists what is open",
        )
    return [known[number] for number in dict.fromkeys(numbers)]


def _accept(consolidator: Consolidator, numbers: Sequence[int], author: str, why: str) -> None:
    from linnaeus.consolidate.reviews import accept

    done = set()
    for review, change in accept(consolidator, numbers, author=author, why=why):
        moved = f"; {count(change.moved, 'wording')} moved" if change.moved else ""
        click.echo(f"event {change.event}: accepted {_headline(consolidator.store, review)}{moved}", err=True)
        done.add(review.id)
    settled = [str(number) for number in numbers if number not in done]
    if settled:
        click.echo(f"settled by the changes before: {', '.join(settled)}", err=True)


def _dismiss(consolidator: Consolidator, numbers: Sequence[int], author: str, why: str) -> None:
    from linnaeus.consolidate.reviews import dismiss

    for review, event in dismiss(consolidator.store, numbers, author=author, why=why):
        click.echo(f"event {event}: dismissed {_headline(consolidator.store, review)}", err=True)


def _list(store: Store, reviews: Sequence[Review]) -> None:
    for review in reviews:
        click.echo(_headline(store, review))
        click.echo(f"     {review.why.get('words', '')}")
        for label in review.labels:
            for text in _examples(store, label):
                click.echo(f"       {label}: {text}")
    if reviews:
        numbers = f"--accept {reviews[0].id}, --dismiss {reviews[0].id}"
        click.echo(f"{count(len(reviews), 'proposal')}; decide with {numbers}, ...", err=True)
    else:
        click.echo("nothing waits for you", err=True)


def _headline(store: Store, review: Review) -> str:
    """Number, kind and labels: "3 merge: card_lost (label 4), lost_card (label 9)"."""
    names = store.names_of(review.labels)
    labels = ", ".join(f"{names[label]} (label {label})" for label in review.labels)
    to = review.detail.get("path")
    return f"{review.id} {review.kind}: {labels}" + (
        f" -> {to} [{review.detail['taxonomy_id']}]" if to else ""
    )


def _examples(store: Store, label: LabelId) -> list[str]:
    found = store.texts_of(store.surfaces_of(label), most=EXAMPLES)
    return [f"{text[:LONGEST]}..." if len(text) > LONGEST else text for _, text in found[:EXAMPLES]]
