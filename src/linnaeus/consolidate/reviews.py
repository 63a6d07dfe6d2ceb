"""Changes to labels that wait for a person: what they say today, and what happens when one is accepted or dismissed.

Knows nothing of how they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from linnaeus.consolidate.changes import Change, record
from linnaeus.consolidate.consolidator import Consolidator
from linnaeus.consolidate.mapped import Entry, map_label, mapped
from linnaeus.consolidate.parting import propose_split
from linnaeus.consolidate.people import merge
from linnaeus.consolidate.splits import split_texts
from linnaeus.consolidate.tidy import PERSON
from linnaeus.errors import InputError
from linnaeus.store import Proposal, Proposed, Store
from linnaeus.types import LabelId

Accept: TypeAlias = Callable[[Consolidator, "Review", "By"], Change]


class By(NamedTuple):
    """Who decides, and why."""

    author: str
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """An open proposal as it stands today: the labels it is about (those that they have become), most texts first."""

    id: int
    kind: str
    labels: tuple[LabelId, ...]
    detail: dict[str, Any]
    why: dict[str, Any]
    at: str

    @property
    def sameness(self) -> tuple[str, tuple[LabelId, ...], str]:
        """Two proposals with the same ask for the same change, though labels have merged since."""
        return self.kind, tuple(sorted(self.labels)), str(self.detail.get("taxonomy_id", ""))


def merge_proposal(labels: Sequence[LabelId], why: dict[str, Any]) -> Proposed:
    """Ask whether `labels` are one."""
    ids = sorted(labels)
    return Proposed("merge", " ".join(map(str, ids)), {"labels": ids}, why)


def open_reviews(store: Store) -> list[Review]:
    """The open proposals that still make sense, oldest first.

    Of two that ask for the same change the older one counts; what was dismissed is not asked for under other ids.
    """
    texts, entries = {label.id: label.texts for label in store.labels()}, mapped(store)
    reviews = [(row.state, _today(store, row, texts, entries)) for row in store.proposals()]
    seen = {one.sameness for state, one in reviews if one is not None and state == "dismissed"}
    found = []
    for state, one in reviews:
        if one is not None and state == "open" and one.sameness not in seen:
            found.append(one)
            seen.add(one.sameness)
    return found


def accept(
    consolidator: Consolidator, numbers: Sequence[int], *, author: str = PERSON, why: str = ""
) -> Iterator[tuple[Review, Change]]:
    """Make the changes that the open proposals with these numbers ask for, one after another; each is an event.

    One that the changes before it have settled is passed over. Raises InputError, before anything is done, for a number
    that is not open.
    """
    store = consolidator.store
    wanted = _chosen(store, numbers)
    unknown = next((one for one in wanted if one.kind not in ACCEPT), None)
    if unknown is not None:
        raise InputError(f"proposal {unknown.id} ({unknown.kind}) cannot be accepted by this version")
    left = {one.id: one for one in wanted}
    for number in (one.id for one in wanted):
        if number in left:
            now = left[number]
            with consolidator.all_or_nothing():
                change = ACCEPT[now.kind](consolidator, now, By(author, why))
                store.decide_proposal(number, change.event)
            if now.kind != "map":  # a change of labels may settle others
                left = {one.id: one for one in open_reviews(store)}
            yield now, change


def dismiss(
    store: Store, numbers: Sequence[int], *, author: str = PERSON, why: str = ""
) -> list[tuple[Review, int]]:
    """Put open proposals aside; they are not made again unless the event, given with each, is undone."""
    done = []
    with store.writing():
        for one in _chosen(store, numbers):
            about = {"label": one.labels[0], "labels": list(one.labels[1:])}
            detail = {**about, "proposal": one.id, "of": one.kind}
            event = record(store, "dismiss", detail, author=author, why=why)
            store.decide_proposal(one.id, event)
            done.append((one, event))
    return done


def _chosen(store: Store, numbers: Sequence[int]) -> list[Review]:
    known = {one.id: one for one in open_reviews(store)}
    missing = [number for number in dict.fromkeys(numbers) if number not in known]
    if missing:
        listed = ", ".join(map(str, missing))
        raise InputError(f"not open: {listed}", hint="`linnaeus labels review` lists what is open")
    return [known[number] for number in dict.fromkeys(numbers)]


def _today(
    store: Store, row: Proposal, texts: dict[LabelId, int], entries: dict[LabelId, Entry]
) -> Review | None:
    """A proposal about today's labels; None if there is nothing left to do or to ask."""
    was = [LabelId(label) for label in row.detail.get("labels", [row.detail.get("label")])]
    now = [store.today(label) for label in was]
    labels = tuple(sorted({one for one in now if one in texts}, key=lambda one: (-texts[one], one)))
    if len(labels) < MEMBERS.get(row.kind, 1) or (row.kind == "split" and now != was):
        return None
    entry = entries.get(labels[0]) if row.kind == "map" and row.state == "open" else None
    if entry is not None and entry.id == row.detail["taxonomy_id"]:
        return None
    return Review(row.id, row.kind, labels, row.detail, row.why, row.at)


MEMBERS = {"merge": 2}
"""How many labels a proposal must be about to ask for anything."""


def _merge(consolidator: Consolidator, review: Review, by: By) -> Change:
    return merge(consolidator, review.labels[0], review.labels[1:], author=by.author, why=by.why)


def _split(consolidator: Consolidator, review: Review, by: By) -> Change:
    split = propose_split(consolidator, review.labels[0])
    return split_texts(consolidator, split, author=by.author, why=by.why)


def _map(consolidator: Consolidator, review: Review, by: By) -> Change:
    entry = Entry(review.detail["taxonomy_id"], review.detail["taxonomy_label"], review.detail["path"])
    words = review.why.get("words", "")
    event = map_label(
        consolidator.store, review.labels[0], entry, evidence=words, author=by.author, why=by.why
    )
    return Change(event, review.labels[0], 0)


ACCEPT: dict[str, Accept] = {"merge": _merge, "split": _split, "map": _map}
"""Kind -> what accepting it does."""
