"""Which of people's joins and separations hold, where some contradict others: what is taken up first wins.

Knows nothing of events; whoever takes up the newest first lets the later word count.
"""

from __future__ import annotations

from collections import defaultdict

from linnaeus.types import SurfaceId


class Holding:
    """Surfaces that are one label, and pairs that are not. Nothing taken up contradicts what was before it.

    A pair is also joined by way of others, and separated where anything joined to the one is from anything joined to
    the other.
    """

    def __init__(self) -> None:
        self.together: list[tuple[SurfaceId, SurfaceId]] = []
        self.apart: list[tuple[SurfaceId, SurfaceId]] = []
        self._head: dict[SurfaceId, SurfaceId] = {}
        self._members: dict[SurfaceId, list[SurfaceId]] = {}
        self._separate: dict[SurfaceId, set[SurfaceId]] = defaultdict(set)  # heads, both ways

    def head(self, surface: SurfaceId) -> SurfaceId:
        """A surface that stands for all that are joined to this one."""
        return self._head.get(surface, surface)

    def joined(self, surface: SurfaceId) -> list[SurfaceId]:
        """All that are joined to this one, itself too."""
        return self._members.get(self.head(surface), [surface])

    def join(self, a: SurfaceId, b: SurfaceId) -> None:
        """Let two surfaces be one label, unless they are separated."""
        keep, gone = self.head(a), self.head(b)
        if keep == gone or gone in self._separate[keep]:
            return
        self.together.append((a, b))
        moved = self._members.pop(gone, [gone])
        self._members.setdefault(keep, [keep]).extend(moved)
        self._head.update(dict.fromkeys(moved, keep))
        for other in self._separate.pop(gone, set()):
            self._separate[other].discard(gone)
            self._separate[other].add(keep)
            self._separate[keep].add(other)

    def separate(self, a: SurfaceId, b: SurfaceId) -> None:
        """Let two surfaces be two labels, unless they are joined."""
        left, right = self.head(a), self.head(b)
        if left != right:
            self.apart.append((a, b))
            self._separate[left].add(right)
            self._separate[right].add(left)
