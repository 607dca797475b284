"""Grades a submission: runs public and hidden checks on code in a sandboxed worker."""

from collections.abc import Set
from dataclasses import asdict
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from autograder.catalogue import Course, Exercise, load_for_marks
from autograder.grading.course_files import course_secret, course_store
from autograder.grading.isolation import assumed_isolation, find_isolation
from autograder.grading.own_process import JudgingDied, in_own_process
from autograder.grading.remote import Allowance, RemoteBackend
from autograder.grading.sandbox import Isolation
from autograder.grading.scratch import scratch
from autograder.grading.substitutes import answer_checks, has_code, leave_unwritten, substitute
from autograder.grading.verdict_store import Store, key_of, results_from
from autograder.judging.decide import decide, waiting_for
from autograder.judging.explain import lost_part
from autograder.judging.intake import take_in
from autograder.judging.judge import load_ahead, run_checks
from autograder.judging.reference import reference_of
from autograder.judging.results import ChecksError, Results
from autograder.judging.stubs import cut_all
from autograder.judging.verdict import CheckResult, ExerciseVerdict, Verdict
from autograder.worker.host import Failure


def grade_folder(
    path: Path,
    *,
    assignment: str | None = None,
    exercise: str | None = None,
    allow_unsandboxed: bool = False,
    store: Store | None = None,
    secret: str | None = None,
    course: Course | None = None,
) -> Verdict:
    """Grade a folder shaped like assignments/.

    Args:
        path: the submission, untrusted.
        course: by default the current folder's, see `load_for_marks`.
        assignment, exercise: what to grade; all, if neither is given.
        allow_unsandboxed: grade without a sandbox if none works; the verdict says so.
        store: known results, and the place for new ones; by default the course's own.
        secret: the seed of hidden random numbers; by default the course's own.

    Raises:
        UserError: if `path` holds no assignment.
        NoBackend: if no worker can run in a sandbox and that is not allowed.
        ChecksError: if the checks themselves cannot run, or there is no room for temporary files.
    """
    course = course or load_for_marks(path)
    exercises = course.select(exercise, assignment)
    store, secret = store or course_store(), secret or course_secret()
    isolation = assumed_isolation(allow_unsandboxed=allow_unsandboxed)
    try:
        return _grade_in(isolation, path, course, exercises, store, secret)
    except ChecksError:
        # Perhaps the assumed sandbox does not work. It was not tested before, because starting a
        # worker takes longer than judging a small submission.
        found = find_isolation(allow_unsandboxed=allow_unsandboxed)
        if found == isolation:
            raise
        return _grade_in(found, path, course, exercises, store, secret)


def _grade_in(
    isolation: Isolation,
    path: Path,
    course: Course,
    exercises: tuple[Exercise, ...],
    store: Store,
    secret: str,
) -> Verdict:
    with scratch("submission") as folder:
        folder.chmod(0o755)
        (target := folder / "all").mkdir()
        intake = take_in(path, course, target)
        exercises = course.present(exercises, intake.folder) or exercises
        grading = _Grading(course, intake.folder, isolation, store, secret)
        verdicts = grading.whole(exercises)
    return Verdict(str(path), isolation.name, verdicts, intake.taken, intake.left_out)


