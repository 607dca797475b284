"""More instructor's commands: comments, extensions, collecting, totals, requests, end of term."""

import re
from dataclasses import replace
from pathlib import Path

import click

from autograder.catalogue import load
from autograder.console import console
from autograder.instructor.commands import course_option, course_top, unsandboxed_option
from autograder.instructor.places import EXPORTS
from autograder.text import UserError, clean


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

    top = course_top(course)
    name = load().assignment(assignment).name
    if exercise not in [e.name for e in load().assignment(name).exercises]:
        raise UserError(f"{name} has no exercise {clean(exercise)}")
    worth = load().exercise(exercise).points
    if points is not None and not points <= worth:
        raise UserError(
            f"--points {points:g}: {exercise} is worth {worth:g} altogether, so add at most that"
        )
    code = code_of(top, student, name, exercise)
    if line is not None and line not in code.lines:
        where = f"lines {min(code.lines)} to {max(code.lines)}" if code.lines else "no lines"
        raise UserError(f"line {line} is not shown: {exercise} has {where} of {code.file}")
    file = comments.add_comment(
        top, student, name, exercise, text=text, remark=remark, line=line, points=points
    )
    for said in (
        *show_comments(top, student, name),
        comments.cut_deduction(top, student, name, exercise),
    ):
        if said:
            console.print(clean(said), style="yellow", markup=False, soft_wrap=True)
    _say(f"{file}; Formgrader and the feedback page show it")


@click.command()
@click.argument("student")
@click.argument("assignment")
@click.option("--days", type=click.FloatRange(min=0), help="After the due date.")
@click.option("--until", metavar="TIME", help="2026-03-31T23:59, and a zone: +02:00; else UTC.")
@course_option
def extend(
    student: str, assignment: str, days: float | None, until: str | None, course: Path | None
) -> None:
    """Give a student more time for an assignment; the last time that was given counts."""
    from autograder.instructor import extensions
    from autograder.instructor.marks import gradebook_of
    from autograder.packaging.times import read_time

    if (days is None) == (until is None):
        raise UserError("say for how long, in one way: --days 3, or --until 2026-03-31T23:59")
    top = course_top(course)
    name = load().assignment(assignment).name
    try:
        # A date without a time means the end of that day.
        text = re.sub(r"^\s*(\d{4}-\d\d-\d\d)\s*$", r"\1T23:59", until or "")
        moment = None if until is None else read_time(text)
    except (ValueError, KeyError, OSError, OverflowError):
        raise UserError(
            f"--until {clean(until or '')!r} is no time like 2026-03-31T23:59"
        ) from None
    with gradebook_of(top) as gradebook:
        given = extensions.extend(top, gradebook, student, name, days=days, until=moment)
    _say(f"{student} may hand in {name} until {given.until} UTC ({top / extensions.FILE})")
    _say("run make grade: it works out again what lateness costs")


@click.command("late-days")
@course_option
def late_days(course: Path | None) -> None:
    """Show who was late, and what is left of the late days that policy.toml gives."""
    from autograder.instructor import extensions
    from autograder.instructor.marks import gradebook_of
    from autograder.instructor.policy import FILE, read_policy

    top = course_top(course)
    if read_policy(top).late_days is None:
        raise UserError(f"{top / FILE} gives no late days: write [late_days] and budget = 5 there")
    with gradebook_of(top) as gradebook:
        used = list(extensions.settle_all(gradebook, top))
    for one in used:
        not_covered = f", {one.late - one.used} not covered" if one.late > one.used else ""
        _say(
            f"{one.student:<20} {one.assignment:<22} {_days(one.late)} late: {one.used} of the "
            f"budget used, {one.left} left{not_covered}"
        )
    if not used:
        _say("nobody has used a late day")


