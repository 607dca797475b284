"""The verdict on a submission, as plain data."""

from dataclasses import dataclass, field
from typing import Literal

from autograder.judging.difference import Difference
from autograder.text import capital
from autograder.worker.host import Failure

Status = Literal["passed", "failed", "todo", "blocked", "error"]
# The value of `isolation` if learners' code ran with the grader's rights.
NOT_ISOLATED = "NOT ISOLATED"
# What Python raises if code needs a package, a file or keyboard input that grading does not have.
OF_WHAT_GRADING_LACKS = ("ImportError", "ModuleNotFoundError", "FileNotFoundError", "EOFError")


@dataclass
class CheckResult:
    """One check of one exercise.

    Attributes:
        name: the check function's name, without "test_".
        sentence: what it checks, as a sentence for the learner: the check's docstring.
        hidden: whether only instructors have it.
        passed: whether it passed.
        only_form: whether the numbers are right and only their form is not.
        problem: what is wrong, one sentence; "" if it passed.
        call: the call that the problem is about, as it would be typed; a line for each statement.
        difference: expected and actual, if both can be shown.
        failure: why the learner's code returned no value, such as an exception; or None.
        printed: what the learner's code printed during the check.
        measured: what the check measured, such as an accuracy.
        achieved: what was achieved, one sentence for a learner who passes; "" for none.
        file: the path of the check's file.
    """

    name: str
    sentence: str
    hidden: bool
    passed: bool
    problem: str = ""
    call: str = ""
    difference: Difference | None = None
    failure: Failure | None = None
    printed: str = ""
    measured: dict[str, float] = field(default_factory=dict)
    achieved: str = ""
    only_form: bool = False
    file: str = ""

    @property
    def headline(self) -> str:
        """The first thing to read about a failed check.

        An exception comes before everything else. The check's sentence gets an introduction:
        without it, the sentence would claim something that is not true.
        """
        problem = capital(self.problem)
        if self.failure is not None and self.failure.type:
            end = "" if problem.endswith("?") else "."
            return f"{problem}{end} What was checked: {self.sentence}"
        return f"Expected: {self.sentence} {problem}."


@dataclass
class ExerciseVerdict:
    """One exercise: its status, its points, and every check.

    Attributes:
        waits_for: the exercises that must pass first, for status "blocked".
        pitfall: the id of the known mistake that was recognised, or None.
        message: the one thing to know about it; "" if it passed and there is nothing to say.
        note: how it was judged, if that was unusual.
    """

    exercise: str
    assignment: str
    points: float
    score: float
    status: Status
    message: str = ""
    note: str = ""
    pitfall: str | None = None
    waits_for: list[str] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)

    @property
    def checks_said(self) -> str:
        """How many checks pass, and in how many more only the form is wrong."""
        passed = sum(check.passed for check in self.checks)
        formed = sum(check.only_form for check in self.checks)
        said = f"{passed} of {len(self.checks)} checks pass"
        if formed:
            have = "has" if formed == 1 else "have"
            said += f"; {formed} more {have} the right numbers in another form"
        return said

    @property
    def lacks_something(self) -> bool:
        """Whether its code needs something that grading does not have, such as a package."""
        return any(
            check.failure is not None and check.failure.type in OF_WHAT_GRADING_LACKS
            for check in self.checks
            if not check.passed
        )

    @property
    def says_more(self) -> bool:
        """Whether the message says more than its first failed check, which is shown below it."""
        failed = [check for check in self.checks if not check.passed]
        if not failed or self.status not in ("failed", "error"):
            return False
        problem = self.message.rstrip(".").lower() == failed[0].problem.lower()
        return not problem and self.message != failed[0].headline


@dataclass
class Verdict:
    """Everything about one folder shaped like assignments/.

    Attributes:
        isolation: "bubblewrap", "landlock", "in this process" (make check) or "NOT ISOLATED".
        taken: a sentence for each file that was taken under another name.
        left_out: a sentence for each thing in the folder that was not taken in.
    """

    path: str
    isolation: str
    exercises: list[ExerciseVerdict]
    taken: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """All sentences about the folder's files."""
        return [*self.taken, *self.left_out]

    @property
    def isolated(self) -> bool:
        """Whether the code did not run with the grader's rights, as `isolation` says."""
        return self.isolation != NOT_ISOLATED

    @property
    def score(self) -> float:
        return round(sum(e.score for e in self.exercises), 4)

    @property
    def points(self) -> float:
        return round(sum(e.points for e in self.exercises), 4)

    def of(self, exercise: str) -> ExerciseVerdict:
        """The verdict on one exercise."""
        return next(e for e in self.exercises if e.exercise == exercise)
