"""What lateness costs, derived anew from the gradebook as it is: deadline, extension, marks."""

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
    """Derive every penalty anew: a deadline, an extension or a mark may have changed since.

    Args:
        course: says where the gradebook is.
        config: nbgrader's; names the policy.
        assignment, student: which; all, if "".

    Returns:
        a sentence for each submission whose penalty the policy could not say.
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
                    except Exception as error:  # the policy is the instructor's own program
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
    """The late policy, which may be the instructor's own program.

    Raises:
        UserError: if it cannot be loaded.
    """
    try:
        rules = AssignLatePenalties(config=config)
        rules.init_plugin()
    except Exception as error:
        # traitlets begins with the name of a trait, which says nothing to an instructor.
        said = " ".join(str(error).split()).rpartition(" but ")[2]
        raise UserError(
            "the late policy, c.AssignLatePenalties.plugin_class in nbgrader_config.py, cannot be "
            f"loaded: {clean(said) or type(error).__name__}"
        ) from error
    return rules


def penalty_of(config: Config, student: str, score: float, late: float) -> float:
    """What the late policy takes off a mark, at most all of it.

    Args:
        config: nbgrader's; names the policy.
        score: the mark, in points.
        late: seconds.

    Raises:
        UserError: if the policy, which is the instructor's own program, fails.
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
    """What everybody's marks of an assignment depend on, by the reason for a change of them."""
    return {
        "check": judging_digest(assignment, load(), course_secret()),
        "points": " ".join(f"{e.name}={e.points:g}" for e in assignment.exercises),
    }


def what_lateness_depends_on(
    policy: str, due: datetime | None, extension: timedelta | None
) -> dict[str, str]:
    """What a late penalty depends on beside the hand-in, by the reason for a change of it.

    Args:
        policy: what `late_policy_of` gives.
        due: the deadline, in UTC.
        extension: of this submission.
    """
    return {"extension": str(extension), "deadline": str(due), "late policy": policy}


def late_policy_of(config: Config, root: Path) -> str:
    """The settings of the late policy, and a digest of its own code."""
    settings = (config.AssignLatePenalties, config.LateSubmissionPlugin)
    said = [repr(sorted(each.items())) for each in settings]
    return " ".join([*said, _policy_code(config, root)])


def _policy_code(config: Config, root: Path) -> str:
    """A digest of the late policy's own code, or "" where it has no file.

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
    """The course's file of Python that holds the late policy, if there is one."""
    plugin = config.AssignLatePenalties.get("plugin_class", "")
    parts = plugin.split(".")[:-1] if isinstance(plugin, str) else []
    file = Path(root, *parts).with_suffix(".py") if parts else None
    return file if file is not None and file.is_file() else None
