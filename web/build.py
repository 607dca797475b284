"""Builds the site: `make web`. `make web SERVE=1` shows it on 127.0.0.1.

    python -m web.build [--out build/web] [--figures FOLDER] [--serve [PORT]]

The site is static: any web server can hold it. Node is needed here, and only here.
"""

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from autograder.text import UserError
from web import kit
from web.packing import numpy_files, package_files, zipped
from web.pages import pages, require_node

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
NODE_MODULES = WEB / "node_modules"
COMPILED = ROOT / "build" / "web_compiled"
PYODIDE = NODE_MODULES / "pyodide"
RUNTIME = ("pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
# Files that run in the browser, beside the packages `autograder` and `cnnlab`.
BROWSER_SIDE = ("__init__.py", "kit.py", "in_browser.py")
STATIC = ("site.css", "icon.svg", "old_browser.js")


def build(root: Path, out: Path, figures: Path | None = None) -> Path:
    """Build the whole site into an emptied folder.

    Args:
        root: the checkout.
        out: the target folder; it is replaced when all files are ready.
        figures: a folder with the wheels of matplotlib and its dependencies, to be served with
            the site; without it, the browser downloads them from Pyodide's distribution when a
            figure needs them.

    Raises:
        autograder.text.UserError: if the site cannot be built; the message is for a person.
    """
    require_node()
    install_packages()
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))
    learner = kit.learner_files(root)
    stubs, notebooks = {}, {}
    for name, data in learner.items():
        if name.startswith("assignments/"):
            inside = name.removeprefix("assignments/")
            if name.endswith(".py"):
                stubs[inside] = data.decode("utf-8")
            else:
                notebooks[inside] = data
    drawing = drawing_wheels(lock, figures)
    files: dict[str, bytes] = {}
    texts, cells = pages(root, stubs, POLICY)
    for name, page in texts.items():
        files[name] = page.encode("utf-8") if isinstance(page, str) else page
    files["course.json"] = as_json(course_facts(stubs, cells, sorted(notebooks)))
    files |= {f"notebooks/{name}": data for name, data in notebooks.items()}
    browser_side = {f"web/{name}": (WEB / name).read_bytes() for name in BROWSER_SIDE}
    needed = {name: data for name, data in learner.items() if kit.needed_to_check(name)}
    files["python/kit.zip"] = zipped({**needed, **browser_side})
    files["python/packages.zip"] = zipped(package_files(root))
    files["python/numpy.zip"] = zipped(numpy_files(numpy_wheel(lock)))
    for name in RUNTIME:
        files[f"python/{name}"] = (PYODIDE / name).read_bytes()
    files["python/compiled.zip"] = compiled_ahead(files, stubs)
    for wheel, path in drawing["local"].items():
        files[f"python/figures/{wheel}"] = path.read_bytes()
    for name in STATIC:
        files[name] = (WEB / "static" / name).read_bytes()
    files |= bundled(("app.js", "worker.js"))
    files["python/parts.json"] = as_json(
        {
            "hashes": {
                name: integrity(files[name])
                for name in files
                if name.startswith("python/") and name != "python/parts.json"
            },
            "figures": drawing["parts"],
        }
    )
    manifest = {name: integrity(files[name]) for name in sorted(files)}
    version = hashlib.sha256(json.dumps(manifest).encode()).hexdigest()[:16]
    site = json.dumps({"version": version, "files": manifest}, sort_keys=True)
    (worker_code,) = bundled(("service_worker.js",)).values()
    files["service_worker.js"] = f"self.SITE={site};\n".encode() + worker_code
    files["manifest.json"] = as_json({"version": version, "files": manifest})
    write(files, out)
    return out


def install_packages() -> None:
    """`npm ci`, once for each package-lock.json.

    Raises:
        UserError: if npm fails.
    """
    lock = WEB / "package-lock.json"
    done = NODE_MODULES / ".installed"
    stamp = hashlib.sha256(lock.read_bytes()).hexdigest()
    if done.is_file() and done.read_text() == stamp:
        return
    print("installing what builds the site into web/node_modules/ (once) ...", flush=True)
    run = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=WEB,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        said = (run.stderr.strip() or run.stdout.strip()).splitlines()
        raise UserError(f"npm ci failed in web/: {said[0] if said else 'it said nothing'}")
    done.write_text(stamp)


def bundled(names: tuple[str, ...]) -> dict[str, bytes]:
    """Bundle each script, with all that it imports, into one file.

    Raises:
        UserError: if esbuild finds a mistake.
    """
    found = {}
    for name in names:
        # A service worker must not be a module: not every browser supports that.
        form = "iife" if name == "service_worker.js" else "esm"
        run = subprocess.run(
            [
                str(NODE_MODULES / ".bin" / "esbuild"),
                f"js/{name}",
                "--bundle",
                "--minify",
                "--target=es2022",
                f"--format={form}",
                "--external:node:*",
                "--external:ws",
                "--log-level=error",
                "--legal-comments=inline",
            ],
            cwd=WEB,
            capture_output=True,
            check=False,
        )
        if run.returncode != 0:
            raise UserError(f"web/js/{name}: {run.stderr.decode().strip()}")
        found[name] = run.stdout
    return found


