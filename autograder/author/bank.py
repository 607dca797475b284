"""Writes the generated files of each exercise, and prints which checks catch each pitfall.

    python -m autograder.author.bank [--check] [EXERCISE ...]

The files are fingerprints.json, diagnosis.json and inputs.json. For instructors: it needs the
wrong implementations and the solutions.
"""

import functools
import inspect
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np

from autograder.author.grid_results import known_results, made_from
from autograder.author.pitfalls import WrongImplementation, wrong_implementations
from autograder.catalogue import Course, Exercise, load
from autograder.judging import fingerprints
from autograder.judging.fingerprints import Print
from autograder.judging.judge import run_checks
from autograder.judging.known_results import FILE, as_text, made_from_of, read_known_results
from autograder.judging.learner import Learner, TimeBudget
from autograder.judging.reference import load_reference
from autograder.text import UserError
from autograder.worker.host import Host, Outcome

COMMAND = "make pitfalls"
# The largest error of a float32 result, in rounding steps.
MARGIN = 5e-4
LEAST_EVIDENCE = 2


Probe = Callable[[Any], Any]


class BankHost(Host):
    """A host of the solutions in which other code replaces one exercise.

    Args:
        exercise: the name of the exercise.
        code: the function or class that replaces it.
    """

    def __init__(self, exercise: str, code: Any) -> None:
        super().__init__(load().solutions)
        self._exercise, self._code = exercise, code

    def find(self, module: str, name: str) -> Outcome:
        if name == self._exercise:
            return Outcome(self.export(self._code))
        return super().find(module, name)


def probes_of(exercise: Exercise) -> Any:
    """The exercise's module probes.py."""
    return load().module(exercise.assignment, exercise.name, "probes")


@dataclass(frozen=True)
class Caught:
    """The checks that a wrong implementation fails.

    Attributes:
        public, hidden: their names.
        passes_others: whether it passes other public checks.
    """

    public: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    passes_others: bool = False


@dataclass
class Entry:
    """A wrong implementation, and what is known about it.

    Attributes:
        prints: the result of each probe.
        exact: whether the sizes in NumPy's error messages are needed to recognise it.
        evidence: the number of probes whose result differs from the solution's.
        parts: the hash of each wrong returned value, if other returned values are right.
        cut_off: the hash of this mistake combined with truncation for integer inputs, or "".
        besides: the hash of this mistake combined with another one, by the other's name.
        forward: the hash of its forward pass, if that alone is enough to recognise it, or "".
        caught: the checks that it fails.
    """

    pitfall: WrongImplementation
    prints: list[Print]
    exact: bool
    evidence: int
    parts: dict[str, str] = field(default_factory=dict)
    cut_off: str = ""
    besides: dict[str, str] = field(default_factory=dict)
    forward: str = ""
    caught: Caught = field(default_factory=Caught)

    @property
    def name(self) -> str:
        """Its name within the exercise."""
        return self.pitfall.id.split(".")[1]

    @property
    def print(self) -> str:
        """The hash that is stored in the bank."""
        exercise = self.pitfall.id.split(".")[0]
        join = fingerprints.joined_exactly if self.exact else fingerprints.joined
        return join(exercise, self.prints)

    def looks_like(self, other: "Entry") -> bool:
        """Whether the two have equal prints, so that one could be taken for the other."""
        if self.exact and other.exact:
            return [p.exact for p in self.prints] == [p.exact for p in other.prints]
        return [p.whole for p in self.prints] == [p.whole for p in other.prints]


