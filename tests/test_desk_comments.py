"""The code below each verdict and graders' comments on it, with real grading and feedback."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from autograder.catalogue import choose, load
from autograder.cli import main
from autograder.instructor import run_nbgrader
from autograder.instructor.code_view import Remark, code_html, find_code
from autograder.instructor.shown_code import code_in

ROOT = Path(__file__).resolve().parent.parent
A1 = load(ROOT).assignments[0]
NAME = A1.name
EXERCISE, OTHER = A1.exercises[2].name, A1.exercises[0].name


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one graded submission: one exercise raises, the others are right."""
    top = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", top)
    (top / "source").mkdir()
    shutil.copytree(ROOT / "source" / NAME, top / "source" / NAME)
    choose(top)
    run_nbgrader.release(top, [NAME])
    hand_in(top, "ada")
    assert run_nbgrader.autograde(top, [NAME])[0].status == "graded"
    return top


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Iterator[Path]:
    top = tmp_path / "course"
    shutil.copytree(graded, top)
    choose(top)
    yield top
    choose(ROOT)


def hand_in(top: Path, student: str) -> Path:
    folder = top / "submitted" / student / NAME
    folder.mkdir(parents=True)
    file = folder / A1.files[0]
    text = (ROOT / "solutions" / NAME / A1.files[0]).read_text()
    head, found, tail = text.partition(f"def {EXERCISE}(")
    assert found
    broken = tail.replace("### BEGIN SOLUTION", 'raise ValueError("<b>$x$</b>")', 1)
    file.write_text(head + found + broken)
    return file


def run(top: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments, "--course", str(top)])
    assert done.exit_code == 0, done.output
    return done.output


def refused(top: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments, "--course", str(top)])
    assert done.exit_code == 2, done.output
    return done.output


def notebook(top: Path) -> nbformat.NotebookNode:
    return nbformat.read(top / "autograded" / "ada" / NAME / f"{NAME}.ipynb", as_version=4)


