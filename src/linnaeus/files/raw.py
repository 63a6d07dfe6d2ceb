"""The bytes of an input, from the start as often as asked: a file, or standard input kept in a spool.

Knows no records.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from linnaeus.errors import InputError, LinnaeusError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER = 1 << 18
UTF8_BOM = b"\xef\xbb\xbf"
WIDE_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Bytes:
    """An input that can be read from the start any number of times, though it may be a pipe.

    A pipe is copied to an unlinked temporary file first. gzip is recognised by its first two bytes and
    unpacked. `name` is what messages call it.
    """

    def __init__(self, path: str) -> None:
        self.name = "standard input" if path == "-" else path
        self.path = None if path == "-" else path
        self._file = _spooled(sys.stdin.buffer, self.name) if path == "-" else _opened(path)
        self._stamp = self._now()
        self._at: _Window | None = None
        self._unpacked: BinaryIO | None = None
        self.gzipped = os.pread(self._file.fileno(), 2, 0) == b"\x1f\x8b"

    def stream(self) -> BinaryIO:
        """A fresh reader at the first byte after any byte order mark; raises InputError for UTF-16."""
        self._at = _Window(self._file.fileno())
        source = io.BufferedReader(cast(io.RawIOBase, self._at), BUFFER)
        if self.gzipped:
            source = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=source)), BUFFER)
        start = source.peek(3)[:3]
        if start[:2] in WIDE_BOMS:
            hint = f"convert it: iconv -f {WIDE_BOMS[start[:2]]} -t UTF-8"
            raise InputError(f"{self.name} is {WIDE_BOMS[start[:2]]}, not UTF-8", hint=hint)
        if start == UTF8_BOM:
            source.read(3)
        return cast(BinaryIO, source)

    def seekable(self) -> BinaryIO:
        """A fresh reader that seeks; gzip is unpacked once, into an unlinked temporary file."""
        if self.gzipped and self._unpacked is None:
            self._unpacked = _spooled(self.stream(), self.name)
        file = self._unpacked or self._file
        return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, _Window(file.fileno())), BUFFER))

    @property
    def size(self) -> int:
        """Bytes as stored, at the time of opening."""
        return self._stamp[0]

    @property
    def share_read(self) -> float:
        """How much of the file (0 to 1) the newest reader has passed."""
        return min(1.0, self._at.tell() / self.size) if self._at is not None and self.size else 0.0

    def check_unchanged(self) -> None:
        """Raise InputError if the file was written to since it was opened."""
        if self._now() != self._stamp:
            hint = "run again when nothing writes to it; finished work is kept"
            raise InputError(f"{self.name} changed while it was read", hint=hint)

    def same_file(self, path: Path) -> bool:
        """Whether `path` is this very file."""
        try:
            found = path.stat()
        except OSError:
            return False
        own = os.fstat(self._file.fileno())
        return (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino)

    def close(self) -> None:
        """Let go of the file; readers made before stop working."""
        self._file.close()
        if self._unpacked is not None:
            self._unpacked.close()

    def _now(self) -> tuple[int, int]:
        found = os.fstat(self._file.fileno())
        return found.st_size, found.st_mtime_ns


class _Window(io.RawIOBase):
    """Reads a descriptor at a position of its own, so that several readers share one file."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        starts = (0, self._position, os.fstat(self._descriptor).st_size)
        self._position = starts[whence] + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        count = os.preadv(self._descriptor, [buffer], self._position)
        self._position += count
        return count


def _opened(path: str) -> BinaryIO:
    try:
        file = open(path, "rb")  # noqa: SIM115  closed by Bytes.close
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder, not a file") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    with file:
        return _spooled(file, path)


def _spooled(source: BinaryIO, name: str) -> BinaryIO:
    spool = tempfile.TemporaryFile()  # noqa: SIM115  closed by Bytes.close
    try:
        shutil.copyfileobj(source, spool, BUFFER)
        spool.flush()
    except BaseException as error:
        spool.close()
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            hint = f"make room in {tempfile.gettempdir()} or set TMPDIR"
            raise LinnaeusError(
                f"cannot copy {name} to a temporary file: {error.strerror}", hint=hint
            ) from error
        raise
    spool.seek(0)
    return cast(BinaryIO, spool)
