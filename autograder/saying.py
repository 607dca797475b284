"""How the kit speaks: the console, errors as one line for a person, and lists of names."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from rich.console import Console

from autograder.catalogue import CatalogueError
from autograder.judging.explain import clean
from autograder.judging.intake import NoSubmission
from autograder.judging.judge import ChecksError

console = Console(highlight=False)

exercise_option = click.option("--exercise", metavar="NAME", help="Only this exercise.")
assignment_option = click.option("--assignment", metavar="NAME", help="Only this assignment.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")


class CannotRun(click.ClickException):
    """One clear line on stderr, and exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"autograder: {clean(' '.join(self.message.split()))}", err=True)


def one_line_errors(*expected: type[Exception]) -> Callable[..., Callable[..., None]]:
    """Turn what can go wrong for a person into one line; a traceback would be our fault.

    Args:
        expected: exceptions, beside the kit's common ones, whose message is for a person.
    """

    for_a_person: tuple[type[Exception], ...] = (
        NoSubmission,
        CatalogueError,
        ChecksError,
        *expected,
    )

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def wrapped(*args: Any, **kwargs: Any) -> None:
            try:
                command(*args, **kwargs)
            except for_a_person as error:
                raise CannotRun(str(error)) from error
            except KeyError as error:
                raise CannotRun(str(error.args[0])) from error
            except BrokenPipeError:
                sys.stderr.close()

        return wrapped

    return decorate


def sentence(error: BaseException) -> str:
    """An exception in one line: ours are sentences already, others say their type too."""
    text = " ".join(str(error).split())
    if type(error).__module__.startswith("autograder."):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def some(names: list[str], most: int = 5) -> str:
    """The first names of a list, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
