"""What labels of a project are called, as an index that is kept there. Knows no example."""

from __future__ import annotations

from linnaeus.closed.background import BACKGROUND, FEW, Background
from linnaeus.closed.entries import Entries
from linnaeus.closed.trusted import Trusted
from linnaeus.closed.zero_shot import ZeroShot
from linnaeus.store import CachedVectors, Store
from linnaeus.taxonomy import Taxonomy

KIND = "zero-shot"


def trusted(store: Store, taxonomy: Taxonomy, vectors: CachedVectors) -> Trusted:
    """Candidates by names, with probabilities, over this version of the taxonomy; kept once they are made, which commits."""
    version = f"{store.generation()} {vectors.name}"
    background = Background(vectors.codes(BACKGROUND)) if len(taxonomy) <= FEW else None
    if store.meta("zero_shot_of") == version:
        return Trusted(ZeroShot.from_arrays(store.arrays(KIND), vectors.codes), background=background)
    entries = Entries.of(list(taxonomy.names), list(taxonomy.synonyms), list(taxonomy.descriptions))
    made = ZeroShot.of(entries, vectors.codes(entries.texts), taxonomy.parents, vectors.codes)
    with store.writing():
        store.set_arrays(KIND, made.to_arrays())
        store.set_meta("zero_shot_of", version)
    return Trusted(made, background=background)
