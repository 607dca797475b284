"""The grader's desk in a browser: code and comments in Formgrader and feedback, and axe-core."""

import shutil
import subprocess
from pathlib import Path
from typing import Literal

import pytest
from conftest import NAME, ROOT, TOKEN, Serve, Visit, make_course
from playwright.sync_api import expect

from autograder.catalogue import choose
from autograder.instructor import comments, run_nbgrader
from autograder.instructor.graded_notebooks import code_of, show_comments
from autograder.instructor.report import write_report

AXE = ROOT / "e2e" / "node_modules" / "axe-core" / "axe.min.js"
EXERCISE = "im2col"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
WHITE = "rgb(255, 255, 255)"
Scheme = Literal["light", "dark"]


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


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core, installed from e2e/package.json on first use."""
    if not AXE.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.fail("npm is missing: install Node.js, or put axe-core into e2e/node_modules")
        install = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(ROOT / "e2e")]
        subprocess.run(install, check=True)
    return AXE.read_text(encoding="utf-8")


def serious(visit: Visit, axe: str) -> list[str]:
    """What axe-core finds serious or critical on the page that is open."""
    visit.page.evaluate(axe)
    found = visit.page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_formgrader_shows_the_code_below_its_verdict_and_takes_a_comment(
    visit: Visit, serve: Serve, course: Path
) -> None:
    base = serve(course)
    # JupyterLab keeps the token in a cookie; Formgrader's own pages do not.
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


SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def background(visit: Visit) -> str:
    return str(visit.page.evaluate("getComputedStyle(document.body).backgroundColor"))


@SIZES
@SCHEMES
def test_the_feedback_page_has_no_serious_fault(
    visit: Visit, course: Path, axe: str, size: dict[str, int], scheme: Scheme
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
    assert serious(visit, axe) == []


@SIZES
@SCHEMES
def test_the_report_has_no_serious_fault(
    visit: Visit, course: Path, axe: str, size: dict[str, int], scheme: Scheme, tmp_path: Path
) -> None:
    choose(course)
    index, page, *_ = write_report(course, tmp_path / "report")
    for name, path in (("index", index), ("assignment", page)):
        visit.page.set_viewport_size(size)
        visit.page.emulate_media(color_scheme=scheme)
        # The page forbids scripts; only to look at it is that lifted.
        text = path.read_text().replace("default-src 'none'", "default-src * 'unsafe-inline'")
        path.write_text(text)
        visit.page.goto(path.as_uri())
        assert (background(visit) == WHITE) == (scheme == "light")
        visit.keep_whole(f"desk-report-{name}-{size['width']}-{scheme}")
        assert serious(visit, axe) == []
