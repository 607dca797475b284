"""The instructor's commands: grade a folder, and run nbgrader's steps from release to export."""

import contextlib
from pathlib import Path

import click
from rich.text import Text

from autograder.catalogue import choose, load, load_for_marks
from autograder.console import (
    assignment_option,
    console,
    exercise_option,
    json_option,
)
from autograder.grading.course_files import course_folder
from autograder.grading.grade import grade_folder
from autograder.instructor.commit_guard import show_no_change
from autograder.instructor.places import EXPORTS, REPORT, keep_private
from autograder.judging.intake import require_submission
from autograder.judging.verdict_json import json_line
from autograder.learner.terminal import show_notes, show_verdict
from autograder.text import UserError, clean

unsandboxed_option = click.option(
    "--allow-unsandboxed",
    is_flag=True,
    help="Grade even where a learner's code cannot run in a sandbox. Only for code you trust.",
)
course_option = click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    help="The course's top folder; by default the nearest one with an nbgrader_config.py.",
)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@exercise_option
@assignment_option
@json_option
@unsandboxed_option
def grade(
    paths: tuple[Path, ...],
    exercise: str | None,
    assignment: str | None,
    as_json: bool,
    allow_unsandboxed: bool,
) -> None:
    """Grade every PATH by public and hidden checks, in a sandbox."""
    course = load_for_marks(paths[0])
    course.select(exercise, assignment)
    for path in paths:
        require_submission(path, course)
    failed = False
    for path in paths:
        try:
            verdict = grade_folder(
                path,
                assignment=assignment,
                exercise=exercise,
                allow_unsandboxed=allow_unsandboxed,
                course=course,
            )
        except UserError as error:
            if len(paths) == 1:
                raise
            # Go on with the other paths; the exit status reports the failure.
            click.echo(f"{path}: not graded: {error}", err=True)
            failed = True
            continue
        if as_json:
            click.echo(json_line(verdict))
            continue
        show_verdict(console, verdict, course)
        show_notes(console, verdict.notes)
        total = f"{verdict.score:g} of {verdict.points:g} points"
        console.print(Text.assemble((total, "bold"), f"  {path}  ({verdict.isolation})"))
    if failed:
        raise SystemExit(2)


@click.command()
@click.argument("assignments", nargs=-1)
@course_option
def release(assignments: tuple[str, ...], course: Path | None) -> None:
    """Have nbgrader write assignments/ from source/ and solutions/, and fill the gradebook."""
    from autograder.instructor import run_nbgrader

    run_nbgrader.release(
        course_top(course),
        list(assignments) or None,
        on_done=lambda name: console.print(f"assignments/{name} is generated"),
    )


@click.command()
@course_option
def gradebook(course: Path | None) -> None:
    """Rebuild gradebook.db: every assignment, cell and point, and no student."""
    from autograder.instructor import fresh

    changed = fresh.build_gradebook(course_top(course))
    console.print("gradebook.db is rebuilt" if changed else "gradebook.db was up to date")


@click.command()
@click.argument("assignments", nargs=-1)
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student.")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; by default one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster: tcp://host:port.")
@unsandboxed_option
@course_option
def autograde(
    assignments: tuple[str, ...],
    students: tuple[str, ...],
    force: bool,
    jobs: int | None,
    scheduler: str | None,
    allow_unsandboxed: bool,
    course: Path | None,
) -> None:
    """Grade everything in submitted/: judged on all cores, then stored by nbgrader in order.

    Ends with status 1 if a submission could not be graded; the last lines say which and why.
    Else with 3 if there are warnings.
    """
    from autograder.instructor.class_grading import grade_class

    try:
        graded = grade_class(
            course_top(course),
            console,
            assignments=list(assignments) or None,
            students=list(students) or None,
            force=force,
            jobs=jobs,
            scheduler=scheduler,
            allow_unsandboxed=allow_unsandboxed,
        )
    except KeyboardInterrupt:
        console.print("stopped; no mark is lost, and the same command goes on from here")
        raise SystemExit(130) from None
    raise SystemExit(graded.status)


@click.command()
@click.argument("assignments", nargs=-1)
@course_option
def feedback(assignments: tuple[str, ...], course: Path | None) -> None:
    """Write feedback/: nbgrader's HTML, one page a student and notebook."""
    from autograder.instructor import run_nbgrader
    from autograder.instructor.comments import damaged_files
    from autograder.instructor.progress import progress

    with progress(console) as bar:
        job = bar.add_task("feedback", total=None)
        written = run_nbgrader.feedback(
            course_top(course),
            list(assignments) or None,
            on_done=lambda count: bar.update(job, advance=1, total=count),
        )
    count = len(written.pages)
    plural = "" if count == 1 else "s"
    console.print(f"{count} page{plural} in {course_top(course) / 'feedback'}", soft_wrap=True)
    problems = [*written.problems, *damaged_files(course_top(course))]
    for problem in problems:
        console.print(Text(clean(problem), "red"), soft_wrap=True)
    if problems:
        raise SystemExit(1)


