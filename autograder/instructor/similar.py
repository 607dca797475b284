"""Submissions that resemble each other, found by copydetect: a reason to look, not a proof.

copydetect (MIT, `pip install '.[similar]'`) fingerprints code as MOSS does: Schleimer, Wilkerson
and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003. Names, comments
and strings are ignored. Code of the stubs, or of most of the class, is left out.
"""

import io
import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.catalogue import load
from autograder.grading.scratch import scratch
from autograder.instructor.run_nbgrader import submitted_folder
from autograder.judging.intake import NoSubmission, take_in
from autograder.text import UserError

# Characters of filtered code, copydetect's defaults: matches shorter than NOISE are ignored, and
# matches of at least GUARANTEED are always found.
NOISE = 25
GUARANTEED = 30
SHARE_SHOWN = 0.8
# A fragment in more than this share of the class is the usual code of the exercise.
COMMON = 0.5
FEW = 6


@dataclass(frozen=True)
class Pair:
    """Two submissions of one assignment.

    Attributes:
        share: of the smaller one's own code that is also in the other, 0 to 1.
    """

    first: str
    second: str
    share: float


def similar_pairs(top: Path, assignment: str) -> list[Pair]:
    """The pairs of submissions that share the most, highest first.

    Args:
        top: the course's top folder, with submitted/ and assignments/ (the stubs).
        assignment: its name.

    Raises:
        UserError: if copydetect is not installed, or there is no such assignment.
    """
    load().assignment(assignment)
    try:
        from copydetect import CodeFingerprint, compare_files
    except ImportError:
        raise UserError("similar submissions need copydetect: pip install '.[similar]'") from None

    def fingerprint(text: str) -> Any:
        window = GUARANTEED - NOISE + 1
        return CodeFingerprint("code.py", NOISE, window, language="python", fp=io.StringIO(text))

    folders = sorted(f for f in submitted_folder(top).glob("*") if (f / assignment).is_dir())
    prints = {f.name: fingerprint(text) for f in folders if (text := _text(f, assignment))}
    window_of_one = CodeFingerprint(
        "code.py",
        NOISE,
        1,
        language="python",
        fp=io.StringIO(_text(top / "assignments", assignment)),
    )
    given = set(window_of_one.hashes)
    if len(prints) >= FEW:
        spread = Counter(h for one in prints.values() for h in one.hashes)
        given |= {h for h, count in spread.items() if count > COMMON * len(prints)}
    for one in prints.values():
        _leave_out(one, given)
    pairs = []
    for (a, first), (b, second) in itertools.combinations(prints.items(), 2):
        if not first.hashes or not second.hashes or first.hashes.isdisjoint(second.hashes):
            continue
        _, shares, _ = compare_files(first, second)
        share = min(1.0, float(max(shares)))
        if share >= SHARE_SHOWN:
            pairs.append(Pair(a, b, share))
    return sorted(pairs, key=lambda pair: (-pair.share, pair.first, pair.second))


def texts_of(top: Path, assignment: str, pair: Pair) -> tuple[str, str, str]:
    """The code of the first, of the second, and of the stubs."""
    submitted = submitted_folder(top)
    folders = (submitted / pair.first, submitted / pair.second, top / "assignments")
    first, second, stubs = (_text(folder, assignment) for folder in folders)
    return first, second, stubs


def _text(folder: Path, assignment: str) -> str:
    """The assignment's files in one text, taken in with the same safeguards as for grading."""
    course = load()
    with scratch("similar") as target:
        try:
            intake = take_in(folder, course, target)
        except NoSubmission:
            return ""
        files = [intake.folder / assignment / name for name in course.assignment(assignment).files]
        return "\n".join(
            file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file()
        )


def _leave_out(fingerprint: Any, given: set[int]) -> None:
    """Remove the given hashes from a fingerprint.

    copydetect's boilerplate option gives wrong results if a file repeats a fragment.
    """
    from copydetect.utils import get_token_coverage

    fingerprint.hash_idx = {h: at for h, at in fingerprint.hash_idx.items() if h not in given}
    fingerprint.hashes = set(fingerprint.hash_idx)
    fingerprint.token_coverage = get_token_coverage(
        fingerprint.hash_idx, fingerprint.k, len(fingerprint.filtered_code)
    )