@click.command()
@click.argument("assignment", required=False)
@click.option("--student", metavar="ID", help="Only this student.")
@unsandboxed_option
@course_option
def attempts(
    assignment: str | None, student: str | None, allow_unsandboxed: bool, course: Path | None
) -> None:
    """Show all attempts and their points, and have the one count that policy.toml says."""
    from autograder.instructor import attempts as kept
    from autograder.instructor.aftermath import history_of
    from autograder.instructor.extensions import seconds_late
    from autograder.instructor.marks import gradebook_of
    from autograder.instructor.penalties import penalty_of
    from autograder.instructor.policy import read_policy
    from autograder.instructor.run_nbgrader import course_config, submitted_folder
    from autograder.instructor.superseded import was_given_by_hand

    top = course_top(course)
    history = history_of(top)
    config = course_config(top)
    submitted = submitted_folder(top)
    best = read_policy(top).best_attempt
    wanted = load().assignment(assignment).name if assignment else None
    count = 0
    for who, what in kept.everybody(top):
        if (student and who != student) or (wanted and what != wanted):
            continue
        count += 1
        found = kept.attempts_of(top, submitted, who, what, allow_unsandboxed=allow_unsandboxed)
        with gradebook_of(top, empty=True) as gradebook:
            late = [
                seconds_late(gradebook, top, who, what, one.handed_in) if one.time_known else 0.0
                for one in found
            ]
        found = [
            replace(one, penalty=penalty_of(config, who, one.score or 0.0, seconds))
            for one, seconds in zip(found, late, strict=True)
        ]
        chosen = kept.choose_attempt(top, submitted, found, best=best)
        for one in found:
            counts = one is chosen or (chosen is None and one.counts)
            time = f"{one.handed_in} UTC" if one.time_known else "at an unknown time"
            lateness = f", {one.penalty:g} less as it is late" if one.penalty else ""
            _say(
                f"{who:<20} {what:<22} {time:<23}  {one.score:>5g} points{lateness}"
                f"{'  counts' if counts else ''}"
            )
        if chosen is not None:
            _say(f"  {'the best' if best else 'the last'} is in submitted/ now: run make grade")
            if was_given_by_hand(top, history, who, what):
                history.add_warning(
                    who,
                    what,
                    "another attempt counts now. What was given by hand for it before is in the "
                    f"history (autograder history --student {who}) and in comments/{who}/earlier/; "
                    "it counts once you give it again",
                )
    if not count:
        _say("there are no earlier attempts: autograder collect keeps them when new ones come in")


