"""Explains a failed check: the sentence, the call, both arrays, the learner's own lines."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

from autograder.catalogue import Course, Exercise
from autograder.judging.difference import Difference
from autograder.judging.python_errors import plain_words
from autograder.judging.shape_errors import read_shape_error
from autograder.judging.verdict import CheckResult
from autograder.text import clean
from autograder.worker.host import Failure

# The advice if a file or a function is missing.
COPY_AGAIN = "copy it from the handout"
MOST_PRINTED = 10
# The heading above the lines of a call.
CALL = "the call:"
# The exceptions that a shape or an index that does not fit raises.
_ABOUT_SHAPES = ("ValueError", "IndexError", "AxisError")


def explain(check: CheckResult) -> str:
    """Everything about one failed check, as plain text of several lines."""
    call = [CALL, *call_lines(check)] if check.call else []
    lines = [check.sentence, check.problem, *call, *details(check)]
    return "\n".join(line for line in lines if line)


def call_lines(check: CheckResult) -> list[str]:
    """The call of a failed check, one statement per line, ready to paste into Python."""
    return [clean(line) for line in check.call.splitlines()]


def details(check: CheckResult) -> list[str]:
    """The lines below the call: both arrays, the learner's own lines, printed output."""
    lines = [] if check.difference is None else side_by_side(check.difference)
    if check.failure is not None:
        lines += own_lines(check.failure)
    return lines + printed_lines(check)


def printed_lines(check: CheckResult) -> list[str]:
    """The first lines that the learner's code printed, under a heading; the rest is counted."""
    printed = clean(check.printed).strip().splitlines()
    if not printed:
        return []
    rest = len(printed) - MOST_PRINTED
    more = [f"... and {rest} more line{'s' if rest > 1 else ''}"] if rest > 0 else []
    return ["your code printed:", *printed[:MOST_PRINTED], *more]


def once_each(failed: Sequence[CheckResult]) -> list[tuple[CheckResult, int]]:
    """The failed checks, without repetitions of one problem or of an exception at one line.

    Returns:
        each check to show, and the number of other checks that failed in the same way.
    """
    shown: dict[object, list[CheckResult]] = {}
    for check in failed:
        failure = check.failure
        alike = check.only_form or check.difference is None
        key: object = check.problem if alike else id(check)
        if failure is not None and failure.kind == "exception" and failure.trace:
            last = failure.trace[-1]
            key = failure.type, last["file"], last["line"]
        shown.setdefault(key, []).append(check)
    return [(same[0], len(same) - 1) for same in shown.values()]


def same_elsewhere(others: int) -> str:
    """A line that says in how many other checks the same happened; "" if in none."""
    plural = "s" if others > 1 else ""
    return f"the same in {others} other check{plural}" if others else ""


def say_failure(failure: Failure, exercise: Exercise, course: Course) -> str:
    """One sentence that says why the learner's code returned no usable value."""
    message = clean(failure.message)
    where = _place(failure)
    match failure.kind:
        case "missing":
            return _take_again(message)
        case "import" if failure.type in ("SyntaxError", "IndentationError", "TabError"):
            words = plain_words(failure.type, failure.message)
            meaning = f" ({words})" if words else ""
            return f"{where or exercise.path} is not valid Python: {message}{meaning}"
        case "import" if (lost := lost_part(failure, exercise, course)) is not None:
            file, name = lost
            lack = f"{file} has no {name}" if name else f"{file} is not there"
            return _take_again(f"{lack}, which is needed{_at(where)}")
        case "import":
            return f"{exercise.path} cannot be loaded: {failure.type}: {message}{_at(where)}"
        case "timeout":
            return (
                f"it did not finish within {message}: a loop that never ends, or one that is far "
                f"too slow{_at(where)}"
            )
        case "worker" | "stopped" | "budget":
            return message
    if failure.type == "NotImplementedError":
        name = failure.function
        if name and name != exercise.name and name in {e.name for e in course.exercises}:
            return f"it calls {name}, which is still to be written"
        # A class has a stub in each method: say which method is still to be written.
        method = clean(failure.trace[-1]["function"]) if failure.trace else ""
        part = method if method.startswith(f"{exercise.name}.") else exercise.name
        return f"{part} is still to be written{_at(where)}"
    if failure.type == "":
        return f"what it returned {message}"
    quoted = f' "{_shortened(message)}"' if message else ""
    shapes = read_shape_error(failure.type, message)
    advice = _advice(failure, course)
    words = plain_words(failure.type, message) if shapes is None else shapes.words
    clauses = [words if shapes is not None or not advice else "", advice]
    if failure.type in _ABOUT_SHAPES:
        clauses.append(_values(_own_step(failure, exercise, course)))
    meaning = "; ".join(clause for clause in clauses if clause)
    place = _raised_at(failure, exercise, course)
    colon = ": " if meaning else ""
    return f"it raised {failure.type}{quoted}{_at(place)}{colon}{meaning}"


