"""How well a check tells strong submissions from weak ones: the point-biserial correlation.

It is Pearson's correlation between passing the check (yes or no) and the mark on all other checks
of the assignment. The check itself is left out of that mark ("corrected item-total correlation");
otherwise every check would correlate with itself. Lord and Novick, "Statistical Theories of
Mental Test Scores", 1968, chapter 15.
"""

import math
from collections.abc import Sequence

# A check below this correlation says little about the rest of the work (Ebel and Frisbie, 1991).
WEAK = 0.2

# With fewer submissions, the correlation depends more on chance than on the check.
FEWEST = 10


def point_biserial(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """The correlation between passing a check and the mark on all other checks.

    Args:
        passed: for each submission, whether it passed the check.
        rest: for each submission, the share of all other checks that it passed.

    Returns:
        from -1 to 1; None if all or none pass the check, or if all values of `rest` are equal.
    """
    count, number = len(passed), sum(passed)
    if count < 2 or number in (0, count):
        return None
    mean = math.fsum(rest) / count
    spread = math.sqrt(math.fsum((r - mean) ** 2 for r in rest) / count)
    if spread < 1e-12:
        return None
    strong = math.fsum(r for p, r in zip(passed, rest, strict=True) if p) / number
    weak = math.fsum(r for p, r in zip(passed, rest, strict=True) if not p) / (count - number)
    share = number / count
    found = (strong - weak) / spread * math.sqrt(share * (1 - share))
    return max(-1.0, min(1.0, found))


def is_weak(correlation: float | None, count: int) -> bool:
    """Whether a check is weak and should be reviewed; False with too few submissions."""
    return correlation is not None and count >= FEWEST and correlation < WEAK
