"""Finds the simplest condition that separates right calls from wrong ones.

A sentence is given only if it is true for all calls that were tried.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.judging.probe import Condition

LEAST_WRONG = 2
LEAST_RIGHT = 2
# The fewest wrong calls for two conditions that must hold together: fewer fit by chance.
LEAST_TOGETHER = 4
MOST_TOLD = 3
# The share of the calls with a condition that must be wrong, for the words "in most cases" and
# "in some cases".
MOST_SHARE, LEAST_SHARE = 0.6, 0.25
# "In some cases" needs at least this many wrong calls: fewer fit some condition by chance.
LEAST_IN_SOME = 5


@dataclass(frozen=True)
class Finding:
    """The conditions under which code is wrong.

    Attributes:
        names: the conditions; "not " before a name means its absence.
        together: whether a call is wrong only if all of them hold; else one of them is enough.
        exact: whether the wrong calls are exactly those for which they hold.
        often: whether most calls for which one holds are wrong, and not only some.
        alone: whether each of them makes a right call wrong when nothing else changes.
    """

    names: tuple[str, ...]
    together: bool = False
    exact: bool = True
    often: bool = True
    alone: bool = False


def simplest(
    wrong: Sequence[bool],
    conditions: Sequence[frozenset[str]],
    meanings: Mapping[str, Condition],
) -> Finding | None:
    """The simplest condition that explains the wrong calls, exactly if possible; or None.

    Args:
        wrong: for each call, whether its result is wrong.
        conditions: for each call, the names of the conditions that hold.
        meanings: the condition of each name; earlier names are preferred.
    """
    order = list(meanings)
    if sum(wrong) < LEAST_WRONG or len(wrong) - sum(wrong) < LEAST_RIGHT:
        return None
    columns = {name: tuple(name in held for held in conditions) for name in order}
    columns |= {f"not {name}": tuple(not c for c in column) for name, column in columns.items()}
    # A condition that is the same in every call separates nothing.
    columns = {name: column for name, column in columns.items() if any(column) and not all(column)}
    target = tuple(bool(w) for w in wrong)
    for name, column in columns.items():
        if column == target:
            return Finding((name,))
    # Combine only conditions that do not follow from others: else some combination always fits.
    columns = {n: c for n, c in columns.items() if n in meanings and not meanings[n].derived}
    inside = {n: c for n, c in columns.items() if not _exceeds(c, target)}
    for count in (2, 3):
        for names in combinations(inside, count):
            if tuple(map(any, zip(*(inside[n] for n in names), strict=True))) == target:
                return Finding(names)
    around = {n: c for n, c in columns.items() if not _exceeds(target, c)}
    if sum(target) < LEAST_TOGETHER:
        around = {}
    for names in combinations(around, 2):
        if tuple(map(all, zip(*(around[n] for n in names), strict=True))) == target:
            return Finding(names, together=True)
    needed = _needed(target, conditions, order, columns)
    if needed is not None and needed.often:
        return needed
    return _one_at_a_time(target, conditions, columns) or needed


def _needed(
    wrong: Sequence[bool],
    conditions: Sequence[frozenset[str]],
    order: Sequence[str],
    primary: Iterable[str],
) -> Finding | None:
    """One condition, or two: at least one holds for every wrong call, and for few right ones."""
    best: tuple[float, tuple[str, ...]] | None = None
    for names in (*((name,) for name in order), *combinations(primary, 2)):
        if best is not None and len(names) > len(best[1]):
            break
        held = [bad for bad, all_of in zip(wrong, conditions, strict=True) if all_of & {*names}]
        if sum(held) < sum(wrong) or len(wrong) - len(held) < LEAST_RIGHT:
            continue
        share = sum(held) / len(held)
        least = LEAST_SHARE if len(names) == 1 and sum(wrong) >= LEAST_IN_SOME else MOST_SHARE
        if share >= least and (best is None or share > best[0]):
            best = share, names
    return None if best is None else Finding(best[1], exact=False, often=best[0] >= MOST_SHARE)


def _exceeds(column: Sequence[bool], target: Sequence[bool]) -> bool:
    return any(c and not t for c, t in zip(column, target, strict=True))


def _one_at_a_time(
    wrong: Sequence[bool], conditions: Sequence[frozenset[str]], order: Iterable[str]
) -> Finding | None:
    """The conditions that make a right call wrong when nothing else changes."""
    right = [held for held, bad in zip(conditions, wrong, strict=True) if not bad]
    found = []
    for name in order:
        changed = [
            bad
            for held, bad in zip(conditions, wrong, strict=True)
            if name in held and held - {name} in right
        ]
        if changed and all(changed):
            found.append(name)
    # Every wrong call must have one of them; otherwise the sentence would be incomplete.
    rest = [
        held for held, bad in zip(conditions, wrong, strict=True) if bad and held.isdisjoint(found)
    ]
    return Finding(tuple(found), exact=False, alone=True) if found and not rest else None


def say(finding: Finding, conditions: Mapping[str, Condition], verb: str = "wrong") -> str:
    """The finding as a sentence for the learner.

    Args:
        finding: the result of `simplest`.
        conditions: the condition of each name.
        verb: "wrong", or what the code does instead, such as "raises an IndexError".
    """
    clauses, opposites, looks = [], [], []
    for name in finding.names[:MOST_TOLD]:
        known = conditions[name.removeprefix("not ")]
        absent = name.startswith("not ")
        clauses.append(known.absent if absent else known.present)
        opposite = known.present if absent else known.absent
        if opposite not in opposites:
            opposites.append(opposite)
        look = known.look_absent if absent else known.look_present
        if look and look not in looks:
            looks.append(look)
    if finding.together:
        when = " and ".join(clauses)
        sentence = f"{_capital(verb)} when {when}, and right otherwise"
    elif finding.exact:
        sentence = f"Right as long as {' and '.join(opposites)}; {verb} as soon as "
        sentence += " or ".join(clauses)
    elif not finding.alone:
        share = "most" if finding.often else "some"
        sentence = f"Right as long as {' and '.join(opposites)}; {verb} in {share} cases where "
        sentence += " or ".join(clauses)
    else:
        sentence = f"Right in the simplest case; {verb} when only one thing changes: "
        sentence += "; or ".join(clauses)
    return " ".join(f"{_capital(clause)}." for clause in (sentence, *looks))


def _capital(clause: str) -> str:
    """The clause with a capital letter, unless it begins with code."""
    first = clause.split(" ", 1)[0]
    is_word = first == "a" or (first.isalpha() and len(first) > 1)
    return f"{clause[:1].upper()}{clause[1:]}" if is_word else clause
