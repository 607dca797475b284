"""Cases for the diagnosis: files with a header and code that replaces one exercise.

The header's lines are `# exercise: NAME`, `# truth: right` or `wrong`, and `# what: ...`. The
code replaces the body of that exercise in a copy of solutions/; the lines outside the solution
markers, such as argument checks, stay. Lines that begin with `#@@` separate the parts for several
files.
"""

import re
import shutil
import sys
from pathlib import Path

from autograder.catalogue import Course
from autograder.judging.decide import decide
from autograder.judging.judge import run_checks
from autograder.judging.reference import reference_of
from autograder.judging.verdict import ExerciseVerdict
from autograder.worker.host import Host


def header(case: Path, key: str) -> str:
    """The value of one line in a case's header."""
    found = re.search(rf"^# {key}: (.*)", case.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, f"{case.name} has no line '# {key}: ...'"
    return found[1].strip()


def judge_case(case: Path, folder: Path, course: Course) -> ExerciseVerdict:
    """The verdict on a case's first exercise, with its code in a copy of the solutions.

    Args:
        case: the file.
        folder: where the copy is made; it must not exist.
        course: the course whose solutions are copied.
    """
    shutil.copytree(course.solutions, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = case.read_text(encoding="utf-8")
    names = header(case, "exercise").split(",")
    for part in re.split(r"^#@@.*\n", text, flags=re.MULTILINE):
        here = [n for n in names if re.search(rf"^(def|class) {n}\b", part, re.MULTILINE)]
        path = folder / course.exercise(here[0]).path
        whole = path.read_text(encoding="utf-8")
        for name in here:
            signature = re.search(rf"^def {name}\((.*?)\)", part, re.MULTILINE)
            if signature:
                whole = in_place(whole, name, signature[1])
                part = re.sub(rf"^def {name}\(", f"def _stranger_{name}(", part, flags=re.MULTILINE)
        path.write_text(f"{whole}\n\n{part}", encoding="utf-8")
    exercise = course.exercise(names[0])
    host = Host(folder)
    tops = {assignment.name for assignment in course.assignments}

    def forget() -> None:
        for loaded in [loaded for loaded in sys.modules if loaded.split(".")[0] in tops]:
            del sys.modules[loaded]

    forget()  # all cases use the same module names
    try:
        reference = reference_of(course)
        results = run_checks(host, course, (exercise,), reference=reference, secret="cases")
        return decide(course, (exercise,), results, folder)[0]
    finally:
        forget()


def in_place(whole: str, name: str, parameters: str) -> str:
    """Replace the lines between the solution markers with a call of the stranger's function."""
    start = whole.index(f"\ndef {name}(")
    begin = whole.index("### BEGIN SOLUTION", start)
    end = whole.index("### END SOLUTION", start) + len("### END SOLUTION")
    arguments = ", ".join(p.split("=")[0].strip() for p in parameters.split(","))
    return f"{whole[:begin]}return _stranger_{name}({arguments})\n    {whole[end:]}"
