"""The `linnaeus` command. Each subcommand is imported when it is run; --help needs none of the heavy packages."""

from linnaeus.cli.main import main

__all__ = ["main"]