def take_prints(
    exercise: Exercise, code: Any, probes: Sequence[Probe] | None = None
) -> list[Print]:
    """Run the exercise's probes, or `probes`, on `code`; one Print for each.

    Raises:
        UserError: if a result is so near a rounding edge that float32 could round it otherwise.
    """
    learner = Learner(BankHost(exercise.name, code), load(), exercise, TimeBudget())
    prints = []
    for number, probe in enumerate(probes or probes_of(exercise).PROBES, 1):
        prints.append(fingerprints.take_print(probe, learner))
        if prints[-1].raised or " " in prints[-1].whole:
            continue
        with np.errstate(all="ignore"):
            distance = fingerprints.distance_to_an_edge(probe(learner))
        if distance < MARGIN:
            raise UserError(
                f"{exercise.name}, probe {number}: a number that {code.__name__} returns lies "
                f"{distance:.1e} steps from where its rounding changes; change the probe's inputs"
            )
    return prints


def examine(exercise: Exercise) -> list[Entry]:
    """All entries of one exercise.

    Raises:
        UserError: if two entries have equal prints, an entry differs from the solution on too
            few probes or has no sentence, or a probe fails on the solution.
    """
    right = take_prints(exercise, getattr(load_reference(), exercise.name))
    if any(one.raised for one in right):
        raise UserError(
            f"{exercise.name}: a probe raises an exception on the solution; correct the probe"
        )
    entries: list[Entry] = []
    for pitfall in wrong_implementations(exercise):
        if not pitfall.sentence:
            raise UserError(f"{pitfall.id} has no sentence; give it a docstring")
        entry = _entry(pitfall, take_prints(exercise, pitfall.code), right)
        if entry.evidence < LEAST_EVIDENCE:
            if all(one.raised for one in entry.prints):
                raise UserError(f"{pitfall.id} raises for every probe; call it, and correct it")
            raise UserError(
                f"{pitfall.id} differs from the solution on {entry.evidence} of "
                f"{len(entry.prints)} probes, and {LEAST_EVIDENCE} are needed to name it; add a "
                "probe on which it shows"
            )
        for other in entries:
            if other.looks_like(entry):
                raise UserError(
                    f"{pitfall.id} and {other.pitfall.id} return the same for every probe; add a "
                    "probe on which they differ, or make one of the two"
                )
        entry.parts = _parts(exercise, entry.prints, right)
        entries.append(entry)
    _cut_off(exercise, entries, right)
    _besides(exercise, entries, right)
    _forward(exercise, entries)
    return entries


def _entry(pitfall: WrongImplementation, prints: list[Print], right: list[Print]) -> Entry:
    """Make the entry, recognised by returned values if these differ on enough probes.

    Else the sizes in NumPy's errors count too; they depend more on how the code is written.
    """
    pairs = list(zip(prints, right, strict=True))
    by_value = sum(mine.whole != theirs.whole and not mine.raised for mine, theirs in pairs)
    if by_value >= LEAST_EVIDENCE:
        return Entry(pitfall, prints, False, by_value)
    by_size = sum(mine.exact not in (theirs.whole, fingerprints.RAISES) for mine, theirs in pairs)
    return Entry(pitfall, prints, True, by_size)


def _parts(exercise: Exercise, prints: list[Print], right: list[Print]) -> dict[str, str]:
    """The hash of each wrong returned value, by its number.

    Empty unless another returned value is right, and each wrong one differs on enough probes.
    """
    of_each = fingerprints.joined_by_part(exercise.name, prints)
    rights = fingerprints.joined_by_part(exercise.name, right)
    wrong = {part: of_each[part] for part in of_each if of_each[part] != rights.get(part)}
    if len(of_each) != len(rights) or len(wrong) == len(of_each):
        return {}
    solution = getattr(load_reference(), exercise.name)
    if "tuple" not in str(getattr(solution, "__annotations__", {}).get("return")):
        return {}  # the probe made the tuple: one value from each of several calls
    for part in map(int, wrong):
        pairs = zip(prints, right, strict=True)
        if sum(a.parts[part] != b.parts[part] for a, b in pairs) < LEAST_EVIDENCE:
            return {}
    return wrong


