"""Cells as an author of notebooks writes them."""

from typing import Any

import nbformat


def graded_cell(name: str, number: int) -> Any:
    """A cell that checks an exercise, for one point."""
    settings = {
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "schema_version": 3,
        "grade_id": name,
        "points": 1,
        "cell_type": "code",
    }
    return nbformat.v4.new_code_cell(
        f'check("{name}")', id=f"check-{number}", metadata={"nbgrader": settings}
    )