class _Grading:
    """One submission being graded.

    Args:
        course: the catalogue.
        submission: the folder that `take_in` filled.
        isolation: how to start workers.
        store: known results, and the place for new ones.
        secret: the seed of hidden random numbers.
    """

    def __init__(
        self, course: Course, submission: Path, isolation: Isolation, store: Store, secret: str
    ) -> None:
        self.course = course
        self.submission = submission
        self.isolation = isolation
        self.store = store
        self.secret = secret
        # Files whose import hangs: each further try would take the whole time limit again.
        self.hanging: set[str] = set()
        self.allowance = Allowance()
        # By store key; also kept here, because the store cannot save on a full disk.
        self.judged: dict[str, Results] = {}

    def whole(self, exercises: tuple[Exercise, ...]) -> list[ExerciseVerdict]:
        """The final verdicts on these exercises, each mistake counted once.

        An exercise without code of its own combines the others. It is judged last and takes long:
        a whole training. If one of its parts has failed, it is first judged with a substitute for
        that part, and with the learner's own part only if it does not pass with the substitute.
        """
        course = self.course
        late = tuple(e for e in exercises if not has_code(e, course))
        early = tuple(e for e in exercises if e not in late)
        results = self.results(early)
        verdicts = decide(course, early, results, self.submission)
        failed = any(verdict.status != "passed" for verdict in verdicts)
        # A part that only passed exercises call counts as right: it made none of them fail.
        doubtful = {e.name for e in early} | {need.name for need in self._needed(verdicts)}
        passed = self.passed(verdicts)
        self._judge_together(verdicts, passed)
        for place, verdict in enumerate(verdicts):
            verdicts[place] = self.carry_forward(verdict, passed)
            if verdicts[place].status == "passed":
                passed.add(verdict.exercise)
        for exercise in late:
            quick = self._with_reference(exercise, doubtful - passed) if failed else None
            if quick is None:
                own = results | self.results((exercise,))
                quick = decide(course, (*early, exercise), own, self.submission)[-1]
                if quick.status != "passed":
                    passed |= self.passed([*verdicts, quick])
                    quick = self.carry_forward(quick, passed)
            if quick.status == "passed":
                passed.add(exercise.name)
            verdicts.append(quick)
        places = [exercise.name for exercise in exercises]
        return sorted(verdicts, key=lambda verdict: places.index(verdict.exercise))

    def _judge_together(self, verdicts: list[ExerciseVerdict], passed: set[str]) -> None:
        """Judge exercises that need the same substitutes in one session.

        Starting a session takes longer than the checks of a small exercise.
        """
        groups: dict[tuple[tuple[Exercise, ...], ...], list[Exercise]] = {}
        for verdict in verdicts:
            exercise = self.course.exercise(verdict.exercise)
            if verdict.status in ("passed", "todo") or exercise.path in self.hanging:
                continue
            parts = {e for e in self.course.all_needs(exercise) if e.name not in passed}
            parts.update(_of_unloadable_file(verdict, self.course))
            replaced = _replaceable(exercise, parts, self.course)
            # An exercise gets only the substitutes it needs: so all in a group need the same.
            given = tuple(p for p in replaced if _is_given(p, exercise, self.course))
            against = tuple(p for p in replaced if p.name in exercise.measured_against)
            groups.setdefault((replaced, given, against), []).append(exercise)
        for (replaced, _, _), group in groups.items():
            if replaced and len(group) > 1:
                self.results(tuple(group), replaced)

    def _with_reference(self, exercise: Exercise, wrong: set[str]) -> ExerciseVerdict | None:
        """The verdict with substitutes for failed parts, or None if it is still not "passed"."""
        course = self.course
        parts = {part for part in course.all_needs(exercise) if part.name in wrong}
        replaced = _replaceable(exercise, parts, course)
        if not replaced or exercise.path in self.hanging:
            return None
        (verdict,) = self.verdicts((exercise,), replaced)
        verdict.note = _note([part for part in replaced if _is_given(part, exercise, course)])
        return verdict if verdict.status == "passed" else None

    def verdicts(
        self, exercises: tuple[Exercise, ...], parts: tuple[Exercise, ...] = ()
    ) -> list[ExerciseVerdict]:
        """The verdicts on these exercises, with substitutes for `parts`."""
        results = self.results(exercises, parts)
        return decide(self.course, exercises, results, self.submission)

    def _needed(self, verdicts: list[ExerciseVerdict]) -> set[Exercise]:
        """The exercises that are called by those that did not pass."""
        course = self.course
        return {
            need
            for verdict in verdicts
            if verdict.status not in ("passed", "todo")
            for need in course.all_needs(course.exercise(verdict.exercise))
        }

    def passed(self, verdicts: list[ExerciseVerdict]) -> set[str]:
        """The names of the exercises that pass, among these and those that failed ones call.

        A called exercise also counts if it passes with substitutes for its own failed parts: its
        own code is right.
        """
        course = self.course
        asked = {verdict.exercise for verdict in verdicts}
        needed = self._needed(verdicts)
        parts = self.verdicts(
            tuple(
                e
                for e in course.exercises
                if e in needed and e.name not in asked and e.path not in self.hanging
            )
        )
        passed = {v.exercise for v in [*verdicts, *parts] if v.status == "passed"}
        for part in parts:
            if self.carry_forward(part, passed).status == "passed":
                passed.add(part.exercise)
        return passed

    def results(
        self, exercises: tuple[Exercise, ...], parts: tuple[Exercise, ...] = ()
    ) -> dict[str, Results]:
        """The results of these exercises, with substitutes for `parts`.

        Results that are not in the store are computed, each assignment in a worker of its own.
        """
        course, secret = self.course, self.secret
        exercises = tuple(e for e in exercises if (self.submission / e.assignment).is_dir())
        replaced = tuple(part.name for part in parts)
        keys = {
            e.name: key_of(e, course, self.submission, secret, self.isolation.name, replaced)
            for e in exercises
        }
        known = {name: self.judged.get(k) or self.store.get(k) for name, k in keys.items()}
        missing = tuple(e for e in exercises if known.get(e.name) is None)
        hanging = self.hanging.intersection(part.path for part in parts)
        for name, group in groupby(missing, key=lambda exercise: exercise.assignment):
            new = self._judge(tuple(group), parts, self._up_to(name, hanging))
            for exercise, results in new.items():
                self.judged[keys[exercise]] = results
                self.store.put(keys[exercise], results)
            known.update(new)
        found = {name: results for name, results in known.items() if results is not None}
        for results in found.values():
            self.hanging.update(filter(None, map(_hangs_on_loading, results.checks)))
        return found

    def _judge(
        self, exercises: tuple[Exercise, ...], parts: tuple[Exercise, ...], folder: Path
    ) -> dict[str, Results]:
        """Run the checks of exercises of one assignment, in a process with a memory limit.

        Args:
            exercises: of one assignment.
            parts: the exercises that get a substitute.
            folder: the submission up to this assignment.
        """
        course, allowance = self.course, self.allowance
        reference = reference_of(course)
        load_ahead(course, exercises)

        def work() -> dict[str, Any]:
            with RemoteBackend(self.isolation, folder, allowance) as backend:
                for part in parts:
                    _substitute(part, exercises, course, backend)
                found = run_checks(
                    backend, course, exercises, reference=reference, secret=self.secret
                )
            results = {name: asdict(results) for name, results in found.items()}
            return {"results": results, "seconds": allowance.seconds}

        try:
            answer = in_own_process(work)
        except JudgingDied as error:
            return {exercise.name: _died(error) for exercise in exercises}
        allowance.seconds = answer["seconds"]
        return {name: results_from(form) for name, form in answer["results"].items()}

    def _up_to(self, assignment: str, hanging: Set[str] = frozenset()) -> Path:
        """The submission up to this assignment: its results must not depend on later ones.

        Args:
            assignment: its name.
            hanging: files to replace by their stubs, since their exercises get substitutes.
        """
        place = "-".join([assignment, *(path.replace("/", "-") for path in sorted(hanging))])
        folder = self.submission.parent / place
        if not folder.exists():
            names = [each.name for each in self.course.assignments]
            _copy(self.submission, folder, names[: names.index(assignment) + 1])
            for path in hanging:
                if (folder / path).exists():
                    (folder / path).write_text(_stubs(self.course)[path], encoding="utf-8")
        return folder

    def carry_forward(self, verdict: ExerciseVerdict, passed: set[str]) -> ExerciseVerdict:
        """Judge again with substitutes for failed parts, so that one mistake costs points once.

        Args:
            verdict: the verdict with the learner's own parts.
            passed: the exercises whose own code is right; they get no substitutes.
        """
        course = self.course
        exercise = course.exercise(verdict.exercise)
        if verdict.status in ("passed", "todo") or exercise.path in self.hanging:
            return verdict
        parts = {e for e in course.all_needs(exercise) if e.name not in passed}
        again, own_fault, last = verdict, False, None
        while True:
            # A file that cannot be loaded breaks all files that import it, even if never called.
            parts.update(_of_unloadable_file(again, course))
            replaced = _replaceable(exercise, parts, course)
            if not replaced or replaced == last:
                break
            if _never_loads(again) and all(part.path == exercise.path for part in replaced):
                break  # substitutes are installed after import: they cannot help here
            (again,) = self.verdicts((exercise,), replaced)
            last = replaced
            own_fault = {part.name for part in replaced}.issuperset(verdict.waits_for)
            again.note = _note([part for part in replaced if _is_given(part, exercise, course)])
        blameless = bool(_of_unloadable_file(verdict, course)) and again is not verdict
        if again.score > verdict.score or blameless or (verdict.status == "blocked" and own_fault):
            again.score = max(again.score, verdict.score)
            return again
        if verdict.status == "blocked" and (
            left := [n for n in verdict.waits_for if n not in passed]
        ):
            # The other parts have right code of their own, and fail only because of these.
            verdict.waits_for, verdict.message = left, waiting_for(left)
        return verdict


