"""One writer a project file, told apart by an operating-system lock that ends with its process, however that dies."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from pathlib import Path

from linnaeus.errors import StoreBusy, StoreError


class FileLock:
    """Holds `PATH-lock` until `release`; the file says who holds it."""

    def __init__(self, project: Path, *, wait_s: float) -> None:
        """Take the lock, waiting up to `wait_s` seconds; raise StoreBusy that names the holder."""
        path = project.with_name(project.name + "-lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"cannot open {project}: {error.strerror}", hint="choose another --project"
            ) from error
        give_up = time.monotonic() + wait_s
        while not self._taken():
            if time.monotonic() >= give_up:
                holder = os.pread(self._descriptor, 500, 0).decode("utf-8", "replace").strip()
                os.close(self._descriptor)
                raise StoreBusy(
                    f"{project} is in use by {holder or 'another process'}",
                    hint="wait until it has ended, or use another --project",
                )
            time.sleep(0.05)
        holder = (
            f"process {os.getpid()} ({' '.join(sys.argv)[:300]}), since {time.strftime('%Y-%m-%d %H:%M:%S')}"
        )
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, holder.encode("utf-8", "replace"), 0)

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let the next process in."""
        os.close(self._descriptor)
