"""Finds the mistake in a failing exercise, from a grid of small calls.

Four steps, in this order: the form of the result; a known mistake, or an altered call, with the
same results; the conditions under which the result is wrong; a property of the wrong numbers. A
sentence must be true for all calls that were tried; without such a sentence there is no diagnosis.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.catalogue import Course, Exercise
from autograder.judging import conditions
from autograder.judging.form import form_of
from autograder.judging.known_results import AND, FILE, KnownResults, read_known_results
from autograder.judging.learner import Learner
from autograder.judging.matching import Match, best_match
from autograder.judging.near_misses import Comparison, near_miss
from autograder.judging.observation import Observation, observe
from autograder.judging.probe import Condition, Probe
from autograder.judging.shapes import wrong_shape
from autograder.judging.values import as_numbers

LEAST_CALLS = 4
UNSTEADY = (
    "The same call gives different results: an array that np.empty makes holds whatever lies in "
    "memory, so start from np.zeros; and random numbers come from the generator that is handed in "
    "alone, not from np.random."
)
# Ends the name of a value that a layer returns in its second pass.
SECOND = " of the second pass"
ONLY_SECOND = (
    "The first forward and backward are right; the second are not: look at what is kept from the "
    "first, or changed by it."
)
MOST_SENTENCES = 3
MOST_NAMES = 6
# If there are more values than this, the first is named and the others are counted.
MOST_LISTED = 4


@dataclass(frozen=True)
class Diagnosis:
    """What is known about a mistake.

    Attributes:
        pitfall: the id of the known mistake, or "".
        sentences: what to tell the learner, the cause first.
        exact: whether the first sentence names a cause, and not only a condition.
        unsteady: whether the same call gives different results.
    """

    pitfall: str
    sentences: tuple[str, ...]
    exact: bool = False
    unsteady: bool = False


def diagnose(learner: Learner, course: Course, exercise: Exercise) -> Diagnosis | None:
    """The diagnosis of an exercise that failed; None if nothing is known."""
    observations, known = observe_grid(learner, course, exercise)
    if known is None or len(observations) < LEAST_CALLS:
        return None
    ordinary = [one for one in observations if not one.probe.edge]
    if not any(one.is_wrong() for one in observations):
        return None
    meanings = meanings_of(course)
    form = _common_form(ordinary)
    if form:
        return Diagnosis("", (form,), exact=True)
    if _differs_from_call_to_call(learner, ordinary):
        return Diagnosis("", (UNSTEADY,), exact=True, unsteady=True)
    found = _of_numbers(exercise, observations, known, meanings)
    changed = _changed_input(ordinary)
    if changed and (found is None or not found.exact):
        found = Diagnosis("", (changed, *(found.sentences if found is not None else ())))
    return found if found is None else replace(found, sentences=_once(found.sentences))


def _once(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The paragraphs without the sentences that an earlier paragraph already contains."""
    told: set[str] = set()
    left = []
    for paragraph in paragraphs:
        new = [s for s in re.split(r"(?<=[.!?]) (?=[A-Z])", paragraph) if s not in told]
        told.update(new)
        left.append(" ".join(new))
    return tuple(filter(None, left))


def _changed_input(observations: Sequence[Observation]) -> str:
    """A sentence if all wrong calls change the same input in place; else ""."""
    names = {one.changed for one in observations if one.is_wrong()}
    if len(names) != 1 or not (name := names.pop()):
        return ""
    return (
        f"It changes its input `{name}` while it works, and computes with the changed numbers from "
        f"then on: begin with a copy, {name}.copy()."
    )


def observe_grid(
    learner: Learner, course: Course, exercise: Exercise
) -> tuple[list[Observation], KnownResults | None]:
    """Make all calls of the exercise's grid, and read the known results.

    Returns:
        the observations and the known results; [] and None if the exercise has no grid.
    """
    known = read_known_results(exercise.folder / FILE)
    if known is None:
        return [], None
    probes = course.module(exercise.assignment, exercise.name, "probes")
    names = getattr(probes, "RETURNS", ("the result",))
    return observe(learner, probes.GRID, known.right, names), known


