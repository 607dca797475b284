"""Serves the browser edition without isolation headers, and acts as a learner, for its tests."""

import functools
import http.server
import io
import json
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).resolve().parent.parent
STARTING = 300_000
"""Milliseconds that Python may take to start, where many others use the machine."""
SOLUTIONS = ROOT / "solutions"


class _Plain(http.server.SimpleHTTPRequestHandler):
    """A static host that sends no isolation headers, like most static hosts."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on 127.0.0.1 and give its address."""
    handler = functools.partial(_Plain, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Learner:
    """A learner at the site.

    Attributes:
        page: the learner's tab.
        address: the address of the site.
        requests: every address that the tab, its Worker or its service worker requested.
        problems: the uncaught errors of the page's scripts.
    """

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def arrive(cls, context: BrowserContext, address: str) -> "Learner":
        """Open a tab and record its requests and errors."""
        one = cls(context.new_page(), address)
        context.on("request", lambda request: one.requests.append(request.url))
        one.page.on("pageerror", lambda error: one.problems.append(str(error)))
        return one

    def open(self, name: str, *, python: bool = True) -> None:
        """Open a page of the site, and wait until Python or, if not `python`, the page is ready."""
        self.page.goto(self.address + name)
        ready = 'html[data-ready="python"]'
        if not python:
            ready += ', html[data-ready="page"]'
        self.page.locator(ready).wait_for(timeout=STARTING)

    def go(self, name: str) -> None:
        """Go to a page by its link, which keeps Python loaded."""
        views = ("skills", "drills", "network", "folder")
        page = name.removesuffix(".html")
        if page in views or page == "index":
            self.page.locator(f'.top nav a[href="{name}"]').click()
            view = page if page in views else "course"
            self.page.locator(f'main[data-view="{view}"]').wait_for()
            return
        self.go("index.html")
        link = self.page.locator(f'main a[href="{name}"]').last
        is_exercise = link.locator("code").count() > 0
        link.click()
        if is_exercise:
            self.page.locator(f'main[data-exercise="{page}"] .cm-content').wait_for()
        else:
            self.page.locator("main > article").wait_for()

    def write(self, text: str) -> None:
        """Replace the whole file in the editor with `text`."""
        self.page.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def check(self) -> dict[str, Any]:
        """Press Check and return the verdict from its line of JSON."""
        verdict = self.page.locator("#verdict")
        verdict.evaluate("element => element.removeAttribute('data-line')")
        self.page.locator("#check").click()
        self.page.locator("#verdict[data-line]").wait_for()
        line = verdict.get_attribute("data-line")
        assert line is not None
        return json.loads(line)

    def bring(self, folder: Path) -> None:
        """Upload a folder shaped like assignments/, as a zip."""
        self.go("folder.html")
        archive = {"name": "work.zip", "mimeType": "application/zip", "buffer": zip_of(folder)}
        self.page.locator("#zip").set_input_files(archive)  # type: ignore[arg-type]
        self.page.locator("#brought", has_text="Brought back").wait_for()

    def folder(self) -> dict[str, str]:
        """Download the folder as a zip; return the text of each file by its path."""
        self.go("folder.html")
        with self.page.expect_download() as download:
            self.page.locator("#take").click()
        with zipfile.ZipFile(download.value.path()) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}


def zip_of(folder: Path) -> bytes:
    """A zip of the Python files of a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*.py")):
            archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()


def solved(top: Path) -> Path:
    """A copy of the solutions, shaped like assignments/."""
    return Path(shutil.copytree(SOLUTIONS, top, ignore=shutil.ignore_patterns("__pycache__")))


def make_check(folder: Path, exercise: str) -> dict[str, Any]:
    """The verdict of `make check EX=...`, from its JSON."""
    command = [sys.executable, "-m", "autograder", "check", str(folder)]
    done = subprocess.run(
        [*command, "--exercise", exercise, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
