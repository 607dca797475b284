"""What a diagnosis claims is true: it is tested on calls that the diagnosis did not use."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.claims import claims_of
from support.fresh_calls import FRESH

from autograder.author.cases import header
from autograder.author.mutants import mutants
from autograder.author.mutation_score import code_of, measuring
from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import load
from autograder.judging import conditions
from autograder.judging.conditions import Finding
from autograder.judging.reference import load_reference

COURSE = load()
CASES = Path(__file__).parent / "strangers"
# Test every fifth mutant.
EVERY = 5


def stranger(case: Path) -> Any:
    """The function that a case defines."""
    names = {**vars(load_reference()), "np": np}
    exec(case.read_text(encoding="utf-8"), names)
    return names[header(case, "exercise")]


def wrong_answers(exercise: str) -> list[tuple[str, Any]]:
    """The bank's and the strangers' wrong answers to an exercise."""
    bank = [(p.id, p.code) for p in wrong_implementations(COURSE.exercise(exercise))]
    cases = [
        (case.stem, stranger(case))
        for case in sorted(CASES.glob("*.py"))
        if header(case, "exercise") == exercise and header(case, "truth") == "wrong"
    ]
    return bank + cases


@pytest.mark.soak
@pytest.mark.parametrize("name", FRESH)
def test_no_claim_about_a_wrong_answer_is_untrue(name: str) -> None:
    exercise = COURSE.exercise(name)
    untrue = [
        f"{who}: {claim.sentence} {claim.untrue[0]}"
        for who, code in wrong_answers(name)
        for claim in claims_of(exercise, code)
        if claim.untrue
    ]
    assert untrue == []


@pytest.mark.soak
@pytest.mark.parametrize("name", FRESH)
def test_no_claim_about_a_mutant_is_untrue(name: str) -> None:
    exercise = COURSE.exercise(name)
    untrue, told = [], 0
    with measuring():
        for mutant in mutants(exercise, COURSE.solutions)[::EVERY]:
            try:
                code = code_of(exercise, mutant.source)
            except Exception:
                continue  # a mutant that cannot be loaded makes no claim
            claims = claims_of(exercise, code)
            told += len(claims)
            untrue += [f"{mutant}: {c.sentence} {c.untrue[0]}" for c in claims if c.untrue]
    print(f"{name}: {told} claims, {len(untrue)} of them untrue")
    assert untrue == []


def test_an_untrue_claim_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = load_reference().im2col

    def wrong_with_padding(x: Any, h: int, w: int, stride: int = 1, padding: int = 0) -> Any:
        return right(x, h, w, stride, padding) * (1.0 if padding == 0 else 0.3)

    exercise = COURSE.exercise("im2col")
    (claim,) = claims_of(exercise, wrong_with_padding)
    assert "the padding is 0" in claim.sentence
    assert claim.tried > 30
    assert not claim.untrue
    monkeypatch.setattr(conditions, "simplest", lambda *_: Finding(("images",)))
    (claim,) = claims_of(exercise, wrong_with_padding)
    assert "several images" in claim.sentence
    assert claim.untrue
