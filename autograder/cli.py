"""The command `autograder`: finds the module of a subcommand and imports only that module."""

import importlib
import importlib.util
import sys
from typing import Any

import click

from autograder.catalogue import load
from autograder.output import never_fail_on_a_character
from autograder.text import UserError, clean

# A learner's handout contains only autograder/learner/ of these: it lacks the other commands.
MODULES = {
    "autograder.learner.commands": ("check", "watch", "hint", "can"),
    "autograder.learner.quiz_commands": ("drill", "predict"),
    "autograder.learner.doctor": ("doctor",),
    "autograder.learner.update": ("update",),
    "autograder.instructor.quiz": ("quiz",),
    "autograder.instructor.commands": (
        "grade",
        "release",
        "gradebook",
        "autograde",
        "feedback",
        "export",
        "acknowledge",
        "history",
        "handout",
        "report",
        "demo",
    ),
    "autograder.author.skeleton": ("new-exercise",),
    "autograder.instructor.desk_commands": (
        "comment",
        "extend",
        "late-days",
        "attempts",
        "students",
        "collect",
        "totals",
        "requests",
        "answer",
        "forget",
        "end-term",
        "split",
        "unpack",
        "merge",
    ),
}


def _there(module: str) -> bool:
    return importlib.util.find_spec(module.rpartition(".")[0]) is not None


class CannotRun(click.ClickException):
    """An error that prints one line on stderr and exits with status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"autograder: {clean(' '.join(self.message.split()))}", err=True)


class Commands(click.Group):
    """A group that imports a command only when it is called, so that `check` starts quickly."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        never_fail_on_a_character()
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        own = [name for module in MODULES if _there(module) for name in MODULES[module]]
        return [*own, *load().commands]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        for module, names in MODULES.items():
            if name in names and _there(module):
                command = getattr(importlib.import_module(module), name.replace("-", "_"))
                assert isinstance(command, click.Command)
                return command
        if name in load().commands:
            # The course of the current folder may define its own commands.
            module, _, function = load().commands[name].partition(":")
            command = getattr(importlib.import_module(module), function)
            assert isinstance(command, click.Command)
            return command
        return None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise CannotRun(str(error)) from error
        except BrokenPipeError:
            sys.stderr.close()  # the reader closed the pipe: suppress Python's traceback
        except OSError as error:
            if error.filename is None or error.strerror is None:
                raise
            raise CannotRun(
                f"{error.filename}: {error.strerror.lower()}. Close the program that has it open, "
                "or give yourself the right to it, and type the same command again"
            ) from error
        except ModuleNotFoundError as error:
            if (error.name or "autograder").split(".")[0] in ("autograder", *load().packages):
                raise
            raise CannotRun(_how_to_install(error.name or "a package")) from error


def _how_to_install(package: str) -> str:
    in_environment = sys.prefix != sys.base_prefix
    if in_environment:
        return (
            f"this needs {package}, which a learner's install does not have; in a checkout type "
            "make install, else pip install 'cnn-from-scratch-kit[instructor]'"
        )
    return (
        f"this Python has no {package}; type .venv/bin/python in the place of python, or a make "
        "command, which does so by itself"
    )


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="cnn-from-scratch-kit", prog_name="autograder")
def main() -> None:
    """Check, grade and give back exercises that learners write in Python."""