def side_by_side(difference: Difference) -> list[str]:
    """Expected and actual side by side, with marked numbers in brackets."""
    left = _grid(difference.expected, difference.marks_expected)
    right = _grid(difference.actual, difference.marks_actual)
    width = max(len("expected"), *(len(line) for line in left))
    rows = [
        f"  {a:<{width}}   {b}".rstrip()
        for a, b in itertools.zip_longest(left, right, fillvalue="")
    ]
    title = f"  {'expected':<{width}}   yours"
    return [f"{difference.name}{difference.place}:", title, *rows]


def own_lines(failure: Failure) -> list[str]:
    """The traceback, reduced to the learner's own lines."""
    lines = []
    for step in failure.trace:
        function = f" in {clean(step['function'])}" if step["function"] else ""
        lines.append(f"  {clean(step['file'])}:{step['line']}{function}")
        if step["source"]:
            lines.append(f"    {clean(step['source'])}")
    return lines


def _shortened(message: str) -> str:
    """The message in one line, without the details of matmul that only NumPy developers need."""
    return re.sub(r"(?<=matmul: )Input operand.* (?=\(size )", "", " ".join(message.split()))


def lost_part(failure: Failure, exercise: Exercise, course: Course) -> tuple[str, str] | None:
    """The missing file or function because of which a file cannot be loaded.

    Returns:
        the file it belongs to, and its name; "" for the name if the whole file is missing.
        None if the file cannot be loaded for another reason.
    """
    modules = {other.module: other.path for other in course.exercises}
    modules |= {assignment.name: f"{assignment.name}/" for assignment in course.assignments}
    if failure.type == "ModuleNotFoundError":
        found = re.fullmatch(r"No module named '([\w.]+)'", failure.message)
        return (modules[found[1]], "") if found and found[1] in modules else None
    if failure.type == "ImportError":
        found = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", failure.message)
        return (modules[found[2]], found[1]) if found and found[2] in modules else None
    if failure.type == "NameError":
        # The missing name belongs to the same file, such as a class in an annotation.
        found = re.match(r"name '(\w+)' is not defined", failure.message)
        own = {other.name for other in course.exercises if other.path == exercise.path}
        return (exercise.path, found[1]) if found and found[1] in own else None
    return None


def _take_again(said: str) -> str:
    if said.endswith(" is empty"):
        return f"{said}: {COPY_AGAIN}"
    return f"{said}: it was deleted or renamed; give it its name back, or {COPY_AGAIN}"


def _advice(failure: Failure, course: Course) -> str:
    """The course's advice about such an exception, as a clause; "" if it has none."""
    if not course.advice:
        return ""
    place = course.advice.removesuffix(".py").split("/")
    return str(course.module(*place).advise(failure))


def _own_step(failure: Failure, exercise: Exercise, course: Course) -> dict[str, Any] | None:
    """The last step of the trace that lies in the exercise itself, else the last of all."""
    others = {other.name for other in course.exercises} - {exercise.name}
    own = [
        step
        for step in failure.trace
        if step["file"] == exercise.path and step["function"].split(".")[0] not in others
    ]
    steps = own or failure.trace
    return steps[-1] if steps else None


def _raised_at(failure: Failure, exercise: Exercise, course: Course) -> str:
    """The exercise's own line; if it called another part that raised, the line there too."""
    own, last = _own_step(failure, exercise, course), _place(failure)
    if own is None or own is failure.trace[-1]:
        return last
    return f"{clean(own['file'])}:{own['line']}, in a call that stopped at {last}"


def _values(step: dict[str, Any] | None) -> str:
    """What the names in the step's line stood for, as a clause; "" if that is not known."""
    if step is None or not step.get("values"):
        return ""
    return f"in line {step['line']}, {clean(step['values'])}"


def _place(failure: Failure) -> str:
    if not failure.trace:
        return ""
    last = failure.trace[-1]
    return f"{clean(last['file'])}:{last['line']}"


def _at(where: str) -> str:
    return f" (at {where})" if where else ""


def _grid(cells: list[list[str]], marks: list[list[bool]]) -> list[str]:
    marked = [
        [f"[{cell}]" if mark else cell for cell, mark in zip(row, flags, strict=True)]
        for row, flags in zip(cells, marks, strict=True)
    ]
    widths = [max(len(row[k]) for row in marked) for k in range(len(marked[0]))]
    return [
        " ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        for row in marked
    ]
