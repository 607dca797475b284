"""Grades on Gradescope: its results.json, and the zip that it builds an autograder from.

Format and folders: Gradescope's "Autograder Specifications",
gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

import json
import shutil
import sys
import time
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from autograder.catalogue import PACKAGE, Assignment, load
from autograder.grading.course_files import course_secret
from autograder.grading.grade import grade_folder
from autograder.grading.sandbox import NoBackend
from autograder.grading.scratch import scratch
from autograder.judging.intake import NoSubmission
from autograder.judging.results import ChecksError
from autograder.judging.verdict import NOT_ISOLATED, Verdict
from autograder.judging.verdict_json import json_line
from autograder.text import UserError

HOME = Path("/autograder")
SETTINGS = "settings.json"
CHECKOUT = PACKAGE.parent
KIT = ("pyproject.toml", "README.md", "LICENSE", "autograder", "solutions")


def kit_parts() -> tuple[str, ...]:
    """The files and folders to put into the zip: the kit, and the packages of the course."""
    return (*KIT, *load().packages)


# Levels to search for the folder of an assignment: a zip may have it below one or two others.
DEEPEST = 3

SETUP = """\
#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y bubblewrap libseccomp2 util-linux python3 python3-venv
enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
python=""
for try in python3.13 python3.12 python3.11 python3; do
    if command -v "$try" >/dev/null && "$try" -c "$enough" 2>/dev/null; then
        python="$try"
        break
    fi
done
if [ -z "$python" ]; then
    apt-get install -y python3.11 python3.11-venv || {
        echo "this image has no Python 3.11 or newer: choose a newer Ubuntu" >&2
        exit 1
    }
    python=python3.11
