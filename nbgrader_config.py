"""Points nbgrader at this course. What it means stands in autograder/course/nbgrader_plugin.py."""

import sys
from pathlib import Path

root = Path(__file__).resolve().parent
# Only nbgrader's command line puts the current folder on the path; Formgrader does not.
if str(root) not in sys.path:
    sys.path.insert(0, str(root))

from autograder.course.nbgrader_plugin import configure  # noqa: E402

c = get_config()  # type: ignore[name-defined]  # noqa: F821
configure(c, root)
