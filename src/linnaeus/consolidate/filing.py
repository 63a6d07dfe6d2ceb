"""Which labels are under which category, and which are retired, worked out from what people said. Knows no groups."""

from __future__ import annotations

from itertools import count

from linnaeus.consolidate.standing import Standing, above
from linnaeus.consolidate.wording import wording_key
from linnaeus.store import Store
from linnaeus.types import LabelId


def file_labels(said: Standing, store: Store) -> None:
    """Write down categories and retired labels as the events that stand have them; commits nothing.

    A label that was never filed has the category of the one filed last of those that were merged into it. A category that
    nothing is under is not in use.
    """
    own: dict[LabelId, LabelId | None] = {}
    inherited: dict[LabelId, LabelId | None] = {}
    for label, category in said.parents.items():
        today = store.today(label)
        if today is not None and label not in said.categories:
            (own if today == label else inherited)[today] = category
    filed = {label: category for label, category in (inherited | own).items() if category is not None}
    used = sorted({one for category in filed.values() for one in above(category, said.parents)})
    filed |= {one: parent for one in used if (parent := said.parents.get(one)) is not None}
    taken = {wording_key(name) for name in said.names.values()}
    store.set_categories({one: free_name(said.categories[one], taken) for one in used}, filed)
    store.set_retired(said.retired)


def free_name(name: str, taken: set[str]) -> str:
    """`name`, with a number behind it where its key is `taken`; it is taken from now on."""
    numbered = (name if number == 1 else f"{name}_{number}" for number in count(1))
    found = next(one for one in numbered if wording_key(one) not in taken)
    taken.add(wording_key(found))
    return found
