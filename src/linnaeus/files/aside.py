"""A file that appears whole or not at all: written beside its place and renamed into it. Knows no format."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from linnaeus.errors import LinnaeusError, UsageError


class Aside:
    """A binary file at `.NAME.part`: `keep` syncs it and renames it to NAME, `drop` removes it.

    A part left by a killed run is written over; one that another run still holds is refused with UsageError.
    A link is followed, and the mode of a file that is replaced is kept.
    """

    def __init__(self, path: Path) -> None:
        self._shown = path
        self._target = Path(os.path.realpath(path))
        self._part = self._target.with_name(f".{self._target.name}.part")
        check_place(path)
        try:
            self.file = _held(self._part, path)
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from error

    def keep(self) -> None:
        """Put the file in its place, safe from a power cut."""
        try:
            self.file.flush()
            if self._target.exists():
                os.fchmod(self.file.fileno(), self._target.stat().st_mode & 0o7777)
            os.fsync(self.file.fileno())
            os.replace(self._part, self._target)
            self.file.close()
            _sync_folder(self._target.parent)
        except OSError as failure:
            self.drop()
            raise unwritable(str(self._shown), failure) from failure

    def drop(self) -> None:
        """Remove what was written."""
        self._part.unlink(missing_ok=True)
        with suppress(OSError):  # the rest of its buffer may not fit either
            self.file.close()


def unwritable(name: str, error: OSError) -> LinnaeusError:
    """The one sentence for a disk that is full or broken."""
    hint = "make room and run the same command again: finished work is kept" if error.errno in _FULL else ""
    return LinnaeusError(f"cannot write {name}: {error.strerror or error}", hint=hint)


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_place(path: Path) -> None:
    """Raise UsageError where no file can be put at `path`."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise UsageError(f"{path} is a folder, not a file")
    if target.exists() and not target.is_file():
        raise UsageError(f"{path} is no ordinary file", hint="leave --out away to write JSON lines to stdout")
    if not target.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent}")


def _held(part: Path, shown: Path) -> BinaryIO:
    """`part`, empty, opened for writing and locked.

    A part that was renamed while we waited for it is not ours.
    """
    while True:
        file = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666), "wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if part.stat().st_ino == os.fstat(file.fileno()).st_ino:
                file.truncate(0)
                return file
        except BlockingIOError as error:
            file.close()
            raise UsageError(
                f"another run is writing {shown}", hint="wait for it or choose another --out"
            ) from error
        except FileNotFoundError:
            pass
        file.close()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
