"""What all commands share: the console, options, and an error as one line."""

from typing import Any

import click
from rich.console import Console

from autograder.text import clean

console = Console(highlight=False)

exercise_option = click.option("--exercise", metavar="NAME", help="Only this exercise.")
assignment_option = click.option("--assignment", metavar="NAME", help="Only this assignment.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")


class CannotRun(click.ClickException):
    """One clear line on stderr, and exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"autograder: {clean(' '.join(self.message.split()))}", err=True)
