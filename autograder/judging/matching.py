"""Finds which known mistake, or which altered call, gives the same results as a learner's code."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.judging.known_results import AND, RAISES, SAME, Alternative, KnownResults, code_of
from autograder.judging.observation import Observation

LEAST_EVIDENCE = 2
TWO = "Two mistakes: "


@dataclass(frozen=True)
class Match:
    """An alternative that agrees with all observations.

    Attributes:
        alternative: the known mistake or altered call.
        explained: on how many calls both are wrong in the same way.
        complete: whether every wrong call is explained.
    """

    alternative: Alternative
    explained: int
    complete: bool


def best_match(observations: Sequence[Observation], known: KnownResults, part: str) -> Match | None:
    """The alternative that explains the most wrong calls; None if none agrees.

    It must agree on every ordinary call on which it differs from the right code, at least two.
    Calls on which either code raises confirm nothing and exclude nothing, except for two mistakes
    together (see `_match`). Edge calls, such as integers, only decide between equal alternatives.

    Args:
        observations: of the whole grid.
        known: the alternatives.
        part: the name of a returned value, or several names with AND between; "" for all together.
    """
    codes = [_code(one, part, known.steps) for one in observations]
    found: list[tuple[int, int, int, Match]] = []
    for place, alternative in enumerate(known.alternatives):
        if alternative.part != part:
            continue
        match = _match(alternative, codes, observations)
        if match is not None:
            edges = sum(
                code == theirs
                for one, code, theirs in zip(observations, codes, alternative.codes, strict=False)
                if one.probe.edge
            )
            found.append((match.explained, edges, -place, match))
    if not found:
        return None
    found.sort(key=lambda each: each[:3], reverse=True)
    first, *rest = found
    for explained, edges, _, other in rest:
        same = (explained, edges) == first[:2]
        if same and not _agree_everywhere(first[3].alternative, other.alternative, observations):
            return None  # two alternatives fit equally well, but are not the same
        if not same:
            break
    return first[3]


def _match(
    alternative: Alternative, codes: Sequence[bytes], observations: Sequence[Observation]
) -> Match | None:
    explained, unexplained = 0, 0
    for one, code, theirs in zip(observations, codes, alternative.codes, strict=False):
        if one.probe.edge:
            continue
        if theirs == SAME:
            unexplained += code != SAME
        elif theirs == RAISES or code == RAISES:
            unexplained += code not in (SAME, theirs)
        elif code == theirs:
            explained += 1
        else:
            return None
    if explained < LEAST_EVIDENCE:
        return None
    # There are thousands of pairs of mistakes: some agree by chance with code that often raises.
    if alternative.sentence.startswith(TWO) and unexplained > explained:
        return None
    return Match(alternative, explained, unexplained == 0)


def _agree_everywhere(
    one: Alternative, other: Alternative, observations: Sequence[Observation]
) -> bool:
    ordinary = [not o.probe.edge for o in observations]
    pairs = zip(one.codes, other.codes, ordinary, strict=False)
    return all(a == b or RAISES in (a, b) for a, b, matters in pairs if matters)


def _code(one: Observation, part: str, steps: int) -> bytes:
    """The hash of what was returned; SAME if it is right."""
    if not one.complete:
        return RAISES
    if AND in part:
        names = [name for name in part.split(AND) if name in one.names]
        if not any(one.is_wrong(name) for name in names):
            return SAME
        return code_of(tuple(one.part(name) for name in names), steps)
    if not one.is_wrong(part):
        return SAME
    if part and part not in one.names:
        return SAME
    return code_of(one.part(part), steps)
