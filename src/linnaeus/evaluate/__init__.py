"""How good labels are, what they cost, and how that is found with few human answers. Knows nothing of the command line."""

from __future__ import annotations