def _differs_from_call_to_call(learner: Learner, observations: Sequence[Observation]) -> bool:
    """Whether a wrong call returns other numbers when it is repeated."""
    wrong = [one for one in observations if one.complete and one.is_wrong()][:3]
    for one in wrong:
        (again,) = observe(learner, [one.probe], [one.right], one.names) or (one,)
        pairs = zip(as_tuple(one.value, one.names), as_tuple(again.value, one.names), strict=False)
        arrays = [(as_numbers(a), as_numbers(b)) for a, b in pairs]
        if any(
            a is not None and b is not None and not np.array_equal(a, b, equal_nan=True)
            for a, b in arrays
        ):
            return True
    return False


def as_tuple(value: object, names: Sequence[str]) -> tuple[object, ...]:
    """The returned values, one for each name."""
    return tuple(value) if len(names) > 1 and isinstance(value, tuple | list) else (value,)


def meanings_of(course: Course) -> Mapping[str, Condition]:
    """The course's conditions, by name."""
    if not course.has_module("shared", "conditions"):
        return {}
    known: Mapping[str, Condition] = course.module("shared", "conditions").CONDITIONS
    return known


def _common_form(observations: Sequence[Observation]) -> str:
    """The fault of form that all returned values share; "" if there is none."""
    returned = [one for one in observations if one.failure is None]
    if not returned:
        return ""
    said = {form_of(one.value, one.right, one.names) for one in returned}
    if "" in said or not said:
        return ""
    first = form_of(returned[0].value, returned[0].right, returned[0].names)
    # Compare the first words only: shapes and numbers later in the sentence may differ.
    return first if len({" ".join(s.split()[:4]) for s in said}) == 1 else ""


def _of_numbers(
    exercise: Exercise,
    observations: Sequence[Observation],
    known: KnownResults,
    meanings: Mapping[str, Condition],
) -> Diagnosis | None:
    """The cause, the condition or a property of the numbers, for each returned value."""
    names = list(dict.fromkeys(name for one in observations for name in one.names))
    alone = names[0] if len(names) == 1 else ""
    whole = best_match(observations, known, "")
    if whole is not None and whole.complete and (alone or _is_about_the_whole(whole)):
        return _named(exercise, [(whole, alone)], observations, meanings)
    if not any(one.is_wrong() for one in observations if not one.probe.edge):
        edge = _at_edges(observations)
        return Diagnosis("", (edge,)) if edge else None
    wrong = [name for name in names if _wrong(observations, name)]
    if len(names) > 1 and all(one.complete for one in observations if not one.probe.edge):
        return _of_parts(exercise, observations, known, meanings, wrong, names)
    if whole is not None:
        return _named(exercise, [(whole, alone)], observations, meanings)
    said = _described(observations, alone, meanings)
    edge = _at_edges(observations) if said else ""
    return Diagnosis("", (*said, edge) if edge else said) if said else None


def _is_about_the_whole(match: Match) -> bool:
    """Whether the match's sentence is about the whole code, not about one returned value."""
    return bool(match.alternative.name) or "{name}" not in match.alternative.sentence


def _form_of_part(observations: Sequence[Observation], name: str) -> str:
    """The fault of form that all wrong values of this name share; "" if there is none."""
    said = [
        form_of(one.part(name), (one.right[one.names.index(name)],), (name,))
        for one in observations
        if one.complete and name in one.names and not one.probe.edge and one.is_wrong(name)
    ]
    # Compare the first words only: shapes and numbers later in the sentence may differ.
    return said[0] if len({" ".join(each.split()[:4]) for each in said}) == 1 else ""


def _capital(names: str) -> str:
    """Capitalise words such as "the loss"; names of variables stay as they are."""
    return f"T{names[1:]}" if names.startswith("the ") else names


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _described(
    observations: Sequence[Observation], name: str, meanings: Mapping[str, Condition]
) -> tuple[str, ...]:
    """The sentences about a returned value whose mistake is not recognised."""
    bad = [o for o in observations if not o.probe.edge and o.is_wrong(name)]
    shape = wrong_shape(bad, name) if name else ""
    when = condition_sentence(observations, name, meanings)
    about = "" if shape else _about_the_numbers(observations, [name] if name else [])
    return tuple(filter(None, (shape, when, about)))


