"""The wheel and the sdist: built here, without a network, and used outside the checkout."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from autograder.catalogue import PACKAGE, load
from autograder.grading.course_files import course_secret

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, built by hatchling, a development dependency."""
    folder = tmp_path_factory.mktemp("built")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> dict[str, bytes]:
    (path,) = built.glob(f"*-{PROJECT['version']}-py3-none-any.whl")
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.fixture(scope="module")
def sdist(built: Path) -> dict[str, bytes]:
    (path,) = built.glob(f"*-{PROJECT['version']}.tar.gz")
    with tarfile.open(path) as packed:
        files = {m.name.split("/", 1)[1]: packed.extractfile(m) for m in packed if m.isfile()}
        return {name: stream.read() for name, stream in files.items() if stream is not None}


def sources(folder: Path) -> set[str]:
    """Every file of a folder, except files that running its code makes."""
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        # A check of `solutions/` writes these files; they are not part of the package.
        and path.name not in {".progress.json", ".hints.json"}
        and not {"__pycache__", ".ruff_cache", ".mypy_cache", ".ipynb_checkpoints"}
        & set(path.parts)
    }


def test_the_wheel_holds_the_two_packages_whole(wheel: dict[str, bytes]) -> None:
    expected = sources(PACKAGE) | sources(ROOT / "cnnlab")
    reference = sources(ROOT / "solutions")
    expected |= {name.replace("solutions/", "autograder/reference/", 1) for name in reference}
    about = f"cnn_from_scratch_kit-{PROJECT['version']}.dist-info/"
    assert {name for name in wheel if not name.startswith(about)} == expected
    assert about + "licenses/LICENSE" in wheel
    assert about + "licenses/cnnlab/data/LICENSE-MNIST.txt" in wheel
    assert b"autograder = autograder.cli:main" in wheel[about + "entry_points.txt"]


def test_every_exercise_is_in_the_wheel(wheel: dict[str, bytes]) -> None:
    for exercise in load().exercises:
        assert f"autograder/reference/{exercise.path}" in wheel
        assert exercise.check_files
        for path in exercise.check_files:
            assert path.relative_to(ROOT).as_posix() in wheel


def test_neither_holds_anything_private(
    wheel: dict[str, bytes], sdist: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    course_secret.cache_clear()  # another test may have set its own secret
    secret = course_secret().encode()
    for archive in (wheel, sdist):
        assert not [name for name, data in archive.items() if secret in data]
        # A gradebook in use holds marks; `make gradebook` makes an empty one.
        private = ("gradebook.db", ".course_secret", "submitted/", "autograded/", "feedback/")
        assert not [name for name in archive if name.startswith((*private, "exports/", ".graded"))]


def test_the_sdist_is_enough_to_build_from(
    wheel: dict[str, bytes], sdist: dict[str, bytes]
) -> None:
    for name in wheel:
        if ".dist-info/" not in name:
            source = name.replace("autograder/reference/", "solutions/", 1)
            assert sdist[source] == wheel[name]
    for name in ("LICENSE", "README.md", "pyproject.toml", "Makefile", "nbgrader_config.py"):
        assert name in sdist
    for folder in ("source/", "assignments/", "tests/", "docs/", "requirements/", "examples/"):
        assert any(name.startswith(folder) for name in sdist)


def test_the_wheel_works_in_an_empty_folder(built: Path, tmp_path: Path) -> None:
    (path,) = built.glob("*.whl")
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    with zipfile.ZipFile(path) as packed:
        packed.extractall(installed)
    first = load().assignments[0].name
    shutil.copytree(ROOT / "solutions" / first, empty / "work" / first)
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "AUTOG"))}
    environment |= {
        "PYTHONPATH": str(installed),  # before a checkout that is installed editable
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "OPENBLAS_NUM_THREADS": "1",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=empty,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run("-c", "import autograder, cnnlab; print(autograder.__file__, cnnlab.__file__)")
    assert all(Path(file).is_relative_to(installed) for file in where.split())
    checked = json.loads(run("-m", "autograder", "check", "work", "--assignment", first, "--json"))
    options = "--assignment", first, "--json", "--allow-unsandboxed"
    graded = json.loads(run("-m", "autograder", "grade", "work", *options))
    for verdict in (checked, graded):
        assert verdict["score"] == verdict["points"] == load().assignment(first).points
    assert any(check["hidden"] for e in graded["exercises"] for check in e["checks"])
    # Without a checkout, the secret and the store are in the user's folder for settings.
    assert (tmp_path / "config" / "cnn-from-scratch-kit" / ".course_secret").is_file()


def test_one_version_everywhere() -> None:
    version = PROJECT["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
