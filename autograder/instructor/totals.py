"""Writes course totals as a CSV, from the gradebook and the weights and letters of policy.toml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.catalogue import load
from autograder.instructor.exports import _students
from autograder.instructor.marks import gradebook_of, marks_of
from autograder.instructor.policy import Policy, read_policy
from autograder.instructor.run_nbgrader import course_config
from autograder.instructor.tables import write_table


@dataclass(frozen=True)
class Total:
    """One student's total.

    Attributes:
        percents: by assignment; only those that were handed in.
        dropped: the assignments that are left out of the total.
        percent: of the whole course; can be above 100 with extra credit.
        letter: from the course's table, or "".
    """

    percents: dict[str, float]
    dropped: tuple[str, ...]
    percent: float
    letter: str


def total_of(
    scores: dict[str, float], possible: dict[str, float], extra: set[str], policy: Policy
) -> Total:
    """One student's total.

    An assignment that was not handed in counts as 0, and is dropped first; of equal ones, the one
    with the most weight. An assignment without weight is never dropped. An extra-credit assignment
    adds its weighted score, does not raise the maximum, and is never dropped.

    Args:
        scores: points by assignment, for the assignments that were handed in.
        possible: the points of every assignment that counts, in course order.
        extra: which of them are extra credit.
        policy: the course's rules.
    """
    weights = {name: policy.weights.get(name, 0.0) for name in possible}
    if not policy.weights:
        # Weighted by points: a point counts the same in every assignment.
        weights = dict(possible)
    shares = {
        name: scores.get(name, 0.0) / points if points else 0.0 for name, points in possible.items()
    }
    regular = [name for name in possible if name not in extra]
    counting = [name for name in regular if weights[name] > 0]
    by_share = sorted(counting, key=lambda name: (shares[name], -weights[name]))
    dropped = tuple(by_share[: max(0, min(policy.drop_lowest, len(counting) - 1))])
    kept = [name for name in regular if name not in dropped]
    whole = sum(weights[name] for name in kept)
    earned = sum(weights[name] * shares[name] for name in [*kept, *sorted(extra)])
    percent = round(100 * earned / whole, 2) if whole else 0.0
    letter = next((letter for letter, least in policy.letters if percent >= least), "")
    percents = {name: round(100 * shares[name], 2) for name in possible if name in scores}
    return Total(percents, dropped, percent, letter)


def without_weight(top: Path) -> list[str]:
    """The graded assignments for which policy.toml gives weights, but none to them."""
    policy = read_policy(top)
    with gradebook_of(top) as gradebook:
        return [
            name for name in _marks(gradebook)[0] if policy.weights and name not in policy.weights
        ]


def export_totals(top: Path, target: Path) -> Path:
    """Write every student's total: a column for each assignment in percent, and the total.

    An assignment counts as soon as one student has handed it in. An empty cell means that the
    student did not hand it in; it counts as 0 in the total.

    Args:
        top: the course's top folder.
        target: the file; its folder is made.

    Raises:
        UserError: if the gradebook has no student yet, or policy.toml is invalid.
    """
    policy = read_policy(top)
    with gradebook_of(top) as gradebook:
        possible, scores = _marks(gradebook)
        extra = {a.name for a in load().assignments if a.extra_credit}.intersection(possible)
        rows: list[list[str | float]] = []
        for student in _students(gradebook):
            own = {
                name: scores[name][student.id] for name in possible if student.id in scores[name]
            }
            total = total_of(own, possible, extra, policy)
            rows.append(
                [
                    *(student.id, student.last_name, student.first_name),
                    *(total.percents.get(name, "") for name in possible),
                    " ".join(total.dropped),
                    total.percent,
                    total.letter,
                ]
            )
    header = ["Student", "Last name", "First name", *possible, "Dropped", "Total percent", "Letter"]
    return write_table(target, header, rows, course_config(top))


def _marks(gradebook: Any) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    released = {assignment.name for assignment in gradebook.assignments}
    possible, scores = {}, {}
    for assignment in load().assignments:
        if assignment.name not in released:
            continue
        marks = {mark.student: mark.score for mark in marks_of(gradebook, assignment.name)}
        if marks:
            points = float(gradebook.find_assignment(assignment.name).max_score)
            possible[assignment.name], scores[assignment.name] = points, marks
    return possible, scores
