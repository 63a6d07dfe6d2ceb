"""What every change of labels needs: the event that records it, its votes, names that may be given. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from linnaeus.consolidate.consolidator import Consolidator
from linnaeus.consolidate.wording import wording_key
from linnaeus.errors import InputError
from linnaeus.store import Store, Vote
from linnaeus.types import LabelId, SurfaceId

P = ParamSpec("P")
R = TypeVar("R")
FIT = "fit"
"""The event that a person labelled texts; told in the history, not undone: the texts may be labelled anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came of an event: the label it was about, and how many wordings stand for another label now.

    `new`: the label that a split made.
    """

    event: int
    label: LabelId
    moved: int
    new: LabelId | None = None


def undisturbed(
    change: Callable[Concatenate[Consolidator, P], R],
) -> Callable[Concatenate[Consolidator, P], R]:
    """Let no other process change labels from the first look of `change` to its end."""

    @wraps(change)
    def whole(consolidator: Consolidator, /, *given: P.args, **named: P.kwargs) -> R:
        with consolidator.all_or_nothing():
            return change(consolidator, *given, **named)

    return whole


def record(store: Store, kind: str, detail: dict[str, Any], *, author: str, why: str) -> int:
    """Append an event with what there was at its time: the newest text and surface, and what its labels were called."""
    labels = [detail.get("label"), detail.get("new"), detail.get("category"), *detail.get("labels", [])]
    called = store.names_of(label for label in labels if label is not None)
    whole = {
        **detail,
        "called": {str(label): name for label, name in called.items()},
        "newest_text": store.newest_text(),
        "newest_surface": store.newest_surface(),
    }
    return store.add_event(kind, whole | ({"why": why} if why else {}), author=author)


def votes(kind: str, head: SurfaceId, others: Iterable[SurfaceId], event: int, author: str) -> Iterable[Vote]:
    """A person's votes, `same` or `different`, on `head` and each of `others`."""
    weight = 1.0 if kind == "same" else -1.0
    return (Vote(head, other, kind, weight, author, event=event) for other in others)


def likeness_of(consolidator: Consolidator, a: SurfaceId, b: SurfaceId) -> str:
    """How alike two surfaces are: "wording 0.71, texts 0.64, chance 0.83" that they are one label."""
    vote = consolidator.alike(a, b)
    cosines = {"wording": vote.wording, "texts": vote.texts, "chance": vote.weight}
    return ", ".join(
        f"{of} {round(cosine, 2) + 0:.2f}" for of, cosine in cosines.items() if cosine is not None
    )


def label_today(store: Store, label: LabelId) -> LabelId:
    """What a label, not a category, has become."""
    today = today_of(store, label)
    if store.is_category(today):
        name = store.names_of([today])[today]
        raise InputError(f"{name!r} is a category, not a label", hint="it has no wordings and no texts")
    return today


def checked_name(store: Store, name: str, label: LabelId | None = None) -> str:
    """`name` trimmed, if `label` may have it: it has a letter or digit, and no other label is called so."""
    key = wording_key(name)
    if not key:
        raise InputError(f"{name!r} has no letter or digit", hint="give a name such as card_lost")
    for other, (called, _) in store.names().items():
        if other != label and wording_key(called) == key:
            hint = "merge the two, or choose another name"
            raise InputError(f"label {other} is already called {called!r}", hint=hint)
    return name.strip()


def today_of(store: Store, label: LabelId) -> LabelId:
    """What a label or category has become."""
    today = store.today(label)
    if today is None:
        raise InputError(f"there is no label with the id {label}", hint="see `linnaeus labels list`")
    return today