fi
"$python" -m venv @HOME@/venv
@HOME@/venv/bin/pip install --disable-pip-version-check @HOME@/source/kit @EXTRA@
# Where a learner's code cannot run in a sandbox, it shall at least not read these by their names.
chmod -R go-rwx @HOME@/source
"""

RUN = """\
#!/usr/bin/env bash
# Runs for every submission; results/results.json is all that a learner sees.
exec @HOME@/venv/bin/python -m autograder.instructor.gradescope @HOME@
"""


def export_gradescope_results(verdict: Verdict) -> dict[str, Any]:
    """A verdict as Gradescope's results.json: a test for each exercise, with its score.

    Learners may hand in on Gradescope any number of times, and see this at once. So it tells only
    how many hidden checks failed; their results are in `extra_data`, which learners do not see. No
    test is hidden, because Gradescope would then not show the total.

    Args:
        verdict: of one submission.
    """
    form = json.loads(json_line(verdict))
    order = [assignment.name for assignment in load().assignments]
    tests, counts = [], dict.fromkeys(order, 0)
    for exercise in form["exercises"]:
        counts[exercise["assignment"]] += 1
        hidden = [c for c in exercise["checks"] if c["hidden"] and not c["passed"]]
        number = f"{order.index(exercise['assignment']) + 1}.{counts[exercise['assignment']]}"
        tests.append(
            {
                "name": exercise["exercise"],
                "number": number,
                "score": exercise["score"],
                "max_score": exercise["points"],
                "status": "passed" if exercise["status"] == "passed" else "failed",
                "output": _output(exercise),
                "output_format": "text",
                "tags": [exercise["assignment"], exercise["status"]],
                "visibility": "visible",
                "extra_data": {
                    "pitfall": exercise["pitfall"],
                    "message": exercise["message"],
                    "hidden_checks": hidden,
                },
            }
        )
    notes = list(form["left_out"])
    if form["isolation"] == NOT_ISOLATED:
        notes.insert(0, "NOT ISOLATED: this was graded without a sandbox.")
    return {
        "output": "\n".join(notes),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"isolation": form["isolation"], "score": form["score"]},
        "tests": tests,
    }


def write_gradescope_zip(
    top: Path, target: Path, assignment: str | None = None, *, allow_unsandboxed: bool = False
) -> Path:
    """Write the zip to upload under "Configure Autograder".

    It holds the hidden checks, the solutions and the course secret: it is for instructors only.

    Args:
        top: the course's top folder; its solutions/ go into the zip.
        target: the file; its folder is made.
        assignment: the one that learners hand in there; all of the course, if None.
        allow_unsandboxed: grade even where Gradescope's container allows no sandbox; otherwise
            Gradescope reports there that the submission was not graded.

    Raises:
        UserError: if there is no such assignment, or if this kit is installed without its sources,
            which go into the zip.
    """
    if assignment is not None:
        load().assignment(assignment)
    missing = [name for name in kit_parts() if not (CHECKOUT / name).exists()]
    if missing:
        raise UserError(
            f"the zip is made of the kit's own sources, and {CHECKOUT} has no {missing[0]}: "
            "run this in a clone of the kit"
        )
    settings = {
        "assignment": assignment,
        "allow_unsandboxed": allow_unsandboxed,
        "secret": course_secret(),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", _script(SETUP), 0o755)
        _add(archive, "run_autograder", _script(RUN), 0o755)
        _add(archive, SETTINGS, json.dumps(settings).encode(), 0o600)
        for name in kit_parts():
            below = top if name == "solutions" and (top / name).is_dir() else CHECKOUT
            for file in _files(below / name):
                inside = f"kit/{file.relative_to(below).as_posix()}"
                _add(archive, inside, file.read_bytes(), 0o644)
    target.chmod(0o600)
    return target.resolve()


def run(home: Path = HOME) -> Path:
    """Do the work of run_autograder: grade home/submission into home/results/results.json.

    Args:
        home: Gradescope's /autograder.

    Raises:
        NoBackend: if there is no sandbox, and grading without one is not allowed.
        ChecksError: if the checks themselves cannot run.
    """
    start = time.monotonic()
    settings = json.loads((home / "source" / SETTINGS).read_text(encoding="utf-8"))
    course = load()
    wanted = settings["assignment"]
    assignments = [course.assignment(wanted)] if wanted else list(course.assignments)
    with scratch("handed-in") as folder:
        try:
            submission = _find(home / "submission", assignments, folder)
            verdict = grade_folder(
                submission, assignment=wanted, allow_unsandboxed=settings["allow_unsandboxed"]
            )
            results = export_gradescope_results(verdict)
        except NoSubmission as error:
            results = {
                "score": 0.0,
                "output": str(error),
                "output_format": "text",
                "visibility": "visible",
                "tests": [],
            }
    results["execution_time"] = round(time.monotonic() - start)
    target = home / "results" / "results.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results, indent=1, allow_nan=False), encoding="utf-8")
    return target


def _output(exercise: dict[str, Any]) -> str:
    if exercise["status"] == "passed":
        return "All checks passed."
    failed = [check for check in exercise["checks"] if not check["passed"]]
    public = [check["message"] for check in failed if not check["hidden"]]
    lines = []
    # If no pitfall is recognised, the exercise's message is that of its first failed check.
    tells_hidden = failed and failed[0]["hidden"] and exercise["pitfall"] is None
    if not (tells_hidden and exercise["status"] == "failed"):
        lines.append(exercise["message"])
    if exercise["status"] in ("failed", "error"):
        lines += public
    count = len(failed) - len(public)
    if count and exercise["status"] in ("failed", "error"):
        lines.append(f"{count} hidden check{'s' if count > 1 else ''} failed.")
    return "\n\n".join(lines)


def _find(handed_in: Path, assignments: list[Assignment], scratch: Path) -> Path:
    """The folder that holds the assignments' folders; made in `scratch` if there are only files."""
    names = {assignment.name for assignment in assignments}
    level = [handed_in]
    for _ in range(DEEPEST):
        for folder in level:
            if any((folder / name).is_dir() for name in names):
                return folder
        level = [
            path
            for folder in level
            for path in sorted(folder.iterdir())
            if path.is_dir() and not path.is_symlink() and not path.name.startswith((".", "__"))
        ]
    for assignment in assignments:
        present = [name for name in assignment.files if (handed_in / name).is_file()]
        for name in present:
            (scratch / assignment.name).mkdir(exist_ok=True)
            # Copy a link as a link: the intake decides what to do with it.
            shutil.copy2(handed_in / name, scratch / assignment.name / name, follow_symlinks=False)
    if not any(scratch.iterdir()):
        wanted = ", ".join(f"{a.name}/{file}" for a in assignments for file in a.files)
        raise NoSubmission(f"nothing to grade was handed in; hand in {wanted}")
    return scratch


def _script(text: str) -> bytes:
    text = text.replace("@HOME@", str(HOME))
    return text.replace("@EXTRA@", f"'{_filter_requirement()}'").encode()


def _filter_requirement() -> str:
    """The requirement for the package of the system-call filter, from the kit's metadata."""
    try:
        for requirement in requires("cnn-from-scratch-kit") or []:
            if requirement.startswith("pyseccomp"):
                return requirement.split(";")[0].strip()
    except PackageNotFoundError:
        pass
    return "pyseccomp"


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file()
        and not file.is_symlink()
        and not any(part == "__pycache__" or part.startswith(".") for part in file.parts[-6:])
    ]


def _add(archive: zipfile.ZipFile, name: str, data: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, date_time=(2020, 1, 1, 0, 0, 0))
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)


if __name__ == "__main__":
    import os

    place = Path(sys.argv[1]) if len(sys.argv) > 1 else HOME
    os.environ["AUTOGRADER_SECRET"] = json.loads(
        (place / "source" / SETTINGS).read_text(encoding="utf-8")
    )["secret"]
    try:
        run(place)
    except (NoBackend, ChecksError) as error:
        # Without results.json Gradescope reports that the autograder failed, and shows this to
        # instructors; a score of 0 would look like the learner's fault.
        sys.exit(f"not graded: {error}")
