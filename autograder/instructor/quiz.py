"""Draws drills for a student: a supervised quiz of ten minutes, with answers for the grader."""

from pathlib import Path

import click

from autograder.catalogue import choose
from autograder.console import assignment_option, exercise_option
from autograder.grading.course_files import course_secret
from autograder.learner.drills import Drill, as_lines, drawn, drills_of
from autograder.text import UserError, clean


@click.command()
@click.argument("student")
@exercise_option
@assignment_option
@click.option("--count", type=click.IntRange(1, 50), default=5, show_default=True)
@click.option("--answers", is_flag=True, help="With the answers, for the grader.")
def quiz(
    student: str, exercise: str | None, assignment: str | None, count: int, answers: bool
) -> None:
    """Draw drills for STUDENT; the same id gets the same ones again, another id gets others.

    What is drawn rests on the course's secret, so that nobody can foresee it.
    """
    course = choose(Path.cwd())
    chosen = course.select(exercise, assignment)
    drills = [drill for one in chosen for drill in drills_of(one)]
    if len(drills) < count:
        raise UserError(f"there are only {len(drills)} drills for that; ask for fewer with --count")
    for line in quiz_lines(student, drawn(drills, f"{course_secret()}/{student}", count), answers):
        click.echo(line)


def quiz_lines(student: str, drills: list[Drill], answers: bool) -> list[str]:
    """The quiz as text, or its answers."""
    lines = [f"{'Answers' if answers else 'Quiz'} for {clean(student)}", ""]
    for number, drill in enumerate(drills, 1):
        lines.append(f"{number}. {drill.id.split('.')[0]}")
        if answers:
            lines.append(f"   {drill.answer}: {drill.explanation}")
        else:
            lines += [f"   {line}" for line in as_lines(drill)]
        lines.append("")
    return lines
