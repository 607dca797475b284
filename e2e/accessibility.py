"""Runs axe-core on an open page; screen sizes and colour schemes for the tests."""

import shutil
import subprocess
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Frame, Page

E2E = Path(__file__).resolve().parent
AXE = E2E / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
Scheme = Literal["light", "dark"]

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def serious(page: Page | Frame) -> list[str]:
    """The serious and critical findings of axe-core on a page, without the page's frames."""
    page.evaluate(f"{_axe()}; undefined")
    found = page.evaluate("async () => (await axe.run(document, {iframes: false})).violations")
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def _axe() -> str:
    """The source of axe-core, which is installed from e2e/package.json on first use."""
    if not AXE.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.fail("npm is missing: install Node.js, or put axe-core into e2e/node_modules")
        install = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(E2E)]
        subprocess.run(install, check=True)
    return AXE.read_text(encoding="utf-8")
