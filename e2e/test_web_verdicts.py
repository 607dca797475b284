"""The browser edition gives every known mistake the same verdict as `make check`."""

import importlib
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from site_of_tests import ROOT, Learner, make_check

from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import load

COURSE = load()


def right_files() -> dict[str, str]:
    """The files of a folder in which every exercise is right: text by path."""
    return {
        exercise.path: (ROOT / "solutions" / exercise.path).read_text(encoding="utf-8")
        for exercise in COURSE.exercises
    }


def folders_with_mistakes() -> list[tuple[str, dict[str, Any]]]:
    """For every known mistake: its id, the files of a folder with only this mistake, exercise."""
    right = right_files()
    return [
        (
            mistake.id,
            {
                "files": {
                    **right,
                    exercise.path: right[exercise.path] + as_text(mistake.code, exercise.name),
                },
                "exercise": exercise.name,
            },
        )
        for exercise in COURSE.exercises
        for mistake in wrong_implementations(exercise)
    ]


# `make check` in one process for all folders, because starting it takes longer than a check.
MANY_CHECKS = """
import json, sys
from pathlib import Path
from web import in_browser, kit
in_browser.FOLDER = Path(sys.argv[1])
for one in json.load(sys.stdin):
    in_browser.write(json.dumps(one["files"]))
    print("VERDICT", kit.check(in_browser.FOLDER, [one["exercise"]])["json"])
"""


@pytest.mark.timeout(3600)  # several hundred mistakes, each checked twice
def test_every_known_mistake_gets_the_verdict_of_make_check(site: Path, tmp_path: Path) -> None:
    """Runs in Node with the site's own Python and files; a test below runs a few in Chromium."""
    asked = folders_with_mistakes()
    given = json.dumps([one for _, one in asked])
    browsers = verdicts(["node", str(ROOT / "e2e" / "check_many.mjs"), str(site)], given)
    kits = verdicts([sys.executable, "-c", MANY_CHECKS, str(tmp_path)], given)
    assert len(browsers) == len(kits) == len(asked) > 400
    broken = [one for one in kits if "cannot be loaded" in one["exercises"][0]["message"]]
    assert not broken, broken[0]  # files that cannot be imported would compare nothing
    pairs = zip(asked, browsers, kits, strict=True)
    differ = [first_difference(id, *two) for (id, _), *two in pairs if two[0] != two[1]]
    assert not any(differ), "\n".join(differ)


def first_difference(id: str, ours: Any, theirs: Any) -> str:
    """The first difference of two verdicts, in one line; "" if only integer widths differ."""
    # NumPy's default integer has 32 bits in the browser's Python, and messages name the dtype.
    here, there = json.dumps(ours).replace("dtype int32", "dtype int64"), json.dumps(theirs)
    if here == there:
        return ""
    ends = zip(here, there, strict=False)
    place = next((k for k, (a, b) in enumerate(ends) if a != b), min(len(here), len(there)))
    near = slice(max(place - 60, 0), place + 100)
    return f"{id}: {here[near]!r} in the browser, {there[near]!r} by make check"


def verdicts(command: list[str], given: str) -> list[dict[str, Any]]:
    """Run a program; return the verdicts that it prints, without the path of the folder."""
    done = subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = [
        json.loads(line.removeprefix("VERDICT "))
        for line in done.stdout.splitlines()
        if line.startswith("VERDICT ")
    ]
    for one in found:
        del one["path"]
    return found


def test_what_is_right_passes_in_the_browser(site: Path) -> None:
    right = right_files()
    asked = [{"files": right, "exercise": exercise.name} for exercise in COURSE.exercises]
    found = verdicts(["node", str(ROOT / "e2e" / "check_many.mjs"), str(site)], json.dumps(asked))
    failed = [one["exercises"][0] for one in found if one["score"] < one["points"]]
    assert not failed, failed[0]
    assert len(found) == len(COURSE.exercises)


def test_verdicts_in_chromium_are_those_of_make_check(learner: Learner, tmp_path: Path) -> None:
    learner.open("index.html")
    for id, asked in folders_with_mistakes()[::40]:
        folder = tmp_path / id
        for name, text in asked["files"].items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        learner.bring(folder)
        learner.go(f"{asked['exercise']}.html")
        here, there = learner.check(), make_check(folder, asked["exercise"])
        del here["path"], there["path"]
        assert here == there


# In a learner's file, a wrong class derives from the right class above it, not the reference's.
FROM_ABOVE = """
class _Above:
    def __getattr__(self, name):
        return globals()[name]


def load_reference(_file):
    return _Above()
"""


def as_text(code: Any, name: str) -> str:
    """The text of a wrong implementation and its module, as a learner could have typed it."""

    def inlined(imported: re.Match[str]) -> str:
        if imported[1] == "autograder.checking":
            assert imported[2] == "load_reference"
            return FROM_ABOVE
        return inspect.getsource(importlib.import_module(imported[1]))

    module = inspect.getsource(inspect.getmodule(code))  # type: ignore[arg-type]
    body = re.sub(r"^from (autograder[\w.]*) import (.*)$", inlined, module, flags=re.MULTILINE)
    body = re.sub(r"^from __future__.*\n", "", body, flags=re.MULTILINE)
    assert "autograder" not in body
    return f"\n\n{dedent(body)}\n\n{name} = {code.__name__}\n"
