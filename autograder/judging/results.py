"""The results of one exercise's checks, before they become points."""

from dataclasses import dataclass, field

from autograder.judging.verdict import CheckResult
from autograder.text import UserError


class ChecksError(UserError):
    """The checks themselves could not run: our fault, or a damaged installation."""


@dataclass
class Results:
    """The results of one exercise's checks, before they become points.

    Attributes:
        checks: in the order of the files.
        pitfall: the id of the known mistake that was recognised, or "".
        sentence: what is known about the mistake, or "".
        exact: whether the sentence names the cause, and not only a condition.
        published_only: the public checks that pass, but are wrong with other numbers.
        memorised: whether most public checks pass, most of them for the published numbers only.
        slip: what is wrong with the source text, such as its encoding, or "".
    """

    checks: list[CheckResult] = field(default_factory=list)
    pitfall: str = ""
    sentence: str = ""
    exact: bool = False
    published_only: list[str] = field(default_factory=list)
    memorised: bool = False
    slip: str = ""
