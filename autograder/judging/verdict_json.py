"""The machine-readable verdict: one line of JSON, in a stable form for other programs."""

import json
from typing import Any

from autograder.judging.explain import explain
from autograder.judging.verdict import Verdict


def json_line(verdict: Verdict) -> str:
    """The verdict as one line of JSON, in a stable form for other programs."""
    form: dict[str, Any] = {
        "path": verdict.path,
        "score": verdict.score,
        "points": verdict.points,
        "isolation": verdict.isolation,
        "left_out": verdict.notes,
        "exercises": [
            {
                "exercise": e.exercise,
                "assignment": e.assignment,
                "points": e.points,
                "score": e.score,
                "status": e.status,
                "pitfall": e.pitfall,
                "message": f"{e.message} {e.note}".strip(),
                "checks": [
                    {
                        "name": check.name,
                        "hidden": check.hidden,
                        "passed": check.passed,
                        "message": "" if check.passed else explain(check),
                    }
                    for check in e.checks
                ],
            }
            for e in verdict.exercises
        ],
    }
    return json.dumps(form, allow_nan=False)
