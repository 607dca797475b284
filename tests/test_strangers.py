"""Answers modelled on strangers' code: right ones keep 90% of the points, wrong ones are explained.

Each file in tests/strangers/ is a case: its header says which exercise it answers, whether it is
right, and what is wrong with it; its code replaces that exercise in solutions/.
`strangers.toml` holds for each wrong case words that its message must contain.
"""

import tomllib
from pathlib import Path

import pytest

from autograder.author.cases import header, judge_case
from autograder.catalogue import load

CASES = sorted((Path(__file__).parent / "strangers").glob("*.py"))
SAID = tomllib.loads(Path(__file__).with_name("strangers.toml").read_text(encoding="utf-8"))
COURSE = load()


def of(truth: str) -> list[Path]:
    return [case for case in CASES if header(case, "truth") == truth]


@pytest.mark.sample(8)
@pytest.mark.parametrize("case", of("right"), ids=lambda case: case.stem)
def test_right_code_keeps_its_points(tmp_path: Path, case: Path) -> None:
    verdict = judge_case(case, tmp_path / "solutions", COURSE)
    assert verdict.score >= 0.9 * verdict.points - 1e-9, verdict.message
    wrong = [check for check in verdict.checks if not check.passed]
    assert all(check.only_form for check in wrong), verdict.message


@pytest.mark.sample(12)
@pytest.mark.parametrize("case", of("wrong"), ids=lambda case: case.stem)
def test_wrong_code_fails_a_public_check_and_is_told_why(tmp_path: Path, case: Path) -> None:
    verdict = judge_case(case, tmp_path / "solutions", COURSE)
    assert verdict.score < verdict.points
    assert any(not check.passed and not check.hidden for check in verdict.checks)
    said = f"{verdict.pitfall or ''} {verdict.message}"
    assert SAID[case.stem] in said, f"{header(case, 'what')}\n{said}"


def test_every_wrong_case_has_its_words() -> None:
    assert set(SAID) == {case.stem for case in of("wrong")}
