"""The learner's commands: check, can, watch, hint."""

import json
from pathlib import Path

import click
from rich.text import Text

from autograder.catalogue import Course, Exercise, choose
from autograder.console import (
    assignment_option,
    console,
    exercise_option,
    json_option,
)
from autograder.judging.explain import lost_part
from autograder.judging.intake import require_submission
from autograder.judging.verdict import ExerciseVerdict, Verdict
from autograder.learner.drills import ask_first
from autograder.learner.progress import read_progress, write_progress
from autograder.text import UserError

# A first check of work that was done elsewhere may find many new passes at once.
MOST_PASSES_TOLD = 4

folder_argument = click.argument("path", type=click.Path(path_type=Path), default="assignments")


@click.command()
@folder_argument
@exercise_option
@assignment_option
@json_option
@click.option("--notebook", is_flag=True, hidden=True)
def check(
    path: Path, exercise: str | None, assignment: str | None, as_json: bool, notebook: bool
) -> None:
    """Run the public checks over PATH (by default assignments/), in this process."""
    from autograder.judging.verdict_json import json_line
    from autograder.learner.check import check_folder

    course = choose(path)
    chosen = course.select(exercise, assignment)
    if as_json:
        click.echo(json_line(check_folder(path, chosen)))
    elif notebook:
        from autograder.learner.page import verdict_html

        verdict = check_folder(path, chosen)
        one = verdict.exercises[0]
        shown = {"score": one.score, "text": one.message, "html": verdict_html(one)}
        click.echo(json.dumps(shown))
    else:
        _check_on_screen(path, chosen, course)


def _check_on_screen(path: Path, chosen: tuple[Exercise, ...], course: Course) -> None:
    from autograder.learner.check import Stopped, check_folder
    from autograder.learner.streaming import streaming
    from autograder.learner.terminal import show_mistakes

    details = 3 if len(chosen) == 1 else 1
    require_submission(path, course)
    try:
        with streaming(course, chosen) as stream:
            verdict = check_folder(path, chosen, stream)
    except Stopped as stopped:
        show_mistakes(console, stopped.verdict, details=details)
        known, running = len(stopped.verdict.exercises), stopped.running
        at = f" was running, at {stopped.place}" if stopped.place else " was running"
        line = f"Stopped after {known} of {len(chosen)} exercises."
        console.print(f"{line} {running}{at}." if running else line, soft_wrap=True)
        raise SystemExit(130) from None
    show_mistakes(console, verdict, details=details)
    console.print(Text(f"Total: {verdict.score:g} of {verdict.points:g} points", "bold"))
    _note_progress(path, verdict, course)
    for file in _left_behind(path, course):
        console.print(Text(f"{file} does not come along when your work is graded.", "yellow"))
    _say_what_next(path, chosen, verdict, course)
    if chosen == course.exercises:
        _count_abilities(verdict)


@click.command()
@folder_argument
def can(path: Path) -> None:
    """Show the self-assessment list, ticked where the checks can tell."""
    from autograder.learner.check import check_folder
    from autograder.learner.self_assessment import proven, read_abilities

    verdict = check_folder(path, choose(path).exercises)
    passed = {one.exercise for one in verdict.exercises if one.status == "passed"}
    heading = ""
    for ability in read_abilities():
        if ability.heading != heading:
            heading = ability.heading
            console.print(Text(f"\n{heading}", "bold"))
        mark = ("✓", "green") if proven(ability, passed) else ("·", "dim")
        own = "" if ability.proofs else "  (your own judgement)"
        console.print(Text.assemble("  ", mark, f" {ability.sentence}", (own, "dim")))


def _count_abilities(verdict: Verdict) -> None:
    from autograder.learner.self_assessment import proven, read_abilities

    passed = {one.exercise for one in verdict.exercises if one.status == "passed"}
    provable = [ability for ability in read_abilities() if ability.proofs]
    count = sum(proven(ability, passed) for ability in provable)
    if count:
        line = (
            f"You can do {count} of the {len(provable)} things that the checks can tell: make can"
        )
        console.print(Text(line, "dim"))


def _broken_place(path: Path, verdict: ExerciseVerdict, course: Course) -> str:
    """The line or file that keeps the exercise's file from being imported; "" for none."""
    failures = [check.failure for check in verdict.checks if check.failure is not None]
    if verdict.status != "error" or not failures or failures[0].kind != "import":
        return ""
    lost = lost_part(failures[0], course.exercise(verdict.exercise), course)
    if lost is not None:
        return str(path / lost[0])
    if not failures[0].trace:
        return ""
    last = failures[0].trace[-1]
    return f"{path / last['file']}:{last['line']}"


