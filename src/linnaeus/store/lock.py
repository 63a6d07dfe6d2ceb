"""The right to change a project, held for moments by one process at a time; it ends with the process, however that dies."""

from __future__ import annotations

import fcntl
import os
import random
import sys
import time
from pathlib import Path

from linnaeus.errors import StoreBusy, StoreError

PAUSE_S = 0.005  # between two tries; at random, so that no process is always late


class FileLock:
    """An operating-system lock on `PATH-lock`; the file says who held it last."""

    def __init__(self, project: Path) -> None:
        """Open the file; the lock is not taken yet."""
        path = project.with_name(project.name + "-lock")
        self.held = False
        self._project = project
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"cannot open {project}: {error.strerror}", hint="choose another --project"
            ) from error

    def take(self, wait_s: float) -> None:
        """Take the lock, waiting up to `wait_s` seconds; raise StoreBusy that names the holder."""
        give_up = time.monotonic() + wait_s
        while not self._taken():
            if time.monotonic() >= give_up:
                holder = os.pread(self._descriptor, 500, 0).decode("utf-8", "replace").strip()
                raise StoreBusy(
                    f"{self._project} is in use by {holder or 'another process'}",
                    hint="wait until it has ended, or use another --project",
                )
            time.sleep(random.uniform(0.2, 1.0) * PAUSE_S)
        self.held = True
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
        if self.held:
            self.held = False
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the lock and of its file."""
        self.held = False
        os.close(self._descriptor)
