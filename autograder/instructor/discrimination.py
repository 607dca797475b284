"""How well a check tells strong submissions from weak ones: the point-biserial correlation.

Of a check that is passed or not and the mark on all other checks of the assignment: Pearson's
correlation of the two. The check itself is left out of that mark ("corrected item-total
correlation"), or every check would agree with itself. Lord and Novick, "Statistical Theories of
Mental Test Scores", 1968, chapter 15.
"""

import math
from collections.abc import Sequence

WEAK = 0.2
"""Below this a check says little about the rest of the work; Ebel and Frisbie, 1991."""

FEWEST = 10
"""With fewer submissions than this the number says more about chance than about the check."""


def point_biserial(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """The correlation between passing a check and the mark on all else.

    Args:
        passed: for each submission, whether it passed the check.
        rest: for each submission, the share of all other checks that it passed.

    Returns:
        from -1 to 1; None where everybody or nobody passes, or all else is the same for all.
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
    """Whether somebody should look at a check."""
    return correlation is not None and count >= FEWEST and correlation < WEAK
