"""A learner works through a1 in JupyterLab: wrong first, then right, in one kernel."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NAME, NOTEBOOK, ROOT, TOKEN, Serve, Visit, environment
from playwright.sync_api import Locator, Page, expect

from autograder.instructor.sample_class import sample_class, written_code

MISTAKEN = written_code(sample_class()["carl_classic"], NAME, "convolution.py")
SOLVED = written_code(sample_class()["grace_einsum"], NAME, "convolution.py")

OWN_FIGURE = "figures.im2col_steps(im2col)"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A learner's folder with assignments/, in which output_size is written, but wrong."""
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "assignments", folder / "assignments")
    code = folder / "assignments" / NAME / "convolution.py"
    text = code.read_text()
    todo = 'raise NotImplementedError("output_size")'
    assert text.count(todo) == 1
    wrong = "return (input_size - kernel_size) // stride + 1"
    code.write_text(text.replace(todo, wrong))
    return folder


@pytest.fixture
def page(visit: Visit, serve: Serve, work: Path) -> Page:
    """The notebook, open in JupyterLab with its kernel running."""
    page = visit.page
    page.goto(f"{serve(work)}/lab/tree/assignments/{NAME}/{NOTEBOOK}?token={TOKEN}")
    page.get_by_role("button", name="No", exact=True).click()  # declines Jupyter's news
    # Until the kernel is ready, JupyterLab ignores requests to run cells.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    return page


def wait_until_idle(page: Page) -> None:
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")
    expect(page.locator(".jp-InputPrompt", has_text="[*]")).to_have_count(0)


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu-item:visible", has_text="Run All Cells").first.click()
    expect(page.locator(".jp-CodeCell .jp-InputPrompt").first).not_to_have_text("[ ]:")
    wait_until_idle(page)


def cell(page: Page, source: str) -> Locator:
    """Scroll to the cell that contains this source, and return it."""
    found = page.locator(".jp-CodeCell", has=page.locator(".jp-InputArea", has_text=source)).first
    found.scroll_into_view_if_needed()
    return found


def run(page: Page, source: str) -> Locator:
    """Run the cell that contains this source, as a learner does."""
    ran = cell(page, source)
    ran.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(300)
    wait_until_idle(page)
    return ran


def look_at(visit: Visit, shown: Locator, name: str) -> None:
    """Keep a screenshot of a cell, once the notebook has stopped moving."""
    visit.page.wait_for_timeout(500)
    shown.scroll_into_view_if_needed()
    visit.page.wait_for_timeout(500)
    visit.keep(name)


def number(ran: Locator) -> int:
    """The number in the prompt of a cell that was run."""
    return int((ran.locator(".jp-InputPrompt").text_content() or "").strip("[]: "))


def choose_theme(page: Page, name: str) -> None:
    page.get_by_role("menuitem", name="Settings").click()
    page.locator(".lm-Menu-item:visible", has_text="Theme").first.hover()
    page.get_by_role("menuitem", name=name, exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", name)


def validate_in_browser(page: Page) -> str:
    """Press Validate, and return the text of the dialog."""
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog")
    dialog.wait_for()
    page.wait_for_timeout(300)
    return dialog.inner_text()


def validate_in_terminal(work: Path, home: Path) -> str:
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", NOTEBOOK],
        cwd=work / "assignments" / NAME,
        env=environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_wrong_then_right_in_one_kernel(
    page: Page, visit: Visit, work: Path, tmp_path: Path
) -> None:
    run_all(page)

    wrong = cell(page, 'check("output_size")')
    expect(wrong).to_contain_text("✗ output_size: not right yet")
    look_at(visit, wrong, "learner-1-wrong")
    before = number(wrong)
    unwritten = cell(page, 'check("im2col")')
    expect(unwritten).to_contain_text("○ im2col: still to be written")
    # The figure before the exercise uses constants; the one after it uses the learner's function.
    expect(cell(page, "figures.im2col_steps()").locator("img")).to_be_visible()
    expect(cell(page, OWN_FIGURE)).to_contain_text("Not yet: write im2col first")
    look_at(visit, unwritten, "learner-2-still-to-be-written")
    said = validate_in_browser(page)
    visit.keep("learner-3-validate-wrong")
    assert "failed" in said.lower()
    assert 'check("output_size")' in said
    page.keyboard.press("Escape")
    assert 'check("output_size")' in validate_in_terminal(work, tmp_path / "home")

    (work / "assignments" / NAME / "convolution.py").write_text(MISTAKEN)
    choose_theme(page, "JupyterLab Dark")
    mistaken = run(page, 'check("im2col")')
    expect(mistaken.locator("caption")).to_have_text(
        ["cols, expected", "cols, yours", "cols[0:8, 0:6], expected", "cols[0:8, 0:6], yours"]
    )
    look_at(visit, mistaken, "learner-4-dark")
    choose_theme(page, "JupyterLab Light")

    (work / "assignments" / NAME / "convolution.py").write_text(SOLVED)
    right = run(page, 'check("output_size")')
    expect(right).to_contain_text("✓ output_size: passed")
    assert number(right) > before, "the kernel was restarted"
    drawn = run(page, OWN_FIGURE)
    expect(drawn.locator("img")).to_be_visible()
    expect(run(page, 'check("im2col")')).to_contain_text("✓ im2col: passed")
    visit.keep("learner-5-right")
    said = validate_in_browser(page)
    visit.keep("learner-6-validate-right")
    assert "passes all the tests" in said
    page.keyboard.press("Escape")
    assert "passes all the tests" in validate_in_terminal(work, tmp_path / "home")
