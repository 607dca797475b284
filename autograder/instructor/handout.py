"""Writes the handout, the files that a learner gets, as a folder and as one zip.

The folder can be used as a template repository. This module lists its files and folders, so that
none is handed out by mistake: a new module of the package is left out until FILES or FOLDERS
names it. Stubs and notebooks are generated again, without answers tried out in assignments/.
"""

import ast
import json
import re
import tomllib
import zipfile
from pathlib import Path

from autograder.catalogue import CATALOGUE, OWN_EXERCISES, PACKAGE, Course, load
from autograder.instructor import generated
from autograder.instructor.generate_assignment import GENERATE
from autograder.instructor.run_nbgrader import course_config
from autograder.learner.update import LIST, handed_out
from autograder.text import UserError

CHECKOUT = PACKAGE.parent
TEMPLATE = PACKAGE / "instructor" / "handout_template"

# The learner's part of the kit. tests/test_imports.py requires exactly the files that the learner's
# commands, the notebooks and the public checks import or read.
FOLDERS = (
    "autograder/judging",
    "autograder/learner",
)
FILES = (
    "LICENSE",
    "autograder/__init__.py",
    "autograder/__main__.py",
    "autograder/catalogue.py",
    "autograder/cli.py",
    "autograder/checking.py",
    "autograder/notebook.py",
    "autograder/console.py",
    "autograder/findings.py",
    "autograder/output.py",
    "autograder/packaging/__init__.py",
    "autograder/packaging/archives.py",
    "autograder/packaging/file_kinds.py",
    "autograder/packaging/file_names.py",
    "autograder/packaging/gather.py",
    "autograder/packaging/plain_files.py",
    "autograder/packaging/search.py",
    "autograder/packaging/texts.py",
    "autograder/packaging/written.py",
    "autograder/text.py",
    "autograder/threads.py",
    "autograder/worker/__init__.py",
    "autograder/worker/frames.py",
    "autograder/worker/host.py",
    "autograder/worker/line_values.py",
    "autograder/worker/placeholders.py",
    "requirements/learner.txt",
)
# Files in an exercise's folder that learners do not get.
INSTRUCTORS = ("hidden.py", "pitfalls.py", "altered.py", "inputs.py", "__pycache__")
# Written for learners: name in the handout, name in handout_template/.
WRITTEN = {
    "AGENTS.md": "AGENTS.md",
    ".gitignore": "gitignore",
    ".gitattributes": "gitattributes",
    "pytest.ini": "pytest.ini",
    ".vscode/settings.json": "vscode/settings.json",
    ".vscode/tasks.json": "vscode/tasks.json",
    ".vscode/launch.json": "vscode/launch.json",
    ".devcontainer/devcontainer.json": "devcontainer/devcontainer.json",
    ".github/workflows/checks.yml": "checks.yml",
}
# A zip stores a time for each file; with a fixed time, equal handouts have equal bytes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def write_handout(root: Path, target: Path) -> Path:
    """Write the handout's folder and its zip.

    Args:
        root: the course's top folder; its source/ and solutions/ are released into the handout.
        target: the folder to write the handout's folder and zip into; the course's name names
            both. A folder from an earlier handout is updated; its .git is not touched.

    Returns:
        the zip.

    Raises:
        UserError: if an assignment cannot be generated, a file is missing, or the folder
            holds a file that is not part of the handout.
    """
    files = handout_files(root)
    folder = target / load(root).name
    strangers = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and path.relative_to(folder).parts[0] != ".git"
    )
    strangers = [name for name in strangers if name not in files]
    if strangers:
        raise UserError(
            f"{folder} holds {strangers[0]}, which is not part of the handout. Nothing was "
            "written; "
            "move it away, or name another folder."
        )
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    archive = target / f"{folder.name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            entry = zipfile.ZipInfo(f"{folder.name}/{name}", LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, data)
    return archive


def handout_files(root: Path) -> dict[str, bytes]:
    """Every file of the handout, by its path in the handout, sorted.

    Raises:
        UserError: as `write_handout`.
    """
    files: dict[str, bytes] = {}
    config = course_config(root)
    course = load(root)
    for assignment in course.assignments:
        fresh = generated.generate(root, assignment.name, GENERATE, config)
        files |= {f"assignments/{assignment.name}/{name}": data for name, data in fresh.items()}
    try:
        for name in (*FILES, *FOLDERS):
            files |= _below(CHECKOUT, name)
        for name in (*course.packages, *course.pages):
            files |= _below(course.folder, name)
        files |= exercise_files(course)
        for name, template in WRITTEN.items():
            files[name] = (TEMPLATE / template).read_bytes()
        files["README.md"] = learners_readme(course).encode()
        files["Makefile"] = learners_makefile(_text("Makefile")).encode()
        files["pyproject.toml"] = learners_pyproject(_text("pyproject.toml"), course).encode()
    except FileNotFoundError as error:
        raise UserError(
            f"{error.filename} is missing: a handout is made in a checkout of the kit, whole"
        ) from error
    _require_whole(files)
    files[LIST] = handed_out(files)
    return dict(sorted(files.items()))


