"""`linnaeus export`: every text under today's labels. Knows nothing of how labels are found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from linnaeus.cli.options import output_option, project_option
from linnaeus.cli.project import open_store

if TYPE_CHECKING:
    from linnaeus.store import Store
    from linnaeus.types import LabelId


@click.command("export", short_help="Write every text under today's labels.")
@output_option
@project_option
def export_command(out: Path | None, project: str | None) -> None:
    """Write every text of the project with the label it has today: id, text, category, label, label_id, labels, score, by.

    Merges and renames since a text was labelled are in it, so this is the truth at the end. Where labels are mapped to a
    taxonomy, taxonomy_id and taxonomy_label come before category; where they are those of a taxonomy, there are
    taxonomy_ids and scores in its place.
    """
    import sys

    from linnaeus.classifier import Classifier
    from linnaeus.cli.grades import GRADES, grades
    from linnaeus.cli.words import count
    from linnaeus.consolidate.mapped import mapped, of_taxonomy
    from linnaeus.files import Row, open_writer
    from linnaeus.stages import Exact

    with open_store(project) as store:
        classifier, entries = Classifier(Exact(store), store), mapped(store)
        graded = not entries and store.has_taxonomy()
        more = GRADES if graded else (*(("taxonomy_id", "taxonomy_label") if entries else ()), "category")
        paths = {} if graded else _paths(store)
        written = 0
        with open_writer(out or sys.stdout.buffer, ("id", "text", *more)) as writer:
            for written, (item, answer) in enumerate(classifier.export(), start=1):
                columns = {"id": item or "", "text": answer.text}
                if entries:
                    columns |= of_taxonomy(answer.label_ids, entries)
                if graded:
                    columns |= grades(answer)
                else:
                    above = dict.fromkeys(paths.get(label, "") for label in answer.label_ids)
                    columns["category"] = "|".join(filter(None, above))
                writer.write(Row(written, item or "", answer.text, columns, None), answer)
        waiting = store.waiting_count() if graded else 0
    click.echo(f"{count(written, 'row')} written to {out or 'standard output'}", err=True)
    if waiting:
        click.echo(
            f"{count(waiting, 'text')} still to be looked at again, as labels or examples have changed:"
            " `linnaeus label` does that",
            err=True,
        )


def _paths(store: Store) -> dict[LabelId, str]:
    """The category of each label, with what that is under; a | in a name becomes /."""
    from linnaeus.cli.show import path

    categories = store.categories()
    return {one.id: path(one.category, categories).replace("|", "/") for one in store.labels(retired=True)}
