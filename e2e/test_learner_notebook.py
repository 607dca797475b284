"""A learner works through a1 in JupyterLab: wrong first, then right, in one kernel."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NAME, NOTEBOOK, ROOT, SAMPLE, TOKEN, Serve, Visit, environment
from playwright.sync_api import Locator, Page, expect

SOLVED = SAMPLE / "grace_einsum" / NAME / "convolution.py"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """What a learner has: assignments/, and the kit installed. output_size is written, wrongly."""
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
    url = serve(work)
    visit.page.goto(f"{url}/lab/tree/assignments/{NAME}/{NOTEBOOK}?token={TOKEN}")
    choose_no_news(visit.page)
    # JupyterLab takes cells that are out of sight out of the page; find them all the same.
    visit.page.locator(".jp-Notebook").wait_for()
    expect(visit.page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
        "data-status", "idle"
    )
    return visit.page


def choose_no_news(page: Page) -> None:
    no = page.get_by_role("button", name="No", exact=True)
    no.wait_for()
    no.click()


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu-item:visible", has_text="Run All Cells").first.click()
    wait_until_idle(page)


def wait_until_idle(page: Page) -> None:
    indicator = page.locator(".jp-Notebook-ExecutionIndicator")
    page.wait_for_timeout(500)
    expect(indicator).to_have_attribute("data-status", "idle")


def cell(page: Page, source: str) -> Locator:
    """The cell that holds this source, scrolled to."""
    found = page.locator(".jp-CodeCell", has=page.locator(".jp-InputArea", has_text=source))
    found.first.scroll_into_view_if_needed()
    return found.first


def test_wrong_then_right_without_a_new_kernel(page: Page, visit: Visit, work: Path) -> None:
    run_all(page)
    checked = cell(page, 'check("output_size")')
    expect(checked).to_contain_text("output_size: not right yet")
    visit.keep("learner-1-wrong")
