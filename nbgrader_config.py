"""Points nbgrader at this course; autograder/instructor/nbgrader_plugin.py configures it."""

import sys
from pathlib import Path

root = Path(__file__).resolve().parent
# Only nbgrader's command line puts the current folder on the path; Formgrader does not.
if str(root) not in sys.path:
    sys.path.insert(0, str(root))

from autograder.instructor.nbgrader_plugin import configure  # noqa: E402

c = get_config()  # type: ignore[name-defined]  # noqa: F821
configure(c, root)
