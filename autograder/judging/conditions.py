"""Finds when code is right: the simplest condition that separates right calls from wrong ones.

Nothing is guessed: a sentence is said only if it holds for every call that was tried.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.judging.probe import Condition

LEAST_WRONG = 2
LEAST_RIGHT = 2
# Two conditions that must hold together fit a few calls by chance.
LEAST_TOGETHER = 4
MOST_TOLD = 3
# Of the calls for which a condition holds, so many must be wrong before it is told: in most of
# them, or at least in some.
MOST_SHARE, LEAST_SHARE = 0.6, 0.25
# "In some cases" is told only of so many wrong calls: a few fit some condition by chance.
LEAST_IN_SOME = 5


@dataclass(frozen=True)
class Finding:
    """When code is wrong.

    Attributes:
        names: the conditions; with "not " before the name, their absence.
        together: whether all must hold (wrong only where all do), or any.
        exact: whether wrong is exactly where they hold, in all calls that were tried.
        often: whether most calls for which one holds are wrong, and not only some.
        alone: whether each makes a call wrong when nothing else of the call changes.
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
    """The simplest condition that holds exactly for the wrong calls; None if there is none.

    Args:
        wrong: for each call, whether its result is wrong.
        conditions: for each call, the names of what holds for it.
        meanings: of all names, the first ones preferred.
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
    # Combined, only what is a property of the call by itself: else some combination always fits.
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
    """The condition, or two, one of which holds for every wrong call, and for few right ones."""
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
    """The conditions that make a right call wrong when nothing else of the call changes."""
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
    # What else is wrong holds one of these; otherwise the sentence would leave something out.
    rest = [
        held for held, bad in zip(conditions, wrong, strict=True) if bad and held.isdisjoint(found)
    ]
    return Finding(tuple(found), exact=False, alone=True) if found and not rest else None


def say(finding: Finding, conditions: Mapping[str, Condition], verb: str = "wrong") -> str:
    """The finding as a sentence for the learner.

    Args:
        finding: what `simplest` gave.
        conditions: what each name means.
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
    """With a capital, but for a clause that begins with code."""
    first = clause.split(" ", 1)[0]
    is_word = first == "a" or (first.isalpha() and len(first) > 1)
    return f"{clause[:1].upper()}{clause[1:]}" if is_word else clause
