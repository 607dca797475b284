"""A scratch course, JupyterLab on loopback and a real browser, for the end-to-end tests.

`make e2e` runs these; `make test` does not. Screenshots are saved in build/e2e/.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from site_of_tests import Learner, served

from autograder.grading.grade import grade_folder
from autograder.instructor import run_nbgrader
from autograder.instructor.sample_class import hand_in, sample_class
from web.build import build

ROOT = Path(__file__).resolve().parent.parent
SCREENSHOTS = ROOT / "build" / "e2e"
NAME = "a1_convolution"
NOTEBOOK = f"{NAME}.ipynb"
PATIENCE = 90.0
"""Seconds that a step may take; a loaded machine starts and grades slowly."""

# Without the flags after the first two, Chromium sends requests of its own to other servers.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "e2e"
# The text that a hostile student's script writes to the browser's console if it runs.
ALARM = "a student's script ran"


@dataclass
class Visit:
    """A person's tab, and the student scripts that ran in it.

    Attributes:
        page: the tab.
        alarms: the console messages and the dialogs of student scripts.
    """

    page: Page
    alarms: list[str] = field(default_factory=list)

    def keep(self, name: str) -> None:
        """Save a screenshot in build/e2e/."""
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def keep_whole(self, name: str) -> None:
        """Save a screenshot of the whole page in build/e2e/."""
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


Serve = Callable[[Path], str]


def environment(home: Path) -> dict[str, str]:
    """The environment of a person with this home folder, without the caller's Jupyter settings.

    Args:
        home: an empty folder, or one that the same person used before.
    """
    programs = str(Path(sys.executable).parent)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")},
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PATH": programs + os.pathsep + os.environ.get("PATH", os.defpath),
        "OPENBLAS_NUM_THREADS": "1",
    }


@contextlib.contextmanager
def _jupyterlab(root: Path, home: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={TOKEN}"]
    log = home / "jupyter.log"
    with open(log, "wb") as stream:
        process = subprocess.Popen(
            command, cwd=root, env=environment(home), stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(f"http://127.0.0.1:{port}/api/status?token={TOKEN}"):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """A function that starts JupyterLab in a folder and returns its address."""
    with contextlib.ExitStack() as running:
        yield lambda root: running.enter_context(_jupyterlab(root, tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.fail("no Chromium here: apt-get install chromium, or name it in CHROMIUM=...")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh tab that can reach only this machine, as in a lecture hall without a network."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    context.route("**/*", _only_this_machine)
    visit = Visit(context.new_page())

    def heard(text: str) -> None:
        if ALARM in text:
            visit.alarms.append(text)

    context.on("console", lambda message: heard(message.text))
    context.on("dialog", lambda dialog: (visit.alarms.append(dialog.message), dialog.dismiss()))
    yield visit
    visit.keep(f"last-{request.node.name}")  # the last state of the page, for a test that failed
    context.close()


def _only_this_machine(route: Route) -> None:
    address = urlsplit(route.request.url)
    if address.scheme in ("http", "https") and address.hostname != "127.0.0.1":
        route.abort()
    else:
        route.continue_()


def points_of(student: str) -> float:
    """The points that the grader gives a student of the sample class for a1."""
    with tempfile.TemporaryDirectory() as folder:
        submission = hand_in(sample_class()[student], Path(folder), [NAME])
        return float(grade_folder(submission, assignment=NAME).score)


def make_course(top: Path) -> Path:
    """Make a scratch course from the checkout's source/ and solutions/; a1 is not generated yet.

    Args:
        top: the folder to create.
    """
    top.mkdir(parents=True)
    shutil.copy(ROOT / run_nbgrader.CONFIG, top)
    for name in ("source", "solutions"):
        shutil.copytree(ROOT / name, top / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return top


# --- the browser edition ---


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the browser edition: that in SITE, which `make e2e` sets, or a new build."""
    if built := os.environ.get("SITE"):
        return Path(built).resolve()
    return build(ROOT, tmp_path_factory.mktemp("site") / "web")


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address at which the site is served."""
    with served(site) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser context with an empty profile."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    yield context
    context.close()


@pytest.fixture
def learner(context: BrowserContext, address: str) -> Iterator[Learner]:
    """A learner at the site. Afterwards: no script error, and no request to another server."""
    learner = Learner.arrive(context, address)
    yield learner
    assert not learner.problems
    elsewhere = {url for url in learner.requests if not url.startswith((address, "blob:", "data:"))}
    assert not elsewhere


@pytest.fixture(scope="session")
def stub(site: Path) -> str:
    """The text of the first file to write, as it is handed out."""
    stubs = json.loads((site / "course.json").read_text())["stubs"]
    return str(stubs["a1_convolution/convolution.py"])
