"""Imports go one way: learners' modules import no instructor's, and the worker imports neither."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.catalogue import load
from autograder.instructor import handout

pytestmark = pytest.mark.quick

ROOT = Path(__file__).resolve().parent.parent
KIT = ("autograder", "cnnlab")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path
    for package in KIT
    for path in sorted((ROOT / package).rglob("*.py"))
    if "__pycache__" not in path.parts
}
EXERCISES = {name for name in MODULES if name.startswith("autograder.exercises.")}
CHECKS = {name for name in EXERCISES if name.endswith(".public")}
HIDDEN = {name for name in EXERCISES if name.endswith(".hidden")}
PROBES = {name for name in EXERCISES if name.endswith(".probes")}
ADVICE = "autograder.exercises." + load().advice.removesuffix(".py").replace("/", ".")
# The engine finds these through the catalogue, not by import.
FOUND_FOR_LEARNERS = CHECKS | PROBES | {ADVICE}
LAB = {name for name in MODULES if name.split(".")[0] == "cnnlab"}
WORKER = {name for name in MODULES if name.startswith("autograder.worker")}
# Modules that a person or a notebook starts. The command line finds its commands by name.
STARTS = {
    "autograder.__main__",
    "autograder.cli",
    "autograder.learner.commands",
    "autograder.learner.quiz_commands",
    "autograder.learner.doctor",
    "autograder.learner.update",
    "autograder.notebook",
}


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, inside functions too but not for types, with its line.

    `from autograder.instructor import fresh` gives autograder.instructor and
    autograder.instructor.fresh.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guards = [n for n in ast.walk(tree) if isinstance(n, ast.If)]
    for_types_alone = {
        node
        for guard in guards
        if isinstance(guard.test, ast.Name) and guard.test.id == "TYPE_CHECKING"
        for node in guard.body
    }
    for node in ast.walk(tree):
        if node in for_types_alone:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the import out, from the top"
            assert node.module is not None
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def of_the_kit(module: str) -> dict[str, int]:
    """The kit's own modules that a module imports, each with its line."""
    return {name: line for name, line in imports(MODULES[module]) if name in MODULES}


def reached(starts: set[str]) -> set[str]:
    """These modules, and all modules of the kit that they import, directly or indirectly."""
    found, todo = set(), sorted(starts)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += of_the_kit(name)
            todo += [name.rsplit(".", k)[0] for k in range(1, name.count(".") + 1)]
            todo = [each for each in todo if each in MODULES]
    return found


def listed_for_learners() -> set[str]:
    course = load()
    folders = tuple(f"{folder}/" for folder in (*handout.FOLDERS, *course.packages))
    files = {*handout.FILES, *handout.exercise_files(course)}
    return {
        name
        for name, path in MODULES.items()
        if (inside := path.relative_to(ROOT).as_posix()) in files or inside.startswith(folders)
    }


def test_the_handout_lists_what_learners_reach_and_nothing_else() -> None:
    needed = reached(STARTS | LAB | FOUND_FOR_LEARNERS) | {"autograder"}
    listed = listed_for_learners()
    paths = {
        name: [other for other in sorted(listed) if name in of_the_kit(other)]
        for name in sorted(needed - listed)
    }
    assert not paths, f"learner's code imports what learners do not have: {paths}"
    assert not listed - needed, "no learner needs these; take them out of handout.FILES"


def test_the_list_would_notice_an_instructors_module() -> None:
    """The list for learners has none of the instructor's modules, hidden checks or pitfalls."""
    listed = listed_for_learners()
    for module in (
        "grading.grade",
        "grading.sandbox",
        "instructor.run_nbgrader",
        "author.bank",
    ):
        assert f"autograder.{module}" in MODULES
        assert f"autograder.{module}" not in listed
    secret = HIDDEN | {name for name in EXERCISES if name.endswith(".pitfalls")}
    assert len(secret) > len(HIDDEN) > 0
    assert not listed & secret
    assert "autograder.grading.sandbox" in reached({"autograder.grading.grade"})


def test_public_checks_know_nothing_of_the_answers() -> None:
    for module in sorted(CHECKS):
        for name, line in imports(MODULES[module]):
            answers = name.startswith(("autograder.author", "autograder.judging.reference"))
            answers |= name.endswith((".hidden", ".pitfalls", ".load_reference"))
            answers |= name.split(".")[0] == "solutions"
            assert not answers, f"{MODULES[module]}:{line} imports {name}"
        source = ast.parse(MODULES[module].read_text(encoding="utf-8"))
        asked = {
            arg.arg
            for node in ast.walk(source)
            if isinstance(node, ast.FunctionDef)
            for arg in node.args.args
        }
        assert "reference" not in asked, f"{module} asks for the reference, which learners lack"


