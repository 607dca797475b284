"""The console, and the options that several commands share."""

import click
from rich.console import Console

console = Console(highlight=False)

exercise_option = click.option("--exercise", metavar="NAME", help="Only this exercise.")
assignment_option = click.option("--assignment", metavar="NAME", help="Only this assignment.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