@click.command()
@click.argument("assignments", nargs=-1)
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="Folder to write.")
@click.option("--similar", is_flag=True, help="Also show submissions that resemble each other.")
@unsandboxed_option
@course_option
def report(
    assignments: tuple[str, ...],
    to: Path | None,
    similar: bool,
    allow_unsandboxed: bool,
    course: Path | None,
) -> None:
    """Write report/: what the class understood, a page for each assignment."""
    from autograder.instructor.progress import progress
    from autograder.instructor.report import write_report

    top = course_top(course)
    with progress(console) as bar:
        job = bar.add_task("reading verdicts", total=None)
        index, *_ = write_report(
            top,
            to or top / REPORT,
            list(assignments) or None,
            similar=similar,
            allow_unsandboxed=allow_unsandboxed,
            on_start=lambda count: bar.update(job, advance=1, total=count),
        )
    console.print(f"to open in a browser: {index}", soft_wrap=True)


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["nbgrader", "canvas", "moodle", "json", "gradescope"]),
    default="nbgrader",
    help="nbgrader's CSV (default), Canvas or Moodle gradebook CSV, JSON, or an autograder zip.",
)
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option("--assignment", metavar="NAME", help="For gradescope: the one handed in there.")
@click.option(
    "--allow-unsandboxed",
    is_flag=True,
    help="For gradescope: grade even where its container allows no sandbox.",
)
@course_option
def export(
    form: str,
    to: Path | None,
    assignment: str | None,
    allow_unsandboxed: bool,
    course: Path | None,
) -> None:
    """Write all marks, or a grader, for another system to read."""
    from autograder.instructor import aftermath, exports, gradescope, run_nbgrader
    from autograder.instructor.class_grading import gradebook_said

    if form != "gradescope" and (assignment or allow_unsandboxed):
        raise UserError("--assignment and --allow-unsandboxed are for --format gradescope")
    top = course_top(course)
    folder = top / EXPORTS
    if form != "gradescope":
        with gradebook_said(top):
            changes, problems = aftermath.bring_up_to_date(top)
        problems += aftermath.outdated(top)
    match form:
        case "canvas":
            file = exports.export_canvas(top, to or folder / "canvas.csv")
        case "moodle":
            file = exports.export_moodle(top, to or folder / "moodle.csv")
        case "json":
            file = exports.export_json(top, to or folder / "marks.json")
        case "gradescope":
            kind = ["gradescope", *([assignment] if assignment else [])]
            kind += ["unsandboxed"] if allow_unsandboxed else []
            file = gradescope.write_gradescope_zip(
                top,
                to or folder / f"{'-'.join(kind)}.zip",
                assignment,
                allow_unsandboxed=allow_unsandboxed,
            )
        case _:
            file = run_nbgrader.export(top, to)
    console.print(str(file), soft_wrap=True)
    if form == "gradescope":
        return
    if changes:
        aftermath.show_changes(console, top, changes)
    for problem in problems:
        console.print(Text(clean(problem), "red"), soft_wrap=True)
    if aftermath.show_warnings(console, top) or problems:
        raise SystemExit(3)


@click.command()
@click.option("--student", metavar="ID", help="Only about this student.")
@click.option("--assignment", metavar="NAME", help="Only about this assignment.")
@click.option("--words", default="", help="Only warnings that contain these words.")
@course_option
def acknowledge(
    student: str | None, assignment: str | None, words: str, course: Path | None
) -> None:
    """Stop showing the open warnings: all, or those of a student, an assignment, or with words."""
    from autograder.instructor.aftermath import history_of

    top = course_top(course)
    name = None if assignment is None else load().assignment(assignment).name
    done = history_of(top).acknowledge(student, name, words)
    for one in done:
        console.print(Text(clean(f"acknowledged: {one}")), soft_wrap=True)
    if not done:
        what = " like that" if student or name or words else ""
        console.print(f"there is no open warning{what}")


@click.command()
@click.option("--student", metavar="ID", help="Only of this student.")
@course_option
def history(student: str | None, course: Path | None) -> None:
    """Every mark that changed: when, from what to what, and why; also marks given by hand."""
    from autograder.instructor.aftermath import history_of

    changes = history_of(course_top(course)).changes(student)
    for one in changes:
        old, new = ("none" if mark is None else f"{mark:g}" for mark in (one.old, one.new))
        line = f"{one.time}  {one.student}, {one.assignment}, {one.exercise}: {old} -> {new}"
        console.print(Text(clean(f"{line}  ({one.why})")), soft_wrap=True)
    if not changes:
        console.print("no mark has changed")


@click.command()
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="Folder to write.")
@course_option
def handout(to: Path | None, course: Path | None) -> None:
    """Write what a learner receives: one zip, and the same as a folder."""
    from autograder.instructor.handout import write_handout

    top = course_top(course)
    archive = write_handout(top, to or top / "build")
    console.print(f"for learners: {archive}", soft_wrap=True)
    console.print("(the folder beside it is the same, fit for a template repository)")


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where; by default a new folder in /tmp."
)
def demo(folder: Path | None) -> None:
    """The whole way on a sample class: release, collect, grade, feedback, export."""
    from autograder.instructor.demo import run_demo

    run_demo(folder, console)


def course_top(course: Path | None) -> Path:
    """The course's top folder: as given, else the nearest one here or above, else the checkout's.

    When the command ends, the files there that hold marks are closed to other users.
    """
    top = _chosen(course)
    click.get_current_context().call_on_close(lambda: _close_to_others(top))
    return top


def _close_to_others(top: Path) -> None:
    from autograder.instructor.run_nbgrader import course_config

    with contextlib.suppress(UserError):  # the command has reported it
        keep_private(top, course_config(top))
    show_no_change(top)


def _chosen(course: Path | None) -> Path:
    if course is not None:
        if not (course / "nbgrader_config.py").is_file():
            raise UserError(f"{course} holds no nbgrader_config.py, so it is not a course")
        choose(course)
        return course.resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "nbgrader_config.py").is_file():
            choose(folder)
            return folder
    if (course_folder() / "nbgrader_config.py").is_file():
        return course_folder()
    raise UserError("there is no nbgrader_config.py here or above; say where with --course")