def page(top: Path) -> str:
    run(top, "feedback")
    return (top / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()


def scores_of(top: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(NAME, "ada")
        return {grade.name: grade.score for grade in submission.notebooks[0].grades}


def raising_line(top: Path) -> int:
    text = (top / "submitted" / "ada" / NAME / A1.files[0]).read_text().splitlines()
    return next(k for k, line in enumerate(text, 1) if "raise ValueError" in line and "<b>" in line)


def test_the_learners_function_stands_below_its_verdict_with_the_raising_line_marked(
    course: Path,
) -> None:
    code = code_in(notebook(course))[EXERCISE]
    assert code.file == f"{NAME}/{A1.files[0]}"
    assert next(iter(code.lines.values())).startswith(f"def {EXERCISE}(")
    assert code.marked == [raising_line(course)]
    html = page(course)
    assert f"► {raising_line(course)}" in html
    assert "&lt;b&gt;$x$&lt;/b&gt;" in html
    assert "<b>$x$" not in html
    # nbconvert's parser collapses spaces between tags; the indentation must stay.
    assert re.search(r">    <span[^>]*>raise</span>", html)


def test_what_is_not_written_shows_no_code(course: Path) -> None:
    # An untouched stub does not count as handed in; with one more line, it does.
    stub = (course / "assignments" / NAME / A1.files[0]).read_text()
    (course / "submitted" / "ada" / NAME / A1.files[0]).write_text(stub + "\n# begun\n")
    run_nbgrader.autograde(course, [NAME])
    assert all(not code.lines for code in code_in(notebook(course)).values())


def test_a_comment_on_a_line_stays_after_grading_again_and_stands_beside_the_line(
    course: Path,
) -> None:
    (course / "rubric.toml").write_text('[copies]\ntext = "One copy would do."\npoints = -0.5\n')
    line = str(raising_line(course))
    run(course, "comment", "ada", NAME, EXERCISE, "Why <raise>?", "--line", line)
    run(course, "comment", "ada", NAME, OTHER, "--remark", "copies")
    run_nbgrader.autograde(course, [NAME], force=True)
    html = page(course)
    assert f"<b>Line {line}: </b>Why &lt;raise&gt;?" in html
    assert html.index(f"► {line}<") < html.index("Why &lt;raise&gt;?")
    assert "One copy would do. <b>(-0.5 points)</b>" in html
    assert "No response" not in html
    scores = scores_of(course)
    assert scores[OTHER] == A1.exercises[0].points - 0.5
    assert scores[EXERCISE] == 0.0
    # After an edit of rubric.toml, its points replace the earlier ones.
    (course / "rubric.toml").write_text('[copies]\ntext = "One copy would do."\npoints = -1\n')
    assert "(-1 point)" in page(course)
    scores = scores_of(course)
    assert scores[OTHER] == A1.exercises[0].points - 1


def test_comments_and_their_points_do_not_count_for_a_new_hand_in(course: Path) -> None:
    run(course, "comment", "ada", NAME, OTHER, "Well done.", "--points", "3")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for comment in gradebook.find_submission(NAME, "ada").notebooks[0].comments:
            comment.manual_comment = "in Formgrader" if comment.name == f"{EXERCISE}-code" else None
        gradebook.db.commit()
    assert "Well done." in page(course)
    assert "in Formgrader" in page(course)
    assert scores_of(course)[OTHER] == A1.exercises[0].points + 3
    file = course / "submitted" / "ada" / NAME / A1.files[0]
    file.write_text(file.read_text() + "\n# handed in again\n")
    done = CliRunner().invoke(main, ["autograde", "--course", str(course)])
    assert done.exit_code == 3, done.output
    said = " ".join(done.output.split())
    assert f"{OTHER}: 3 extra by hand for an older submission" in said
    (kept,) = (course / "comments" / "ada" / "earlier").glob(f"{NAME}-*.toml")
    assert f"the comments on an older submission are kept in {kept.relative_to(course)}" in said
    assert "Well done." in kept.read_text()
    assert f'exercise = "{EXERCISE}"\ntext = "in Formgrader"' in kept.read_text()
    html = page(course)
    assert "Well done." not in html
    assert "in Formgrader" not in html
    assert scores_of(course)[OTHER] == A1.exercises[0].points
    assert f"{OTHER}: {A1.exercises[0].points + 3:g} -> none  (new hand-in)" in run(
        course, "history"
    )
    run(course, "comment", "ada", NAME, OTHER, "Still good.", "--points", "1")
    assert "Still good." in page(course)
    assert scores_of(course)[OTHER] == A1.exercises[0].points + 1
    CliRunner().invoke(main, ["export", "--course", str(course)])
    assert f"{OTHER}: 5 -> 6  (extra credit)" in run(course, "history")


def test_a_comment_of_formgrader_alone_is_kept_at_a_new_hand_in(course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for comment in gradebook.find_submission(NAME, "ada").notebooks[0].comments:
            comment.manual_comment = "seen" if comment.name == f"{OTHER}-code" else None
        gradebook.db.commit()
    file = course / "submitted" / "ada" / NAME / A1.files[0]
    file.write_text(file.read_text() + "\n# handed in again\n")
    assert run_nbgrader.autograde(course, [NAME])[0].status == "graded"
    (kept,) = (course / "comments" / "ada" / "earlier").glob(f"{NAME}-*.toml")
    assert 'text = "seen"' in kept.read_text()
    assert "seen" not in page(course)


def test_formgraders_box_is_there_for_each_exercise_and_its_comment_reaches_the_page(
    course: Path,
) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        comments = gradebook.find_submission(NAME, "ada").notebooks[0].comments
        assert {c.name for c in comments} == {f"{e.name}-code" for e in A1.exercises}
        assert {c.comment for c in comments} == {None}
        next(c for c in comments if c.name == f"{OTHER}-code").manual_comment = "**well seen**"
        gradebook.db.commit()
    run_nbgrader.autograde(course, [NAME], force=True)
    html = page(course)
    assert "<strong>well seen</strong>" in html
    assert f">Comment on {OTHER}</a>" in html
    assert html.count(f'id="comment-{OTHER}-code"') == 1
    assert html.count('class="comment-box"') == 1


def test_an_assignment_with_submissions_can_be_released_again_and_keeps_its_comments(
    course: Path,
) -> None:
    released = (course / "assignments" / NAME / f"{NAME}.ipynb").read_text()
    assert f"{EXERCISE}-code" not in released
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for comment in gradebook.find_submission(NAME, "ada").notebooks[0].comments:
            comment.manual_comment = "kept"
        gradebook.db.commit()
    run_nbgrader.release(course, [NAME])
    assert (course / "assignments" / NAME / f"{NAME}.ipynb").read_text() == released
    config = run_nbgrader.course_config(course)
    done = NbGraderAPI(CourseDirectory(config=config), config=config).autograde(NAME, "ada")
    assert done["success"], done
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        comments = gradebook.find_submission(NAME, "ada").notebooks[0].comments
        assert [c.comment for c in comments] == ["kept"] * len(A1.exercises)


def test_a_gradebook_from_before_gets_its_boxes_for_submissions_that_it_has(course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for comment in gradebook.find_submission(NAME, "ada").notebooks[0].comments:
            gradebook.db.delete(comment)
        gradebook.db.commit()
        for cell in list(gradebook.find_notebook(NAME, NAME).solution_cells):
            gradebook.db.delete(cell)
        gradebook.db.commit()
    run_nbgrader.autograde(course, [NAME], force=True)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        found = gradebook.find_submission(NAME, "ada").notebooks[0]
        assert len(found.comments) == len(A1.exercises)
        assert sum(grade.auto_score for grade in found.grades) > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", NAME, EXERCISE, "x"), "submitted/ has no student nobody; there are ada"),
        (("ada", NAME, "im3col", "x"), "im3col"),
        (("ada", NAME, EXERCISE), "says nothing"),
        (("ada", NAME, EXERCISE, "x", "--line", "1"), "lines"),
        (("ada", NAME, EXERCISE, "--remark", "none"), "rubric.toml"),
        (("../ada", NAME, EXERCISE, "x"), "student"),
    ],
)
def test_a_comment_that_cannot_be_is_refused_in_one_line(
    course: Path, arguments: tuple[str, ...], said: str
) -> None:
    output = refused(course, "comment", *arguments)
    assert said in output
    assert len(output.splitlines()) == 1
    assert not (course / "comments").exists()


def test_a_deduction_takes_no_more_than_the_mark_and_says_so(course: Path) -> None:
    run(course, "comment", "ada", NAME, OTHER, "Copied.", "--points", "-2")
    said = run(course, "comment", "ada", NAME, OTHER, "All of it.", "--points", "-7")
    assert f"the comments on {OTHER} take off 9 points, and its mark is 5" in said
    assert scores_of(course)[OTHER] == 0


def test_a_damaged_file_of_comments_is_named_and_keeps_no_mark_back(course: Path) -> None:
    file = course / "comments" / "ada" / f"{NAME}.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[[comment]]\nexercise = "im3col"\ntext = "x"\n')
    graded = run_nbgrader.autograde(course, [NAME], force=True)
    assert graded[0].status == "graded"
    assert any("comment 1" in note for note in graded[0].notes)
    done = CliRunner().invoke(main, ["feedback", "--course", str(course)])
    assert done.exit_code == 1
    assert "comment 1" in done.output
    assert (course / "feedback" / "ada" / NAME / f"{NAME}.html").is_file()


def test_the_graded_notebook_holds_the_answers_without_the_lesson(course: Path) -> None:
    names = [cell.metadata.nbgrader.grade_id for cell in notebook(course).cells]
    assert names == [name for e in A1.exercises for name in (e.name, f"{e.name}-code")]


@settings(deadline=None)
@given(st.text(max_size=400), st.lists(st.integers(-3, 30), max_size=4))
def test_any_text_is_shown_escaped(text: str, marked: list[int]) -> None:
    source = f"x = 1\ndef f(a):\n    {text}\n    return '<script>'\n\nclass G:\n    pass\n"
    code = find_code(source, "f", "a/f.py", marked)
    html = code_html(code, [Remark(text or "-", 3)])
    assert "<script>" not in html
    assert html.count("<tr") == html.count("</tr>")
    assert list(code.lines) == sorted(code.lines)
