"""`linnaeus labels split`: part a label in two. Knows nothing of how its texts are parted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from linnaeus.cli.changes import called, say_change
from linnaeus.cli.options import llm_options, person_options, project_option
from linnaeus.cli.project import author_or_login, limits_of, open_project
from linnaeus.cli.words import count

if TYPE_CHECKING:
    from linnaeus.classifier import Classifier
    from linnaeus.consolidate.parting import Half, Split

LONGEST = 100  # characters of a text


@click.command("split", short_help="Part a label in two.")
@click.argument("label")
@click.argument("wordings", nargs=-1)
@click.option("--yes", is_flag=True, help="Split the texts as proposed.")
@click.option("--name", metavar="NAME", default="", help="Name of the new label.")
@person_options
@project_option
@llm_options
def split_command(
    label: str, wordings: tuple[str, ...], yes: bool, name: str, author: str | None, **given: Any
) -> None:
    """Make WORDINGS of LABEL a label of their own; without them, propose two halves of its texts.

    Nothing is changed by a proposal until --yes. With --llm the model is then asked about the texts in doubt.
    """
    from linnaeus.consolidate.parting import propose_split
    from linnaeus.consolidate.people import find_label
    from linnaeus.consolidate.splits import split_wordings
    from linnaeus.errors import UsageError

    if wordings and given["llm"]:
        raise UsageError("a split by wordings asks no model", hint="leave out --llm")
    why, by = given.pop("why"), author_or_login(author)
    with open_project(given["project"]) as classifier:
        found = find_label(classifier.store, label)
        if wordings:
            change = split_wordings(classifier.consolidator, found, wordings, name=name, author=by, why=why)
            assert change.new is not None  # a split makes a label
            say_change(classifier.store, "split", change, f"; {called(classifier.store, change.new)} is new")
            return
        proposed = propose_split(classifier.consolidator, found, name=name)
        if yes:
            _carry_out(classifier, proposed, by, why, given)
        else:
            _print(classifier, proposed)


def _print(classifier: Classifier, split: Split) -> None:
    """The proposal on stdout, and what to do with it."""
    from linnaeus.consolidate.parting import separation

    click.echo(f"{called(classifier.store, split.label)}: {count(len(split.out), 'text')} in two halves")
    _print_half(f"{split.kept.name} (label {split.label}) keeps", split.kept)
    _print_half(f"{split.new.name} (new) gets", split.new)
    click.echo(separation(split))
    click.echo(f"{len(split.out) - len(split.doubtful):,} sure, {len(split.doubtful):,} in doubt")
    click.echo("nothing is changed; --yes splits it", err=True)


def _print_half(title: str, half: Half) -> None:
    click.echo(f"  {title} {count(half.texts, 'text')}; key phrase: {half.phrase}")
    for text in half.central:
        click.echo(f"      {text[:LONGEST]}")


def _carry_out(classifier: Classifier, split: Split, author: str, why: str, given: dict[str, Any]) -> None:
    from linnaeus.consolidate.parting import separation
    from linnaeus.consolidate.splits import split_texts

    answers = _asked(classifier, split, given) if given["llm"] else {}
    change = split_texts(classifier.consolidator, split, answers=answers, author=author, why=why)
    assert change.new is not None  # a split makes a label
    store = classifier.store
    texts = sum((split.out | answers).values())
    say_change(store, "split", change, f"; {called(store, change.new)} is new with {count(texts, 'text')}")
    click.echo(separation(split), err=True)
    sure, asked = len(split.out) - len(split.doubtful), len(answers)
    left = len(split.doubtful) - asked
    click.echo(f"{sure:,} sure, {asked:,} asked, {left:,} in doubt, which went to the nearer half", err=True)


def _asked(classifier: Classifier, split: Split, given: dict[str, Any]) -> dict[int, bool]:
    """What the model that the command names says of the texts in doubt."""
    from linnaeus.classifier import open_flow_model
    from linnaeus.consolidate.doubts import ask_in_doubt
    from linnaeus.settings import load_settings

    record = given.pop("record")
    settings = load_settings(given).settings
    model = open_flow_model(settings.llm, limits_of(settings), record)
    return ask_in_doubt(classifier.store, split, model)
