"""Makes the stubs for learners from the solutions, and finds stubs in learners' files.

A solution's lines between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` become::

    # YOUR CODE HERE: im2col (a1, 15 points)
    raise NotImplementedError("im2col")

Everything else, such as the specification and the checks of the arguments, stays unchanged.
"""

import ast
import functools
import io
import re
import tokenize
from collections import Counter
from pathlib import Path

from autograder.catalogue import Assignment, Course, Exercise
from autograder.text import UserError

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
_LIKE_A_MARKER = re.compile(r"#+\s*(BEGIN|END)\s+SOLUTION", re.IGNORECASE)


def cut(source: str, course: Course, assignment: str, file: str) -> str:
    """Replace each solution in a file by a stub.

    Args:
        source: the text of solutions/<assignment>/<file>.
        course: the catalogue; says which functions and classes are exercises.
        assignment: such as "a1_convolution".
        file: such as "convolution.py".

    Returns:
        the text of the stub file; its lines outside the markers are those of `source`.

    Raises:
        UserError: if `source` is not Python; if a marker is misspelt, unpaired, nested,
            without code or outside every exercise; or if an exercise has no markers.
    """
    path = f"solutions/{assignment}/{file}"
    try:
        tree = ast.parse(source)
        comments = _comments(source)
    except (SyntaxError, tokenize.TokenError) as error:
        line = getattr(error, "lineno", None) or 1
        raise UserError(f"{path}:{line}: this is not valid Python: {error.args[0]}") from error
    exercises = {e.name: e for e in course.assignment(assignment).exercises if e.file == file}
    starts = [
        min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", []))]) for n in tree.body
    ]
    # A place extends to the next statement of the file, because comments at a function's end,
    # such as a marker, are not part of any statement.
    places = {
        node.name: (start, following)
        for node, start, following in zip(tree.body, starts, [*starts[1:], 10**9], strict=True)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    lines = source.splitlines(keepends=True)
    regions: list[tuple[int, int, str]] = []
    for begin, end in _regions(comments, lines, path):
        inside = (n for n, (first, after) in places.items() if first < begin and end < after)
        name = next(inside, None) if lines[begin - 1][0] in " \t" else None
        if name is None or name not in exercises:
            where = f"{name}, which is" if name else "a place that is"
            raise UserError(
                f"{path}:{begin}: the solution stands in {where} no exercise of course.toml"
            )
        code = [line for line in lines[begin : end - 1] if line.strip()]
        if all(line.lstrip().startswith("#") for line in code):
            raise UserError(f"{path}:{begin}: there is no code between {BEGIN} and {END}")
        regions.append((begin, end, name))
    parts = Counter(name for _, _, name in regions)
    out: list[str] = []
    done = 0
    for begin, end, name in regions:
        indent = lines[begin - 1][: len(lines[begin - 1]) - len(lines[begin - 1].lstrip())]
        out += lines[done : begin - 1]
        out.append(f"{indent}# {_label(exercises[name], parts[name])}\n")
        out.append(f'{indent}raise NotImplementedError("{name}")\n')
        done = end
    out += lines[done:]
    for exercise in exercises.values():
        if exercise.name in places and exercise.name not in parts:
            line = places[exercise.name][0]
            raise UserError(f"{path}:{line}: {exercise.name} has no {BEGIN} ... {END}")
        # An exercise without a function of its own, such as training the whole network, has
        # nothing to cut; but then it must need an exercise that is cut from the same file.
        if exercise.name not in places and not set(exercise.needs) & set(parts):
            raise UserError(f"{path}:1: there is no function or class {exercise.name}")
    stub = "".join(out)
    try:
        ast.parse(stub)
    except SyntaxError as error:
        raise UserError(
            f"{path}: the stub would not be valid Python at its line {error.lineno}: the markers "
            "cut through a statement"
        ) from error
    return stub


def cut_all(solutions: Path, course: Course, assignment: Assignment) -> dict[str, str]:
    """The stub files of one assignment, by file name.

    Args:
        solutions: the folder that holds <assignment>/<file>.
        course: the catalogue.
        assignment: the assignment that the files belong to.

    Raises:
        UserError: as `cut`, and if a file is missing.
    """
    stubs = {}
    for file in assignment.files:
        path = solutions / assignment.name / file
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: cannot be read: {error}") from error
        stubs[file] = cut(source, course, assignment.name, file)
    return stubs


@functools.cache
def stubs_of(course: Course) -> dict[str, dict[str, str]]:
    """Every expected file as handed out, by assignment and file; {} without the solutions."""
    try:
        return {a.name: cut_all(course.solutions, course, a) for a in course.assignments}
    except (OSError, UserError):
        return {}


def stub_line(path: Path, exercise: str) -> int | None:
    """The line of a learner's file where an exercise is to be written.

    Only the text is searched, so it also works for a file with a syntax error.

    Args:
        path: the learner's file.
        exercise: the exercise's name.

    Returns:
        the line of its first stub; if there is no stub, of its def or class; None if the
        file has neither, or cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    name = re.escape(exercise)
    for pattern in (
        rf"^[ \t]*# YOUR CODE HERE: {name}\b",
        rf"^[ \t]*raise NotImplementedError\([\"']{name}[\"']\)",
        rf"^(?:async[ \t]+)?(?:def|class)[ \t]+{name}\b",
    ):
        found = re.search(pattern, text, re.MULTILINE)
        if found:
            return text.count("\n", 0, found.start()) + 1
    return None


def has_stub(path: Path, exercise: str) -> bool:
    """Whether a learner's file still has the line `raise NotImplementedError` of an exercise."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    name = re.escape(exercise)
    pattern = rf"^[ \t]*raise NotImplementedError\([\"']{name}[\"']\)"
    return re.search(pattern, text, re.MULTILINE) is not None


def _label(exercise: Exercise, parts: int) -> str:
    points = "1 point" if exercise.points == 1 else f"{exercise.points:g} points"
    if parts > 1:
        # Each method of a class has this comment, but the points are for the whole class.
        points += " in all"
    return f"YOUR CODE HERE: {exercise.name} ({exercise.assignment.split('_')[0]}, {points})"


def _comments(source: str) -> list[tuple[int, str]]:
    """Line and text of each comment; a marker inside a string is not a comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]


def _regions(comments: list[tuple[int, str]], lines: list[str], path: str) -> list[tuple[int, int]]:
    """The lines of each BEGIN and its END."""
    regions = []
    open_at: int | None = None
    for line, comment in comments:
        if not _LIKE_A_MARKER.match(comment):
            continue
        if lines[line - 1].strip() not in (BEGIN, END):
            raise UserError(
                f"{path}:{line}: write the marker as {BEGIN} or {END}, alone on its line"
            )
        if comment == BEGIN:
            if open_at is not None:
                raise UserError(
                    f"{path}:{line}: {BEGIN} stands inside the solution begun in line {open_at}"
                )
            open_at = line
        else:
            if open_at is None:
                raise UserError(f"{path}:{line}: {END} has no {BEGIN} before it")
            regions.append((open_at, line))
            open_at = None
    if open_at is not None:
        raise UserError(f"{path}:{open_at}: {BEGIN} has no {END} after it")
    return regions
