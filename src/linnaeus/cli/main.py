"""Find the subcommand, and turn every error into a clear sentence and an exit code. Knows nothing of labels."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from linnaeus import __version__
from linnaeus.errors import BudgetReached, LinnaeusError, UsageError

COMMANDS = {
    "label": "linnaeus.cli.label:label_command",
    "discover": "linnaeus.cli.discover:discover_command",
    "teach": "linnaeus.cli.teach:teach_command",
    "evaluate": "linnaeus.cli.evaluate:evaluate_command",
    "compare": "linnaeus.cli.compare:compare_command",
    "distil": "linnaeus.cli.distil:distil_command",
    "explain": "linnaeus.cli.explain:explain_command",
    "related": "linnaeus.cli.related:related_command",
    "labels": "linnaeus.cli.labels:labels_group",
    "taxonomy": "linnaeus.cli.taxonomy:taxonomy_group",
    "export": "linnaeus.cli.export:export_command",
    "info": "linnaeus.cli.info:info_command",
}
FAILED, WRONG_USE, BUDGET, INTERRUPTED = 1, 2, 3, 130


class _Lazy(click.Group):
    """A group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="linnaeus")
def cli() -> None:
    """Give texts labels that stay consistent: cheap evidence first, a language model only where it is needed.

    Start with: linnaeus label FILE --out labelled.csv
    """


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 failed, 2 wrong use, 3 stopped at the budget."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(WRONG_USE)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _say("stopped; all finished work is kept, and the same command goes on")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _leave_stdout()
        sys.exit(FAILED)
    except LinnaeusError as error:
        _say(str(error.args[0]), error.hint)
        sys.exit(_code(error))
    except OSError as error:  # of what commands print; every other file has its own sentence
        _leave_stdout()
        _say(f"cannot write {error.filename or 'standard output'}: {error.strerror or error}")
        sys.exit(FAILED)


def _leave_stdout() -> None:
    """Let nothing more go to a standard output that may be broken, or the interpreter complains at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _code(error: LinnaeusError) -> int:
    if isinstance(error, BudgetReached):
        return BUDGET
    return WRONG_USE if isinstance(error, UsageError) else FAILED


def _say(message: str, hint: str = "") -> None:
    click.echo(f"linnaeus: {message}" + (f"\n  {hint}" if hint else ""), err=True)
