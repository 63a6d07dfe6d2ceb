"""What a run may be told: flag, then environment, then file, then default, each value with its origin. Holds no secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import msgspec

from linnaeus.errors import UsageError

FILE = "linnaeus.toml"
PREFIX = "LINNAEUS_"
PROJECT = "linnaeus.db"
MAX_ERROR = 0.05  # the largest share of answers from memory that may differ from the model's


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. Keys of models come from the environment alone and are no settings."""

    project: str = PROJECT
    llm: str = "none"
    embedder: str = "minilm"
    max_labels: int = 1
    max_error: float | Literal["auto"] = MAX_ERROR
    granularity: Literal["coarse", "normal", "fine"] | int | None = None  # None: as the project has it
    workers: int = 8
    timeout: float = 60.0
    per_minute: float | None = None
    budget_usd: float | None = None
    budget_calls: int | None = None
    prices: str | None = None


NAMES = tuple(field.name for field in fields(Settings))
OTHER_VARIABLES = ("LINNAEUS_API_KEY",)  # names that begin like settings and are none


@dataclass(frozen=True, slots=True)
class Origins:
    """Settings, and where each value came from: flag, environment, file or default."""

    settings: Settings
    origin: Mapping[str, str]


def load_settings(flags: Mapping[str, Any], *, folder: Path | None = None) -> Origins:
    """Combine flags (None: not given) with LINNAEUS_* variables and linnaeus.toml in `folder` (default: the current one).

    Raises UsageError for an unknown name or a value of the wrong type, naming where it stands.
    """
    path = (folder or Path()) / FILE
    sources = [
        ("flag", {name: value for name, value in flags.items() if value is not None}),
        ("environment", _environment()),
        (str(path), _file(path)),
    ]
    values: dict[str, Any] = {}
    origin = dict.fromkeys(NAMES, "default")
    for place, given in reversed(sources):
        for name, value in given.items():
            if name not in NAMES:
                raise UsageError(f"{place}: there is no setting {name!r}", hint="known: " + ", ".join(NAMES))
            values[name], origin[name] = value, place
    try:
        return Origins(msgspec.convert(values, Settings, strict=False), origin)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        raise UsageError(f"{origin.get(name, 'settings')}: {error}") from error


def _environment() -> dict[str, str]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name not in OTHER_VARIABLES
    }


def _file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, Any])
    except (msgspec.DecodeError, OSError) as error:
        raise UsageError(f"{path}: {error}", hint="name = value lines, as in `linnaeus info`") from error
