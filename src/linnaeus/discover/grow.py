"""New labels for a taxonomy, from texts that none of its labels fits. Knows nothing of commands; adds nothing by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from linnaeus.closed.source import NOWHERE, Shortlist
from linnaeus.consolidate.filing import free_name
from linnaeus.consolidate.wording import wording_key
from linnaeus.discover.found import FEWEST_TEXTS, find_groups
from linnaeus.discover.naming import Named, by_phrases, central
from linnaeus.discover.stability import DISSOLVED
from linnaeus.taxonomy import Entry, Taxonomy, entries_of, taxonomy_of
from linnaeus.types import Embedder

RESAMPLES = 10
SHOWN = 20  # candidates of a text, from which the best parent is found


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A label that might be added: its name, what it is about, the place of the best parent or None, and how many texts."""

    named: Named
    parent: int | None
    texts: int


def propose(
    texts: Sequence[str], taxonomy: Taxonomy, shortlist: Shortlist, embedder: Embedder
) -> list[NewLabel]:
    """Groups of `texts` that come back when only a part of them is seen, as new labels; the largest first.

    None of fewer than 20 different texts. Raises MissingExtra without scikit-learn and scipy.
    """
    if len(set(texts)) < FEWEST_TEXTS:
        return []
    found = find_groups(texts, embedder, resamples=RESAMPLES)
    assert found.stability is not None
    taken = {wording_key(name) for name in taxonomy.names}
    own = central(found)
    out = []
    for group, named in enumerate(by_phrases(own, embedder)):
        if found.stability[group] < DISSOLVED:
            continue
        label = Named(_free(named, taken), named.description, named.texts)
        out.append(NewLabel(label, _parent(named.texts, taxonomy, shortlist), int(found.sizes[group])))
    return out


def _free(named: Named, taken: set[str]) -> str:
    """Its name, else the first of its key phrases that nothing is called by, else with a number; it is taken then."""
    phrases = [named.name.replace("_", " "), *named.description.split(", ")]
    return free_name(next((one for one in phrases if wording_key(one) not in taken), phrases[0]), taken)


def _parent(texts: Sequence[str], taxonomy: Taxonomy, shortlist: Shortlist) -> int | None:
    """The label above the likeliest candidates of `texts`, or one with others under it; None: at the top, as they are."""
    found = shortlist.shortlist(texts, SHOWN)
    weights = Counter[int]()
    for place, chance in zip(found.places.ravel().tolist(), found.scores.ravel().tolist(), strict=True):
        if place != NOWHERE:
            above = [place] if len(taxonomy.children[place]) else taxonomy.parents[place][:1].tolist()
            weights.update(dict.fromkeys(above or [NOWHERE], chance))
    best = max(weights, key=lambda place: (weights[place], -place), default=NOWHERE)
    return None if best == NOWHERE else best


def grown(taxonomy: Taxonomy, added: Sequence[NewLabel]) -> Taxonomy:
    """The taxonomy with these labels, each under its parent; a new id is the label's name."""
    ids = set(taxonomy.ids)
    rows = list(entries_of(taxonomy))
    for label in added:
        parents = () if label.parent is None else (taxonomy.ids[label.parent],)
        id = label.named.name.replace(" ", "_")
        while id in ids:
            id += "_"
        ids.add(id)
        rows.append(Entry(len(rows) + 1, id, label.named.name, label.named.description, parents))
    return taxonomy_of(rows)