@click.command()
@click.argument("class_list", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@course_option
def students(class_list: Path, course: Path | None) -> None:
    """Put a class list into the gradebook: a CSV of id, first_name, last_name, email, ..."""
    from autograder.instructor.class_list import add_students, read_students
    from autograder.instructor.marks import gradebook_of

    listed = read_students(class_list.read_bytes())
    with gradebook_of(course_top(course), empty=True) as gradebook:
        new, changed = add_students(gradebook, listed)
    _say(f"{new} new, {changed} changed, {len(listed) - new - changed} as before")


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--assignment", metavar="NAME", help="What was handed in; without: what is found.")
@click.option(
    "--class",
    "class_list",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="CSV of ids and names; without: the students in the gradebook.",
)
@click.option(
    "--worksheet",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Moodle's grading worksheet, which says when each submission came in.",
)
@click.option("--zone", help="The time zone of the worksheet, as Europe/Berlin.  [UTC]")
@course_option
def collect(
    sources: tuple[Path, ...],
    assignment: str | None,
    class_list: Path | None,
    worksheet: Path | None,
    zone: str | None,
    course: Path | None,
) -> None:
    """Sort downloads of Moodle or Canvas, an exchange, clones, zips or tars into submitted/."""
    from autograder.instructor import collect as collecting
    from autograder.instructor.aftermath import LATE_UNTIMED, history_of
    from autograder.instructor.marks import gradebook_of
    from autograder.instructor.worksheet import hand_in_times, numbers_by_id

    top = course_top(course)
    sheet = worksheet.read_bytes() if worksheet is not None else None
    times = hand_in_times(sheet, zone or "UTC") if sheet is not None else {}
    name = load().assignment(assignment).name if assignment else None
    if class_list is not None:
        people = collecting.read_people(class_list.read_bytes())
    else:
        with gradebook_of(top, empty=True) as gradebook:
            people = [
                collecting.Person(
                    each.id,
                    " ".join(filter(None, (each.first_name, each.last_name))),
                    each.lms_user_id or "",
                    email=each.email or "",
                )
                for each in gradebook.students
            ]
    if sheet is not None:
        numbers = numbers_by_id(sheet)
        people = [person.numbered(numbers) for person in people]
    result = collecting.collect(top, list(sources), people, name, times)
    for line in (*result.taken, *result.notes, *result.skipped):
        _say(line)
    for line in result.refused:
        console.print(f"not taken: {clean(line)}", style="red", markup=False, soft_wrap=True)
    _say(
        f"{len(result.taken)} taken, {len(result.skipped)} skipped, {len(result.refused)} not taken"
    )
    if result.timeless:
        _say(
            f"no time is known for {result.timeless} of them, so they never count as late"
            + (f", though the platform calls {len(result.late)} late" if result.late else "")
            + ". Say "
            "when: for Moodle with its grading worksheet (--worksheet), else with a timestamp.txt "
            "beside the code"
        )
    for whose, which in result.late:
        history_of(top).add_warning(
            whose,
            which,
            f"{LATE_UNTIMED}, which does not say when: nothing is taken off until the time "
            f"stands in submitted/{whose}/{which}/timestamp.txt",
        )
    # Each grading shows these until the same source is collected again without them.
    source_names = ", ".join(source.name for source in sources)
    history_of(top).set_warnings("", f"collect {source_names}", result.refused)
    if result.refused:
        raise SystemExit(1)


@click.command()
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@course_option
def totals(to: Path | None, course: Path | None) -> None:
    """Write everybody's total, by the weights and letters of policy.toml."""
    from autograder.instructor.totals import export_totals, without_weight

    top = course_top(course)
    _say(str(export_totals(top, to or top / EXPORTS / "totals.csv")))
    for name in without_weight(top):
        _say(f"{name} does not count: policy.toml gives it no weight")


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _say(text: str) -> None:
    console.print(clean(text), markup=False, soft_wrap=True)


@click.command()
@course_option
def requests(course: Path | None) -> None:
    """List what students ask in regrade.txt, the open requests last."""
    from autograder.instructor import regrade_requests as asked
    from autograder.instructor.run_nbgrader import submitted_folder

    top = course_top(course)
    found = sorted(
        asked.all_requests(top, submitted_folder(top)), key=lambda request: not request.answer
    )
    for one in found:
        state = f"answered {one.time}: {one.answer}" if one.answer else "OPEN"
        _say(f"{one.student}, {one.assignment}: {' '.join(one.text.split())}\n  {state}")
    open_ones = sum(not one.answer for one in found)
    _say(f"{open_ones} open; to answer: autograder answer STUDENT ASSIGNMENT 'TEXT'")


@click.command()
@click.argument("student")
@click.argument("assignment")
@click.argument("text")
@course_option
def answer(student: str, assignment: str, text: str, course: Path | None) -> None:
    """Answer a request to grade again; the feedback page shows it, and it is kept."""
    from autograder.instructor import regrade_requests as asked
    from autograder.instructor.run_nbgrader import submitted_folder

    top = course_top(course)
    name = load().assignment(assignment).name
    given = asked.answer(top, submitted_folder(top), student, name, text)
    _say(f"{given.student}, {given.assignment}: answered; run make feedback")


@click.command()
@click.argument("student")
@click.option("--yes", is_flag=True, help="Do it; without this, nothing is done.")
@course_option
def forget(student: str, yes: bool, course: Path | None) -> None:
    """Remove a student from every place of the course, and say which. It cannot be undone."""
    from autograder.instructor.forgetting import forget as remove

    top = course_top(course)
    if not yes:
        raise UserError(f"this permanently deletes all of {clean(student)}; to do it, add --yes")
    for line in remove(top, student):
        _say(line)
    _say("nbgrader's exchange and archives of earlier terms lie outside the course: see there, too")


@click.command("end-term")
@click.option(
    "--to",
    "archive",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The archive to write, a zip.",
)
@click.option(
    "--shift-weeks", type=click.IntRange(min=1), default=52, help="Due dates move by this; 52."
)
@course_option
def end_term(archive: Path, shift_weeks: int, course: Path | None) -> None:
    """Archive the term; leave an empty gradebook, a new secret and next year's due dates."""
    from datetime import timedelta

    from autograder.instructor import end_of_term

    ended = end_of_term.end_term(
        course_top(course), archive.resolve(), timedelta(weeks=shift_weeks)
    )
    _say(f"{ended.files} files are in {ended.archive}; keep it where only you can read it")
    _say("the gradebook is empty; commit gradebook.db, which has the new due dates")
    _say("a class list is not part of the archive: remove it, or replace it by next term's")
    _say(ended.secret)
    for name, moment in ended.due.items():
        _say(f"{name} is due {moment} UTC")


@click.command()
@click.argument("graders", nargs=-1, required=True)
@click.option(
    "--by", type=click.Choice(["student", "assignment"]), default="student", help="Dealt in turn."
)
@course_option
def split(graders: tuple[str, ...], by: str, course: Path | None) -> None:
    """Write a zip for each of the GRADERS: their part of the gradebook and graded notebooks."""
    from autograder.instructor.graders import split as deal

    for path, part in deal(course_top(course), list(graders), by=by).items():
        _say(f"{path}: {', '.join(part) or 'nothing'}")
    _say(
        "each types, in a checkout of the course, autograder unpack and the zip's name, and gives "
        "gradebook.db and comments/ back"
    )


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@course_option
def unpack(archive: Path, course: Path | None) -> None:
    """Put your part of the class, a zip of autograder split, into this checkout."""
    from autograder.instructor.graders import unpack as put

    for line in put(course_top(course), archive):
        _say(line)


@click.command()
@click.argument("returned", nargs=-1, required=True, type=click.Path(path_type=Path))
@course_option
def merge(returned: tuple[Path, ...], course: Path | None) -> None:
    """Take the marks and comments by hand out of the gradebooks that graders give back."""
    from autograder.instructor.graders import merge as take

    merged = take(course_top(course), list(returned))
    for line in merged.taken:
        _say(line)
    for line in merged.conflicts:
        console.print(f"conflict: {clean(line)}", style="red", markup=False, soft_wrap=True)
    count = len(merged.conflicts)
    _say(f"{len(merged.taken)} taken, {count} conflict{'' if count == 1 else 's'}")
    if merged.conflicts:
        raise SystemExit(1)
