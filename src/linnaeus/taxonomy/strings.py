"""Very many strings in one buffer, one by one or in lists. Knows nothing of labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]
BLOCK = 1 << 13  # strings joined at a time


class Strings(Sequence[str]):
    """n strings that never change, as one UTF-8 `buffer`; string i is the bytes from `offsets[i]` to `offsets[i + 1]`.

    `offsets`: (n + 1,) int64, rising from 0.
    """

    __slots__ = ("buffer", "offsets")

    def __init__(self, buffer: bytes, offsets: Offsets) -> None:
        self.buffer = buffer
        self.offsets = frozen(offsets)

    @classmethod
    def of(cls, strings: Iterable[str]) -> Strings:
        """Put strings into one buffer; half surrogate pairs become "?"."""
        if isinstance(strings, Strings):
            return strings
        made = StringsMaker()
        made.extend(strings)
        return made.done()

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, place: int) -> str:  # type: ignore[override]  # no slices
        return self.raw(place).decode()

    def raw(self, place: int) -> bytes:
        """The UTF-8 bytes of one string; raises IndexError."""
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        return self.buffer[self.offsets[place] : self.offsets[place + 1]]

    def __iter__(self) -> Iterator[str]:
        return (raw.decode() for raw in self.raws())

    def raws(self) -> Iterator[bytes]:
        """The UTF-8 bytes of each string, in order."""
        buffer, start = self.buffer, 0
        for first in range(1, len(self.offsets), BLOCK):
            for end in self.offsets[first : first + BLOCK].tolist():
                yield buffer[start:end]
                start = end

    def hashes(self) -> NDArray[np.int64]:
        """A number (n,) for each string, equal for equal ones; another in every process."""
        return np.fromiter(map(hash, self.raws()), np.int64, len(self))

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Which strings (n,) are not empty."""
        return np.diff(self.offsets) > 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Strings):
            return NotImplemented
        return self.buffer == other.buffer and np.array_equal(self.offsets, other.offsets)

    __hash__ = None  # type: ignore[assignment]


class StringsMaker:
    """Collects strings for a `Strings`."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._lengths: list[NDArray[np.int64]] = []
        self._waiting: list[str] = []

    def add(self, string: str) -> None:
        """Put one more behind the others."""
        self._waiting.append(string)
        if len(self._waiting) == BLOCK:
            self._pack()

    def extend(self, strings: Iterable[str]) -> None:
        """Put more behind the others."""
        strings = iter(strings)
        while more := list(islice(strings, BLOCK)):
            self._waiting += more
            self._pack()

    def _pack(self) -> None:
        whole = "".join(self._waiting)
        if whole.isascii():
            self._parts.append(whole.encode())
            sizes = map(len, self._waiting)
        else:
            raws = [string.encode("utf-8", "replace") for string in self._waiting]
            self._parts.append(b"".join(raws))
            sizes = map(len, raws)
        self._lengths.append(np.fromiter(sizes, np.int64, len(self._waiting)))
        self._waiting.clear()

    def done(self) -> Strings:
        """All of them."""
        self._pack()
        return Strings(b"".join(self._parts), starts_of(np.concatenate(self._lengths)))


class Lists(Sequence[Sequence[str]]):
    """n lists of strings that never change: list i is `strings` from `starts[i]` to `starts[i + 1]`.

    `starts`: (n + 1,) int64, rising from 0.
    """

    __slots__ = ("starts", "strings")

    def __init__(self, starts: Offsets, strings: Strings) -> None:
        self.starts = frozen(starts)
        self.strings = strings

    @classmethod
    def of(cls, lists: Iterable[Sequence[str]]) -> Lists:
        """Put lists of strings behind each other."""
        if isinstance(lists, Lists):
            return lists
        kept = list(lists)
        return cls(starts_of([len(one) for one in kept]), Strings.of(chain.from_iterable(kept)))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> list[str]:  # type: ignore[override]  # no slices
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        return [self.strings[one] for one in range(self.starts[place], self.starts[place + 1])]

    def __iter__(self) -> Iterator[list[str]]:
        strings = iter(self.strings)
        for size in self.sizes.tolist():
            yield list(islice(strings, size))

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many strings each list (n,) has."""
        return np.diff(self.starts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lists):
            return NotImplemented
        return np.array_equal(self.starts, other.starts) and self.strings == other.strings

    __hash__ = None  # type: ignore[assignment]


def starts_of(sizes: NDArray[np.int64] | Sequence[int]) -> Offsets:
    """Where each part of (n,) sizes starts (n + 1,), and where the last one ends."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(np.asarray(sizes, np.int64), out=starts[1:])
    return starts


def frozen(array: Offsets) -> Offsets:
    """The array, read-only from now on."""
    array.flags.writeable = False
    return array