def test_the_worker_imports_nothing_of_the_package() -> None:
    """The sandbox has only the worker's folder, NumPy and the standard library."""
    allowed = {*sys.stdlib_module_names, "numpy"}
    beside = {name.rsplit(".", 1)[1] for name in WORKER if name.count(".") == 2}
    for module in sorted(WORKER):
        for name, line in imports(MODULES[module]):
            if name.split(".")[0] in allowed or name.split(".")[0] in beside:
                continue
            # host.py runs outside the sandbox too, so it tries the package before its own folder.
            assert name.startswith("autograder.worker"), f"{module}:{line} imports {name}"


def test_cnnlab_needs_nothing_of_the_judge() -> None:
    for module in sorted(LAB):
        for name, line in imports(MODULES[module]):
            assert name.split(".")[0] != "autograder", f"{module}:{line} imports {name}"


def test_learners_modules_need_only_a_learners_dependencies() -> None:
    text = (ROOT / "requirements" / "learner.txt").read_text(encoding="utf-8")
    installed = {n.replace("-", "_").lower() for n in re.findall(r"^([\w.-]+)==", text, re.M)}
    own = {"autograder", "cnnlab", "frames", "line_values"}
    for module in sorted(reached(STARTS | LAB | FOUND_FOR_LEARNERS)):
        for name, line in imports(MODULES[module]):
            top = name.split(".")[0]
            known = top in sys.stdlib_module_names or top in own or top.lower() in installed
            assert known, f"{module}:{line} imports {top}, which learners do not install"


def test_solutions_import_only_each_other_and_numpy() -> None:
    folders = {path.name for path in (ROOT / "solutions").iterdir() if path.is_dir()}
    for path in sorted((ROOT / "solutions").glob("*/*.py")):
        for name, line in imports(path):
            top = name.split(".")[0]
            known = top in sys.stdlib_module_names or top == "numpy" or top in folders
            assert known, f"{path}:{line} imports {name}"


# Which subpackages each subpackage may import, besides itself; see CONTRIBUTING.md.
ROOMS = {
    "worker": set(),
    "packaging": {"catalogue", "text"},
    "judging": {"catalogue", "packaging", "text", "worker"},
    "exercises": {"checking"},
    "learner": {"catalogue", "console", "findings", "judging", "text", "worker"},
    "grading": {"catalogue", "findings", "judging", "packaging", "text", "worker"},
    "author": {"catalogue", "console", "findings", "judging", "learner", "text", "worker"},
    # For the nbgrader_config.py of version 0.1, which imports autograder.course.
    "course": {"instructor"},
    "instructor": {
        *("catalogue", "console", "findings", "grading", "judging", "learner", "packaging", "text"),
    },
}


def test_each_room_imports_only_the_rooms_below_it() -> None:
    package = ROOT / "autograder"
    assert {path.parent.name for path in package.glob("*/__init__.py")} <= set(ROOMS)
    for room, below in ROOMS.items():
        for path in sorted((package / room).rglob("*.py")):
            for name, line in imports(path):
                kit, _, rest = name.partition(".")
                other = rest.split(".")[0]
                if kit == "autograder" and other:
                    assert other in below | {room}, f"{path}:{line} imports {name}"


def test_what_is_judged_again_after_a_change_is_all_that_judging_loads() -> None:
    """Otherwise a mark from before a change would still count after it."""
    from autograder.grading.verdict_store import kit_files, own_files

    judging = reached({"autograder.grading.grade", ADVICE} | CHECKS | HIDDEN | PROBES)
    # The key contains the catalogue's content, so its code is left out. The modules for places of
    # files, drawing and the number of threads change no mark.
    aside = {
        "grading.course_files",
        "grading.readable",
        "grading.scratch",
        "grading.verdict_store",
        "grading.isolation",
        "catalogue",
        "text",
        "threads",
    }
    course = load()
    named = {path.resolve() for path in kit_files(course)}
    for exercise in course.exercises:  # they are in the keys of this exercise's results
        named |= {path.resolve() for path in own_files(exercise)}
    missing = {
        name
        for name in judging
        - {f"autograder.{each}" for each in aside}
        - {"cnnlab.picture", "cnnlab.errors"}
        if MODULES[name].name != "__init__.py" and MODULES[name].resolve() not in named
    }
    assert missing == set()


def test_no_module_needs_itself() -> None:
    """Imports inside functions count too, although Python can load such a cycle."""
    beside = {name: set(of_the_kit(name)) for name in MODULES}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join([*way[way.index(name) :], name])
        if name not in done:
            for other in sorted(beside[name]):
                visit(other, (*way, name))
            done.add(name)

    for name in sorted(MODULES):
        visit(name, ())
