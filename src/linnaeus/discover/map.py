"""A map of texts as one page that needs nothing else: near texts are near, names stand where their texts are."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate.features import Rows
from linnaeus.consolidate.neighbours import nearest
from linnaeus.discover.found import Found
from linnaeus.discover.sample import representative

PLACED = 4_096  # texts whose places are worked out; others stand among those that they are most like
PERPLEXITY = 30.0
NEIGHBOURS = 3
WIDTH = 10_000  # of the map, in whole numbers
SHOWN = 240  # characters of a text
SEED = 0
DATA = "/*data*/"

Places = NDArray[np.float64]


def map_page(found: Found, names: Sequence[str], places: Places) -> bytes:
    """The page: every distinct text as a point at its place (n, 2), in the colour of its group, of `names` (g,)."""
    low, high = places.min(axis=0), places.max(axis=0)
    whole = np.rint((places - low) / np.maximum((high - low).max(), 1e-9) * WIDTH).astype(int)
    data = {
        "width": WIDTH,
        "x": whole[:, 0].tolist(),
        "y": whole[:, 1].tolist(),
        "group": found.groups.tolist(),
        "count": found.counts.tolist(),
        "text": [text if len(text) <= SHOWN else f"{text[:SHOWN]}..." for text in found.texts],
        "name": [name.replace("_", " ") for name in names],
        "size": found.sizes.tolist(),
    }
    page = files("linnaeus.discover").joinpath("map.html").read_text(encoding="utf-8")
    return page.replace(DATA, _in_a_script(msgspec.json.encode(data).decode())).encode("utf-8", "replace")


def _in_a_script(raw: str) -> str:
    """JSON that cannot end the script it stands in, nor open a comment there."""
    return raw.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def placed(found: Found) -> Places:
    """(n, 2): t-SNE (van der Maaten and Hinton 2008) of a part that covers all kinds; the rest beside their like."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    chosen = representative(found.rows, PLACED)
    part = found.rows[chosen]
    narrow = PCA(min(50, *part.shape), random_state=SEED).fit_transform(part)
    perplexity = min(PERPLEXITY, (len(part) - 1) / 4)
    made = TSNE(perplexity=perplexity, init="pca", random_state=SEED).fit_transform(narrow)
    places = np.zeros((len(found.rows), 2))
    places[chosen] = made
    rest = np.setdiff1d(np.arange(len(found.rows)), chosen)
    if len(rest):
        places[rest] = _beside(found.rows[rest], found.rows[chosen], made)
    return places


def _beside(rows: Rows, others: Rows, places: Places) -> Places:
    """(n, 2): the mean place of the nearest of `others`, a little aside so that points do not cover each other."""
    near = nearest(rows, others, NEIGHBOURS, at_least=-1.0, own=np.full(len(rows), -1))
    weights = np.maximum(near.likeness, 1e-3)[:, :, None]
    middle = (places[near.places] * weights).sum(axis=1) / weights.sum(axis=1)
    spread_by = np.ptp(places, axis=0).max() / 200
    return np.asarray(middle + np.random.default_rng(SEED).normal(scale=spread_by, size=middle.shape))
