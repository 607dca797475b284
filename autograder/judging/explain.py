"""Puts a failed check into words: the sentence, the call, expected beside actual, the own lines."""

import itertools
import re
from collections.abc import Sequence

from autograder.catalogue import Course, Exercise
from autograder.judging.difference import Difference
from autograder.judging.python_errors import plain_words
from autograder.judging.shape_errors import read_shape_error
from autograder.judging.verdict import CheckResult
from autograder.text import clean
from autograder.worker.host import Failure

# Where to find again what a learner has lost.
COPY_AGAIN = "copy it from the handout"
MOST_PRINTED = 10
# What stands above the lines that show a call.
CALL = "the call:"


def explain(check: CheckResult) -> str:
    """Everything about one failed check, as plain text of several lines."""
    call = [CALL, *call_lines(check)] if check.call else []
    lines = [check.sentence, check.problem, *call, *details(check)]
    return "\n".join(line for line in lines if line)


def call_lines(check: CheckResult) -> list[str]:
    """The call of a failed check, a statement a line, as it can be pasted into Python."""
    return [clean(line) for line in check.call.splitlines()]


def details(check: CheckResult) -> list[str]:
    """What stands below the call: both arrays, the learner's own lines, what was printed."""
    lines = [] if check.difference is None else side_by_side(check.difference)
    if check.failure is not None:
        lines += own_lines(check.failure)
    return lines + printed_lines(check)


def printed_lines(check: CheckResult) -> list[str]:
    """What the learner's code printed in a check, under a heading; the rest is counted."""
    printed = clean(check.printed).strip().splitlines()
    if not printed:
        return []
    rest = len(printed) - MOST_PRINTED
    more = [f"... and {rest} more line{'s' if rest > 1 else ''}"] if rest > 0 else []
    return ["your code printed:", *printed[:MOST_PRINTED], *more]


def once_each(failed: Sequence[CheckResult]) -> list[tuple[CheckResult, int]]:
    """The failed checks; of those with one fault of form, or one exception at one line, the first.

    Returns:
        each check to be shown, and in how many others the same happened.
    """
    shown: dict[object, list[CheckResult]] = {}
    for check in failed:
        failure = check.failure
        key: object = check.problem if check.only_form else id(check)
        if failure is not None and failure.kind == "exception" and failure.trace:
            last = failure.trace[-1]
            key = failure.type, last["file"], last["line"]
        shown.setdefault(key, []).append(check)
    return [(same[0], len(same) - 1) for same in shown.values()]


def same_elsewhere(others: int) -> str:
    """In how many other checks the same exception was raised at the same line; "" if in none."""
    plural = "s" if others > 1 else ""
    return f"the same in {others} other check{plural}" if others else ""


def say_failure(failure: Failure, exercise: Exercise, course: Course) -> str:
    """One sentence for why the learner's code gave no value."""
    message = clean(failure.message)
    where = _place(failure)
    match failure.kind:
        case "missing":
            return _take_again(message)
        case "import" if failure.type in ("SyntaxError", "IndentationError", "TabError"):
            return f"{where or exercise.path} is not valid Python: {message}"
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
        # A class has a stub in each method: say which of them is left.
        method = clean(failure.trace[-1]["function"]) if failure.trace else ""
        part = method if method.startswith(f"{exercise.name}.") else exercise.name
        return f"{part} is still to be written{_at(where)}"
    if failure.type == "":
        return f"what it returned {message}"
    quoted = f' "{_shortened(message)}"' if message else ""
    shapes = read_shape_error(failure.type, message)
    advice = _advice(failure, course)
    words = plain_words(failure.type, message) if shapes is None else shapes.words
    clauses = (words if shapes is not None or not advice else "", advice)
    meaning = "; ".join(clause for clause in clauses if clause)
    place = _raised_at(failure, exercise, course)
    colon = ": " if meaning else ""
    return f"it raised {failure.type}{quoted}{_at(place)}{colon}{meaning}"


def side_by_side(difference: Difference) -> list[str]:
    """Expected and actual beside each other, with the marks in brackets."""
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
    """The traceback, of the learner's own lines only."""
    lines = []
    for step in failure.trace:
        function = f" in {clean(step['function'])}" if step["function"] else ""
        lines.append(f"  {clean(step['file'])}:{step['line']}{function}")
        if step["source"]:
            lines.append(f"    {clean(step['source'])}")
    return lines


def _shortened(message: str) -> str:
    """Without what NumPy tells its own developers in the middle of a message, and line ends."""
    return re.sub(r"(?<=matmul: )Input operand.* (?=\(size )", "", " ".join(message.split()))


def lost_part(failure: Failure, exercise: Exercise, course: Course) -> tuple[str, str] | None:
    """The part that a file cannot be loaded without, if that is missing from the folder.

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
        # In the file itself, such as a class that is named in another's annotations.
        found = re.match(r"name '(\w+)' is not defined", failure.message)
        own = {other.name for other in course.exercises if other.path == exercise.path}
        return (exercise.path, found[1]) if found and found[1] in own else None
    return None


def _take_again(said: str) -> str:
    if said.endswith(" is empty"):
        return f"{said}: {COPY_AGAIN}"
    return f"{said}: it was deleted or renamed; give it its name back, or {COPY_AGAIN}"


def _advice(failure: Failure, course: Course) -> str:
    """What the course knows of such an exception, as a clause; "" where nothing is known."""
    if not course.advice:
        return ""
    place = course.advice.removesuffix(".py").split("/")
    return str(course.module(*place).advise(failure))


def _raised_at(failure: Failure, exercise: Exercise, course: Course) -> str:
    """The exercise's own line first; then, if that called another part, where this stopped."""
    others = {other.name for other in course.exercises} - {exercise.name}
    own = [
        step
        for step in failure.trace
        if step["file"] == exercise.path and step["function"].split(".")[0] not in others
    ]
    last = _place(failure)
    if not own or own[-1] is failure.trace[-1]:
        return last
    return f"{clean(own[-1]['file'])}:{own[-1]['line']}, in a call that stopped at {last}"


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
