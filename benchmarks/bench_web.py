"""Measure the browser edition (download size, start, verdict) beside `make check`.

python benchmarks/bench_web.py [--rounds 3]

Needs Chromium and Node.js. The pages come gzipped from 127.0.0.1, so network time is not included.
"""

import argparse
import functools
import gzip
import hashlib
import http.server
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from measuring import ROOT, machine, table, write_section
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(ROOT))

from web.build import build

EXERCISE = "output_size"
STUB = f'raise NotImplementedError("{EXERCISE}")'
WRONG = "return (input_size + padding - kernel_size) // stride + 1"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MEGABYTE = 1e6


class Gzipped(http.server.SimpleHTTPRequestHandler):
    """A static server that sends gzip, and the headers for cross-origin isolation.

    As web servers do, it answers 304 if the browser has the file already.
    """

    sent = 0

    def do_GET(self) -> None:
        name = self.path.split("?")[0].lstrip("/") or "index.html"
        path = Path(self.directory, name)
        if not path.is_file():
            self.send_error(404)
            return
        data = gzipped(path)
        tag = f'"{hashlib.sha256(data).hexdigest()}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        type(self).sent += len(data)
        self.send_response(200)
        kind = {".mjs": "text/javascript", ".wasm": "application/wasm"}.get(path.suffix)
        self.send_header("Content-Type", kind or self.guess_type(name))
        self.send_header("ETag", tag)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@functools.cache
def gzipped(path: Path) -> bytes:
    """The gzipped content of the file; each file is compressed once."""
    return gzip.compress(path.read_bytes(), 6)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="web-") as scratch:
        site = build(ROOT, Path(scratch, "web"))
        handler = functools.partial(Gzipped, directory=str(site))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/{EXERCISE}.html"
        for path in site.rglob("*"):
            if path.is_file():
                gzipped(path)
        times: dict[str, list[float]] = {}
        wire = []
        for _ in range(rounds):
            Gzipped.sent = 0
            for name, seconds in one_visit(address).items():
                times.setdefault(name, []).append(seconds)
            wire.append(Gzipped.sent)
        times["`make check EX=output_size`, a process of its own"] = native(Path(scratch), rounds)
        rows = [
            [name, f"{statistics.median(values):.2f} s", f"{min(values):.2f} s"]
            for name, values in times.items()
        ]
        text = table(["step", "median", "best"], rows)
        parts = [[name, f"{size / MEGABYTE:.2f}"] for name, size in sizes(site).items()]
        whole = sum(sizes(site).values()) / MEGABYTE
        write_section(
            "browser edition",
            "The browser edition",
            f"""{machine()}

Chromium, an empty profile each time, {rounds} visits. Times run from the address typed in; the
last line is the same check on this computer.

{text}

Over the wire with gzip, a first visit loads {statistics.median(wire) / MEGABYTE:.1f} MB in all:
what Python needs, and what is kept for use without a network. The site has {whole:.1f} MB:

{table(["part", "MB, gzip"], parts)}""",
        )
        server.shutdown()


def sizes(site: Path) -> dict[str, int]:
    """The gzipped size of each part of the site, in bytes."""
    parts = {
        "Python and its library": ("python/py",),
        "NumPy": ("python/numpy",),
        "pytest and what it needs": ("python/packages",),
        "the kit, 2.3 MB of it digits": ("python/kit",),
        "bytecode, for a quicker start": ("python/compiled",),
        "pages, scripts and figures": ("",),
    }
    found = dict.fromkeys(parts, 0)
    for path in site.rglob("*"):
        if path.is_file():
            name = path.relative_to(site).as_posix()
            part = next(part for part, starts in parts.items() if name.startswith(starts))
            found[part] += len(gzipped(path))
    return found


def one_visit(address: str) -> dict[str, float]:
    """Visit with an empty profile, to the first verdict and beyond; return seconds by step."""
    taken = {}
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context()
        context.set_default_timeout(180_000)
        page = context.new_page()
        start = time.perf_counter()
        page.goto(address)
        page.locator(".cm-content").wait_for()
        taken["page and editor usable"] = time.perf_counter() - start
        page.evaluate(WHEN_READY)
        taken["Python ready"] = time.perf_counter() - start
        taken["Python ready, processor time of the browser"] = processor()
        page.locator(".cm-content").click()
        text = page.evaluate(
            "async () => (await (await fetch('course.json')).json())"
            ".stubs['a1_convolution/convolution.py']"
        )
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text.replace(STUB, WRONG))
        taken["first verdict, a named mistake"] = verdict(page)
        taken["a later verdict"] = statistics.median(verdict(page) for _ in range(5))
        start = time.perf_counter()
        page.goto(address)
        page.evaluate(WHEN_READY)
        taken["Python ready, at the second visit"] = time.perf_counter() - start
        browser.close()
    return taken


def processor() -> float:
    """Seconds of processor time that Chromium, a child process, has used so far."""
    used = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            if "chrom" in child.name():
                times = child.cpu_times()
                used += times.user + times.system
        except psutil.Error:
            continue
    return used


# Playwright polls every half second; these promises resolve at once.
WHEN_READY = """() => new Promise((resolve) => {
  const root = document.documentElement;
  const look = () => root.dataset.ready === "python" && resolve();
  new MutationObserver(look).observe(root, { attributes: true });
  look();
})"""
CHECK = """() => new Promise((resolve) => {
  const verdict = document.getElementById("verdict");
  verdict.removeAttribute("data-line");
  const start = performance.now();
  new MutationObserver(() => verdict.dataset.line && resolve((performance.now() - start) / 1000))
    .observe(verdict, { attributes: true });
  document.getElementById("check").click();
})"""


def verdict(page: Page) -> float:
    """Press Check and wait for the verdict; return the seconds."""
    # A press while the last check is still being shown does nothing.
    page.locator("#check:not([aria-disabled])").wait_for()
    return float(page.evaluate(CHECK))


def native(scratch: Path, rounds: int) -> list[float]:
    """Seconds of the same check by `autograder check` on this computer, once a round."""
    folder = scratch / "assignments"
    shutil.copytree(ROOT / "assignments", folder)
    file = folder / "a1_convolution" / "convolution.py"
    file.write_text(file.read_text(encoding="utf-8").replace(STUB, WRONG), encoding="utf-8")
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        command = [sys.executable, "-m", "autograder", "check", str(folder)]
        subprocess.run([*command, "--exercise", EXERCISE], check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return taken


if __name__ == "__main__":
    main()
