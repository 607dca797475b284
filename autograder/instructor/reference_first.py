"""Stops grading if the reference itself does not pass a check."""

from autograder.catalogue import load
from autograder.grading.course_files import course_secret
from autograder.grading.grade import grade_folder
from autograder.grading.verdict_store import judging_digest
from autograder.text import UserError

_passed: set[str] = set()


def require_reference(names: list[str], allow_unsandboxed: bool) -> None:
    """Judge the reference like a submission, and require that it passes every check.

    The verdict store keeps the results, so this is fast until a check changes.

    Args:
        names: the assignments that are about to be graded.
        allow_unsandboxed: as for `grade_folder`.

    Raises:
        UserError: if a check fails; it names the check.
    """
    course = load()
    for name in names:
        digest = judging_digest(course.assignment(name), course, course_secret())
        if digest in _passed:
            continue
        verdict = grade_folder(
            course.solutions, assignment=name, allow_unsandboxed=allow_unsandboxed, course=course
        )
        for one in verdict.exercises:
            if one.status == "passed":
                continue
            failed = next((check for check in one.checks if not check.passed), None)
            why = f"{failed.name} ({failed.problem})" if failed else one.message
            raise UserError(
                f"the reference itself does not pass a check of {one.exercise}: {why}. Nothing was "
                f"graded: correct the check, or solutions/{course.exercise(one.exercise).path}"
            )
        _passed.add(digest)