def _substitute(
    part: Exercise,
    exercises: tuple[Exercise, ...],
    course: Course,
    backend: RemoteBackend,
) -> None:
    """Substitute a part, as far as these exercises may use it.

    A part that none of them needs can only be imported; calling it raises. A part that they are
    measured against gets a substitute for their checks, never for their code.
    """
    if any(_is_given(part, exercise, course) for exercise in exercises):
        substitute(part, course, backend)
        return
    leave_unwritten(part, backend)
    if any(part.name in exercise.measured_against for exercise in exercises):
        answer_checks(part, course, backend)


def _died(error: JudgingDied) -> Results:
    """The results of an exercise whose judging process ended without a result."""
    sentence = (
        f"the process that judged it ended without an answer ({error}): the code may have made it "
        "use more memory than it may; it is not tried again, and no other submission is touched"
    )
    failure = Failure("worker", message=sentence)
    check = CheckResult("judging", "It can be judged.", True, False, sentence, failure=failure)
    return Results([check])


def _replaceable(exercise: Exercise, parts: set[Exercise], course: Course) -> tuple[Exercise, ...]:
    """The parts that may get a substitute, in course order.

    An exercise without code of its own, such as the network that reads digits, consists of its
    assignment's parts. If more than one of them has failed, none gets a substitute: too little of
    the learner's code would be left to judge.
    """
    own = [part for part in parts if part.assignment == exercise.assignment]
    if not has_code(exercise, course) and len(own) > 1:
        parts = parts.difference(own)
    return tuple(part for part in course.exercises if part in parts and has_code(part, course))


