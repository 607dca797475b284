"""Searches the files that learners get for lines of solutions, hidden checks and pitfalls."""

import ast
import itertools
import json
from pathlib import Path

from autograder.catalogue import load
from autograder.grading.course_files import course_secret
from autograder.judging.stubs import BEGIN, END

ROOT = Path(__file__).resolve().parents[2]
SHORTEST = 12
# The files of an exercise that hold answers.
INSTRUCTORS = ("hidden.py", "pitfalls.py")
# Lines of a solution, hidden check or wrong implementation that also occur in ordinary code. One
# such line gives no answer away; together with the line before or after it, it would.
ORDINARY = {
    "d_x = layer.backward(d_out)",
    "d_x, d_weights, d_bias = conv2d_backward(",
    "for _ in range(20):",
    "for _ in range(3):",
    "for start in range(0, len(images), batch_size):",
    "height, width = images.shape[2:]",
    "if TYPE_CHECKING:",
    "if first is not None:",
    "layer = learner.Dropout(rate, rng=learner.default_rng(seed))",
    "layer.backward(d_out)",
    "layer.forward(x)",
    "layer.training = False",
    "layer.training = True",
    "layer.training = training",
    "loss = learner.train_epoch(",
    "model.backward(d_out)",
    "model.zero_grad()",
    "optimizer.step()",
    "out = layer.forward(x)",
    "return d_logits",
    "return d_out",
    "return moved",
    "return self.outer.forward(",
    "start = time.perf_counter()",
    "super().backward(d_out)",
    "x = layer.forward(x)",
    "x = np.array(x, dtype=np.float64)",
}


def plain(text: str) -> str:
    """The text without line ends and indents, which may differ in a copy."""
    return " ".join(text.split())


def split_solution(text: str) -> tuple[list[str], list[str]]:
    """The lines inside the markers, and those outside, which every learner gets."""
    inside: list[str] = []
    outside: list[str] = []
    lines = outside
    for line in text.splitlines():
        if line.strip() in (BEGIN, END):
            lines = inside if line.strip() == BEGIN else outside
        else:
            lines.append(plain(line))
    return inside, outside


def statements_of(text: str) -> list[str]:
    """The lines of a program without imports, docstrings, and headers of functions and classes."""
    told = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            told.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            told.update(range(node.lineno, node.body[0].lineno))
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                told.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return [plain(line) for n, line in enumerate(text.splitlines(), 1) if n not in told]


def exercise_files(name: str) -> list[Path]:
    """The files of this name in the exercises' folders."""
    return [e.folder / name for e in load(ROOT).exercises if (e.folder / name).is_file()]


def secrets() -> dict[str, str]:
    """Each text that must not be in a handout, with the file that it comes from.

    These are the course secret, every line of code that is not ordinary, and every two consecutive
    lines, even if each of them is ordinary.
    """
    given, files = set(), {}
    for path in sorted((ROOT / "solutions").glob("*/*.py")):
        files[path], outside = split_solution(path.read_text(encoding="utf-8"))
        given.update(outside)
    public_checks = {
        plain(line)
        for exercise in load(ROOT).exercises
        for line in exercise.public_checks.read_text(encoding="utf-8").splitlines()
    }
    for name in INSTRUCTORS:
        for path in exercise_files(name):
            lines = statements_of(path.read_text(encoding="utf-8"))
            if name == "hidden.py":
                lines = ["" if line in public_checks else line for line in lines]
            files[path] = lines
    found = {course_secret(): "the course secret"}
    for path, lines in files.items():
        where = str(path.relative_to(ROOT))
        code = [
            "" if line.startswith("#") or line in given else line.split("  #")[0] for line in lines
        ]
        for line in code:
            if len(line) >= SHORTEST and line not in ORDINARY:
                found.setdefault(line, where)
        for first, second in itertools.pairwise(code):
            if first and second and len(first + second) >= 2 * SHORTEST:
                found.setdefault(f"{first} {second}", where)
    return found


def text_of(name: str, data: bytes) -> str:
    if name.endswith(".ipynb"):
        cells = json.loads(data)["cells"]
        return plain("\n".join("".join(cell["source"]) for cell in cells)) + data.decode()
    return plain(data.decode(errors="replace"))


def leaks(files: dict[str, bytes]) -> list[str]:
    # Compressed files hold no readable text.
    texts = {n: text_of(n, data) for n, data in files.items() if not n.endswith(".npz")}
    # Searching each file for each secret takes a minute. Nearly every secret has a piece that is in
    # no file, so the set of all pieces excludes it quickly.
    pieces = {
        text[place : place + SHORTEST]
        for text in texts.values()
        for place in range(len(text) - SHORTEST + 1)
    }
    return [
        f"{name} holds {secret!r} of {where}"
        for secret, where in secrets().items()
        if all(
            secret[place : place + SHORTEST] in pieces
            for place in range(max(1, len(secret) - SHORTEST + 1))
        )
        for name, text in texts.items()
        if secret in text
    ]
