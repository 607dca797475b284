"""What the kit has to say about a submission: plain data, and its fixed JSON form."""

from dataclasses import dataclass, field
from typing import Literal

from autograder.judging.difference import Difference
from autograder.text import capital
from autograder.worker.host import Failure

Status = Literal["passed", "failed", "todo", "blocked", "error"]
# Where learners' code ran with the grader's rights.
NOT_ISOLATED = "NOT ISOLATED"
# What Python raises where grading has no such package, no file, and nobody who types.
OF_WHAT_GRADING_LACKS = ("ImportError", "ModuleNotFoundError", "FileNotFoundError", "EOFError")


@dataclass
class CheckResult:
    """One check of one exercise.

    Attributes:
        name: the check function's name, without "test_".
        sentence: what it checks, in the learner's words: the check's docstring.
        hidden: whether only instructors have it.
        passed: whether it passed.
        only_form: whether the numbers are right and only their form is not.
        problem: what is wrong, one sentence; "" if it passed.
        call: the call that the problem is about, as it would be typed; a line for each statement.
        difference: expected and actual, where both can be shown.
        failure: the learner's exception, where there was one.
        printed: what the learner's code printed meanwhile.
        measured: what the check measured on the way, such as an accuracy.
        achieved: what was reached, one sentence for a learner who passes; "" for none.
        file: where the check stands.
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
        """Of a check that failed, what to read first.

        An exception comes before anything else, and the check's sentence is introduced: alone it
        would claim what is not true.
        """
        problem = capital(self.problem)
        if self.failure is not None and self.failure.type:
            return f"{problem}. What was checked: {self.sentence}"
        return f"This should be true, and is not: {self.sentence} {problem}."


@dataclass
class ExerciseVerdict:
    """One exercise: its status, its points, and every check.

    Attributes:
        waits_for: the exercises that must pass first, for status "blocked".
        pitfall: the id of the known mistake that this is, or None.
        message: the one thing to know about it; "" if it passed and nothing was measured.
        note: how it was judged, where that was not as usual.
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
        more = f"; in {formed} more the numbers are right, and the form is not" if formed else ""
        return f"{passed} of {len(self.checks)} checks pass{more}"

    @property
    def lacks_something(self) -> bool:
        """Whether its code asks for what grading does not have, such as another package."""
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
        taken: what was taken under another name, a sentence each.
        left_out: what lay in the folder and was not taken in, a sentence each.
    """

    path: str
    isolation: str
    exercises: list[ExerciseVerdict]
    taken: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """What is to be said of the folder's files."""
        return [*self.taken, *self.left_out]

    @property
    def isolated(self) -> bool:
        """Whether the code that was judged could do nothing but answer."""
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
