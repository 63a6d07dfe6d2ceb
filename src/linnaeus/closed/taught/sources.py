"""The port of a source of candidates, and what passes through it. Knows nothing of what a source looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from linnaeus.closed.taught.sparse import Floats, Sparse
from linnaeus.closed.taught.wording import Words

FEWEST, SHARE = 15, 0.1


def most_of(most: int, labels: int) -> int:
    """How many candidates a source gives of so many labels: a tenth, but at least 15 and `most` at most.

    Of few labels more are mostly noise, and cost more to learn from (research/LOG-taxonomies.md, "What teaching costs").
    """
    return min(most, max(FEWEST, int(SHARE * labels)))


class Batch(NamedTuple):
    """The words of texts, their sparse unit rows (n, terms), and their vectors (n, d) where an embedder is used."""

    words: Sequence[Words]
    rows: Sparse
    vectors: Floats | None


class Look(NamedTuple):
    """What a source makes of a batch: its candidates (texts, labels), and features by name for any pairs of these."""

    candidates: Sparse
    features: Callable[[Sparse], dict[str, Floats]]


class Source(Protocol):
    """Finds candidates and says what speaks for them."""

    def look(self, batch: Batch, own: Sparse | None = None) -> Look:
        """Look at texts. `own`: they are the examples, with these labels (n, labels); each is looked at without itself."""
        ...
