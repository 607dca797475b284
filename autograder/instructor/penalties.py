"""Late penalties, computed again from the current deadlines, extensions and marks."""

import contextlib
import hashlib
import inspect
import math
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from autograder.catalogue import Assignment, load
from autograder.grading.course_files import course_secret
from autograder.grading.verdict_store import judging_digest
from autograder.text import UserError, clean


def renew_penalties(
    course: CourseDirectory, config: Config, assignment: str = "", student: str = ""
) -> list[str]:
    """Compute penalties again: a deadline, an extension or a mark may have changed.

    Args:
        course: has the gradebook's address.
        config: nbgrader's; names the policy.
        assignment, student: one submission; all submissions, if either is "".

    Returns:
        a sentence for each penalty that the policy could not compute.
    """
    problems = []
    rules = late_rules(config)
    with Gradebook(course.db_url, course.course_id) as gradebook:
        if assignment and student:
            try:
                submissions = [gradebook.find_submission(assignment, student)]
            except MissingEntry:
                return []
        else:
            submissions = [one for each in gradebook.assignments for one in each.submissions]
        for one in submissions:
            for notebook in one.notebooks:
                late = one.total_seconds_late
                penalty = None
                if late > 0:
                    try:
                        penalty = rules.plugin_inst.late_submission_penalty(
                            one.student_id, notebook.score, late
                        )
                        if penalty is not None:
                            penalty = rules._check_late_penalty(notebook, float(penalty))
                            if not math.isfinite(penalty):
                                raise ValueError(f"the penalty is {penalty}")
                    except Exception as error:  # the policy is the instructor's own code
                        problems.append(
                            f"{one.student_id}, {one.assignment.name}: the late policy fails: "
                            f"{type(error).__name__}: {error}"
                        )
                        continue
                if penalty != notebook.late_submission_penalty:
                    notebook.late_submission_penalty = penalty
        gradebook.db.commit()
    return problems


def late_rules(config: Config) -> AssignLatePenalties:
    """The late policy, which may be the instructor's own code.

    Raises:
        UserError: if it cannot be loaded.
    """
    try:
        rules = AssignLatePenalties(config=config)
        rules.init_plugin()
    except Exception as error:
        # traitlets' message begins with the name of a trait, which does not help an instructor.
        said = " ".join(str(error).split()).rpartition(" but ")[2]
        raise UserError(
            "the late policy, c.AssignLatePenalties.plugin_class in nbgrader_config.py, cannot be "
            f"loaded: {clean(said) or type(error).__name__}"
        ) from error
    return rules


def penalty_of(config: Config, student: str, score: float, late: float) -> float:
    """The points that the late policy takes off a mark, from 0 to `score`.

    Args:
        config: nbgrader's; names the policy.
        student: the id.
        score: the mark, in points.
        late: seconds after the deadline.

    Raises:
        UserError: if the policy, which may be the instructor's own code, fails.
    """
    if late <= 0:
        return 0.0
    rules = late_rules(config)
    try:
        penalty = rules.plugin_inst.late_submission_penalty(student, score, late)
        return min(max(float(penalty or 0), 0.0), score)
    except Exception as error:
        raise UserError(f"the late policy fails: {type(error).__name__}: {error}") from error


def what_all_marks_depend_on(assignment: Assignment) -> dict[str, str]:
    """The values that all marks of an assignment depend on, by the reason for a change."""
    return {
        "check": judging_digest(assignment, load(), course_secret()),
        "points": " ".join(f"{e.name}={e.points:g}" for e in assignment.exercises),
    }


def what_lateness_depends_on(
    policy: str, due: datetime | None, extension: timedelta | None
) -> dict[str, str]:
    """The values that a late penalty depends on besides the hand-in, by the reason for a change.

    Args:
        policy: the result of `late_policy_of`.
        due: the deadline, in UTC.
        extension: of this submission.
    """
    return {"extension": str(extension), "deadline": str(due), "late policy": policy}


def late_policy_of(config: Config, root: Path) -> str:
    """The late policy as text for comparison: its settings, and a digest of its code."""
    settings = (config.AssignLatePenalties, config.LateSubmissionPlugin)
    said = [repr(sorted(each.items())) for each in settings]
    return " ".join([*said, _policy_code(config, root)])


def _policy_code(config: Config, root: Path) -> str:
    """A digest of the late policy's code, or "" if the course has no file for it.

    Args:
        config: nbgrader's; names the policy.
        root: the course's top folder.
    """
    plugin = config.AssignLatePenalties.get("plugin_class", "")
    if not isinstance(plugin, str):
        with contextlib.suppress(OSError, TypeError):
            return hashlib.sha256(inspect.getsource(plugin).encode()).hexdigest()
    file = policy_file(config, root)
    return "" if file is None else hashlib.sha256(file.read_bytes()).hexdigest()


def policy_file(config: Config, root: Path) -> Path | None:
    """The course's Python file with the late policy, or None."""
    plugin = config.AssignLatePenalties.get("plugin_class", "")
    parts = plugin.split(".")[:-1] if isinstance(plugin, str) else []
    file = Path(root, *parts).with_suffix(".py") if parts else None
    return file if file is not None and file.is_file() else None
