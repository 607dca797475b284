"""Prints a verdict in the terminal."""

import os
import re
from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from autograder.catalogue import Assignment, Course
from autograder.judging.explain import (
    CALL,
    call_lines,
    once_each,
    own_lines,
    same_elsewhere,
)
from autograder.judging.explain import details as details_of
from autograder.judging.verdict import CheckResult, ExerciseVerdict, Verdict
from autograder.text import clean

INDENT = 2
MARKS = {
    "passed": ("✓", "green", "passed"),
    "failed": ("✗", "red", "not right yet"),
    "todo": ("○", "dim", "to do"),
    "blocked": ("…", "yellow", "cannot be checked yet"),
    "error": ("!", "red", "could not be run"),
}


def show_verdict(console: Console, verdict: Verdict, course: Course, *, details: int = 1) -> None:
    """Print a verdict: one line for each exercise, then the failures.

    Args:
        console: where to print.
        verdict: what to print.
        course: gives the titles and the order.
        details: how many failed checks of each exercise are explained; the others are counted.
    """
    for assignment in course.assignments:
        mine = [e for e in verdict.exercises if e.assignment == assignment.name]
        if not mine:
            continue
        show_heading(console, assignment)
        for exercise in mine:
            show_line(console, exercise)
        show_subtotal(console, assignment, mine)
    console.print()
    show_mistakes(console, verdict, details=details)


def show_heading(console: Console, assignment: Assignment) -> None:
    """Print the heading above the lines of an assignment."""
    extra = ", extra credit" if assignment.extra_credit else ""
    console.print()
    console.print(Text.assemble((assignment.name, "bold"), f"  {assignment.title}{extra}"))


def show_line(console: Console, exercise: ExerciseVerdict) -> None:
    """Print the one line of an exercise."""
    line = Table.grid(padding=(0, 1))
    for justify in ("left", "left", "right", "left"):
        line.add_column(justify=justify)
    line.add_row(*_row(exercise))
    console.print(Padding(line, (0, 0, 0, 2)))


def show_subtotal(
    console: Console, assignment: Assignment, exercises: Iterable[ExerciseVerdict]
) -> None:
    """Print the points of an assignment below its lines, if it has more than one."""
    mine = [e for e in exercises if e.assignment == assignment.name]
    if len(mine) > 1:
        score, points = sum(e.score for e in mine), sum(e.points for e in mine)
        console.print(Text(f"{'':<34}{f'{score:g} of {points:g}':>11} points", "bold"))


def show_mistakes(console: Console, verdict: Verdict, *, details: int = 1) -> None:
    """Print the failures of each exercise that is not right; see `show_verdict`."""
    wrong = [e for e in verdict.exercises if e.status in ("failed", "error")]
    said: set[str] = set()
    for exercise in wrong:
        if exercise.status == "error" and exercise.message in said:
            continue  # a broken file gives all its exercises one message: print it once
        said.add(exercise.message)
        console.print(Rule(Text(exercise.exercise, "bold"), align="left", style="dim"))
        for block in _blocks(exercise, details, console.width):
            console.print(block)
        console.print()


def show_notes(console: Console, notes: Iterable[str]) -> None:
    """Print sentences about the folder as a whole."""
    for note in notes:
        console.print(Text(f"note: {clean(note)}", "yellow"))


def _row(exercise: ExerciseVerdict) -> tuple[Text, Text, Text, Text]:
    sign, style, words = MARKS[exercise.status]
    score = f"{exercise.score:g} of {exercise.points:g}"
    said = Text(words, style)
    if exercise.status == "blocked":
        said.append(f": waits for {', '.join(exercise.waits_for)}", "dim")
    if exercise.status == "todo" and exercise.message.startswith("Not handed in"):
        said.append(": not handed in", "dim")
    if exercise.status == "passed" and exercise.message:
        said.append(f". {exercise.message}", "dim")
    if exercise.note:
        said.append(f". {exercise.note}", "dim")
    if exercise.status == "failed":
        if all(check.passed or check.only_form for check in exercise.checks):
            said = Text("right numbers in a wrong form", style)
        else:
            said.append(f": {exercise.checks_said}", "dim")
    return (
        Text(sign, style),
        Text(f"{exercise.exercise:<30}"),
        Text(f"{score:>10}", "bold" if exercise.score else "dim"),
        said,
    )


def _folded(statement: str, width: int) -> str:
    """Break a statement after commas, so that its lines fit into `width` characters."""
    rows = [""]
    for piece in re.findall(r"[^, ]*[, ]*", statement):
        room = rows[-1].rstrip().endswith(",")
        if room and len(rows[-1]) + len(piece.rstrip()) > width:
            rows[-1] = rows[-1].rstrip()
            rows.append("  ")
        rows[-1] += piece
    return "\n".join(rows)


def _blocks(exercise: ExerciseVerdict, details: int, width: int) -> list[RenderableType]:
    """The details of one exercise; calls are not indented, so that they can be copied."""
    failed = [check for check in exercise.checks if not check.passed]
    blocks: list[RenderableType] = []
    if exercise.pitfall or exercise.says_more:
        blocks.append(_indented(Text(exercise.message, "bold")))
    if all(c.failure is not None and c.failure.unloaded for c in failed):
        # A message that was printed above ends with the problem.
        lines = [] if blocks else [failed[0].problem]
        lines += own_lines(failed[0].failure) if failed[0].failure else []
        lost = Text("(nothing in it can be checked until then)", "dim")
        return [*blocks, _indented(Text("\n".join(lines))), _indented(lost)]
    if all(c.failure is not None and c.failure.type == "NotImplementedError" for c in failed):
        # The code is not wrong but unfinished: name the unwritten parts, not the checks.
        said = dict.fromkeys(check.problem for check in failed)
        return [*blocks, *(_indented(Text(line)) for line in said)]
    shown = once_each(failed)[:details]
    for check, others in shown:
        blocks += _failed_check(check, others, width)
    more = len(failed) - sum(1 + others for _, others in shown)
    if more:
        plural = "s do" if more > 1 else " does"
        blocks.append(_indented(Text(f"({more} more check{plural} not pass)", "dim")))
    return blocks


def _failed_check(check: CheckResult, others: int, width: int) -> Iterator[RenderableType]:
    hidden = " (hidden check)" if check.hidden else ""
    yield _indented(Text.assemble(("✗ ", "red"), (check.sentence + hidden, "bold")))
    yield _indented(Text(check.problem))
    if check.call:
        yield _indented(Text(CALL))
        yield Text("\n".join(_folded(line, width) for line in call_lines(check)))
    below = [line for line in details_of(check) if line]
    if below:
        yield _indented(Text("\n".join(below)))
    same = f"{same_elsewhere(others)}; " if others else ""
    place = f"{os.path.relpath(check.file)}: test_{check.name}" if check.file else ""
    if same or place:
        yield _indented(Text(f"({same}the check: {place})", "dim"))


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, INDENT))
