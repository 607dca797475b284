"""Writes the shapes of wrong results with the usual letters: (N, C*KH*KW, OH*OW)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from autograder.judging.observation import Observation
from autograder.judging.values import as_numbers

LEAST_EVIDENCE = 3


def wrong_shape(observations: Sequence[Observation], name: str) -> str:
    """What is wrong with the shape of a returned value, as a sentence; "" if nothing is known.

    Args:
        observations: calls whose result of this name is wrong.
        name: of the returned value.
    """
    got: list[tuple[int, ...]] = []
    wanted: list[tuple[int, ...]] = []
    sizes: list[Mapping[str, int]] = []
    for one in observations:
        if not one.complete or name not in one.names:
            continue
        value = as_numbers(one.part(name))
        right = as_numbers(one.right[one.names.index(name)])
        if value is None or right is None:
            return ""
        got.append(value.shape)
        wanted.append(right.shape)
        sizes.append(dict(one.probe.sizes))
    if len(got) < LEAST_EVIDENCE or all(a == b for a, b in zip(got, wanted, strict=True)):
        return ""
    lost = _lost_axis(got, wanted)
    if lost is not None:
        told = f"{name} has lost axis {lost}: its shape is {got[0]} where {wanted[0]} is wanted. "
        if len({shape[lost] for shape in wanted}) == 1 and wanted[0][lost] > 1:
            return f"{told}For each of your numbers, {wanted[0][lost]} are wanted."
        return f"{told}A function such as np.max or np.sum with axis={lost} removes that axis."
    every = [dict(one.probe.sizes) for one in observations]
    if any(
        all(each.get(k) == 1 for each in sizes) and any(each.get(k, 1) != 1 for each in every)
        for k in sizes[0]
    ):
        return ""  # a letter that is 1 in all these calls cannot be seen in a product of letters
    yours, right_one = _letters(got, sizes), _letters(wanted, sizes)
    if not yours or not right_one or yours == right_one:
        return ""
    return f"{name} has the shape {yours}, but should have {right_one}."


def _lost_axis(got: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]) -> int | None:
    """The one axis that all results lack; None if their shapes differ in another way."""
    for axis in range(min(map(len, wanted))):
        pairs = zip(got, wanted, strict=True)
        if all(tuple(g) == (*w[:axis], *w[axis + 1 :]) for g, w in pairs):
            return axis
    return None


def _letters(shapes: Sequence[Sequence[int]], sizes: Sequence[Mapping[str, int]]) -> str:
    """The shapes as one shape of letters; "" if no letters fit all of them."""
    if len({len(shape) for shape in shapes}) > 1:
        return ""
    names = []
    for axis in range(len(shapes[0])):
        lengths = [shape[axis] for shape in shapes]
        fitting = [text for text, values in _expressions(sizes) if values == lengths]
        if not fitting:
            return ""
        # Two axes of equal length get different letters if possible.
        names.append(next((text for text in fitting if text not in names), fitting[0]))
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _expressions(sizes: Sequence[Mapping[str, int]]) -> Iterator[tuple[str, list[int]]]:
    """Letters and common expressions of letters, each with its values in all calls."""
    common = [k for k in sizes[0] if all(k in each for each in sizes)]
    letters = [k for k in common if k not in ("stride", "padding")]
    for k in letters:
        yield k, [each[k] for each in sizes]
    yield "1", [1 for _ in sizes]
    for count in (2, 3, 4):
        for names in combinations(letters, count):
            values = []
            for each in sizes:
                product = 1
                for k in names:
                    product *= each[k]
                values.append(product)
            yield "*".join(names), values
    for side, window in (("H", "KH"), ("W", "KW"), ("H", "pool_size"), ("W", "pool_size")):
        if side not in common or window not in common:
            continue
        if "stride" in common:
            yield f"{side} // stride", [each[side] // each["stride"] for each in sizes]
            yield (
                f"({side} - {window}) // stride + 1",
                [(each[side] - each[window]) // each["stride"] + 1 for each in sizes],
            )
        yield f"{side} - {window} + 1", [each[side] - each[window] + 1 for each in sizes]
        yield f"{side} - {window}", [each[side] - each[window] for each in sizes]
        if "padding" in common:
            yield f"{side} + 2*padding", [each[side] + 2 * each["padding"] for each in sizes]
    for side in ("OH", "OW"):
        if side in common:
            yield f"{side} + 1", [each[side] + 1 for each in sizes]
            yield f"{side} - 1", [each[side] - 1 for each in sizes]
