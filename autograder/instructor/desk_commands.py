"""The grader's desk: comments, extensions, collecting, totals, requests, the end of a term."""

from pathlib import Path

import click

from autograder.catalogue import load
from autograder.console import CannotRun, console
from autograder.instructor.commands import _top, course_option
from autograder.text import clean


@click.command()
@click.argument("student")
@click.argument("assignment")
@click.argument("exercise")
@click.argument("text", default="")
@click.option("--line", type=click.IntRange(min=1), help="Of the learner's file.")
@click.option("--remark", default="", metavar="NAME", help="A remark of rubric.toml.")
@click.option("--points", type=float, help="To add to the mark; negative to take off.")
@course_option
def comment(
    student: str,
    assignment: str,
    exercise: str,
    text: str,
    line: int | None,
    remark: str,
    points: float | None,
    course: Path | None,
) -> None:
    """Say something about a line or an exercise of a submission; the feedback page shows it."""
    from autograder.instructor import comments
    from autograder.instructor.graded_notebooks import code_of, show_comments

    top = _top(course)
    name = load().assignment(assignment).name
    if exercise not in [e.name for e in load().assignment(name).exercises]:
        raise CannotRun(f"{name} has no exercise {clean(exercise)}")
    code = code_of(top, student, name, exercise)
    if line is not None and line not in code.lines:
        where = f"lines {min(code.lines)} to {max(code.lines)}" if code.lines else "no lines"
        raise CannotRun(f"line {line} is not shown: {exercise} has {where} of {code.file}")
    file = comments.add_comment(
        top, student, name, exercise, text=text, remark=remark, line=line, points=points
    )
    for said in show_comments(top, student, name):
        console.print(clean(said), style="yellow", markup=False, soft_wrap=True)
    console.print(f"{file}; Formgrader and the feedback page show it", markup=False, soft_wrap=True)
