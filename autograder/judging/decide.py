"""Turns an exercise's results into a verdict: status, points and one message."""

from dataclasses import replace
from pathlib import Path

from autograder.catalogue import Course, Exercise
from autograder.judging.fresh_numbers import MEMORISED_SHARE
from autograder.judging.results import Results
from autograder.judging.stubs import has_stub
from autograder.judging.verdict import CheckResult, ExerciseVerdict
from autograder.text import capital

MEMORISED = (
    "It is right for the published examples, but wrong when they are tried with other numbers. "
    "Such an exercise earns at most a tenth of its points: compute the result from the arguments."
)
PUBLISHED_ONLY = (
    "Passed with the published numbers and failed with others, so it does not count: check {}."
)
# The share of the points if all numbers are right but some have a wrong form.
RIGHT_IN_A_WRONG_FORM = 0.9


def decide(
    course: Course,
    exercises: tuple[Exercise, ...],
    results: dict[str, Results],
    folder: Path,
) -> list[ExerciseVerdict]:
    """Turn results into verdicts, in course order.

    An exercise that fails is "blocked" if an exercise that it calls has not passed: the fault may
    be there. Exercises outside `exercises` count as passed.

    Args:
        course: the catalogue.
        exercises: the exercises to decide, in course order.
        results: by exercise, for those whose assignment was handed in.
        folder: shaped like assignments/; its files are read as text, to find stubs.
    """
    verdicts: list[ExerciseVerdict] = []
    passed = {e.name for e in course.exercises} - {e.name for e in exercises}
    for exercise in exercises:
        if exercise.name not in results:
            sentence = f"Not handed in: there is no {exercise.assignment}/."
            nothing = ExerciseVerdict(
                exercise.name, exercise.assignment, exercise.points, 0, "todo"
            )
            verdicts.append(replace(nothing, message=sentence))
            continue
        unmet = [need for need in exercise.needs if need not in passed]
        verdict = _decide_one(exercise, course, results[exercise.name], unmet)
        if verdict.status == "passed":
            passed.add(exercise.name)
        elif verdict.status == "blocked" and has_stub(folder / exercise.path, exercise.name):
            verdict = replace(verdict, status="todo", message="Still to be written.", waits_for=[])
        verdicts.append(verdict)
    return verdicts


def _decide_one(
    exercise: Exercise, course: Course, results: Results, unmet: list[str]
) -> ExerciseVerdict:
    checks = results.checks
    failed = [check for check in checks if not check.passed]
    verdict = ExerciseVerdict(
        exercise=exercise.name,
        assignment=exercise.assignment,
        points=exercise.points,
        score=round(exercise.points * _share(results), 2),
        status="passed",
        checks=checks,
    )
    if not failed:
        verdict.message = _achieved(checks)
        return verdict
    verdict.message = failed[0].headline
    used_up = [c.problem for c in failed if c.failure is not None and c.failure.kind == "budget"]
    if used_up:
        # Checks that passed before the time budget was used up give no points either.
        verdict.score, verdict.status = 0.0, "error"
        verdict.message = f"No points: {used_up[0]}."
        return verdict
    if all(check.only_form for check in failed):
        right = "the numbers are right, but "
        verdict.message = f"{capital(right + failed[0].problem.removeprefix(right))}."
    unwritten = [_unwritten(check, exercise, course) for check in failed]
    if exercise.name in unwritten and len(failed) == len(checks):
        verdict.status, verdict.message = "todo", results.slip or "Still to be written."
        return verdict
    if set(unwritten) == {exercise.name}:
        # A class with some methods written: say only which method is still to be written.
        verdict.message = f"{failed[0].problem}."
    waits_for = unmet or [n for n in dict.fromkeys(unwritten) if n and n != exercise.name]
    if waits_for and not any(_is_own_fault(check, exercise) for check in failed):
        verdict.status, verdict.waits_for = "blocked", waits_for
        verdict.message = waiting_for(waits_for)
    elif results.memorised:
        verdict.status, verdict.pitfall = "failed", results.pitfall or None
        verdict.message = f"{results.sentence} {MEMORISED}" if results.pitfall else MEMORISED
    elif results.sentence and not all(check.only_form for check in failed):
        # After "blocked": right code that calls a wrong part can look like a known mistake.
        verdict.status, verdict.pitfall = "failed", results.pitfall or None
        verdict.message = results.sentence
        failure = failed[0].failure
        # The sentence may name the exception itself: "raises a ValueError as soon as".
        told = failure is not None and failure.type != "" and failure.type in results.sentence
        if failure is not None and not results.pitfall and not told:
            raised = capital(failed[0].problem)
            raised += "" if raised.endswith("?") else "."
            said = (results.sentence, raised) if results.exact else (raised, results.sentence)
            verdict.message = " ".join(said)
    elif all(c.failure is not None and c.failure.unfinished for c in failed):
        verdict.status = "error"
        verdict.message = f"{capital(failed[0].problem)}."
    else:
        verdict.status, verdict.pitfall = "failed", results.pitfall or None
    only_unwritten = set(unwritten) == {exercise.name}
    if results.published_only and not results.memorised and verdict.status == "failed":
        named = ", ".join(results.published_only)
        verdict.message += f" {PUBLISHED_ONLY.format(named)}"
    if results.slip and verdict.status in ("failed", "error") and not only_unwritten:
        # If the file cannot be imported, the slip says more than Python's message.
        loaded = failed[0].failure is None or failed[0].failure.kind != "import"
        verdict.message = f"{results.slip} {verdict.message}" if loaded else results.slip
    return verdict


def _share(results: Results) -> float:
    """The share of an exercise's points: the share of its checks that pass and count."""
    wrong = [
        check
        for check in results.checks
        if not (check.passed or check.only_form)
        or (not check.hidden and check.name in results.published_only)
    ]
    share = (len(results.checks) - len(wrong)) / len(results.checks)
    if any(check.only_form for check in results.checks):
        share = min(share, RIGHT_IN_A_WRONG_FORM)
    return min(share, MEMORISED_SHARE) if results.memorised else share


def waiting_for(parts: list[str]) -> str:
    """The message of a blocked exercise."""
    return f"Cannot be checked yet: it waits for {', '.join(parts)}."


def _achieved(checks: list[CheckResult]) -> str:
    """What a passed exercise achieved, if a check says so; hidden checks come first."""
    said = [c.achieved for c in sorted(checks, key=lambda check: not check.hidden) if c.achieved]
    return said[0] if said else ""


def _is_own_fault(check: CheckResult, exercise: Exercise) -> bool:
    """Whether the fault must be in the exercise itself, not in a part that it calls."""
    failure = check.failure
    if failure is None:
        return check.only_form
    if failure.kind == "import":
        return bool(failure.trace) and failure.trace[-1]["file"] == exercise.path
    return failure.kind in ("missing", "timeout")


def _unwritten(check: CheckResult, exercise: Exercise, course: Course) -> str | None:
    """The exercise whose stub stopped this check; None if no stub did."""
    failure = check.failure
    if failure is None or failure.type != "NotImplementedError":
        return None
    known = {e.name for e in course.exercises}
    return failure.function if failure.function in known else exercise.name
