"""The self-assessment list: a page of abilities, some of which passed exercises prove."""

import re
from dataclasses import dataclass

from autograder.catalogue import load

_LINE = re.compile(r"^- \[ \] (?P<sentence>.*?)(?: \((?P<proofs>[\w, ]+)\))?$")


@dataclass(frozen=True)
class Ability:
    """One line of the list.

    Attributes:
        heading: the heading above it, of an assignment.
        sentence: "I can ...".
        proofs: the exercises that prove it; empty if learners judge it themselves.
    """

    heading: str
    sentence: str
    proofs: tuple[str, ...]


def read_abilities() -> list[Ability]:
    """The abilities on the page; none if the page is missing, as in an installed wheel."""
    course = load()
    page = course.folder / course.self_assessment
    if not course.self_assessment or not page.is_file():
        return []
    abilities, heading = [], ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif match := _LINE.match(line):
            proofs = match["proofs"].split(", ") if match["proofs"] else []
            abilities.append(Ability(heading, match["sentence"], tuple(proofs)))
    return abilities


def proven(ability: Ability, passed: set[str]) -> bool:
    """Whether the passed exercises prove the ability."""
    return bool(ability.proofs) and passed.issuperset(ability.proofs)