def _cut_off(exercise: Exercise, entries: list[Entry], right: list[Print]) -> None:
    """Fill in the hash of each mistake combined with truncation, if no other code has it."""
    candidates: list[Entry] = []
    for entry in entries:
        if not inspect.isfunction(entry.pitfall.code):
            continue
        prints = take_prints(exercise, _with_integers_cut_off(entry.pitfall.code))
        both = _entry(entry.pitfall, prints, right)
        # The mistake itself must show on probes that the truncation does not change.
        shown = sum(
            a == b and a.whole != c.whole and not a.raised
            for a, b, c in zip(prints, entry.prints, right, strict=True)
        )
        if shown >= LEAST_EVIDENCE and prints != entry.prints:
            candidates.append(both)
    for both in candidates:
        rivals = [e for e in (*entries, *candidates) if e is not both and e.looks_like(both)]
        if not rivals:
            entry = next(e for e in entries if e.pitfall is both.pitfall)
            entry.cut_off = both.print


# Mistakes that equal the right code on a changed argument: which argument, and its change. Another
# mistake's code, called with that argument changed, then makes both mistakes at once.
_AS_ANOTHER_INPUT: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "bias_ignored": ("bias", lambda bias: 0 * bias),
    "stride_ignored": ("stride", lambda stride: 1),
    "padding_ignored": ("padding", lambda padding: 0),
    "kernel_flipped": ("weights", lambda weights: weights[:, :, ::-1, ::-1]),
    "upstream_ignored": ("d_out", lambda d_out: np.ones_like(d_out, dtype=np.float64)),
}


def _besides(exercise: Exercise, entries: list[Entry], right: list[Print]) -> None:
    """Fill in the hash of each mistake combined with one of `_AS_ANOTHER_INPUT`, if unique."""
    solution = getattr(load_reference(), exercise.name)
    candidates: list[tuple[Entry, Entry, Entry]] = []
    done: set[frozenset[str]] = set()
    for other in entries:
        if other.name not in _AS_ANOTHER_INPUT or not inspect.isfunction(solution):
            continue
        argument, change = _AS_ANOTHER_INPUT[other.name]
        if argument not in inspect.signature(solution).parameters:
            continue
        if take_prints(exercise, _on_another_input(solution, argument, change)) != other.prints:
            continue
        for entry in entries:
            pair = frozenset((entry.name, other.name))
            if entry is other or pair in done or not _holds_beside(entry.pitfall, argument):
                continue
            done.add(pair)
            code = _on_another_input(entry.pitfall.code, argument, change)
            both = _entry(entry.pitfall, take_prints(exercise, code), right)
            alone = (right, entry.prints, other.prints)
            if not both.exact and all(_by_value(both.prints, a) >= LEAST_EVIDENCE for a in alone):
                candidates.append((both, entry, other))
    all_both = [both for both, _, _ in candidates]
    for both, entry, other in candidates:
        known = {e.cut_off for e in entries} | {e.print for e in entries}
        rivals = [e for e in (*entries, *all_both) if e is not both and e.looks_like(both)]
        if not rivals and both.print not in known:
            entry.besides[other.name] = both.print


def _forward(exercise: Exercise, entries: list[Entry]) -> None:
    """Fill in the hash of each mistake's forward pass, if it is wrong and unique."""
    probes = getattr(probes_of(exercise), "FORWARD", None)
    if probes is None:
        return
    right = take_prints(exercise, getattr(load_reference(), exercise.name), probes)
    all_prints = [take_prints(exercise, entry.pitfall.code, probes) for entry in entries]
    for entry, prints in zip(entries, all_prints, strict=True):
        raised = any(one.raised for one in prints)
        if not raised and all_prints.count(prints) == 1 and _by_value(prints, right) > 1:
            entry.forward = fingerprints.joined_forward(exercise.name, prints)


def _holds_beside(pitfall: WrongImplementation, argument: str) -> bool:
    """Whether the sentence stays true if `argument` is wrong too: it may call other parts right."""
    praised = re.findall(r"\bright (\w+)|\b(?:is|are) right\b", pitfall.sentence)
    of_shape = {"size", "shape", "number"}
    return all(what in of_shape and argument not in ("stride", "padding") for what in praised)


