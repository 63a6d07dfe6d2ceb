"""Nearest neighbours by exact whole-number cosines. Knows nothing of texts, labels or storage."""

from linnaeus.index.exact import ExactIndex, cosines, quantise, units
from linnaeus.index.growing import GrowingArray

__all__ = ["ExactIndex", "GrowingArray", "cosines", "quantise", "units"]
