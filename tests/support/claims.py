"""Tests what a diagnosis of wrong code claims, on calls that were not used to find it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.author.bank import BankHost
from autograder.author.grid_results import altered_result, bound_arguments
from autograder.catalogue import Exercise, load
from autograder.judging import conditions
from autograder.judging.conditions import Finding
from autograder.judging.diagnosis import condition_sentence, diagnose, meanings_of, observe_grid
from autograder.judging.learner import Learner, TimeBudget
from autograder.judging.matching import best_match
from autograder.judging.observation import Observation, observe
from autograder.judging.reference import load_reference
from autograder.judging.values import is_right
from support.fresh_calls import fresh_probes

COURSE = load()
MEANINGS = meanings_of(COURSE)


@dataclass(frozen=True)
class Claim:
    """One sentence that a learner is told, and the calls for which it is untrue.

    Attributes:
        sentence: as the learner reads it.
        untrue: the arguments of each call that contradicts it.
        tried: how many calls could have contradicted it.
    """

    sentence: str
    untrue: tuple[tuple[Any, ...], ...]
    tried: int


def claims_of(exercise: Exercise, code: Any) -> list[Claim]:
    """The diagnosis's claims on conditions and altered calls of `code`, tested on new calls."""
    learner = Learner(BankHost(exercise.name, code), COURSE, exercise, TimeBudget())
    found = diagnose(learner, COURSE, exercise)
    if found is None:
        return []
    told = " ".join(found.sentences).lower()
    observations, known = observe_grid(learner, COURSE, exercise)
    assert known is not None
    fresh = _fresh(exercise, learner)
    names = observations[0].names
    claims = []
    for name in names:
        part = name if len(names) > 1 else ""
        sentence = condition_sentence(observations, part, MEANINGS)
        finding = _finding(observations, part)
        if finding is not None and sentence.lower() in told:
            claims.append(_about_conditions(sentence, finding, fresh, name))
        match = best_match(observations, known, part)
        if match is not None and match.complete and not match.alternative.name:
            sentence = match.alternative.sentence
            if sentence.replace("{name}", name).lower() in told:
                claims += _about_altered_calls(exercise, sentence, fresh, name)
    return claims


def _fresh(exercise: Exercise, learner: Learner) -> list[Observation]:
    probes = fresh_probes(exercise.name)
    names: Sequence[str] = COURSE.module(exercise.assignment, exercise.name, "probes").RETURNS
    rights = []
    for probe in probes:
        value = getattr(load_reference(), exercise.name)(*probe.arguments)
        rights.append(tuple(value) if len(names) > 1 else (value,))
    return observe(learner, probes, rights, names)


def _finding(observations: Sequence[Observation], part: str) -> Finding | None:
    ordinary = [one for one in observations if not one.probe.edge]
    wrong = [one.is_wrong(part) for one in ordinary]
    return conditions.simplest(wrong, [o.probe.conditions for o in ordinary], MEANINGS)


def _about_conditions(
    sentence: str, finding: Finding, fresh: Sequence[Observation], name: str
) -> Claim:
    """Test "right without the conditions"; if the finding is exact, also "wrong with them"."""
    untrue, tried = [], 0
    for one in fresh:
        held = [_holds(each, one.probe.conditions) for each in finding.names]
        should_be_wrong = all(held) if finding.together else any(held)
        if should_be_wrong and not finding.exact:
            continue
        tried += 1
        if not finding.alone and one.is_wrong(name) != should_be_wrong:
            untrue.append(one.probe.arguments)
    return Claim(sentence, tuple(untrue), tried)


def _holds(name: str, held: frozenset[str]) -> bool:
    return name.removeprefix("not ") not in held if name.startswith("not ") else name in held


def _about_altered_calls(
    exercise: Exercise, sentence: str, fresh: Sequence[Observation], name: str
) -> Iterator[Claim]:
    """Test the altered calls with this sentence; if there are several, yield only the best."""
    tried = [
        _compared(sentence, answers, fresh, name) for answers in _altered(exercise, sentence, fresh)
    ]
    if tried:
        yield min(tried, key=lambda claim: len(claim.untrue))


def _compared(
    sentence: str,
    answers: Sequence[tuple[Any, ...] | None],
    fresh: Sequence[Observation],
    name: str,
) -> Claim:
    pairs = [
        (one, values)
        for one, values in zip(fresh, answers, strict=True)
        if values is not None and one.complete
    ]
    untrue = [
        one.probe.arguments
        for one, values in pairs
        if not is_right(one.part(name), values[one.names.index(name)], 1e-6)
    ]
    return Claim(sentence, tuple(untrue), len(pairs))


def _altered(
    exercise: Exercise, sentence: str, fresh: Sequence[Observation]
) -> Iterator[list[tuple[Any, ...] | None]]:
    """The right code's results for each kind of altered call that a sentence names."""
    family = COURSE.module("shared", "alterations")
    inputs = [one for one in family.INPUTS if one.sentence in sentence]
    outputs = [one for one in family.OUTPUTS if one.sentence in sentence]
    if "Two mistakes" in sentence:
        ways = [(inputs, outputs)]
    else:
        ways = [([one], []) for one in inputs] + [([], [one]) for one in outputs]
    code = getattr(load_reference(), exercise.name)
    for way in ways:
        with np.errstate(all="ignore"):
            yield [
                altered_result(
                    *(code, bound_arguments(code, one.probe.arguments), *way),
                    *(len(one.right) > 1, one.right),
                )
                for one in fresh
            ]
