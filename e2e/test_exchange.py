"""One round of nbgrader's exchange with two students: release, submit, grade, feedback."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NAME, NOTEBOOK, environment, make_course, points_of

from autograder.instructor.sample_class import sample_class, written_code

STUDENTS = ("grace_einsum", "ina_firststep")
COURSE_ID = "cnn101"


def nbgrader(where: Path, home: Path, *words: str) -> str:
    """Run an nbgrader command in the folder `where`, as the person with this home folder.

    Returns:
        its output.
    """
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=where,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture
def settings(tmp_path: Path) -> str:
    """The two lines of nbgrader_config.py that make a folder part of the exchange."""
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    return f"c.CourseDirectory.course_id = {COURSE_ID!r}\nc.Exchange.root = {str(exchange)!r}\n"


@pytest.fixture
def course(tmp_path: Path, settings: str) -> Path:
    course = make_course(tmp_path / "course")
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(settings)
    return course


@pytest.fixture
def desks(tmp_path: Path, settings: str) -> dict[str, Path]:
    """A folder for each student, outside the course."""
    desks = {}
    for student in STUDENTS:
        desks[student] = tmp_path / "desks" / student
        desks[student].mkdir(parents=True)
        (desks[student] / "nbgrader_config.py").write_text("c = get_config()\n" + settings)
    return desks


def test_out_in_graded_and_back(tmp_path: Path, course: Path, desks: dict[str, Path]) -> None:
    instructor = tmp_path / "homes" / "instructor"
    homes = {student: tmp_path / "homes" / student for student in STUDENTS}
    for home in (instructor, *homes.values()):
        home.mkdir(parents=True)

    nbgrader(course, instructor, "generate_assignment", NAME)
    nbgrader(course, instructor, "release_assignment", NAME)

    for student, desk in desks.items():
        nbgrader(desk, homes[student], "fetch_assignment", NAME, "--student", student)
        stub = desk / NAME / "convolution.py"
        assert "NotImplementedError" in stub.read_text()
        assert (desk / NAME / NOTEBOOK).is_file()
        stub.write_text(written_code(sample_class()[student], NAME, "convolution.py"))
        nbgrader(desk, homes[student], "submit", NAME, "--student", student)

    nbgrader(course, instructor, "collect", NAME)
    for student in STUDENTS:
        handed_in = course / "submitted" / student / NAME
        mine = (desks[student] / NAME / "convolution.py").read_bytes()
        assert (handed_in / "convolution.py").read_bytes() == mine
        assert (handed_in / "timestamp.txt").is_file()

    nbgrader(course, instructor, "autograde", NAME)
    nbgrader(course, instructor, "generate_feedback", NAME)
    nbgrader(course, instructor, "release_feedback", NAME)

    for student, desk in desks.items():
        nbgrader(desk, homes[student], "fetch_feedback", NAME, "--student", student)
        (page,) = (desk / NAME / "feedback").rglob(f"{NAME}.html")
        text = page.read_text(encoding="utf-8")
        assert f"{points_of(student):g} of 45 points." in " ".join(text.split())
    assert "im2col: not right yet" in text
