"""Nothing for instructors only is in the site: its contents are searched, as the handout's are."""

import html
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.catalogue import load
from web.build import ROOT

sys.path.insert(0, str(ROOT / "tests"))

from support.leaks import leaks, secrets


def contents(site: Path) -> dict[str, bytes]:
    """The content of every file; archives are unpacked, HTML and JSON are turned into text."""
    files: dict[str, bytes] = {}
    for path in sorted(site.rglob("*")):
        if not path.is_file():
            continue
        name, data = path.relative_to(site).as_posix(), path.read_bytes()
        if name.startswith("python/") and zipfile.is_zipfile(path):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for inner in archive.namelist():
                    files[f"{name}/{inner}"] = archive.read(inner)
        elif name.endswith(".html"):
            files[name] = html.unescape(data.decode()).encode()
        elif name.endswith(".json"):
            files[name] = "\n".join(texts(json.loads(data))).encode()
        else:
            files[name] = data
    return files


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def of_the_kit(files: dict[str, bytes]) -> dict[str, bytes]:
    """Leave out the archives of Python and NumPy, which contain nothing of the kit."""
    foreign = ("python/numpy.zip/", "python/packages.zip/", "python/pyodide", "python/python_std")
    foreign += ("python/compiled.zip/lib/",)
    return {name: data for name, data in files.items() if not name.startswith(foreign)}


def test_no_answer_is_in_the_site(site: Path) -> None:
    found = leaks(of_the_kit(contents(site)))
    assert not found, "\n".join(found)


def test_an_answer_would_be_found(site: Path) -> None:
    secret = next(text for text, where in secrets().items() if "solutions" in where)
    files = contents(site)
    for name in ("output_size.html", "course.json", "python/kit.zip/autograder/catalogue.py"):
        planted = files[name] + f"\n{secret}\n".encode()
        assert leaks({name: planted}), name


def test_no_file_is_an_instructors(site: Path) -> None:
    names = [name for name in contents(site) if name.startswith("python/kit.zip/")]
    assert any(name.endswith("autograder/catalogue.py") for name in names)
    for part in ("hidden", "pitfalls", "grading", "solutions", "course/", "instructor"):
        assert not [name for name in names if part in name]


def test_bytecode_is_of_packages_and_learners_modules_alone(site: Path) -> None:
    compiled = {
        name: data for name, data in contents(site).items() if "python/compiled.zip/" in name
    }
    assert len(compiled) > 100
    for name in compiled:
        inner = name.removeprefix("python/compiled.zip/")
        assert inner.startswith(("lib/python3.14/site-packages/", "kit/")), name
        assert "learner" not in inner.split("/")[0]


def test_what_the_diagnosis_needs_is_there(site: Path) -> None:
    compared = 0
    for exercise in load().exercises:
        for name in ("fingerprints.json", "diagnosis.json", "drills.json"):
            path = exercise.folder / name
            if path.is_file():
                inside = path.relative_to(ROOT).as_posix()
                assert json.loads(path.read_text()) == json.loads(archived(site, inside))
                compared += 1
    assert compared > 2 * len(load().exercises)


def archived(site: Path, name: str) -> bytes:
    """The content of one file in the kit's archive."""
    with zipfile.ZipFile(site / "python" / "kit.zip") as archive:
        return archive.read(name)