def exercise_files(course: Course) -> dict[str, bytes]:
    """The exercises' files that learners get, without hidden checks and wrong implementations.

    These are all files of an exercise's folder except INSTRUCTORS, and the modules of `shared/`
    that they import, directly or indirectly.
    """
    top = course.folder if course.exercises_folder != OWN_EXERCISES else CHECKOUT
    own = [course.exercises_folder / CATALOGUE]
    for exercise in course.exercises:
        own += [p for p in sorted(exercise.folder.iterdir()) if p.name not in INSTRUCTORS]
    shared = course.exercises_folder / "shared"
    todo, found = [p for p in own if p.is_file()], {}
    if course.advice:
        todo.append(course.exercises_folder / course.advice)
    while todo:
        path = todo.pop()
        name = path.relative_to(top).as_posix()
        if name in found:
            continue
        found[name] = path.read_bytes()
        if path.suffix == ".py":
            imported = re.findall(r"^from [\w.]*\bshared\.(\w+) import", path.read_text(), re.M)
            todo += [shared / f"{each}.py" for each in imported]
    return found


def _below(top: Path, name: str) -> dict[str, bytes]:
    """A file, or all files of a folder, by their paths below `top`."""
    place = top / name
    paths = [place] if not place.is_dir() else sorted(place.rglob("*"))
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in paths
        if not path.is_dir() and "__pycache__" not in path.parts
    }


def learners_readme(course: Course) -> str:
    """The README of the handout: the course's own, or a general one."""
    if course.readme:
        return (course.exercises_folder / course.readme).read_text(encoding="utf-8")
    first = course.exercises[0]
    general = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    return general.format(title=course.title, exercise=first.name, path=first.path)


def learners_makefile(makefile: str) -> str:
    """The kit's Makefile without the instructor's targets.

    It keeps `clean`, and those paragraphs before "# --- instructor ---" that do not need
    $(EVERYTHING), the instructor's installation.

    Args:
        makefile: the text of the kit's Makefile.
    """
    kept, instructors = [], False
    for paragraph in makefile.split("\n\n"):
        instructors = instructors or paragraph.startswith("# --- instructor")
        target = paragraph.split(":", 1)[0]
        if (instructors and target != "clean") or re.search(
            r"^\S+:.*EVERYTHING|^\$\(EVERYTHING\)", paragraph, re.MULTILINE
        ):
            continue
        kept.append(paragraph.strip("\n"))
    text = "\n\n".join(kept)
    text = re.sub(r"^EVERYTHING := .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(
        r"\A(#.*\n)+", "# Every command there is to type; `make` alone lists them.\n", text
    )
    targets = " ".join(re.findall(r"^([a-z0-9]+):", text, re.MULTILINE))
    text = re.sub(r"^\.PHONY:(.*\\\n)*.*$", f".PHONY: {targets}", text, flags=re.MULTILINE)
    return text + "\n"


def learners_pyproject(pyproject: str, course: Course) -> str:
    """A pyproject.toml with the base and the notebook dependencies of the kit's own.

    Args:
        pyproject: the text of the kit's pyproject.toml.
        course: the course, whose packages learners import.
    """
    kit = tomllib.loads(pyproject)
    project, build = kit["project"], kit["build-system"]
    about = {key: project[key] for key in ("name", "version", "requires-python", "dependencies")}
    about["description"] = f"The exercises of: {course.title}."
    sections = {
        "build-system": build,
        "project": about,
        "project.optional-dependencies": {"notebook": project["optional-dependencies"]["notebook"]},
        "project.scripts": project["scripts"],
        "tool.hatch.build.targets.wheel": {"packages": ["autograder", *course.packages]},
    }
    # JSON and TOML write strings and lists of strings in the same way.
    return "\n".join(
        f"[{section}]\n"
        + "".join(f"{key} = {json.dumps(value, indent=4)}\n" for key, value in values.items())
        for section, values in sections.items()
    )


def _require_whole(files: dict[str, bytes]) -> None:
    """Raise UserError if a module in the handout imports one of the kit that is not in it."""
    for name, data in files.items():
        if name.startswith("assignments/") or not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(data)):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            wanted = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for path in (f"{module.replace('.', '/')}.py" for module in wanted):
                if (CHECKOUT / path).is_file() and path not in files:
                    raise UserError(
                        f"{name}:{node.lineno} imports {path}, which learners do not get. If it "
                        "holds nothing of an instructor's, add it to FILES in "
                        "autograder/instructor/handout.py"
                    )


def _text(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")
