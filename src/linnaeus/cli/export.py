"""`linnaeus export`: every text under today's labels. Knows nothing of how labels are found."""

from __future__ import annotations

from pathlib import Path

import click

from linnaeus.cli.options import output_option, project_option
from linnaeus.cli.project import open_store


@click.command("export", short_help="Write every text under today's labels.")
@output_option
@project_option
def export_command(out: Path | None, project: str | None) -> None:
    """Write every text of the project with the label it has today: id, text, label, label_id, labels, score, by.

    Merges and renames since a text was labelled are in it, so this is the truth at the end. Where labels are mapped to a
    taxonomy, taxonomy_id and taxonomy_label come before label; where they are those of a taxonomy, taxonomy_ids and scores.
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
        more = ("taxonomy_id", "taxonomy_label") if entries else GRADES if graded else ()
        written = 0
        with open_writer(out or sys.stdout.buffer, ("id", "text", *more)) as writer:
            for written, (item, answer) in enumerate(classifier.export(), start=1):
                columns = {"id": item or "", "text": answer.text}
                if entries:
                    columns |= of_taxonomy(answer.label_ids, entries)
                elif graded:
                    columns |= grades(answer)
                writer.write(Row(written, item or "", answer.text, columns, None), answer)
    click.echo(f"{count(written, 'row')} written to {out or 'standard output'}", err=True)
