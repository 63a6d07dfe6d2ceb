"""Which labels are under which category, and which are retired, worked out from what people said. Knows no groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from itertools import count

from linnaeus.consolidate.standing import Standing, above
from linnaeus.consolidate.wording import wording_key
from linnaeus.store import CATEGORY, Store
from linnaeus.types import LabelId


def file_labels(said: Standing, store: Store) -> None:
    """Write down categories and retired labels as the events that stand have them; commits nothing.

    What people filed stays there, or at the top; a label that was never filed has the category of the one filed last of
    those that were merged into it. Of the rest, those for which a machine found one category (`tree.py`) are under it, if
    they are two or more or a person named it. A category that nothing is under is not in use.
    """
    own: dict[LabelId, LabelId | None] = {}
    inherited: dict[LabelId, LabelId | None] = {}
    for label, category in said.parents.items():
        today = store.today(label)
        if today is not None and label not in said.categories and label > 0:
            (own if today == label else inherited)[today] = category
    by_people = inherited | own
    filed = {label: category for label, category in by_people.items() if category is not None}
    filed |= _found(store.tree(), by_people, {*filed.values(), *said.renamed})
    used = sorted({one for category in filed.values() for one in above(category, said.parents)})
    filed |= {one: parent for one in used if (parent := said.parents.get(one)) is not None}
    taken = {wording_key(name) for name in said.names.values()}
    given = {one: said.renamed.get(one) or said.categories.get(one) for one in used}
    names = {one: free_name(name, taken) for one, name in given.items() if name is not None}
    taken |= {wording_key(name) for label, (name, by) in store.names().items() if by != CATEGORY}
    made = store.made_names()
    for one in (one for one in reversed(used) if one not in names):
        free = wording_key(made[one]) not in taken
        names[one] = free_name(made[one] if free else f"{made[one]}_topics", taken)
    store.set_categories(names, filed)
    store.set_retired(said.retired)


def _found(
    tree: Mapping[LabelId, LabelId], by_people: Container[LabelId], used: Container[LabelId]
) -> dict[LabelId, LabelId]:
    """What a machine found for labels that no person filed, without categories of a single label that are not `used`."""
    found = {label: category for label, category in tree.items() if label not in by_people}
    sizes = Counter(found.values())
    return {label: category for label, category in found.items() if sizes[category] > 1 or category in used}


def free_name(name: str, taken: set[str]) -> str:
    """`name`, with a number behind it where its key is `taken`; it is taken from now on."""
    numbered = (name if number == 1 else f"{name}_{number}" for number in count(1))
    found = next(one for one in numbered if wording_key(one) not in taken)
    taken.add(wording_key(found))
    return found
