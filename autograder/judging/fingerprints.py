"""Recognises known mistakes by what a learner's code returns, without the code of the mistakes.

A known mistake is stored as one hash of everything that it returns for all probes of its
exercise. A learner's code that returns the same has the same hash. Neither the wrong
implementation nor the right results can be read from the hash.

If a mistake mostly raises shape errors, the sizes in NumPy's message are part of the hash. More
hashes recognise a mistake that comes with others: the mistake plus truncation of integers, two
mistakes together, each returned value by itself (such as d_bias), and a layer's forward pass alone.
"""

import contextlib
import hashlib
import io
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.catalogue import Course, Exercise
from autograder.judging.compare import Mismatch, as_array
from autograder.judging.learner import Learner, LearnerError
from autograder.judging.shape_errors import read_shape_error

BANK = "fingerprints.json"
RAISES = "raises"
CHANGES_INPUT = "changes its input"
CUT_OFF = (
    "And for integers it cuts off what comes after the point: the result has to be floating point."
)
# Numbers are rounded to whole steps of 1/256. The boundary between two steps is at 0.7 of a step,
# where no half, quarter, third or fifth is, so that a float32 error moves none of these across it.
STEPS = 256
EDGE = 0.7
# The most numbers in one result of a probe; right results have far fewer.
MOST_NUMBERS = 20_000
# From this size on, a number is only hashed as "large".
LARGE = 1e9


@dataclass(frozen=True)
class Pitfall:
    """A known mistake.

    Attributes:
        id: "<exercise>.<name>", e.g. "im2col.rows_are_windows".
        sentence: what the code does instead, and the idea that fixes it.
        fails: the public checks that it fails, if it passes others; else empty.
        whole: whether all that the code returns agrees with it, and not only some values.
    """

    id: str
    sentence: str
    fails: frozenset[str] = frozenset()
    whole: bool = True


def fingerprint(value: Any) -> str:
    """The hash of the shape and the rounded numbers of a value; for a tuple, of each part.

    The same numbers in float32, float64 or as integers have the same fingerprint, and so have
    0 and -0.
    """
    return _hash(_canonical(value))


@dataclass(frozen=True)
class Print:
    """The hashes of what one probe returned.

    Attributes:
        whole: the hash of all that was returned, or a word that says why there is none.
        parts: the hash of each part, if several values were returned.
        sizes: the sizes in NumPy's message, if shapes did not fit; else "".
    """

    whole: str
    parts: tuple[str, ...] = ()
    sizes: str = ""

    @property
    def raised(self) -> bool:
        """Whether there is no value because the code raised."""
        return self.whole == RAISES

    @property
    def exact(self) -> str:
        """As `whole`; for code that raised, with the sizes that did not fit."""
        return f"{RAISES} {self.sizes}" if self.sizes else self.whole


def recognise(learner: Learner, course: Course, exercise: Exercise) -> Pitfall | None:
    """The known mistake in the learner's exercise, or None.

    The code must give the same as a known mistake for every probe. When the bank is written,
    each mistake must differ from the solution on at least two probes, and from every other
    mistake on at least one. If code returns several values, mistakes in different values may be
    recognised together.
    """
    known = _bank(exercise.name, exercise.folder / BANK)
    if known is None:
        return None
    prints = []
    probes = course.module(exercise.assignment, exercise.name, "probes")
    for probe in probes.PROBES:
        try:
            prints.append(take_print(probe, learner))
        except LearnerError:
            return None
    name = exercise.name
    for way in (joined(name, prints), joined_exactly(name, prints)):
        if way in known.whole:
            return known.whole[way]
    found = _by_parts(known.parts, joined_by_part(name, prints))
    return found or _by_forward(learner, name, known.forward, getattr(probes, "FORWARD", ()))


def forget_banks() -> None:
    """Clear the cache of banks after their files were written."""
    _bank.cache_clear()


def _by_forward(
    learner: Learner,
    exercise: str,
    known: "dict[str, Pitfall]",
    probes: Sequence[Callable[[Any], Any]],
) -> Pitfall | None:
    """The known mistake in a layer's forward pass, whatever its backward pass does."""
    if not known:
        return None
    try:
        prints = [take_print(probe, learner) for probe in probes]
    except LearnerError:
        return None
    return known.get(joined_forward(exercise, prints))


def _by_parts(known: "list[tuple[Pitfall, Parts]]", prints: "Parts") -> Pitfall | None:
    """The mistakes in some of the returned values, combined; those in most values come first."""
    found: list[Pitfall] = []
    taken: set[str] = set()
    for pitfall, parts in sorted(known, key=lambda entry: -len(entry[1])):
        if parts.items() <= prints.items() and taken.isdisjoint(parts):
            found.append(pitfall)
            taken.update(parts)
    return replace(_together(found), whole=False) if found else None


def _together(found: "Sequence[Pitfall]") -> Pitfall:
    """Several mistakes combined into one Pitfall, with the id of the first."""
    if len(found) == 1:
        return found[0]
    sentences = (f"{number}. {pitfall.sentence}" for number, pitfall in enumerate(found, 1))
    count = "Two" if len(found) == 2 else len(found)
    return Pitfall(found[0].id, f"{count} mistakes: {' '.join(sentences)}")


