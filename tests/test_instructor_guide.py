"""docs/instructor-guide.md: all its commands run in order, in a clone of the kit.

Its Python code goes into the files that the guide names, and a student's commands run in the
student's folder. Nothing is installed: the clone uses the packages that run this test.
"""

import csv
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from autograder.instructor.sample_class import hand_in, sample_class

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "instructor-guide.md").read_text(encoding="utf-8")
NAME, FILE = "a1_convolution", "convolution.py"
# A fenced block, or a command within a sentence.
COMMANDS = re.compile(
    r"^ *```(?P<kind>\w*)\n(?P<block>.*?)^ *```$|`(?P<inline>[^`]+)`", re.M | re.S
)
INLINE = re.compile(r"make \w|\.venv/bin/\w|git commit|rm gradebook")
# A server that runs until it is stopped; `make e2e` opens Formgrader in it.
NOT_TYPED = ".venv/bin/jupyter lab"
WARNED = 3
# 25 hours after the guide's deadline.
HANDED_IN = "2026-04-02 00:59:00 UTC"


class Term:
    """A clone of the kit, the repository it comes from, and a student's folder."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.upstream = top / "upstream"
        self.course = top / "course"
        self.student = top / "ada"
        self.exchange = top / "exchange"
        self.typed: list[str] = []
        self.late: dict[str, str] = {}
        self.reported = False
        self.students_at_last: int | None = None
        for folder in (top / "home", self.exchange, self.student):
            folder.mkdir()
        self.exchange.chmod(0o777)
        for name in self.run(f"git -C '{ROOT}' ls-files", top).splitlines():
            if (ROOT / name).is_file():
                (self.upstream / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.upstream / name)
        self.run("git init -q . && git add -A && git commit -qm kit", self.upstream)

    def run(self, line: str, folder: Path) -> str:
        """Run one line in a shell; return its output."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "GIT", "MAKE"))}
        person = {"NAME": "Kim", "EMAIL": "kim@example.org"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=folder,
            env={
                **kept,
                **{
                    f"GIT_{who}_{n}": v
                    for who in ("AUTHOR", "COMMITTER")
                    for n, v in person.items()
                },
                "GIT_CONFIG_GLOBAL": os.devnull,
                "HOME": str(self.top / "home"),
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                # First on the path, before a checkout that is installed editable.
                "PYTHONPATH": str(self.course),
                "OPENBLAS_NUM_THREADS": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        warned = " autograde" in line and done.returncode == WARNED
        assert done.returncode == 0 or warned, f"{line}\n{done.stdout[-4000:]}"
        return done.stdout

    def type(self, line: str) -> None:
        """Run a line of the guide in the course's folder."""
        self.typed.append(line)
        if line.startswith("git clone"):
            clone = line.replace("<this repository>", f"'{self.upstream}'")
            self.run(clone, self.top)
            self._install()
            return
        if line.startswith("#"):
            self._student_types(line)
            return
        self._prepare(line)
        self.run(line, self.course)
        # Look now: later commands remove the report and fill the gradebook.
        if line.startswith("make report"):
            self.reported = (self.course / "report" / "index.html").is_file()
        elif line.startswith("rm gradebook.db"):
            self.students_at_last = self._students()

    def write(self, text: str) -> None:
        """Write the guide's Python code: to late_policy.py, or at the end of the configuration."""
        if text.startswith('"""'):
            (self.course / "late_policy.py").write_text(text, encoding="utf-8")
            return
        text = text.replace("/srv/nbgrader/exchange", str(self.exchange))
        with open(self.course / "nbgrader_config.py", "a", encoding="utf-8") as config:
            config.write(text)
        if "Exchange" in text:
            (self.student / "nbgrader_config.py").write_text(f"c = get_config()\n{text}")

    def exported(self, student: str) -> dict[str, str]:
        """A student's row for the first assignment in exports/grades.csv."""
        with open(self.course / "exports" / "grades.csv", encoding="utf-8") as file:
            rows = [
                r
                for r in csv.DictReader(file)
                if (r["assignment"], r["student_id"]) == (NAME, student)
            ]
        (row,) = rows
        return row

    def _students(self) -> int:
        with closing(sqlite3.connect(self.course / "gradebook.db")) as gradebook:
            assert gradebook.execute("select count(*) from assignment").fetchone()[0] > 1
            return int(gradebook.execute("select count(*) from student").fetchone()[0])

    def _install(self) -> None:
        (self.course / ".venv").symlink_to(sys.prefix, target_is_directory=True)
        # The clone's files are newer than .venv/, so make would install again.
        for file in ("pyproject.toml", *(self.course / "requirements").glob("*.txt")):
            os.utime(self.course / file, (0, 0))

    def _student_types(self, line: str) -> None:
        """Run the commands that a student types between the instructor's."""
        for command in re.findall(r"nbgrader (?:fetch_assignment|submit|fetch_feedback) \w+", line):
            # With a real exchange, the student is the user who is logged in.
            self.run(f"{command} --student ada", self.student)
            if "fetch_assignment" in command:
                hand_in(sample_class()["ada_loops"], self.student, [NAME])

    def _prepare(self, line: str) -> None:
        """Make what a line needs: submissions, class lists, and new versions of the kit."""
        submitted = self.course / "submitted"
        if line.startswith("make grade ") and not submitted.exists():
            for student, like in (("ada", "ada_loops"), ("NAME", "emil_halfway")):
                hand_in(sample_class()[like], submitted / student, [NAME])
        elif line.startswith("git commit"):
            with open(self.course / "docs" / "what-next.md", "a", encoding="utf-8") as mine:
                mine.write("\nA line of the instructor's own.\n")
        elif line.startswith("git pull"):
            with open(self.upstream / "README.md", "a", encoding="utf-8") as readme:
                readme.write("\nA new version.\n")
            self.run("git commit -qam 'a new version'", self.upstream)
        elif "autograder students" in line:
            (self.course / "class.csv").write_text(
                "id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\n"
            )
        elif "forget NAME" in line:
            (submitted / "NAME").rename(submitted / "bob")
        elif "release_assignment" in line:
            # Feedback can go back through the exchange only to a student who used it.
            self.run(".venv/bin/autograder forget bob --yes", self.course)
        elif line.startswith(".venv/bin/autograder collect"):
            clone = self.course / "clones" / f"{NAME}-ada"
            hand_in(sample_class()["ada_loops"], clone, [NAME], text="the last commit")
            (self.course / "roster.csv").write_text("id,name\nada,Ada Lovelace\n")
            self.run("git init -q . && git add -A && git commit -qm done", clone)


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Term:
    """Run the whole guide; on the way, keep the marks that the guide predicts."""
    term = Term(tmp_path_factory.mktemp("term"))
    for found in COMMANDS.finditer(GUIDE):
        words = " ".join((found["inline"] or "").split())
        if found["kind"] == "python":
            term.write(found["block"])
            if "TenPercentADay" in found["block"] and "plugin_class" in found["block"]:
                stamp = term.course / "submitted" / "ada" / NAME / "timestamp.txt"
                stamp.write_text(HANDED_IN + "\n")
                term.run("make grade export", term.course)
                term.late = term.exported("ada")
        elif found["kind"] == "sh":
            for line in found["block"].splitlines():
                if line.strip():
                    term.type(line.strip())
        elif INLINE.match(words) and words not in (NOT_TYPED, *term.typed):
            term.type(words)
    return term


def test_every_command_works_as_it_stands(term: Term) -> None:
    typed = "\n".join(term.typed)
    for command in (
        "make install",
        "make doctor",
        "make handout",
        "make feedback",
        "make report",
        "git pull",
        "release_feedback",
        "collect clones",
        "FORMAT=gradescope",
        "acknowledge",
    ):
        assert command in typed, f"{command} is no longer in the guide"


def test_45_points_25_hours_late_become_36(term: Term) -> None:
    assert "45 points handed in 25 hours late become 36" in GUIDE
    row = term.late
    assert (row["raw_score"], row["late_submission_penalty"], row["score"]) == (
        "45.0",
        "9.0",
        "36.0",
    )


def test_what_each_command_promises_is_there(term: Term) -> None:
    build = term.course / "build"
    assert (build / "cnn-from-scratch.zip").is_file()
    assert (term.course / "feedback" / "ada" / NAME / f"{NAME}.html").is_file()
    assert term.reported
    with zipfile.ZipFile(term.course / "exports" / "gradescope.zip") as packed:
        assert "run_autograder" in packed.namelist()
    assert [*(term.student / NAME / "feedback").rglob(f"{NAME}.html")]
    collected = (term.course / "submitted" / "ada" / NAME / FILE).read_text()
    assert collected.endswith("# the last commit\n")


def test_a_new_version_was_taken_in_beside_the_instructors_own_change(term: Term) -> None:
    assert "A new version." in (term.course / "README.md").read_text()
    assert "A line of the instructor's own." in (term.course / "docs" / "what-next.md").read_text()


def test_the_gradebook_begins_again_without_marks(term: Term) -> None:
    assert term.students_at_last == 0