def compiled_ahead(files: dict[str, bytes], stubs: dict[str, str]) -> bytes:
    """A zip with the bytecode of what every check imports, for a quicker start.

    Raises:
        UserError: if the kit cannot be loaded in Pyodide.
    """
    archives = {name: files[f"python/{name}"] for name in ("numpy.zip", "packages.zip", "kit.zip")}
    # Cached: it takes 15 seconds, and most builds change nothing that it depends on.
    script_text = (WEB / "js" / "compile_python.mjs").read_bytes()
    key = hashlib.sha256(b"".join([*archives.values(), as_json(stubs), script_text])).hexdigest()
    kept = COMPILED / f"{key[:16]}.zip"
    if kept.is_file():
        return kept.read_bytes()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, data in archives.items():
            (folder / name).write_bytes(data)
        (folder / "stubs.json").write_text(json.dumps(stubs), encoding="utf-8")
        script = [str(WEB / "js" / "compile_python.mjs"), scratch]
        run = subprocess.run(
            ["node", *script, str(folder / "stubs.json"), str(folder / "compiled.zip")],
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            said = (run.stderr.strip() or run.stdout.strip()).splitlines()[-12:]
            raise UserError("the kit cannot be loaded in Pyodide:\n" + "\n".join(said))
        made = (folder / "compiled.zip").read_bytes()
    shutil.rmtree(COMPILED, ignore_errors=True)
    COMPILED.mkdir(parents=True)
    kept.write_bytes(made)
    return made


def numpy_wheel(lock: dict[str, Any]) -> Path:
    """The vendored NumPy wheel, after its hash was compared with the one in Pyodide's lock.

    Raises:
        UserError: if the wheel is missing, or its hash differs.
    """
    entry = lock["packages"]["numpy"]
    path = WEB / "vendor" / entry["file_name"]
    return held_to_lock(path, entry["sha256"])


def drawing_wheels(lock: dict[str, Any], folder: Path | None) -> dict[str, Any]:
    """matplotlib and its dependencies: name and hash of each wheel; the files if `folder` is given.

    Raises:
        UserError: if a wheel is missing in `folder`, or its hash differs.
    """
    wanted, todo = [], ["matplotlib"]
    while todo:
        name = todo.pop()
        if name not in wanted and name not in ("numpy", "packaging"):
            wanted.append(name)
            todo += lock["packages"][name]["depends"]
    parts, local = [], {}
    for name in sorted(wanted):
        entry = lock["packages"][name]
        digest = base64.b64encode(bytes.fromhex(entry["sha256"])).decode()
        parts.append({"file": entry["file_name"], "hash": f"sha256-{digest}"})
        if folder is not None:
            local[entry["file_name"]] = held_to_lock(folder / entry["file_name"], entry["sha256"])
    return {"parts": parts, "local": local}


def held_to_lock(path: Path, sha256: str) -> Path:
    """Return the path if the file is there and has this hash.

    Raises:
        UserError: if not.
    """
    if not path.is_file():
        raise UserError(f"{path} is missing; pyodide-lock.json names it")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise UserError(f"{path} is not the file that pyodide-lock.json names: its hash differs")
    return path


def course_facts(
    stubs: dict[str, str], cells: dict[str, Any], notebooks: list[str]
) -> dict[str, Any]:
    """The facts about the course for the pages' scripts; nothing that learners must not see."""
    course = kit.course()
    return {
        "title": course.title,
        "assignments": [
            {
                "name": assignment.name,
                "title": assignment.title,
                "extra": assignment.extra_credit,
                "exercises": [
                    {
                        "name": exercise.name,
                        "file": exercise.path,
                        "module": exercise.module,
                        "points": exercise.points,
                        "needs": [need.name for need in course.all_needs(exercise)],
                        "hints": list(exercise.hints),
                        "whenPassed": exercise.when_passed,
                        "drills": kit.has_drills(exercise),
                    }
                    for exercise in assignment.exercises
                ],
            }
            for assignment in course.assignments
        ],
        "stubs": stubs,
        "cells": cells,
        "notebooks": notebooks,
    }


POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""The Content-Security-Policy of every page: nothing from anywhere but the site. The Worker, which
may fetch matplotlib from Pyodide's distribution, has its own rule in js/worker.js."""


def integrity(data: bytes) -> str:
    """The SHA-256 in the form that `fetch(..., {integrity})` expects."""
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode()


def as_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def write(files: dict[str, bytes], out: Path) -> None:
    """Write the files into `out`, in the place of an earlier build."""
    fresh = out.with_name(out.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, data in files.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    shutil.rmtree(out, ignore_errors=True)
    fresh.rename(out)


def main(arguments: list[str] | None = None) -> int:
    """Build the site, and serve it with --serve; on failure print one line and return 2."""
    parser = argparse.ArgumentParser(prog="make web", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "web")
    parser.add_argument("--figures", type=Path, help="a folder with matplotlib's wheels")
    parser.add_argument("--serve", nargs="?", type=int, const=8000, metavar="PORT")
    chosen = parser.parse_args(arguments)

    try:
        out = build(ROOT, chosen.out.resolve(), chosen.figures)
    except (UserError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {size / 1e6:.1f} MB; put the folder on any web server, or type make web SERVE=1")
    if chosen.serve is not None:
        from web.serve import serve

        return serve(out, chosen.serve)
    return 0


if __name__ == "__main__":
    sys.exit(main())
