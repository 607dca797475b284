"""Grading in a browser: code and comments in Formgrader and on feedback pages; axe-core."""

from pathlib import Path

import pytest
from accessibility import PHONE, SCHEMES, SIZES, Scheme, serious
from conftest import NAME, ROOT, TOKEN, Serve, Visit, make_course
from playwright.sync_api import expect

from autograder.catalogue import choose
from autograder.instructor import comments, run_nbgrader
from autograder.instructor.graded_notebooks import code_of, show_comments
from autograder.instructor.report import write_report

EXERCISE = "im2col"
WHITE = "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One submission whose im2col raises, graded, with comments on it."""
    top = make_course(tmp_path_factory.mktemp("desk") / "course")
    choose(top)
    run_nbgrader.release(top, [NAME])
    folder = top / "submitted" / "ada" / NAME
    folder.mkdir(parents=True)
    text = (ROOT / "solutions" / NAME / "convolution.py").read_text()
    head, found, tail = text.partition(f"def {EXERCISE}(")
    broken = tail.replace("### BEGIN SOLUTION", "cols = x.reshape(3, -1)  # <b>why?</b>", 1)
    (folder / "convolution.py").write_text(head + found + broken)
    (folder / "regrade.txt").write_text("Is the reshape wrong?")
    run_nbgrader.autograde(top, [NAME])
    lines = code_of(top, "ada", NAME, EXERCISE).lines
    line = next(number for number, code in lines.items() if "cols = x.reshape" in code)
    comments.add_comment(
        top, "ada", NAME, EXERCISE, text="Count the elements: <3 rows> do not fit.", line=line
    )
    comments.add_comment(top, "ada", NAME, "output_size", text="Clear and short.", points=0.5)
    show_comments(top, "ada", NAME)
    run_nbgrader.feedback(top, [NAME])
    return top


def test_formgrader_shows_the_code_below_its_verdict_and_takes_a_comment(
    visit: Visit, serve: Serve, course: Path
) -> None:
    base = serve(course)
    # First JupyterLab, which keeps the token in a cookie; Formgrader's own pages do not.
    visit.page.goto(f"{base}/lab?token={TOKEN}")
    visit.page.goto(f"{base}/formgrader/gradebook/{NAME}/{NAME}")
    visit.page.locator("td a", has_text="Submission #").first.click()
    verdict = visit.page.locator(f".cell:has(input.score#{EXERCISE})")
    expect(verdict).to_contain_text(f"{EXERCISE} in {NAME}/convolution.py")
    expect(verdict.locator("tr", has_text="cols = x.reshape")).to_contain_text("►")
    expect(verdict).to_contain_text("Count the elements: <3 rows> do not fit.")
    verdict.scroll_into_view_if_needed()
    visit.keep("desk-formgrader")
    visit.keep_whole("desk-formgrader-whole")
    box = visit.page.locator(f"textarea#{EXERCISE}-code-comment")
    box.fill("Typed in **Formgrader**.")
    with visit.page.expect_response(lambda answer: answer.request.method == "PUT") as answer:
        box.blur()
    assert answer.value.ok
    visit.page.set_viewport_size(PHONE)
    visit.keep_whole("desk-formgrader-phone")
    run_nbgrader.feedback(course, [NAME])
    page = course / "feedback" / "ada" / NAME / f"{NAME}.html"
    assert "Typed in <strong>Formgrader</strong>." in page.read_text()


def background(visit: Visit) -> str:
    return str(visit.page.evaluate("getComputedStyle(document.body).backgroundColor"))


@SIZES
@SCHEMES
def test_the_feedback_page_has_no_serious_fault(
    visit: Visit, course: Path, size: dict[str, int], scheme: Scheme
) -> None:
    page = course / "feedback" / "ada" / NAME / f"{NAME}.html"
    visit.page.set_viewport_size(size)
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.goto(page.as_uri())
    assert (background(visit) == WHITE) == (scheme == "light")
    expect(visit.page.get_by_text("Count the elements").first).to_be_visible()
    width = visit.page.evaluate("document.documentElement.scrollWidth")
    visit.keep_whole(f"desk-feedback-{size['width']}-{scheme}")
    assert width <= size["width"]
    assert serious(visit.page) == []


@SIZES
@SCHEMES
def test_the_report_has_no_serious_fault(
    visit: Visit, course: Path, size: dict[str, int], scheme: Scheme, tmp_path: Path
) -> None:
    choose(course)
    index, page, *_ = write_report(course, tmp_path / "report")
    for name, path in (("index", index), ("assignment", page)):
        visit.page.set_viewport_size(size)
        visit.page.emulate_media(color_scheme=scheme)
        # The page forbids scripts; allow them, so that axe-core can run.
        text = path.read_text().replace("default-src 'none'", "default-src * 'unsafe-inline'")
        path.write_text(text)
        visit.page.goto(path.as_uri())
        assert (background(visit) == WHITE) == (scheme == "light")
        visit.keep_whole(f"desk-report-{name}-{size['width']}-{scheme}")
        assert serious(visit.page) == []