def _by_value(mine: list[Print], theirs: list[Print]) -> int:
    """The number of probes for which both implementations return values, and these differ."""
    pairs = zip(mine, theirs, strict=True)
    return sum(a.whole != b.whole and not a.raised and not b.raised for a, b in pairs)


def _on_another_input(code: Any, argument: str, change: Callable[[Any], Any]) -> Any:
    """The same function, but called with one argument changed."""
    signature = inspect.signature(code)

    @functools.wraps(code)
    def changed(*args: Any) -> Any:
        bound = signature.bind(*args)
        bound.apply_defaults()
        bound.arguments[argument] = change(bound.arguments[argument])
        return code(*bound.args)

    return changed


def _with_integers_cut_off(code: Any) -> Any:
    """The same function, but its float result is truncated if an input holds integers."""

    def cut(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and np.isfinite(value).all():
            return np.trunc(value)
        return value

    @functools.wraps(code)
    def cut_off(*args: Any) -> Any:
        value = code(*args)
        if not any(isinstance(a, np.ndarray) and a.dtype.kind == "i" for a in args[:2]):
            return value
        return (cut(value[0]), *value[1:]) if isinstance(value, tuple) else cut(value)

    return cut_off


def as_json(entries: list[Entry], digest: str) -> str:
    """The text of an exercise's fingerprints.json; `digest` is the hash of its source files."""
    form = {
        "generated": f"by `{COMMAND}` from pitfalls.py and probes.py; do not edit",
        "made_from": digest,
        "pitfalls": {entry.pitfall.id.split(".")[1]: _form(entry) for entry in entries},
    }
    return json.dumps(form, indent=1, ensure_ascii=False) + "\n"


def _form(entry: Entry) -> dict[str, Any]:
    form: dict[str, Any] = {"print": entry.print, "sentence": entry.pitfall.sentence}
    if entry.parts:
        form["parts"] = entry.parts
    if entry.cut_off:
        form["cut_off"] = entry.cut_off
    if entry.forward:
        form["forward"] = entry.forward
    if entry.besides:
        form["besides"] = entry.besides
    if entry.caught.passes_others:
        form["fails"] = entry.caught.public
    return form


def caught_by(
    course: Course, exercise: Exercise, code: Any, secret: str = "the bank of pitfalls"
) -> Caught:
    """The checks that `code` fails; `secret` seeds the random numbers of the checks."""
    results = run_checks(
        BankHost(exercise.name, code),
        course,
        (exercise,),
        reference=load_reference(),
        secret=secret,
    )
    checks = results[exercise.name].checks
    return Caught(
        [check.name for check in checks if not check.passed and not check.hidden],
        [check.name for check in checks if not check.passed and check.hidden],
        any(check.passed and not check.hidden for check in checks),
    )


def named(exercise: Exercise, code: Any) -> str | None:
    """The id of the pitfall that `code` is recognised as, or None."""
    learner = Learner(BankHost(exercise.name, code), load(), exercise, TimeBudget())
    pitfall = fingerprints.recognise(learner, load(), exercise)
    return None if pitfall is None else pitfall.id


def table(course: Course, entries: dict[str, list[Entry]]) -> Iterator[str]:
    """Lines for each entry: whether it is recognised, and which checks catch it."""
    count, missed_publicly, missed = 0, 0, 0
    for exercise in course.exercises:
        for entry in entries.get(exercise.name, []):
            caught = entry.caught
            name = named(exercise, entry.pitfall.code)
            alone = "named alone" if name == entry.pitfall.id else f"NAMED {name}"
            count += 1
            missed_publicly += not caught.public
            missed += not (caught.public or caught.hidden)
            yield f"{entry.pitfall.id}: {alone}, on {entry.evidence} probes"
            yield f"    public: {', '.join(caught.public) or '-'}"
            yield f"    hidden: {', '.join(caught.hidden) or '-'}"
    yield (
        f"{count} pitfalls; {missed} that no check catches, {missed_publicly} that no public "
        "check catches"
    )


def written_files(
    course: Course, exercise: Exercise, entries: list[Entry] | None
) -> Iterator[tuple[Path, str]]:
    """The files that are generated in an exercise's folder, each with its text."""
    digest = made_from(course, exercise)
    yield from written_inputs(course, exercise)
    known = known_results(course, exercise)
    if known is not None:
        yield exercise.folder / FILE, as_text(known, digest)
    if entries is not None:
        # Last, because a public check compares with the right results in the file above.
        read_known_results.cache_clear()
        for entry in entries:
            entry.caught = caught_by(course, exercise, entry.pitfall.code)
        yield exercise.folder / fingerprints.BANK, as_json(entries, digest)


def written_inputs(course: Course, exercise: Exercise) -> Iterator[tuple[Path, str]]:
    """The path and text of inputs.json, if the exercise's inputs are another exercise's results."""
    if course.has_module(exercise.assignment, exercise.name, "inputs"):
        inputs = course.module(exercise.assignment, exercise.name, "inputs")
        yield exercise.folder / "inputs.json", arrays_as_json(inputs.arrays(load_reference()))


def arrays_as_json(arrays: Sequence[np.ndarray]) -> str:
    """The text of an inputs.json."""
    rows = (json.dumps({"shape": list(a.shape), "numbers": a.ravel().tolist()}) for a in arrays)
    generated = json.dumps(f"by `{COMMAND}` from inputs.py; do not edit")
    return f'{{"generated": {generated},\n"arrays": [\n' + ",\n".join(rows) + "\n]}\n"


def _require_fresh(course: Course, exercises: Sequence[Exercise]) -> None:
    """Raise ClickException if the sources of a generated file have changed since."""
    stale = [
        f"{exercise.name}/{name}"
        for exercise in exercises
        for name in (fingerprints.BANK, FILE)
        if (exercise.folder / name).is_file()
        and made_from_of(exercise.folder / name) != made_from(course, exercise)
    ]
    if stale:
        raise click.ClickException(
            f"stale: {', '.join(stale)}: run `{COMMAND}` and commit what it writes"
        )
    click.echo("all is up to date")


@click.command()
@click.argument("names", nargs=-1, metavar="[EXERCISE]...")
@click.option("--check", is_flag=True, help="Write nothing; exit status 1 if a file is stale.")
@click.option("--whole", is_flag=True, help="With --check: make every file again and compare.")
def main(names: tuple[str, ...], check: bool, whole: bool) -> None:
    """Write the generated files of each exercise and print the bank of known mistakes."""
    course = load()
    try:
        exercises = [course.exercise(name) for name in names] or course.exercises
        if check and not whole:
            _require_fresh(course, exercises)
            return
        if not check:
            # First, because the probes read these files when they are imported.
            for exercise in exercises:
                for path, text in written_inputs(course, exercise):
                    path.write_text(text, encoding="utf-8")
        banks = {e.name: examine(e) for e in exercises if wrong_implementations(e)}
    except UserError as error:
        raise click.ClickException(str(error)) from None
    stale = []
    for exercise in exercises:
        for path, text in written_files(course, exercise, banks.get(exercise.name)):
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(f"{exercise.name}/{path.name}")
                if not check:
                    path.write_text(text, encoding="utf-8")
    fingerprints.forget_banks()
    if check and stale:
        raise click.ClickException(
            f"stale: {', '.join(stale)}: run `{COMMAND}` and commit what it writes"
        )
    if check:
        click.echo(f"all is up to date: {sum(map(len, banks.values()))} pitfalls")
        return
    for line in table(course, banks):
        click.echo(line)


if __name__ == "__main__":
    main()
