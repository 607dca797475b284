"""The mutation score is a gate: the checks must catch small changes to the solutions.

All mutants are checked here, exercise by exercise.
"""

from functools import cache

import pytest

from autograder.author import mutation_score
from autograder.author.bank import BankHost
from autograder.author.mutants import mutants
from autograder.catalogue import load
from autograder.judging.judge import run_checks
from autograder.judging.reference import load_reference

pytestmark = pytest.mark.soak

COURSE = load()
# mnist has no solution to change: it trains the code of the other exercises.
EXERCISES = [e.name for e in COURSE.exercises if e.name != "mnist"]


@cache
def tally(name: str) -> mutation_score.Tally:
    return mutation_score.measure(COURSE, [COURSE.exercise(name)])[0]


def test_every_exercise_with_a_solution_is_broken() -> None:
    every = {name: mutants(COURSE.exercise(name), load().solutions) for name in EXERCISES}
    assert all(every.values())
    assert sum(map(len, every.values())) > 2000
    text = (load().solutions / COURSE.exercise("col2im").path).read_text(encoding="utf-8")
    for mutant in every["col2im"]:
        assert mutant.source != text
        # Only lines that a learner has to write are changed.
        assert mutant.source.split("### BEGIN SOLUTION")[0] == text.split("### BEGIN SOLUTION")[0]


def test_the_usual_mistakes_are_among_them() -> None:
    said = {str(mutant) for mutant in mutants(COURSE.exercise("col2im"), load().solutions)}
    add = "col2im: `padded[:, :, down, across] += windows[:, u, v]`"
    assert f"{add} -> `padded[:, :, down, across] = windows[:, u, v]`" in said
    assert f"{add} -> `pass`" in said
    assert f"{add} -> `padded[:, :, across, down] += windows[:, u, v]`" in said


@pytest.mark.parametrize("name", EXERCISES)
def test_the_score_of_each_exercise(name: str) -> None:
    every = mutation_score.score([tally(name)])
    survivors = [str(mutant) for mutant in tally(name).survivors]
    assert every.share("either") >= mutation_score.GATE, survivors
    assert every.share("hidden") >= mutation_score.GATE


def test_the_score_of_all_together() -> None:
    every = mutation_score.score(map(tally, EXERCISES))
    assert every.share("either") >= mutation_score.GATE
    assert every.share("hidden") >= mutation_score.GATE
    assert every.share("public") >= mutation_score.PUBLIC_GATE


def test_equivalent_mutants_have_reasons_and_get_through() -> None:
    listed = mutation_score.equivalent_mutants()
    assert len(listed) == sum(len(tally(name).equivalent) for name in EXERCISES)
    with mutation_score.measuring():
        for name in EXERCISES:
            exercise = COURSE.exercise(name)
            for mutant, reason in tally(name).equivalent:
                assert reason.text.endswith(".")
                code = mutation_score.code_of(exercise, mutant.source)
                caught = mutation_score.who_catches(COURSE, exercise, code)
                assert caught == mutation_score.Caught(), f"is caught after all: {mutant}"


def test_the_judge_sees_what_the_score_sees() -> None:
    """The score calls the checks directly, and gets the same results as the judge."""
    for name in ("im2col", "maxpool2d_backward", "Dense"):
        exercise = COURSE.exercise(name)
        for mutant, caught in tally(name).caught[::23]:
            with mutation_score.measuring():
                host = BankHost(name, mutation_score.code_of(exercise, mutant.source))
                given = {"reference": load_reference(), "secret": mutation_score.SECRET}
                results = run_checks(host, COURSE, (exercise,), **given)
            failed = {check.hidden for check in results[name].checks if not check.passed}
            assert failed == {hidden for hidden, by in _by_kind(caught) if by}, str(mutant)


def _by_kind(caught: mutation_score.Caught) -> list[tuple[bool, str]]:
    return [(False, caught.public), (True, caught.hidden)]


def test_the_page_is_fresh() -> None:
    """Only the columns that do not depend on the machine's speed are compared."""
    text = mutation_score.PAGE.read_text(encoding="utf-8")
    for name in EXERCISES:
        rows = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        assert rows, f"{name} has no row: type: make mutants"
        row = rows[0]
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert int(cells[1]) == len(tally(name).caught), f"{name}: type: make mutants"
        assert int(cells[5]) == len(tally(name).equivalent), f"{name}: type: make mutants"


def test_a_check_that_is_taken_away_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The score can fall: without its checks of overlaps, col2im misses `=` for `+=`."""
    whole = mutation_score.check_functions(COURSE.exercise("col2im"))
    tiles = [check for check in whole if check[0] == "test_windows_that_do_not_overlap"]
    monkeypatch.setattr(mutation_score, "check_functions", lambda _: tiles)
    survivors = mutation_score.measure(COURSE, [COURSE.exercise("col2im")])[0].survivors
    assert any(" = windows" in mutant.after for mutant in survivors)
