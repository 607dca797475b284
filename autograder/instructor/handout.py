"""Writes the handout: what a learner gets and nothing else, as a folder and as one zip.

The folder is fit for a template repository. What goes in is listed here, file by file or folder
by folder, and nothing comes in by being forgotten: the stubs and notebooks are generated afresh,
so that an answer tried out in assignments/ stays at home, and a new module of the package stays
out until it stands in FILES or FOLDERS.
"""

import ast
import json
import re
import tomllib
import zipfile
from pathlib import Path

from autograder.catalogue import PACKAGE, load
from autograder.instructor import CourseError, generated
from autograder.instructor.generate_assignment import GENERATE
from autograder.instructor.run_nbgrader import course_config

NAME = "cnn-from-scratch"
CHECKOUT = PACKAGE.parent
TEMPLATE = PACKAGE / "instructor" / "handout_template"

# The learner's side of the kit. tests/test_imports.py holds it to be exactly what the learner's
# commands, the notebooks and the public checks import, and what those read.
FOLDERS = (
    "autograder/checks",
    "autograder/judging",
    "autograder/learner",
    "cnnlab",
    "docs/self-study",
)
FILES = (
    "LICENSE",
    "autograder/__init__.py",
    "autograder/__main__.py",
    "autograder/catalogue.py",
    "autograder/cli.py",
    "autograder/course.toml",
    "autograder/notebook.py",
    "autograder/console.py",
    "autograder/text.py",
    "autograder/worker/__init__.py",
    "autograder/worker/frames.py",
    "autograder/worker/host.py",
    "docs/learner-guide.md",
    "docs/self-assessment.md",
    "docs/troubleshooting.md",
    "requirements/learner.txt",
)
# Written for learners: name in the handout, name in handout_template/.
WRITTEN = {"README.md": "README.md", ".gitignore": "gitignore"}
# Zip archives hold a time for each file; a fixed one makes equal handouts equal to the byte.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def write_handout(root: Path, target: Path) -> Path:
    """Write the handout's folder and its zip.

    Args:
        root: the course's top folder; its source/ and solutions/ are released into the handout.
        target: where `cnn-from-scratch/` and `cnn-from-scratch.zip` are to stand. A folder from
            an earlier handout is brought up to date, its .git left alone.

    Returns:
        the zip.

    Raises:
        CourseError: if an assignment cannot be generated, a file is missing, or the folder
            holds anything that no handout holds.
    """
    files = handout_files(root)
    folder = target / NAME
    strangers = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and path.relative_to(folder).parts[0] != ".git"
    )
    strangers = [name for name in strangers if name not in files]
    if strangers:
        raise CourseError(
            f"{folder} holds {strangers[0]}, which is no part of the handout. Nothing was written; "
            "move it away, or name another folder."
        )
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    archive = target / f"{NAME}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            entry = zipfile.ZipInfo(f"{NAME}/{name}", LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, data)
    return archive


def handout_files(root: Path) -> dict[str, bytes]:
    """Every file of the handout by its path there, sorted.

    Raises:
        CourseError: as `write_handout`.
    """
    files: dict[str, bytes] = {}
    config = course_config(root)
    for assignment in load().assignments:
        fresh = generated.generate(root, assignment.name, GENERATE, config)
        files |= {f"assignments/{assignment.name}/{name}": data for name, data in fresh.items()}
    try:
        for name in FILES:
            files[name] = (CHECKOUT / name).read_bytes()
        for folder in FOLDERS:
            for path in (CHECKOUT / folder).rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    files[path.relative_to(CHECKOUT).as_posix()] = path.read_bytes()
        for name, template in WRITTEN.items():
            files[name] = (TEMPLATE / template).read_bytes()
        files["Makefile"] = learners_makefile(_text("Makefile")).encode()
        files["pyproject.toml"] = learners_pyproject(_text("pyproject.toml")).encode()
    except FileNotFoundError as error:
        raise CourseError(
            f"{error.filename} is missing: a handout is made in a checkout of the kit, whole"
        ) from error
    _require_whole(files)
    return dict(sorted(files.items()))


def learners_makefile(makefile: str) -> str:
    """The kit's Makefile without the instructor's targets.

    Of its paragraphs those stay that stand before "# --- instructor ---" and build nothing
    of an instructor's, and `clean`.

    Args:
        makefile: the text of the kit's own.
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


def learners_pyproject(pyproject: str) -> str:
    """A pyproject.toml with the base dependencies and the notebooks', from the kit's own.

    Args:
        pyproject: the text of the kit's own.
    """
    kit = tomllib.loads(pyproject)
    project, build = kit["project"], kit["build-system"]
    about = {key: project[key] for key in ("name", "version", "requires-python", "dependencies")}
    about["description"] = "The exercises of a convolutional network from scratch."
    sections = {
        "build-system": build,
        "project": about,
        "project.optional-dependencies": {"notebook": project["optional-dependencies"]["notebook"]},
        "project.scripts": project["scripts"],
        "tool.hatch.build.targets.wheel": {"packages": ["autograder", "cnnlab"]},
    }
    # A string or a list of strings in JSON is one in TOML too.
    return "\n".join(
        f"[{section}]\n"
        + "".join(f"{key} = {json.dumps(value, indent=4)}\n" for key, value in values.items())
        for section, values in sections.items()
    )


def _require_whole(files: dict[str, bytes]) -> None:
    """Everything of the kit that a module in the handout imports must be in it too."""
    for name, data in files.items():
        if not name.startswith(("autograder/", "cnnlab/")) or not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(data)):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            wanted = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for path in (f"{module.replace('.', '/')}.py" for module in wanted):
                if (CHECKOUT / path).is_file() and path not in files:
                    raise CourseError(
                        f"{name}:{node.lineno} imports {path}, which learners do not get. If it "
                        "holds nothing of an instructor's, add it to FILES in "
                        "autograder/instructor/handout.py"
                    )


def _text(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")
