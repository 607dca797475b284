"""Computes diagnosis.json: the right results, and those of mistakes and altered calls."""

import ast
import hashlib
import inspect
import re
import warnings
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import combinations
from typing import Any

import numpy as np

from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import Course, Exercise
from autograder.judging.diagnosis import meanings_of
from autograder.judging.known_results import (
    AND,
    RAISES,
    SAME,
    STEPS,
    Alternative,
    KnownResults,
    code_of,
    distance_to_an_edge,
)
from autograder.judging.learner import Learner, LearnerError, TimeBudget
from autograder.judging.matching import LEAST_EVIDENCE
from autograder.judging.probe import Probe
from autograder.judging.reference import reference_of
from autograder.judging.values import is_right
from autograder.text import UserError
from autograder.worker.host import Host, Outcome

# A result nearer than this to a rounding edge, in steps, could cross it by a change of a last bit.
MARGIN = 1e-7


class OneAnswerHost(Host):
    """A host of the solutions in which other code replaces one exercise."""

    def __init__(self, course: Course, exercise: str, code: Any) -> None:
        super().__init__(course.solutions)
        self._exercise, self._code = exercise, code

    def find(self, module: str, name: str) -> Outcome:
        if name == self._exercise:
            return Outcome(self.export(self._code))
        return super().find(module, name)


def known_results(course: Course, exercise: Exercise) -> KnownResults | None:
    """The content of an exercise's diagnosis.json; None if it has no grid.

    Raises:
        UserError: if the solution fails on a call of the grid, a result is at a rounding edge, or
            the grid names an unknown condition.
    """
    if not course.has_module(exercise.assignment, exercise.name, "probes"):
        return None
    probes = course.module(exercise.assignment, exercise.name, "probes")
    grid: Sequence[Probe] = getattr(probes, "GRID", ())
    if not grid:
        return None
    _require_known_conditions(course, exercise, grid)
    names: tuple[str, ...] = getattr(probes, "RETURNS", ("the result",))
    steps: int = getattr(probes, "STEPS", STEPS)
    reference = reference_of(course)
    right = list(_answers(course, exercise, getattr(reference, exercise.name), grid, names))
    for number, values in enumerate(right, 1):
        if values is None:
            raise UserError(f"{exercise.name}, call {number} of the grid breaks on the solution")
        if min((distance_to_an_edge(v, steps) for v in values), default=0.5) < MARGIN:
            raise UserError(
                f"{exercise.name}, call {number} of the grid: a number lies where its rounding "
                "changes; change the call"
            )
    rights = [values for values in right if values is not None]
    found: list[Alternative] = []
    mistakes: list[tuple[str, list[tuple[Any, ...] | None]]] = []
    for pitfall in wrong_implementations(exercise):
        answers = list(_answers(course, exercise, pitfall.code, grid, names))
        name = pitfall.id.split(".")[1]
        found += _alternatives(name, pitfall.sentence, answers, rights, grid, names, steps)
        mistakes.append((pitfall.sentence, answers))
    for sentence, code in _in_one_pass(exercise):
        answers = list(_answers(course, exercise, code, grid, names))
        found += _alternatives("", sentence, answers, rights, grid, names, steps)
    for sentence, code in _other_formulas(course, exercise):
        answers = list(_answers(course, exercise, code, grid, names))
        found += _alternatives("", sentence, answers, rights, grid, names, steps)
        mistakes.append((sentence, answers))
    for sentence, answers in _altered(course, exercise, reference, grid, rights):
        found += _alternatives("", sentence, answers, rights, grid, names, steps)
    for sentence, answers in _scaled(course, exercise, reference, grid, names, mistakes):
        found += _alternatives("", sentence, answers, rights, grid, names, steps)
    return KnownResults(tuple(rights), _without_twins(found, grid), steps)


def _require_known_conditions(course: Course, exercise: Exercise, grid: Sequence[Probe]) -> None:
    known = meanings_of(course)
    for name in sorted({name for probe in grid for name in probe.conditions}):
        if name not in known:
            near = get_close_matches(name, known, 2)
            hint = f"did you mean {' or '.join(near)}?" if near else "see shared/conditions.py"
            raise UserError(f"{exercise.name}: its grid names a condition {name!r}; {hint}")


# The modules that the results depend on: in exercises/shared/, and in the exercise's own folder.
SHARED = ("alterations", "grids", "layer_alterations", "layer_grids", "probing", "small_cases")
OWN = ("altered", "inputs", "pitfalls", "probes")


def made_from(course: Course, exercise: Exercise) -> str:
    """The digest of the source files that an exercise's diagnosis.json is made from.

    Comments and formatting do not change it, because they cannot change the results. Docstrings
    do: those of pitfalls are sentences in the file.
    """
    shared = course.exercises_folder / "shared"
    files = [*(shared / f"{name}.py" for name in SHARED)]
    files += [exercise.folder / f"{name}.py" for name in OWN]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            tree = ast.dump(ast.parse(file.read_text(encoding="utf-8")))
            digest.update(f"{file.name}\0{tree}\0".encode())
    return digest.hexdigest()[:16]


