"""`linnaeus related [TEXT]`: texts of a project that are like one, or like each. Knows nothing of how they are found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from linnaeus.cli.options import output_option, project_option

if TYPE_CHECKING:
    from linnaeus.discover.related import Near, Related
    from linnaeus.embed import LaterEmbedder
    from linnaeus.store import Store
    from linnaeus.types import Vectors

COLUMNS = ("id", "rank", "related_id", "score", "related_text")
CUT = 200  # characters of a related text


@click.command("related", short_help="Find texts that are like a text.")
@click.argument("text", required=False)
@output_option
@click.option(
    "--top", metavar="N", type=click.IntRange(min=1), default=10, help="How many for each text [10]."
)
@click.option(
    "--by",
    type=click.Choice(["content", "labels", "both"]),
    default="both",
    help="What makes texts alike: meaning and words, the labels they share, or both [both].",
)
@click.option(
    "--diversity",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=0.2,
    help="How much it counts against a text that it is like one already chosen [0.2].",
)
@project_option
def related_command(
    text: str | None,
    out: Path | None,
    top: int,
    by: Literal["content", "labels", "both"],
    diversity: float,
    project: str | None,
) -> None:
    """Find the texts of the project that are like TEXT, best first; without TEXT those like each of its texts.

    A TEXT that is not in the project has no labels, so it is compared by content. Nothing is kept and no model is asked.
    """
    from linnaeus.cli.project import open_store
    from linnaeus.errors import UsageError
    from linnaeus.files import check_table
    from linnaeus.texts import clean_text

    if out is not None:
        check_table(out)
    if text is not None and not clean_text(text):
        raise UsageError("the text is empty", hint="leave it out for the texts like each text of the project")
    with open_store(project) as store:
        shelf = _open_shelf(store)
    if text is None:
        found = [
            (name, shelf.related.to_place(place, top, by=by, diversity=diversity))
            for place, name in enumerate(shelf.ids)
        ]
    elif (known := shelf.places.get(clean_text(text))) is not None:
        found = [(shelf.ids[known], shelf.related.to_place(known, top, by=by, diversity=diversity))]
    elif by == "labels":
        raise UsageError("this text is not in the project, so it has no labels", hint="use --by content")
    else:
        row = shelf.embedder.embed([clean_text(text)])[0]
        found = [("", shelf.related.to_text(clean_text(text), row, top, diversity=diversity))]
    _write(shelf, found, out)


class _Shelf(NamedTuple):
    """The texts of a project by their places, each once; `ids` are those of the file that first named them."""

    texts: list[str]
    ids: list[str]
    places: dict[str, int]
    related: Related
    embedder: LaterEmbedder


def _open_shelf(store: Store) -> _Shelf:
    from linnaeus.discover.related import Related
    from linnaeus.embed import DEFAULT, LaterEmbedder
    from linnaeus.errors import UsageError

    rows = {number: (text, item) for item, number, text in store.export_rows()}
    if not rows:
        raise UsageError("the project holds no texts", hint="`linnaeus label FILE` puts some in")
    texts = [text for text, _ in rows.values()]
    ids = [item or str(number) for number, (_, item) in rows.items()]
    embedder = LaterEmbedder(store.meta("embedder") or "", store.meta("embedder_spec") or DEFAULT)
    named = store.named(list(rows))
    labels = [named[number].label_ids for number in rows]
    made = Related(texts, _vectors(store, embedder, texts), labels)
    return _Shelf(texts, ids, {text: place for place, text in enumerate(texts)}, made, embedder)


def _vectors(store: Store, embedder: LaterEmbedder, texts: list[str]) -> Vectors:
    """The kept vector (n, d) of each text; those that were never made are made now, and not kept."""
    import numpy as np

    from linnaeus.consolidate.neighbours import unit
    from linnaeus.index import quantise
    from linnaeus.store import content_key

    keys = [content_key(text) for text in texts]
    known = store.vectors(keys, embedder.name)
    new = [text for text, key in zip(texts, keys, strict=True) if key not in known]
    if new:
        known |= zip(map(content_key, new), quantise(embedder.embed(new)), strict=True)
    return unit(np.stack([known[key] for key in keys]).astype(np.float32))


def _write(shelf: _Shelf, found: list[tuple[str, list[Near]]], out: Path | None) -> None:
    from linnaeus.cli.words import count
    from linnaeus.files import write_table
    from linnaeus.files.encode import dumped

    cells = [
        (name, rank, shelf.ids[near.place], round(near.score, 4), shelf.texts[near.place][:CUT])
        for name, nears in found
        for rank, near in enumerate(nears, start=1)
    ]
    if out is not None:
        write_table(out, COLUMNS, cells)
    else:
        for row in cells:
            click.echo(dumped(dict(zip(COLUMNS, row, strict=True))))
    click.echo(f"{count(len(cells), 'row')} written to {out or 'standard output'}", err=True)
