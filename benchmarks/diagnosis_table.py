"""Measures how well mistakes are explained; writes docs/diagnosis.md.

    python benchmarks/diagnosis_table.py

It measures the bank, a sample of mutants, and strangers' answers. A stranger's answer counts as
explained if its message contains its words in tests/strangers.toml: a person chose these words
after reading the message beside the code.
"""

import datetime
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

from autograder.author.bank import BankHost
from autograder.author.cases import header, judge_case
from autograder.author.mutants import mutants
from autograder.author.mutation_score import code_of, equivalent_mutants, measuring
from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import load
from autograder.judging.decide import decide
from autograder.judging.judge import run_checks
from autograder.judging.reference import load_reference
from autograder.judging.verdict import ExerciseVerdict

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "diagnosis.md"
SAID = ROOT / "tests" / "strangers.toml"
# One mutant in this many is measured.
SHARE = 20


def count(verdict: ExerciseVerdict, found: Counter[str]) -> None:
    """Add one wrong answer to the counts."""
    failed = [check for check in verdict.checks if not check.passed]
    found["wrong"] += 1
    found["caught"] += verdict.score < verdict.points
    found["publicly"] += any(not check.hidden for check in failed)
    found["named"] += verdict.pitfall is not None


def of_the_bank() -> Counter[str]:
    """The counts for all wrong implementations of the bank."""
    course, found = load(), Counter[str]()
    for exercise in course.exercises:
        for pitfall in wrong_implementations(exercise):
            host = BankHost(exercise.name, pitfall.code)
            results = run_checks(
                host, course, (exercise,), reference=load_reference(), secret="bank"
            )
            verdict = decide(course, (exercise,), results, host.root)[0]
            count(verdict, found)
            found["explained"] += verdict.pitfall == pitfall.id or verdict.says_more
            found["false"] += verdict.pitfall not in (pitfall.id, None)
    return found


def of_mutants() -> Counter[str]:
    """The counts for a sample of mutants; explained: named, raised, or more is said."""
    course, found, free = load(), Counter[str](), equivalent_mutants()
    place = 0
    with measuring():
        for exercise in course.exercises:
            for mutant in mutants(exercise, course.solutions):
                place += 1
                if place % SHARE or str(mutant) in free:
                    continue
                try:
                    code = code_of(exercise, mutant.source)
                except Exception:
                    continue  # it cannot be imported; Python's own message explains that
                results = run_checks(
                    BankHost(exercise.name, code),
                    course,
                    (exercise,),
                    reference=load_reference(),
                    secret="mutants",
                )
                verdict = decide(course, (exercise,), results, course.solutions)[0]
                count(verdict, found)
                raised = any(check.failure for check in verdict.checks if not check.passed)
                found["explained"] += bool(verdict.pitfall or verdict.says_more or raised)
    return found


def of_strangers() -> tuple[Counter[str], int, int]:
    """The counts for wrong answers; the number of right ones, and of those with 90% or more."""
    course, found, right, fair = load(), Counter[str](), 0, 0
    words = tomllib.loads(SAID.read_text(encoding="utf-8"))
    for case in sorted((ROOT / "tests" / "strangers").glob("*.py")):
        truth = header(case, "truth")
        with tempfile.TemporaryDirectory() as folder:
            verdict = judge_case(case, Path(folder) / "solutions", course)
        if truth == "right":
            right += 1
            fair += verdict.score >= 0.9 * verdict.points - 1e-9
        elif truth == "wrong":
            count(verdict, found)
            said = f"{verdict.pitfall or ''} {verdict.message}"
            found["explained"] += words[case.stem] in said
    return found, right, fair


def main() -> None:
    """Measure, and write docs/diagnosis.md."""
    bank, (strangers, right, fair) = of_the_bank(), of_strangers()
    rows = [
        ("the bank", bank),
        (f"mutants, one in {SHARE}", of_mutants()),
        ("strangers' answers", strangers),
    ]
    keys = ("wrong", "caught", "publicly", "explained", "named", "false")
    lines = [
        "# How well mistakes are told",
        "",
        f"Written by `.venv/bin/python benchmarks/diagnosis_table.py` on {datetime.date.today()}.",
        "",
        "| | wrong answers | caught | by a public check | explained | named | named falsely |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {name} | " + " | ".join(str(found[key]) for key in keys) + " |"
            for name, found in rows
        ),
        "",
        f"Of {right} right answers of strangers, {fair} keep 90% of their points or more.",
        "",
        "*Explained*: what the learner reads first names the cause, or the condition under which",
        "the mistake shows. Nobody reads the mutants: one counts as explained if any sentence is",
        "given beside its first failed check. *Named*: it is an entry of the bank. *Named",
        "falsely*: as another entry; a mutant has no name of its own, so none is counted. All",
        "mutants are counted in [the mutation score](mutation-score.md).",
        "",
        "About half of the strangers' answers were read, and their sentences fixed, before they",
        "became tests. The share explained of answers that nobody had read before was, for four",
        "readers, each after what the ones before had found was fixed: 89% of 400, 94% of 380, 83%",
        "of 231 for one who looked for the unusual, and 92% of 156.",
        "",
        "What is said of conditions and altered calls is tried on sixty other calls of an exercise",
        "in `tests/test_claims.py`, over the bank, the strangers' answers and the mutants.",
        "",
        "A mistake is looked for in four steps, in `autograder/judging/diagnosis.py`: the form of",
        "what came back; the same results as a known mistake or as the right code on an altered",
        "call; the condition that separates right calls from wrong ones; what is true of the",
        "numbers.",
        "The calls stand in each exercise's `probes.py`, the alterations and conditions, once for",
        "all exercises, in `autograder/exercises/shared/`.",
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[4:9]))


if __name__ == "__main__":
    main()