def _answers(
    course: Course, exercise: Exercise, code: Any, grid: Sequence[Probe], names: Sequence[str]
) -> Iterator[tuple[Any, ...] | None]:
    """The values that `code` returns for each call, one for each name; None if it fails."""
    host = OneAnswerHost(course, exercise.name, code)
    learner = Learner(host, course, exercise, TimeBudget())
    for probe in grid:
        called = probe.names or names
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                value = probe(learner)
        except (LearnerError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError):
            yield None
            continue
        if len(called) == 1:
            yield (value,)
        elif isinstance(value, tuple | list) and len(value) == len(called):
            yield tuple(value)
        else:
            yield None


def _alternatives(
    name: str,
    sentence: str,
    answers: Sequence[tuple[Any, ...] | None],
    right: Sequence[tuple[Any, ...]],
    grid: Sequence[Probe],
    names: Sequence[str],
    steps: int,
) -> Iterator[Alternative]:
    """One alternative for all returned values together, and others for the wrong ones alone."""
    whole = tuple(
        _code(_joined(a), _joined(r), p, steps)
        for a, r, p in zip(answers, right, grid, strict=True)
    )
    if _evidence(whole, grid) >= LEAST_EVIDENCE:
        yield Alternative(name, sentence, "", whole)
    every = list(dict.fromkeys(n for probe in grid for n in (probe.names or names)))
    if len(every) == 1:
        return
    wrong = {}
    for part in every:
        codes = []
        for answer, values, probe in zip(answers, right, grid, strict=True):
            called = probe.names or tuple(names)
            if part not in called:
                codes.append(SAME)
                continue
            place = called.index(part)
            codes.append(_code(answer and answer[place], values[place], probe, steps))
        if any(code != SAME for code in codes):
            wrong[part] = tuple(codes)
    # A sentence about the whole code is true only if all its wrong values occur together.
    if len(wrong) > 1 and (name or "{name}" not in sentence):
        together = _together(answers, right, grid, names, list(wrong), steps)
        if len(wrong) < len(every) and _evidence(together, grid) >= LEAST_EVIDENCE:
            yield Alternative(name, sentence, AND.join(wrong), together)
        return
    for part, part_codes in wrong.items():
        if _evidence(part_codes, grid) >= LEAST_EVIDENCE:
            yield Alternative(name, sentence, part, part_codes)


def _together(
    answers: Sequence[tuple[Any, ...] | None],
    right: Sequence[tuple[Any, ...]],
    grid: Sequence[Probe],
    names: Sequence[str],
    parts: Sequence[str],
    steps: int,
) -> tuple[bytes, ...]:
    """The codes of several returned values together."""
    codes = []
    for answer, values, probe in zip(answers, right, grid, strict=True):
        called = probe.names or tuple(names)
        places = [called.index(part) for part in parts if part in called]
        chosen = None if answer is None else tuple(answer[place] for place in places)
        codes.append(_code(chosen, tuple(values[place] for place in places), probe, steps))
    return tuple(codes)


def _joined(values: tuple[Any, ...] | None) -> Any:
    return values[0] if values is not None and len(values) == 1 else values


def _code(value: Any, right: Any, probe: Probe, steps: int) -> bytes:
    if value is None:
        return SAME if right is None else RAISES
    tolerance = 1e-4 if probe.edge else 1e-6
    if isinstance(right, tuple):
        if all(is_right(v, r, tolerance) for v, r in zip(value, right, strict=True)):
            return SAME
    elif is_right(value, right, tolerance):
        return SAME
    return code_of(value, steps)


def _evidence(codes: Sequence[bytes], grid: Sequence[Probe]) -> int:
    return sum(
        code not in (SAME, RAISES) and not probe.edge
        for code, probe in zip(codes, grid, strict=True)
    )


def _in_one_pass(exercise: Exercise) -> Iterator[tuple[str, Any]]:
    """For each pitfall with both passes, two layers: each wrong in one pass, right in the other."""
    for pitfall in wrong_implementations(exercise):
        code: Any = pitfall.code
        if not inspect.isclass(code) or not {"forward", "backward"} <= vars(code).keys():
            continue
        for wrong, right in (("forward", "backward"), ("backward", "forward")):
            half = type(code.__name__, (code,), {right: getattr(code.__base__, right)})
            sentence = pitfall.sentence[:1].lower() + pitfall.sentence[1:]
            yield f"In its {wrong} pass: {sentence}", half


def _other_formulas(course: Course, exercise: Exercise) -> Iterator[tuple[str, Any]]:
    """The other formulas in the exercise's altered.py: pairs of a sentence and a function."""
    if course.has_module(exercise.assignment, exercise.name, "altered"):
        yield from course.module(exercise.assignment, exercise.name, "altered").ALTERED


