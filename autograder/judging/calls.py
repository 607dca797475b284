"""Records what a check does with a learner's objects, and writes a call as Python source.

    conv2d = Conv2D(in_channels=1, out_channels=1, kernel_size=2)
    conv2d.weights.value = np.array([[[[1., -1.], [0.5, 2.]]]])
    conv2d.forward(x=np.array([[[[1., 2.], [3., 4.]]]]))

Each line is a Python statement. A value that is too long is described in angle brackets instead.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging.compare import number_text

LONGEST_CALL = 700
MOST_STATEMENTS = 20
# The largest array that is written out. While the text is too long, the next limit is tried.
NUMBERS = (64, 36, 12, 4)
# The dtypes that np.array gives to Python numbers, so no dtype= is written. In a browser, int is
# int32.
PLAIN = ("float64", "int64", "bool", np.dtype(int).name)


@dataclass(frozen=True, eq=False)
class Made:
    """An object that a check created, such as a layer; the written call gives it a variable.

    Attributes:
        stem: the name of its variable, without the number that tells equal names apart.
    """

    stem: str


@dataclass(frozen=True)
class Place:
    """An object or one of its attributes; `path` is "weights.value", or "" for the object."""

    whole: Made
    path: str = ""


@dataclass(frozen=True)
class Step:
    """One action of a check: a call, or the setting of an attribute.

    Attributes:
        name: the function or class that is called; "" if `place` says what is called or set.
        place: the method, or the attribute.
        arguments: pairs of parameter name ("" if unknown) and value; an object is given as a Place.
        made: the object that the call created, or None.
        sets: whether the step sets `place` to the only argument instead of calling it.
    """

    name: str
    place: Place | None
    arguments: tuple[tuple[str, Any], ...]
    made: Made | None = None
    sets: bool = False

    @property
    def changed(self) -> Made | None:
        """The object that the step creates or changes."""
        return self.place.whole if self.place is not None else self.made

    def objects(self) -> set[Made]:
        """All objects that the step needs."""
        needed = {place.whole for _, value in self.arguments for place in _places(value)}
        return needed if self.place is None else needed | {self.place.whole}


@dataclass
class Call:
    """A call to show when a check fails, and the steps before it.

    Attributes:
        step: the call itself.
        before: all steps of the check, in order; the list may grow after this call.
        count: how many of these steps came before this call.
    """

    step: Step
    before: Sequence[Step] = ()
    count: int = 0

    def __str__(self) -> str:
        steps = [*self._needed(), self.step]
        for numbers in NUMBERS:
            lines = list(_statements(steps, numbers))
            text = "\n".join(lines)
            if len(text) <= LONGEST_CALL * min(len(lines), 3) and len(lines) <= MOST_STATEMENTS:
                return text
        # Too long even so: show only how the object was created, and the last call.
        return "\n".join((lines[0], "...", lines[-1])) if len(lines) > 2 else text

    @property
    def function(self) -> str:
        """The name of the called function, class or method."""
        return self.step.name or (self.step.place.path if self.step.place else "")

    def _needed(self) -> list[Step]:
        """The earlier steps that created or changed an object that this call needs, in order."""
        earlier = self.before[: self.count]
        objects, known = self.step.objects(), -1
        while len(objects) != known:
            known = len(objects)
            objects = objects.union(*(s.objects() for s in earlier if s.changed in objects))
        return [step for step in earlier if step.changed in objects]


def _statements(steps: Sequence[Step], numbers: int) -> Iterator[str]:
    """The steps as lines of Python; an array of more than `numbers` numbers is shortened."""
    variables = _variables(steps)
    used = Counter(made for step in steps for made in step.objects())
    texts: dict[Made, str] = {}
    for step in steps:
        text = _text(step, numbers, variables, texts)
        made = step.made
        if made is not None and used[made] == 1 and made.stem == "rng":
            texts[made] = text  # a generator that is used once is written inline, as an argument
        elif made is not None and used[made]:
            yield f"{variables[made]} = {text}"
        else:
            yield text


def _text(step: Step, numbers: int, variables: dict[Made, str], texts: dict[Made, str]) -> str:
    def written(value: Any) -> str:
        if isinstance(value, Place):
            known = texts.get(value.whole) or variables.get(value.whole, f"<{value.whole.stem}>")
            return f"{known}.{value.path}" if value.path else known
        if isinstance(value, list | tuple) and any(True for _ in _places(value)):
            inner = ", ".join(map(written, value))
            return f"[{inner}]" if isinstance(value, list) else f"({inner},)"
        return _value(value, numbers)

    if step.sets:
        return f"{written(step.place)} = {written(step.arguments[0][1])}"
    name = step.name or written(step.place)
    shown = (
        f"{key}={written(value)}" if key.isidentifier() else written(value)
        for key, value in step.arguments
    )
    return f"{name}({', '.join(shown)})"


def _variables(steps: Sequence[Step]) -> dict[Made, str]:
    """A variable name for each object, with a number if several have the same stem."""
    made = [step.made for step in steps if step.made is not None]
    often, seen, names = Counter(one.stem for one in made), Counter[str](), {}
    for one in made:
        seen[one.stem] += 1
        names[one] = f"{one.stem}_{seen[one.stem]}" if often[one.stem] > 1 else one.stem
    return names


def _places(value: Any) -> Iterator[Place]:
    if isinstance(value, Place):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _places(item)


def _value(value: Any, numbers: int) -> str:
    """A value as Python source; for an array of more than `numbers` numbers, its shape."""
    if isinstance(value, np.ndarray):
        return _array(value, numbers)
    if isinstance(value, list | tuple):
        if len(value) > numbers:
            return f"<{type(value).__name__} of {len(value)}>"
        inner = ", ".join(_value(item, numbers) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    if isinstance(value, bool | int | float | np.generic):
        return _number(value)
    if isinstance(value, str):
        return repr(value[:80])
    if callable(value) and hasattr(value, "__name__"):
        return str(getattr(value, "__doc__", None) or value.__name__).strip().splitlines()[0]
    return f"<{getattr(value, 'type', type(value).__name__)}>"


def _array(array: np.ndarray, numbers: int) -> str:
    """A NumPy call that makes the array, or its shape if it is too large to write out."""
    more = "" if array.dtype.name in PLAIN else f", dtype=np.{array.dtype}"
    if array.size == 0 or (array.size > 1 and (array == array.flat[0]).all()):
        number = array.flat[0] if array.size else 0.0
        if array.dtype.kind == "f" and number in (0, 1):
            return f"np.{'ones' if number else 'zeros'}({array.shape}{more})"
        return f"np.full({array.shape}, {_number(number)}{more})"
    if array.size > numbers:
        return f"<array of shape {array.shape}, {array.dtype}>"
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        more += ', order="F"'
    return f"np.array({_nested(array)}{more})"


def _nested(array: np.ndarray) -> str:
    if array.ndim == 0:
        return _number(array[()])
    return f"[{', '.join(map(_nested, array))}]"


def _number(value: Any) -> str:
    """A number as Python source; a whole float is written as `4.`, so that it stays a float."""
    if isinstance(value, float | np.floating):
        text = number_text(value)
        if not np.isfinite(value):
            return f"-np.{text[1:]}" if text.startswith("-") else f"np.{text}"
        return f"{text}." if text.lstrip("-").isdigit() else text
    return number_text(value)
