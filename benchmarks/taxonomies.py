"""What a large taxonomy costs: reading and checking its file, looking into it, a project that holds it.

    python benchmarks/taxonomies.py [--labels 1000000] [FILE ...]

Takes a made taxonomy of so many labels (a CSV; half with a description, a third with two synonyms, one in twenty with two
parents), then each FILE. Every row is a process of its own: seconds of processor time, and the operating system's peak of
its memory, the interpreter and numpy (some 35 MB) included.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from linnaeus.taxonomy import Taxonomy, read_taxonomy, write_taxonomy

T = TypeVar("T")


def made(path: Path, labels: int) -> None:
    """Write a taxonomy of so many labels, always the same one."""
    draw = random.Random(1).randrange
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "description", "parent_ids", "synonyms"])
        for n in range(labels):
            parents = [] if n < 50 else [f"L{draw(n // 8 + 1)}"]
            parents += [f"L{draw(n)}"] if n > 50 and n % 20 == 0 else []
            about = f"A thing é that is described in a line of some words, {n}" if n % 2 else ""
            synonyms = f"syn {n}|alt name {n}" if n % 3 == 0 else ""
            writer.writerow([f"L{n}", f"Label number {n} of things", about, "|".join(parents), synonyms])


def timed(what: str, work: Callable[[], T]) -> T:
    """Do `work` and print its seconds."""
    began = time.process_time()
    done = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {what:34} {time.process_time() - began:7.2f} s {peak:7.0f} MB")
    return done


def held(taxonomy: Taxonomy) -> float:
    """MB of the columns."""
    strings = (taxonomy.ids, taxonomy.names, taxonomy.descriptions, taxonomy.synonyms.strings)
    arrays = [one.offsets for one in strings] + [taxonomy.synonyms.starts, taxonomy.parents.starts]
    size = sum(len(one.buffer) for one in strings) + sum(array.nbytes for array in arrays)
    return (size + taxonomy.parents.places.nbytes) / 2**20


def columns(path: str) -> None:
    """Read a file; look around in it; write it."""
    taxonomy = timed("read and check", lambda: read_taxonomy(path))
    print(f"  {len(taxonomy):,} labels; columns {held(taxonomy):.0f} MB")
    timed("first look-up of an id", lambda: taxonomy.places([taxonomy.ids[0]]))
    timed("1,000 look-ups more", lambda: taxonomy.places([taxonomy.ids[0]] * 1000))
    timed("depths and children", lambda: (taxonomy.depth, taxonomy.children))
    timed("1,000 paths", lambda: [taxonomy.path(place) for place in range(-1000, 0)])
    timed("100 subtrees", lambda: [taxonomy.subtree(place) for place in range(100)])
    with tempfile.TemporaryDirectory() as folder:
        timed("write .csv", lambda: write_taxonomy(Path(folder) / "o.csv", taxonomy))
        timed("write .ttl", lambda: write_taxonomy(Path(folder) / "o.ttl", taxonomy))


def project(path: str) -> None:
    """Put it into a project, twice, and read it back."""
    from linnaeus.closed.project import import_taxonomy, load
    from linnaeus.store import Store

    taxonomy = read_taxonomy(path)
    with tempfile.TemporaryDirectory() as folder, Store(str(Path(folder) / "p.db")) as store:
        timed("import", lambda: import_taxonomy(store, taxonomy))
        timed("import again, nothing changed", lambda: import_taxonomy(store, taxonomy))
        timed("read back", lambda: load(store))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--part", choices=["columns", "project"])
    parser.add_argument("files", nargs="*")
    given = parser.parse_args()
    if given.part:
        (columns if given.part == "columns" else project)(given.files[0])
        return
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "made.csv"
        made(first, given.labels)
        for file in (str(first), *given.files):
            print(f"{Path(file).name}, {Path(file).stat().st_size / 1e6:.0f} MB", flush=True)
            for part in ("columns", "project"):
                subprocess.run([sys.executable, __file__, "--part", part, file], check=True)


if __name__ == "__main__":
    main()
