"""How good labels are: pure functions of arrays, each of a weight for every text.

A measure gives all its figures for weights (n,), how often each text counts: once each for the figures themselves, other
numbers of times for their intervals (`intervals.bootstrap`). A figure that is undefined is NaN, never 0. Knows nothing of
files, projects or names.
"""

from __future__ import annotations