def _say_what_next(
    path: Path, chosen: tuple[Exercise, ...], verdict: Verdict, course: Course
) -> None:
    from autograder.learner.check import where_to_write

    for one in verdict.exercises:
        if one.status not in ("passed", "blocked"):
            found = course.exercise(one.exercise)
            place = _broken_place(path, one, course) or where_to_write(path, found)
            line = Text.assemble(("Next: ", "bold"), f"{one.exercise}, in ", (place, "cyan"))
            console.print(line, soft_wrap=True)
            if found.hints:
                console.print(Text(f"      stuck? make hint EX={one.exercise}", "dim"))
            return
    waiting = [one for one in verdict.exercises if one.status == "blocked"]
    if waiting:
        first = waiting[0]
        console.print(f"Next: {', '.join(first.waits_for)}; {first.exercise} waits for it.")
        return
    rest = "" if chosen == course.exercises else " What comes next: make check"
    console.print(f"Everything here passes.{rest}")
    solutions = path.resolve().parent / "solutions"
    if solutions.is_dir():
        files = ", ".join(dict.fromkeys(f"solutions/{e.path}" for e in chosen))
        console.print(f"To compare: {files}", soft_wrap=True)
    last = course.assignment(chosen[-1].assignment)
    done = set(read_progress(path).passed)
    if all(e.name in done for e in last.exercises) and last != course.assignments[-1]:
        following = course.assignments[course.assignments.index(last) + 1]
        short = following.name.split("_")[0]
        done_now = f"{last.name} is done. The next assignment is {following.name}"
        console.print(f"{done_now}, {following.title}: make check A={short}", soft_wrap=True)


def _note_progress(path: Path, verdict: Verdict, course: Course) -> None:
    """Store new passes, and mistakes for the drills; print what the passes make possible."""
    progress = read_progress(path)
    passed = [one.exercise for one in verdict.exercises if one.status == "passed"]
    new = [course.exercise(name) for name in passed if name not in progress.passed]
    mistakes = [one.pitfall for one in verdict.exercises if one.pitfall]
    if not new and not mistakes:
        return
    for exercise in new[:MOST_PASSES_TOLD]:
        if exercise.when_passed:
            console.print(Text.assemble((f"{exercise.name}: ", "green"), exercise.when_passed))
    rest = len(new) - MOST_PASSES_TOLD
    if rest > 0:
        console.print(Text(f"and {rest} more that are new: make can", "dim"))
    progress.passed += [exercise.name for exercise in new]
    ask_first(progress, mistakes)
    write_progress(path, progress)


def _left_behind(path: Path, course: Course) -> list[str]:
    """Python files that belong to no exercise, such as helpers: grading does not use them."""
    own = {exercise.path for exercise in course.exercises}
    folders = [path / assignment.name for assignment in course.assignments]
    files = [file.relative_to(path) for folder in folders for file in sorted(folder.glob("*.py"))]
    names = [file.as_posix() for file in files if file.as_posix() not in own]
    return [name for name in names if not name.endswith("/__init__.py")]


@click.command()
@folder_argument
@click.option("--poll", is_flag=True, help="For network folders: look again and again.")
def watch(path: Path, poll: bool) -> None:
    """Check PATH again on every save."""
    from autograder.learner.watch import Watch

    require_submission(path, choose(path))
    Watch(path, console).run(poll=poll)


@click.command()
@click.argument("exercise", required=False)
@click.option("--dir", "folder", type=click.Path(path_type=Path), default="assignments")
def hint(exercise: str | None, folder: Path) -> None:
    """Show the next hint for EXERCISE; asking costs nothing."""
    from autograder.learner.hints import next_hint

    if exercise is None:
        first = choose(folder).exercises[0].name
        raise UserError(f"which exercise? For example: make hint EX={first}")
    found = choose(folder).exercise(exercise)
    if not found.hints:
        raise UserError(f"there are no hints for {exercise}")
    number, text = next_hint(folder, found)
    console.print(Text.assemble((f"Hint {number} of {len(found.hints)}: ", "bold"), text))
    if number == len(found.hints):
        # Must be true for every exercise, so it mentions neither a docstring nor a formula.
        after = f"That was the last hint. make check EX={exercise} says how far you are."
        console.print(Text(after, "dim"))
