"""Open the project that a command is about, to look at it. Knows nothing of what the command does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linnaeus.store import Store


def open_store(project: str | None) -> Store:
    """The store of `project` (None: as the settings say), beside a running writer if there is one."""
    from linnaeus.settings import load_settings
    from linnaeus.store import Store

    return Store(load_settings({"project": project}).settings.project, create=False, write=False)