def _of_parts(
    exercise: Exercise,
    observations: Sequence[Observation],
    known: KnownResults,
    meanings: Mapping[str, Condition],
    wrong: Sequence[str],
    names: Sequence[str],
) -> Diagnosis | None:
    """As `_of_numbers`, for each returned value by itself; also says which values are right."""
    matches: list[tuple[Match, str]] = []
    told: dict[str, list[str]] = {}
    groups = [a.part for a in known.alternatives if AND in a.part]
    only_second = all(name.endswith(SECOND) for name in wrong)
    left = list(wrong)
    for group in sorted(dict.fromkeys(groups), key=lambda group: -group.count(AND)):
        match = best_match(observations, known, group) if {*group.split(AND)} <= {*left} else None
        if match is not None and match.complete:
            matches.append((match, ""))
            left = [name for name in left if name not in group.split(AND)]
    for name in left:
        match = best_match(observations, known, name)
        if match is not None:
            matches.append((match, name))
            continue
        form = _form_of_part(observations, name)
        if not form and only_second:
            continue
        for sentence in (form,) if form else _described(observations, name, meanings):
            told.setdefault(sentence, []).append(name)
    sentences = [
        sentence
        if sentence.startswith(tuple(about))
        else f"{_capital(_listed(_shown(about)))}: {_small(sentence)}"
        for sentence, about in told.items()
    ]
    right = _shown([name for name in names if name not in wrong])
    split = ""
    if only_second:
        split = ONLY_SECOND
    elif right and len(names) <= MOST_NAMES:
        bad = _shown(wrong)
        split = f"{_and(right)} {_is(right)} right; {_and(bad)} {_is(bad)} not."
    if not matches and not sentences:
        return Diagnosis("", (split,)) if split else None
    found = _named(exercise, matches, observations, meanings) if matches else Diagnosis("", ())
    said = (*found.sentences, *sentences)
    if split and not found.pitfall:
        said = (split, *said)
    return Diagnosis(found.pitfall, said[: MOST_SENTENCES + 1], exact=bool(matches))


def _named(
    exercise: Exercise,
    matches: Sequence[tuple[Match, str]],
    observations: Sequence[Observation],
    meanings: Mapping[str, Condition],
) -> Diagnosis:
    sentences: list[str] = []
    told: set[str] = set()
    pitfall = ""
    for match, name in matches:
        alternative = match.alternative
        if alternative.name and not pitfall:
            pitfall = f"{exercise.name}.{alternative.name}"
        if alternative.sentence in told and name.endswith(SECOND):
            continue  # the same mistake in the second call
        told.add(alternative.sentence)
        sentence = alternative.sentence.replace("{name}", name or "the result")
        if not name or name.startswith("the ") or not sentence.startswith(name):
            sentence = sentence[:1].upper() + sentence[1:]
        if sentence not in sentences:
            sentences.append(sentence)
        rest = "" if match.complete else _besides(match, observations, name, meanings)
        if rest and rest not in sentences:
            sentences.append(rest)
    return Diagnosis(pitfall, tuple(sentences), exact=True)


def _besides(
    match: Match, observations: Sequence[Observation], name: str, meanings: Mapping[str, Condition]
) -> str:
    """A sentence about a second mistake: when the calls are wrong that the match leaves out."""
    codes = match.alternative.codes
    left = []
    for one, code in zip(observations, codes, strict=False):
        explained = any(code)  # SAME is all zeros
        if not one.probe.edge and not explained:
            left.append(one)
    sentence = condition_sentence(left, name, meanings)
    return f"In calls where this makes no difference: {_small(sentence)}" if sentence else ""


def _wrong(observations: Sequence[Observation], name: str) -> bool:
    return any(one.is_wrong(name) for one in observations if name in one.names)


def condition_sentence(
    observations: Sequence[Observation], name: str, meanings: Mapping[str, Condition]
) -> str:
    """The condition under which a returned value is wrong, as a sentence; "" if there is none."""
    ordinary = [o for o in observations if not o.probe.edge and (not name or name in o.names)]
    wrong = [one.is_wrong(name) for one in ordinary]
    finding = conditions.simplest(wrong, [o.probe.conditions for o in ordinary], meanings)
    if finding is None:
        return ""
    raised = {
        one.failure.type if one.failure is not None else ""
        for one, bad in zip(ordinary, wrong, strict=True)
        if bad
    }
    verb = "wrong"
    if len(raised) == 1 and (kind := raised.pop()):
        verb = f"raises {'an' if kind[0] in 'AEIOU' else 'a'} {kind}"
    return conditions.say(finding, meanings, verb)