def _is_given(part: Exercise, exercise: Exercise, course: Course) -> bool:
    """Whether the code of an exercise may call the substitute of this part."""
    needed = part in course.all_needs(exercise)
    return needed and part.name not in exercise.measured_against


def _note(parts: list[Exercise]) -> str:
    if not parts:
        return ""
    names = ", ".join(part.name for part in parts)
    why = "fails a check of its own" if len(parts) == 1 else "fail checks of their own"
    return f"Judged with the reference's {names} in the place of yours, which {why}."


def _of_unloadable_file(verdict: ExerciseVerdict, course: Course) -> list[Exercise]:
    """The exercises of another file that made the import of this exercise fail.

    If that file exists and only lacks a name, just the exercise of that name.
    """
    this = course.exercise(verdict.exercise)
    failures = [check.failure for check in verdict.checks if check.failure is not None]
    imports = [failure for failure in failures if failure.kind == "import"]
    broken = {failure.trace[-1]["file"] for failure in imports if failure.trace}
    lost = {part for failure in imports if (part := lost_part(failure, this, course)) is not None}
    broken.update(filter(None, map(_hangs_on_loading, verdict.checks)))
    # The learner's code can put any file name into a failure. So no exercise of a later assignment
    # gets a substitute, and none that needs this exercise itself.
    names = [assignment.name for assignment in course.assignments]
    so_far = names[: names.index(this.assignment) + 1]
    return [
        e
        for e in course.exercises
        if (e.path in broken or {(e.path, ""), (e.path, e.name), (f"{e.assignment}/", "")} & lost)
        and e.path != this.path
        and e.assignment in so_far
        and this not in course.all_needs(e)
    ]


def _hangs_on_loading(check: CheckResult) -> str:
    """The file whose lines ran when an import reached its time limit, or ""."""
    failure = check.failure
    if failure is None or failure.kind != "timeout" or not failure.trace:
        return ""
    # The trace of an import begins at <module>; the trace of a call begins in a function.
    return str(failure.trace[-1]["file"]) if failure.trace[0]["function"] == "<module>" else ""


def _never_loads(verdict: ExerciseVerdict) -> bool:
    """Whether an import reached its time limit, and no line of it is known."""
    failures = [check.failure for check in verdict.checks if not check.call]
    return any(f is not None and f.kind == "timeout" and not f.trace for f in failures)


@cache
def _stubs(course: Course) -> dict[str, str]:
    """Every file of the course with all its stubs still to be written, by its path."""
    return {
        f"{assignment.name}/{name}": text
        for assignment in course.assignments
        for name, text in cut_all(course.solutions, course, assignment).items()
    }


def _copy(source: Path, target: Path, assignments: list[str]) -> None:
    """Copy folders of Python files, readable for the worker's user."""
    target.mkdir()
    target.chmod(0o755)
    for name in assignments:
        (target / name).mkdir()
        (target / name).chmod(0o755)
        for file in sorted((source / name).glob("*.py")):
            copy = target / name / file.name
            copy.write_bytes(file.read_bytes())
            copy.chmod(0o644)
