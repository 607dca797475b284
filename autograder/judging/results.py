"""What comes of one exercise's checks, before anybody says what it is worth."""

from dataclasses import dataclass, field

from autograder.judging.verdict import CheckResult
from autograder.text import UserError


class ChecksError(UserError):
    """The checks themselves could not run: our fault, or a damaged installation."""


@dataclass
class Results:
    """What came of one exercise's checks, before anybody says what it is worth.

    Attributes:
        checks: in the order of the files.
        pitfall: the id of the known mistake that the code was recognised by, or "".
        sentence: what is known of the mistake, or "".
        exact: whether the sentence names the cause, and not only when it shows.
        published_only: the public checks that pass, and are wrong with other numbers.
        memorised: whether most of what passes is right for the published numbers only.
        slip: what is wrong with the source as text, such as its encoding, or "".
    """

    checks: list[CheckResult] = field(default_factory=list)
    pitfall: str = ""
    sentence: str = ""
    exact: bool = False
    published_only: list[str] = field(default_factory=list)
    memorised: bool = False
    slip: str = ""
