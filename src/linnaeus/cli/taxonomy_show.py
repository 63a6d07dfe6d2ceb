"""A taxonomy, or one label of it, on stdout. Knows nothing of projects and files."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice

import click

from linnaeus.errors import InputError
from linnaeus.taxonomy import BETWEEN, Places, Taxonomy

MOST = 20  # labels of a list that are printed
MOST_PATHS = 10
NEAR = 20_000  # names among which one that is nearly right is looked for


def print_summary(taxonomy: Taxonomy) -> None:
    """Print counts and the labels at the top."""
    counts = {
        "labels": len(taxonomy),
        "leaves": len(taxonomy.leaves()),
        "levels": int(taxonomy.depth.max(initial=-1)) + 1,
        "with several parents": int((taxonomy.parents.sizes > 1).sum()),
        "with synonyms": int((taxonomy.synonyms.sizes > 0).sum()),
        "with a description": int(taxonomy.descriptions.filled.sum()),
        "at the top": len(taxonomy.roots),
    }
    for what, number in counts.items():
        click.echo(f"{what}\t{number}")
    _print_list(taxonomy, taxonomy.roots)


def print_label(taxonomy: Taxonomy, wanted: str) -> None:
    """Print the label with this id or name: its paths, synonyms, what is under it."""
    place = find(taxonomy, wanted)
    click.echo(f"{taxonomy.names[place]} [{taxonomy.ids[place]}]")
    for path in _paths(taxonomy, place):
        click.echo(f"path: {BETWEEN.join(taxonomy.names[one] for one in path)}")
    if taxonomy.descriptions[place]:
        click.echo(f"about: {' '.join(taxonomy.descriptions[place].split())}")
    if taxonomy.synonyms[place]:
        click.echo(f"synonyms: {', '.join(taxonomy.synonyms[place])}")
    under = taxonomy.children[place]
    if len(under):
        leaves = len(taxonomy.leaves(place))
        below = len(taxonomy.subtree(place)) - 1
        click.echo(f"under it: {below:,}, directly {len(under):,}, without any under them {leaves:,}")
        _print_list(taxonomy, under)


def find(taxonomy: Taxonomy, wanted: str) -> int:
    """The place of the label that has this id, else this name, else a name that differs in case; raises InputError."""
    place = int(taxonomy.places([wanted])[0])
    if place >= 0:
        return place
    key = wanted.casefold()
    same = [place for place, name in enumerate(taxonomy.names) if name.casefold() == key]
    exact = [place for place in same if taxonomy.names[place] == wanted] or same
    if len(exact) == 1:
        return exact[0]
    if exact:
        ids = ", ".join(taxonomy.ids[place] for place in exact[:MOST])
        raise InputError(f"{len(exact)} labels are called {wanted!r}", hint=f"use an id: {ids}")
    close = get_close_matches(wanted, islice(taxonomy.names, NEAR), n=3)
    hint = f"did you mean {', '.join(close)}?" if close else "an id or a name"
    raise InputError(f"there is no label {wanted!r} in the taxonomy", hint=hint)


def _paths(taxonomy: Taxonomy, place: int) -> list[list[int]]:
    """All ways from a root to `place`, the one by first parents first; 10 at most."""
    found: list[list[int]] = []
    waiting = [[place]]
    while waiting and len(found) < MOST_PATHS:
        path = waiting.pop()
        above = taxonomy.parents[path[0]].tolist()
        if not above:
            found.append(path)
        waiting += [[parent, *path] for parent in reversed(above)]
    return found


def _print_list(taxonomy: Taxonomy, places: Places) -> None:
    for place in places[:MOST].tolist():
        click.echo(f"  {taxonomy.names[place]} [{taxonomy.ids[place]}]")
    if len(places) > MOST:
        click.echo(f"  ... and {len(places) - MOST:,} more")