def take_print(probe: Callable[[Any], Any], learner: Learner) -> Print:
    """Run a probe and hash what it returns.

    Raises:
        LearnerError: if the code cannot be run at all, or does not finish.
    """
    try:
        learner.forms.clear()
        with _quiet():
            value = probe(learner)
            changed = [fault.changed for fault in learner.forms if fault.changed]
            if changed:
                return Print(f"{CHANGES_INPUT} {changed[0]}")
            several = isinstance(value, tuple)
            return Print(fingerprint(value), tuple(map(fingerprint, value)) if several else ())
    except LearnerError as error:
        if error.failure.unfinished:
            raise
        shapes = read_shape_error(error.failure.type, error.failure.message)
        known = shapes is not None and any(shapes.sizes)
        return Print(RAISES, sizes=f"{shapes.kind} {shapes.sizes}" if shapes and known else "")
    except Exception:
        # A value of an unexpected kind made the probe's own arithmetic fail.
        return Print(RAISES)


def joined(exercise: str, prints: Sequence[Print]) -> str:
    """One hash of all prints of an exercise, as stored in the bank."""
    return _joined(exercise, [one.whole for one in prints])


def joined_exactly(exercise: str, prints: Sequence[Print]) -> str:
    """As `joined`, with the sizes that did not fit."""
    return _joined(exercise, [one.exact for one in prints])


def joined_by_part(exercise: str, prints: Sequence[Print]) -> "Parts":
    """One hash for each returned value, by its index; {} unless every probe returned them all."""
    count = len(prints[0].parts)
    if count < 2 or any(len(one.parts) != count for one in prints):
        return {}
    return {
        str(part): _joined(f"{exercise} {part}", [one.parts[part] for one in prints])
        for part in range(count)
    }


def joined_forward(exercise: str, prints: Sequence[Print]) -> str:
    """One hash of the prints of the forward pass's probes."""
    return _joined(f"{exercise} forward", [one.whole for one in prints])


def _joined(name: str, prints: Sequence[str]) -> str:
    return _hash([name, *prints])[:16]


def distance_to_an_edge(value: Any) -> float:
    """The least distance of a number in `value` to a rounding boundary, in steps: 0 to 0.5."""
    if value is None:
        return 0.5
    if isinstance(value, tuple | list):
        return min(map(distance_to_an_edge, value), default=0.5)
    numbers = as_array(value).astype(np.float64)
    above_edge = (numbers[np.abs(numbers) < LARGE] * STEPS - EDGE) % 1
    return float(np.minimum(above_edge, 1 - above_edge).min(initial=0.5))


def _canonical(value: Any) -> Any:
    if isinstance(value, tuple) or (isinstance(value, list) and not _is_nested_numbers(value)):
        return [_canonical(part) for part in value]
    if value is None:
        return None
    try:
        array = as_array(value, most=MOST_NUMBERS).astype(np.float64)
    except Mismatch:
        return "no numbers"
    rounded = [_rounded(number) for number in array.ravel().tolist()]
    return {"shape": list(array.shape), "numbers": rounded}


def _is_nested_numbers(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_nested_numbers, value))
    return isinstance(value, bool | int | float | np.number)


def _rounded(number: float) -> int | str:
    if np.isnan(number):
        return "nan"
    if abs(number) >= LARGE:
        return "large" if number > 0 else "-large"
    return int(np.floor(number * STEPS + 1 - EDGE))


def _hash(plain: Any) -> str:
    return hashlib.blake2b(
        json.dumps(plain).encode(), digest_size=16, person=b"pitfalls"
    ).hexdigest()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Discard output and warnings of the learner's code: the learner did not start the probes."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


Parts = dict[str, str]


@dataclass
class _Known:
    """The known mistakes of one exercise.

    Attributes:
        whole: the mistakes by the hash of all that they return.
        parts: the mistakes that some of the returned values show, with the hashes of these values.
        forward: the mistakes by the hash of the forward pass.
    """

    whole: dict[str, Pitfall] = field(default_factory=dict)
    forward: dict[str, Pitfall] = field(default_factory=dict)
    parts: list[tuple[Pitfall, Parts]] = field(default_factory=list)


@cache
def _bank(exercise: str, file: Path) -> _Known | None:
    """The known mistakes of an exercise; None if it has no bank."""
    if not file.is_file():
        return None
    entries = json.loads(file.read_text(encoding="utf-8"))["pitfalls"]
    known = _Known()
    for name, entry in entries.items():
        fails = frozenset(entry.get("fails", ()))
        pitfall = Pitfall(f"{exercise}.{name}", entry["sentence"], fails)
        known.whole[entry["print"]] = pitfall
        if "forward" in entry:
            known.forward[entry["forward"]] = pitfall
        if "parts" in entry:
            known.parts.append((pitfall, entry["parts"]))
        if "cut_off" in entry:
            known.whole[entry["cut_off"]] = replace(
                pitfall, sentence=f"{pitfall.sentence} {CUT_OFF}"
            )
        for other, both in entry.get("besides", {}).items():
            second = Pitfall(f"{exercise}.{other}", entries[other]["sentence"])
            known.whole[both] = _together([pitfall, second])
    return known
