"""Key phrases as names of labels without wordings, steady while texts come in, and exact when an event is undone.

While no text comes in, a label that is as it was when the last ones had come keeps the name from then; the names of others
depend on those names and on the groups alone. Knows nothing of how groups are found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linnaeus.consolidate.filing import free_name
from linnaeus.consolidate.phrases import name_groups
from linnaeus.consolidate.wording import wording_key
from linnaeus.store import KeptName, Store, content_key
from linnaeus.types import Embedder, LabelId, SurfaceId

TEXTS_TO_NAME = 200  # texts of a label that its key phrases are taken from
MACHINE = "linnaeus"


def name_wordless(
    groups: Mapping[LabelId, Sequence[SurfaceId]], store: Store, embedder: Embedder, *, new_texts: bool
) -> dict[LabelId, str]:
    """A name for each group of surfaces; different ones. `new_texts`: whether texts came in since names were given."""
    kept, now, counts = store.kept_names(), store.names(), store.surface_counts()
    shapes = {label: _shape(surfaces, counts) for label, surfaces in groups.items()}
    if new_texts:
        kept |= {label: KeptName(now[label][0], "") for label in groups if now[label][1] == MACHINE}
    names = {
        label: kept[label].name
        for label, shape in shapes.items()
        if label in kept and kept[label].shape == shape
    }
    if len(names) < len(groups):
        taken = {wording_key(name) for name in names.values()}
        keep = [kept[label].name if label in kept else None for label in groups]
        for label, name in _phrases(groups, store, embedder, keep).items():
            if label not in names:
                names[label] = free_name(name, taken)
    if new_texts:
        store.keep_names({label: KeptName(name, shapes[label]) for label, name in names.items()})
    return names


def _shape(surfaces: Sequence[SurfaceId], counts: Mapping[SurfaceId, int]) -> str:
    """What tells a group from what it was before an event: its surfaces, and how many texts each has."""
    return content_key(" ".join(f"{one}:{counts.get(one, 0)}" for one in sorted(surfaces))).hex()


def _phrases(
    groups: Mapping[LabelId, Sequence[SurfaceId]],
    store: Store,
    embedder: Embedder,
    keep: Sequence[str | None],
) -> dict[LabelId, str]:
    owner = {surface: label for label, surfaces in groups.items() for surface in surfaces}
    texts: dict[LabelId, list[str]] = {label: [] for label in groups}
    for surface, text in store.texts_of(list(owner), most=TEXTS_TO_NAME):
        texts[owner[surface]].append(text)
    named = name_groups([texts[label][:TEXTS_TO_NAME] for label in groups], embedder, keep=keep)
    return dict(zip(groups, named, strict=True))
