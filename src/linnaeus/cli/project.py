"""Open the project that a command is about, to look at it or to change its labels. Knows not what the command does."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linnaeus.classifier import Classifier
    from linnaeus.llm import Limits
    from linnaeus.settings import Settings
    from linnaeus.store import Store


def open_store(project: str | None) -> Store:
    """The store of `project` (None: as the settings say), beside a running writer if there is one."""
    from linnaeus.settings import load_settings
    from linnaeus.store import Store

    return Store(load_settings({"project": project}).settings.project, create=False, write=False)


def open_project(project: str | None) -> Classifier:
    """The project, to change its labels; no model is asked."""
    from linnaeus.classifier import Classifier
    from linnaeus.settings import load_settings

    return Classifier.reopen(load_settings({"project": project}).settings.project)


def author_or_login(author: str | None) -> str:
    """`author`, or the name that this person logged in with; "human" where the system knows none."""
    import getpass

    try:
        return author or getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or no such database
        return "human"


def limits_of(settings: Settings) -> Limits:
    """The bounds that the settings set for a model."""
    from linnaeus.llm import Limits

    return Limits(
        workers=settings.workers,
        timeout_s=settings.timeout,
        per_minute=settings.per_minute,
        budget_usd=settings.budget_usd,
        budget_calls=settings.budget_calls,
        prices=settings.prices,
    )


def project_flag(project: str | None) -> str:
    """What a command that is printed needs to mean this project."""
    from linnaeus.settings import PROJECT

    return "" if project in (None, PROJECT) else f" --project {quote(project)}"
