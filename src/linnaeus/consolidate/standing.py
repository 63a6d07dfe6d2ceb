"""What people said of labels and still holds: names they gave, wordings they joined. Read from events, so undo is exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from linnaeus.consolidate.wording import wording_key
from linnaeus.store import Store
from linnaeus.types import LabelId, SurfaceId


@dataclass(frozen=True, slots=True)
class Standing:
    """`names`: of labels that people named or merged into, the latest last; `together`: surfaces that they joined."""

    names: dict[LabelId, str]
    together: list[tuple[SurfaceId, SurfaceId]]

    def called(self, key: str) -> LabelId | None:
        """The label that a person gave the name with this wording key."""
        return next((label for label, name in self.names.items() if wording_key(name) == key), None)


def standing(store: Store) -> Standing:
    """Read the events of `store` that were not undone."""
    names: dict[LabelId, str] = {}
    for event in store.events():
        if event.undone_by is None and event.kind in ("merge", "rename"):
            detail: dict[str, Any] = msgspec.json.decode(event.detail)
            names.pop(LabelId(detail["label"]), None)
            names[LabelId(detail["label"])] = detail["name"]
    votes = store.votes(by_people=True)
    return Standing(names, [(vote.a, vote.b) for vote in votes if vote.kind == "same"])
