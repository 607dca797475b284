"""Puts a failed check into words: the sentence, the call, expected beside actual, the own lines."""

import itertools
import re
import unicodedata
from collections.abc import Sequence

from autograder.catalogue import Course, Exercise
from autograder.judging.difference import Difference
from autograder.judging.shape_errors import read_shape_error
from autograder.judging.verdict import CheckResult
from autograder.worker.host import Failure

# What begins the line that shows a call.
CALL = "the call: "


def explain(check: CheckResult) -> str:
    """Everything about one failed check, as plain text of several lines."""
    lines = [check.sentence, check.problem]
    if check.call:
        lines.append(f"{CALL}{clean(check.call)}")
    if check.difference is not None:
        lines += side_by_side(check.difference)
    if check.failure is not None:
        lines += own_lines(check.failure)
    if check.printed.strip():
        lines += ["your code printed:", *clean(check.printed).strip().splitlines()[:10]]
    return "\n".join(line for line in lines if line)


def once_each(failed: Sequence[CheckResult]) -> list[tuple[CheckResult, int]]:
    """The failed checks, of those stopped by one exception at one line only the first.

    Returns:
        each check to be shown, and in how many others the same happened.
    """
    shown: dict[object, list[CheckResult]] = {}
    for check in failed:
        failure = check.failure
        key: object = id(check)
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
            return f"{message}: it was deleted or renamed; put it back as the stub had it"
        case "import" if failure.type in ("SyntaxError", "IndentationError", "TabError"):
            return f"{where or exercise.path} is not valid Python: {message}"
        case "import":
            return f"{exercise.path} cannot be loaded: {failure.type}: {message}{_at(where)}"
        case "timeout":
            return (
                f"it did not finish within {message}: a loop that never ends, or one that is far "
                f"too slow{_at(where)}"
            )
        case "input":
            return (
                f"it changed its input `{message}` in place; whoever called it still needs that "
                "array, so work on a copy"
            )
        case "worker" | "stopped":
            return message
    if failure.type == "NotImplementedError":
        name = failure.function
        if name and name != exercise.name and name in {e.name for e in course.exercises}:
            return f"it calls {name}, which is still to be written"
        return f"{exercise.name} is still to be written{_at(where)}"
    if failure.type == "":
        return f"what it returned {message}"
    quoted = f' "{_shortened(message)}"' if message else ""
    shapes = read_shape_error(failure.type, message)
    meaning = f": {shapes.words}" if shapes is not None and shapes.words else ""
    return f"it raised {failure.type}{quoted}{_at(where)}{meaning}"


def side_by_side(difference: Difference) -> list[str]:
    """Expected and actual beside each other, the first difference in brackets."""
    left = _grid(difference.expected, difference.first)
    right = _grid(difference.actual, difference.first)
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


def clean(text: str) -> str:
    """Take out of a learner's text what could move a cursor, recolour a page or hide."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") else "�"
        for c in text
    )


def _shortened(message: str) -> str:
    """Without what NumPy tells its own developers in the middle of a message, and line ends."""
    return re.sub(r"(?<=matmul: )Input operand.* (?=\(size )", "", " ".join(message.split()))


def _place(failure: Failure) -> str:
    if not failure.trace:
        return ""
    last = failure.trace[-1]
    return f"{clean(last['file'])}:{last['line']}"


def _at(where: str) -> str:
    return f" (at {where})" if where else ""


def _grid(cells: list[list[str]], first: tuple[int, int] | None) -> list[str]:
    marked = [list(row) for row in cells]
    if first is not None:
        row, column = first
        marked[row][column] = f"[{marked[row][column]}]"
    widths = [max(len(row[k]) for row in marked) for k in range(len(marked[0]))]
    return [
        " ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        for row in marked
    ]