def _altered(
    course: Course,
    exercise: Exercise,
    reference: Any,
    grid: Sequence[Probe],
    right: Sequence[tuple[Any, ...]],
) -> Iterator[tuple[str, list[tuple[Any, ...] | None]]]:
    """The sentence and the results of each altered call, and of some pairs of them."""
    if not course.has_module("shared", "alterations") or not all(p.function for p in grid):
        return
    family = course.module("shared", "alterations")
    # For slow code, use a quicker exercise that has the same signature and returns the same.
    probes = course.module(exercise.assignment, exercise.name, "probes")
    code = getattr(reference, getattr(probes, "SAME_RESULTS_AS", exercise.name))
    calls = [bound_arguments(code, probe.arguments) for probe in grid]
    several = len(right[0]) > 1

    def results(inputs: Sequence[Any], outputs: Sequence[Any]) -> list[tuple[Any, ...] | None]:
        return [
            altered_result(code, arguments, inputs, outputs, several, values)
            for arguments, values in zip(calls, right, strict=True)
        ]

    every = [*family.INPUTS, *family.OUTPUTS]
    for one in every:
        kinds = ([one], []) if one in family.INPUTS else ([], [one])
        yield one.sentence, results(*kinds)
    for one, other in combinations(every, 2):
        names = one.name, other.name
        sign_and_scale = "opposite_sign" in names and all(n in family.SCALES for n in names)
        if not sign_and_scale and not any(n in family.PAIRED for n in names):
            continue
        if any(n.startswith(family.NEVER_PAIRED) for n in names):
            continue
        inputs = [each for each in (one, other) if each in family.INPUTS]
        outputs = [each for each in (one, other) if each in family.OUTPUTS]
        yield f"Two mistakes: 1. {one.sentence} 2. {other.sentence}", results(inputs, outputs)


# A sentence with such a word is about signs or sizes: no second mistake of that kind is added.
_SIGN = re.compile(r"\b(sign|minus|subtract|negative|against|uphill)")
_SIZE = re.compile(r"\b(divi|mean|sum|half|twice|images|classes|multipl|large|small)")


def _scaled(
    course: Course,
    exercise: Exercise,
    reference: Any,
    grid: Sequence[Probe],
    names: Sequence[str],
    mistakes: Sequence[tuple[str, list[tuple[Any, ...] | None]]],
) -> Iterator[tuple[str, list[tuple[Any, ...] | None]]]:
    """The sentence and the results of each mistake combined with a wrong sign or scale."""
    if not course.has_module("shared", "alterations") or not all(p.function for p in grid):
        return
    if len(names) > 1:
        return  # the scale would also be reported for values that the other mistake leaves right
    family = course.module("shared", "alterations")
    scales = [one for one in family.OUTPUTS if one.name in family.SCALES]
    code = getattr(reference, exercise.name)
    calls = [bound_arguments(code, probe.arguments) for probe in grid]
    for sentence, answers in mistakes:
        for scale in scales:
            if (_SIGN if scale.name == "opposite_sign" else _SIZE).search(sentence):
                continue
            scaled = [
                answer if answer is None else tuple(_output(scale, v, arguments) for v in answer)
                for answer, arguments in zip(answers, calls, strict=True)
            ]
            yield f"Two mistakes: 1. {sentence} 2. {scale.sentence}", scaled


def bound_arguments(code: Any, arguments: Sequence[Any]) -> dict[str, Any]:
    """The arguments of a call by name, with defaults."""
    bound = inspect.signature(code).bind(*arguments)
    bound.apply_defaults()
    return dict(bound.arguments)


def altered_result(
    code: Any,
    arguments: dict[str, Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    several: bool,
    right: tuple[Any, ...],
) -> tuple[Any, ...] | None:
    """The results of the right code on altered arguments, then altered too; None if it raises."""
    changed = dict(arguments)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for alteration in inputs:
                changed = alteration.change(changed) or changed
            if inputs:
                value = code(**changed)
                values = tuple(value) if several else (value,)
            else:
                values = right
            for alteration in outputs:
                values = tuple(_output(alteration, v, arguments) for v in values)
    except (TypeError, ValueError, IndexError, ArithmeticError):
        return None
    return values


def _output(alteration: Any, value: Any, arguments: dict[str, Any]) -> Any:
    if not isinstance(value, np.ndarray | np.floating | float) or isinstance(value, bool):
        return value
    array = np.asarray(value)
    if array.dtype.kind != "f":
        return value
    changed = alteration.change(array, arguments)
    return value if changed is None else changed


def _without_twins(found: Sequence[Alternative], grid: Sequence[Probe]) -> tuple[Alternative, ...]:
    """Keep the first alternative of each distinct result; pitfalls precede altered calls."""
    seen: dict[tuple[str, tuple[bytes, ...]], str] = {}
    kept = []
    for one in found:
        key = one.part, one.codes
        if key not in seen:
            seen[key] = one.name
            kept.append(one)
    return tuple(kept)