# Mistakes that only special input shows: what is right, what is wrong, and a test that is true for
# such an input. The first that fits is reported.
_EDGES = (
    (
        "Right for floating-point input; ",
        "wrong for arrays of integers: an array of integers, such as np.zeros_like of one, cannot "
        "hold what comes after the decimal point. Make every array into which you write floating "
        "point (dtype=float, or .astype(float)).",
        lambda array: array.dtype.kind == "i",
    ),
    (
        "Right for float64; ",
        "wrong for float32 input, where the result should be right to about 7 digits.",
        lambda array: array.dtype == np.float32,
    ),
    (
        "Right as long as the input is contiguous in memory; ",
        "wrong for an array that is not, such as a transposed one: do not rely on ravel, reshape "
        "or strides to share its memory.",
        lambda array: not array.flags.c_contiguous,
    ),
)


def _at_edges(observations: Sequence[Observation]) -> str:
    """A sentence about special input: integers, float32, arrays that are not contiguous.

    If ordinary calls are wrong too, a special call counts only if the ordinary call with the same
    shapes is right.
    """
    ordinary = [one for one in observations if not one.probe.edge]
    if not observations or observations[0].is_wrong():
        return ""
    alone = not any(one.is_wrong() for one in ordinary)
    wrong_twins = [_layout(one.probe) for one in ordinary if one.is_wrong()]
    arrays = [
        argument
        for one in observations
        if one.probe.edge and one.is_wrong() and _layout(one.probe) not in wrong_twins
        for argument in one.probe.arguments
        if isinstance(argument, np.ndarray)
    ]
    for right, wrong, holds in _EDGES:
        if any(map(holds, arrays)):
            return right + wrong if alone else f"Besides, it is {wrong}"
    return ""


def _layout(probe: Probe) -> tuple[object, ...]:
    """A call with the shapes of its arrays instead of their numbers."""
    given = (a.shape if isinstance(a, np.ndarray) else a for a in probe.arguments)
    return (probe.function, *given)


def _about_the_numbers(observations: Sequence[Observation], names: Sequence[str]) -> str:
    """A sentence about all wrong numbers: a factor, an order, a shape; "" if none is true."""
    if not names:
        return ""
    name = names[0]
    comparisons = []
    for one in observations:
        if one.probe.edge or name not in one.names or not one.is_wrong(name):
            continue
        if not one.complete:
            return ""
        got = as_numbers(one.part(name))
        wanted = as_numbers(one.right[one.names.index(name)])
        if got is None or wanted is None or not wanted.size:
            return ""
        slack = 1e-6 * (float(np.abs(wanted).max(initial=0.0)) or 1.0)
        comparisons.append(Comparison(got, wanted, slack))
    if not comparisons:
        return ""
    clause = near_miss(comparisons)
    if clause:
        return f"{clause[:1].upper()}{clause[1:]}."
    same = [each for each in comparisons if each.same_shape]
    if len(comparisons) > len(same) >= len(comparisons) / 2 and (clause := near_miss(same)):
        return f"Where its shape is right, {clause}."
    if (digits := _right_digits(comparisons)) is not None:
        return (
            f"It is right to about {digits} digits only: something small is wrong, such as a "
            "rounded number, a smaller dtype (float16), or a small number that is added or "
            "multiplied."
        )
    if all(not np.isfinite(c.got).all() and np.isfinite(c.wanted).all() for c in comparisons):
        return (
            "Numbers are infinite or nan: look for a division by 0, log(0) or exp of a large one."
        )
    return ""


def _right_digits(comparisons: Sequence[Comparison]) -> int | None:
    """The number of digits to which all numbers of all results are right; None if below 2."""
    worst = 0.0
    for each in comparisons:
        if not each.same_shape or not np.isfinite(each.got).all():
            return None
        if (each.wrong & (each.wanted == 0)).any():
            return None
        off = np.abs(each.got - each.wanted)[each.wrong] / np.abs(each.wanted[each.wrong])
        worst = max(worst, float(off.max(initial=0.0)))
    return int(-np.log10(worst)) if 0 < worst < 0.005 else None


def _shown(names: Sequence[str]) -> list[str]:
    """The names, without those of the second pass if the first pass is in the list too."""
    return [
        name
        for name in names
        if not name.endswith(SECOND) or name.removesuffix(SECOND) not in names
    ]


def _listed(names: Sequence[str]) -> str:
    """The names; if there are many, the first name and the number of the others."""
    if len(names) <= MOST_LISTED:
        return _and(names)
    return f"{names[0]} and {len(names) - 1} more values"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
