"""What is wrong with the labels of a taxonomy together, and the taxonomy if nothing is. Knows no format."""

from __future__ import annotations

from difflib import get_close_matches

import numpy as np

from linnaeus.taxonomy.collect import Collected
from linnaeus.taxonomy.faults import Fault, brief, quoted
from linnaeus.taxonomy.links import Links
from linnaeus.taxonomy.strings import starts_of
from linnaeus.taxonomy.taxonomy import BETWEEN, Taxonomy

FEW = 10_000  # ids up to which one that is nearly right is looked for
MOST_ROUND = 6  # ids of a circle that are named
TOP = -1  # stands for the parent of labels that have none


def examined(found: Collected) -> Taxonomy | None:
    """The taxonomy, or None if there are errors; adds what is wrong to `found.faults`, warnings too."""
    faults = found.faults
    for place, first in found.lookup.repeats():
        words = f"the id {quoted(found.ids[place])} is on line {found.lines[first]} too"
        faults.add(Fault(int(found.lines[place]), "repeated id", words))
    parents = _parents(found)
    _note_circles(found, parents)
    if not faults.errors and not len(found.ids):
        faults.add(Fault(0, "empty", "there is no label in it"))
    _note_twins(found, parents)
    _note_homonyms(found)
    _note_orphans(found, parents)
    if faults.errors:
        return None
    return Taxonomy(
        ids=found.ids,
        names=found.names,
        descriptions=found.descriptions,
        synonyms=found.synonyms,
        parents=parents,
    )


def _parents(found: Collected) -> Links:
    """The parents that there are; the others are noted."""
    places = found.lookup.places(found.parents.strings)
    owners = np.repeat(np.arange(len(found.ids)), found.parents.sizes)
    unknown = np.flatnonzero(places < 0)
    for link in unknown.tolist():
        words = _unknown(found, found.parents.strings[link])
        found.faults.add(Fault(int(found.lines[owners[link]]), "unknown parent", words))
    known = places >= 0
    return Links(starts_of(np.bincount(owners[known], minlength=len(found.ids))), places[known])


def _unknown(found: Collected, parent: str) -> str:
    words = f"there is no label with the id {quoted(parent)}, given as a parent"
    if len(found.ids) > FEW or found.faults.errors > 20:  # a look through all ids takes its time
        return words
    close = get_close_matches(parent, list(found.ids), 1)
    return f"{words}; did you mean {quoted(close[0])}?" if close else words


def _note_circles(found: Collected, parents: Links) -> None:
    """One fault for each circle that can be followed by the first parents that lie on or lead to one."""
    left = parents.circular()
    if not len(left):
        return
    inside = np.zeros(len(parents), np.bool_)
    inside[left] = True
    above = np.full(len(parents), -1, np.int64)
    owners = parents.owners
    rising = (
        inside[owners] & inside[parents.places]
    )  # of several parents the first counts: it is written last
    above[owners[rising][::-1]] = parents.places[rising][::-1]
    for round_trip in _circles(above.tolist(), left.tolist()):
        ids = BETWEEN.join(brief(found.ids[place]) for place in round_trip[:MOST_ROUND])
        rest = " ..." if len(round_trip) > MOST_ROUND else BETWEEN + brief(found.ids[round_trip[0]])
        words = f"the label is above itself: {ids}{rest}"
        found.faults.add(Fault(int(found.lines[round_trip[0]]), "circle", words))


def _circles(above: list[int], left: list[int]) -> list[list[int]]:
    """Every circle of a graph where each place has one link: from its first place on, parents first."""
    seen: dict[int, int] = {}  # the walk that came by first
    found = []
    for walk, place in enumerate(left):
        while place not in seen:
            seen[place] = walk
            place = above[place]
        if seen[place] == walk:
            upwards, at = [place], above[place]
            while at != place:
                upwards.append(at)
                at = above[at]
            first = upwards.index(min(upwards))
            found.append([upwards[first], *reversed(upwards[first + 1 :] + upwards[:first])])
    return found


def _note_twins(found: Collected, parents: Links) -> None:
    """Labels that have the name of another one under the same parent, or at the top."""
    tops = np.flatnonzero(parents.sizes == 0).astype(np.int32)
    under = np.concatenate([parents.places, np.full(len(tops), TOP, np.int32)])
    owners = np.concatenate([parents.owners, tops])
    marks = found.names.hashes()[owners]
    order = np.lexsort((owners, marks, under))
    same = (np.diff(under[order]) == 0) & (np.diff(marks[order]) == 0)
    for at in np.flatnonzero(same).tolist():
        first, place = int(owners[order[at]]), int(owners[order[at + 1]])
        name = found.names[place]
        if name and name == found.names[first] and first != place:
            parent = int(under[order[at]])
            where = f"under {quoted(found.ids[parent])}" if parent != TOP else "at the top"
            words = f"the name {quoted(name)} is {where} twice: line {found.lines[first]} has it too"
            found.faults.add(Fault(int(found.lines[place]), "same name, same parent", words, error=False))


def _note_homonyms(found: Collected) -> None:
    """One warning for all names that several labels have."""
    marks = found.names.hashes()
    filled = np.flatnonzero(found.names.filled)
    values, firsts, counts = np.unique(marks[filled], return_index=True, return_counts=True)
    if not len(values) or counts.max() < 2:
        return
    most = int(counts.argmax())
    place = int(filled[firsts[most]])
    number = int((counts > 1).sum())
    words = (
        f"{number:,} names are those of several labels each, {quoted(found.names[place])} of {counts[most]:,}"
        if number > 1
        else f"the name {quoted(found.names[place])} is that of {counts[most]:,} labels"
    )
    found.faults.add(Fault(0, "same name", words + ": only what is above tells them apart", error=False))


def _note_orphans(found: Collected, parents: Links) -> None:
    """Labels with nothing above or under them where most have something."""
    alone = (found.parents.sizes == 0) & (np.bincount(parents.places, minlength=len(parents)) == 0)
    if int(alone.sum()) * 2 >= len(alone):
        return
    for place in np.flatnonzero(alone).tolist():
        if found.faults.full("orphan", error=False):
            words = ""  # only counted
        else:
            words = f"{quoted(found.ids[place])} has no parent and nothing is under it, unlike most labels"
        found.faults.add(Fault(int(found.lines[place]), "orphan", words, error=False))
