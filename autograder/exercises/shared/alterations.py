"""Altered calls: the results of frequent mistakes, shared by all exercises.

The right code on altered arguments, or with its result altered, returns the same as a whole
family of mistakes, however the learner writes them. Each sentence describes the result, not one
way to write it. For instructors only: learners get hashes of the results.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

import numpy as np

Arguments = dict[str, Any]


@dataclass(frozen=True)
class InputAlteration:
    """The right code is called with other arguments.

    Attributes:
        name: for the author.
        sentence: a description of the result; "{name}" is replaced by the result's name.
        change: returns the altered arguments; None if it does not apply to a call.
    """

    name: str
    sentence: str
    change: Callable[[Arguments], Arguments | None]


@dataclass(frozen=True)
class OutputAlteration:
    """The right result is altered: `change` gets one returned array and the arguments."""

    name: str
    sentence: str
    change: Callable[[np.ndarray, Arguments], np.ndarray | None]


def _set(**new: Any) -> Callable[[Arguments], Arguments | None]:
    def change(a: Arguments) -> Arguments | None:
        return {**a, **new} if all(key in a for key in new) else None

    return change


def _on(key: str, change: Callable[[Any], Any]) -> Callable[[Arguments], Arguments | None]:
    return lambda a: {**a, key: change(a[key])} if key in a else None


def _padded(
    before: tuple[bool, bool], after: tuple[bool, bool]
) -> Callable[[Arguments], Arguments | None]:
    """Pad x on some sides only, and set the argument `padding` to 0."""

    def change(a: Arguments) -> Arguments | None:
        if "x" not in a or not a.get("padding") or "cols" in a:
            return None
        p = a["padding"]
        pairs = [(p * b, p * e) for b, e in zip(before, after, strict=True)]
        return {**a, "x": np.pad(a["x"], ((0, 0), (0, 0), *pairs)), "padding": 0}

    return change


def _padded_on_all_axes(a: Arguments) -> Arguments | None:
    """The first images and channels of a picture that is padded on all four axes."""
    if "x" not in a or not a.get("padding") or "cols" in a or np.ndim(a["x"]) != 4:
        return None
    images, channels = a["x"].shape[:2]
    return {**a, "x": np.pad(a["x"], a["padding"])[:images, :channels], "padding": 0}


def _laid_around(beyond: Literal["the other side", "zeros"]) -> Callable[..., Arguments | None]:
    """Shift the padded picture by half a window, so that each window is centred on its pixel."""

    def change(a: Arguments) -> Arguments | None:
        if "x" not in a or np.ndim(a["x"]) != 4 or "d_out" in a or "cols" in a:
            return None
        height = a["weights"].shape[2] if "weights" in a else a.get("kernel_height", 1)
        width = a["weights"].shape[3] if "weights" in a else a.get("kernel_width", 1)
        pad = a.get("padding", 0)
        padded = np.pad(a["x"], ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        down, across = height // 2, width // 2
        if not down and not across:
            return None
        if beyond == "the other side":
            moved = np.roll(padded, (down, across), axis=(2, 3))
        else:
            moved = np.pad(padded, ((0, 0), (0, 0), (down, 0), (across, 0)))
            moved = moved[:, :, : padded.shape[2], : padded.shape[3]]
        return {**a, "x": moved, "padding": 0}

    return change


def _cropped(down: int, across: int) -> Callable[[Arguments], Arguments | None]:
    """Remove the last rows or columns of the padded picture: a last window no longer fits."""

    def change(a: Arguments) -> Arguments | None:
        if "x" not in a or np.ndim(a["x"]) != 4 or "d_out" in a or "cols" in a:
            return None
        pad = a.get("padding", 0)
        padded = np.pad(a["x"], ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        rows, columns = padded.shape[2] - down, padded.shape[3] - across
        return {**a, "x": padded[:, :, :rows, :columns], "padding": 0}

    return change


@dataclass(frozen=True)
class _Lost:
    """The windows that a loop over places leaves out.

    Attributes:
        down, across: how many of the last rows, and columns, of windows.
        fitting: only those that end exactly at the edge, as `range(0, H - KH, stride)` does.
    """

    down: int
    across: int
    fitting: bool

    def kept(self, a: Arguments, height: int, width: int) -> tuple[int, int, int, int]:
        """The output's height and width, and how many rows and columns of windows are left."""
        out, left = [], []
        for side, size, lost in (
            (height, a["kernel_height"], self.down),
            (width, a["kernel_width"], self.across),
        ):
            room = side + 2 * a.get("padding", 0) - size
            out.append(room // a.get("stride", 1) + 1)
            fits = room % a.get("stride", 1) == 0
            left.append(out[-1] - lost * (fits or not self.fitting))
        return out[0], out[1], left[0], left[1]

    def of_columns(self, packed: bool) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
        """The columns of im2col with zeros for these windows, or, if `packed`, at the end."""

        def change(out: np.ndarray, a: Arguments) -> np.ndarray | None:
            if "kernel_height" not in a or "cols" in a or "x" not in a or a["x"].ndim != 4:
                return None
            height, width, rows, columns = self.kept(a, *a["x"].shape[2:])
            every = out.reshape(len(out), -1, height, width)
            if not packed:
                changed = np.zeros_like(every)
                changed[:, :, :rows, :columns] = every[:, :, :rows, :columns]
                return changed.reshape(out.shape)
            flat = every[:, :, :rows, :columns].reshape(len(out), -1)
            return np.pad(flat, ((0, 0), (0, out.shape[1] - flat.shape[1])))

        return change

    def of_col2im(self, a: Arguments) -> Arguments | None:
        """The arguments of col2im with zeros in the columns of these windows."""
        if "cols" not in a or "x_shape" not in a:
            return None
        height, width, rows, columns = self.kept(a, *a["x_shape"][2:])
        every = a["cols"].reshape(len(a["cols"]), -1, height, width)
        changed = np.zeros_like(every)
        changed[:, :, :rows, :columns] = every[:, :, :rows, :columns]
        return {**a, "cols": changed.reshape(a["cols"].shape)}

    @property
    def sentence(self) -> str:
        """What to say of it."""
        where = {(1, 1): "down and across", (1, 0): "down", (0, 1): "across"}
        why = (
            "the last one starts at H + 2 * padding - KH, and W + 2 * padding - KW, so a range up "
            "to there needs + 1"
            if self.fitting
            else "the loops run over range(OH) and range(OW)"
        )
        return f"{{name}} lacks the last window {where[self.down, self.across]}: {why}."


_LOST = [
    _Lost(down, across, fitting)
    for fitting in (True, False)
    for down, across in ((1, 1), (1, 0), (0, 1))
]

# Wrong axis orders to which people reshape columns (C, KH, KW, N, OH, OW).
_COLUMN_ORDERS = (
    (3, 4, 5, 0, 1, 2),
    (3, 0, 1, 2, 4, 5),
    (3, 0, 4, 5, 1, 2),
    (0, 1, 2, 4, 5, 3),
    (0, 3, 4, 5, 1, 2),
    (1, 2, 0, 3, 4, 5),
)


def _columns_read(order: tuple[int, ...]) -> Callable[[Arguments], Arguments | None]:
    """Read the numbers of cols as if its axes had another order, as reshape alone does."""

    def change(a: Arguments) -> Arguments | None:
        if "cols" not in a or np.ndim(a["cols"]) != 2 or "x_shape" not in a:
            return None
        n, c = a["x_shape"][:2]
        kernel = a["kernel_height"], a["kernel_width"]
        out = [
            (side + 2 * a["padding"] - size) // a["stride"] + 1
            for side, size in zip(a["x_shape"][2:], kernel, strict=True)
        ]
        sizes = (c, *kernel, n, *out)
        read = a["cols"].reshape([sizes[axis] for axis in order]).transpose(np.argsort(order))
        return {**a, "cols": read.reshape(a["cols"].shape)}

    return change


def _gradient_read(order: tuple[int, ...]) -> Callable[[Arguments], Arguments | None]:
    """Read the numbers of a convolution's d_out in another axis order before flattening."""

    def change(a: Arguments) -> Arguments | None:
        if "d_out" not in a or "weights" not in a or np.ndim(a["d_out"]) != 4:
            return None
        n, f, height, width = a["d_out"].shape
        read = a["d_out"].transpose(order).reshape(f, n, height, width)
        return {**a, "d_out": read.transpose(1, 0, 2, 3)}

    return change


def _swapped(one: str, other: str) -> Callable[[Arguments], Arguments | None]:
    def change(a: Arguments) -> Arguments | None:
        return {**a, one: a[other], other: a[one]} if one in a and other in a else None

    return change


def _only(key: str, axis: int, keep: int) -> Callable[[Arguments], Arguments | None]:
    """Keep one slice of an array, and set all others to 0."""

    def change(array: np.ndarray) -> np.ndarray:
        if np.ndim(array) <= axis:
            return array
        out = np.zeros_like(array)
        index = [slice(None)] * array.ndim
        index[axis] = slice(keep, keep + 1 or None)
        out[tuple(index)] = array[tuple(index)]
        return out

    return _on(key, change)


def _repeated(key: str, axis: int, take: int) -> Callable[[Arguments], Arguments | None]:
    """Replace every slice of an array by one of them."""

    def change(array: np.ndarray) -> np.ndarray:
        if np.ndim(array) <= axis:
            return array
        return np.repeat(np.take(array, [take], axis), array.shape[axis], axis)

    return _on(key, change)


def _last_number(array: np.ndarray) -> np.ndarray:
    if not np.ndim(array):
        return array
    out = np.zeros_like(array)
    out.flat[-1] = array.flat[-1]
    return out


def _first_of(depth: int) -> Callable[[Any], Any]:
    """Keep index 0 of the first `depth` axes, and set the rest to 0: a loop that ends early."""

    def change(array: np.ndarray) -> np.ndarray:
        if np.ndim(array) < depth:
            return array
        out = np.zeros_like(array)
        out[(0,) * depth] = array[(0,) * depth]
        return out

    return change


_BEYOND: tuple[Literal["the other side", "zeros"], ...] = ("the other side", "zeros")
# The part that is filled if `return` is inside the loops, by the number of loops around it.
_TOO_EARLY = {
    4: "first number",
    3: "first row of the first channel",
    2: "first channel or filter of the first image",
    1: "first image",
}


INPUTS: tuple[InputAlteration, ...] = (
    InputAlteration(
        "stride_1",
        "{name} is what stride 1 gives: the stride is not used, or not passed on. Window i starts "
        "at i * stride.",
        _set(stride=1),
    ),
    InputAlteration(
        "padding_0",
        "{name} is what padding 0 gives: the padding is not used, or not passed on.",
        _set(padding=0),
    ),
    InputAlteration(
        "padding_1",
        "{name} is what padding 1 gives, whatever the padding is: use the argument.",
        _set(padding=1),
    ),
    InputAlteration(
        "stride_2",
        "{name} is what stride 2 gives, whatever the stride is: use the argument.",
        _set(stride=2),
    ),
    InputAlteration(
        "padding_before",
        "{name} is what zeros at the top and left alone give: padding adds zeros on all four "
        "sides.",
        _padded((True, True), (False, False)),
    ),
    InputAlteration(
        "padding_after",
        "{name} is what zeros at the bottom and right alone give: padding adds zeros on all four "
        "sides.",
        _padded((False, False), (True, True)),
    ),
    InputAlteration(
        "padding_rows",
        "{name} is what zeros above and below alone give: padding adds zeros at the left and "
        "right too.",
        _padded((True, False), (True, False)),
    ),
    InputAlteration(
        "padding_columns",
        "{name} is what zeros at the left and right alone give: padding adds zeros above and "
        "below too.",
        _padded((False, True), (False, True)),
    ),
    InputAlteration(
        "padding_twice",
        "{name} is what twice the padding gives: padding counts once at each side.",
        lambda a: {**a, "padding": 2 * a["padding"]} if a.get("padding") else None,
    ),
    InputAlteration(
        "no_bias",
        "{name} is what a bias of 0 gives: the bias is not added.",
        _on("bias", np.zeros_like),
    ),
    InputAlteration(
        "bias_subtracted",
        "{name} is what the negative bias gives: the bias is subtracted, not added.",
        _on("bias", np.negative),
    ),
    InputAlteration(
        "bias_twice",
        "{name} is what twice the bias gives: the bias is added more than once.",
        _on("bias", lambda b: 2 * b),
    ),
    InputAlteration(
        "first_bias",
        "{name} is what the first bias gives for every filter: each filter has a bias of its own.",
        _repeated("bias", 0, 0),
    ),
    InputAlteration(
        "turned_filter",
        "{name} is what you get with the filter turned by 180 degrees: here the filter lies on the "
        "picture as it is.",
        _on("weights", lambda w: w[..., ::-1, ::-1] if w.ndim == 4 else w),
    ),
    InputAlteration(
        "channels_reversed",
        "{name} is what you get with the filter's channels in reverse order.",
        _on("weights", lambda w: w[:, ::-1] if w.ndim == 4 else w),
    ),
    InputAlteration(
        "turned_filter_and_channels",
        "{name} is what you get with the filter turned by 180 degrees and its channels in reverse "
        "order: np.flip without axes turns every axis, and here nothing is turned.",
        _on("weights", lambda w: w[:, ::-1, ::-1, ::-1] if w.ndim == 4 else w),
    ),
    InputAlteration(
        "weights_reshaped",
        "{name} is what weights.reshape(-1, F) gives in the place of weights.reshape(F, -1).T: "
        "reshape does not exchange axes.",
        _on("weights", lambda w: w.reshape(-1, len(w)).T.reshape(w.shape) if w.ndim == 4 else w),
    ),
    *(
        InputAlteration(
            f"gradient_read_{''.join(map(str, order))}",
            "{name} is what you get when the numbers of d_out are read in another order: reshape "
            "does not exchange axes. Before .reshape(F, -1) the axes must stand as (F, N, OH, OW).",
            _gradient_read(order),
        )
        for order in permutations(range(4))
        if order != (1, 0, 2, 3)
    ),
    *(
        InputAlteration(
            f"columns_read_{''.join(map(str, order))}",
            "{name} is what you get when the numbers of cols are read in another order: reshape "
            "does not exchange axes. The numbers stand in the order (C, KH, KW, N, OH, OW): "
            "reshape to that, then transpose.",
            _columns_read(order),
        )
        for order in _COLUMN_ORDERS
    ),
    *(
        InputAlteration(
            f"laid_around_{beyond}",
            "{name} is what you get when each window is laid around pixel i * stride; it begins "
            "there: leave out the minus KH // 2.",
            _laid_around(beyond),
        )
        for beyond in _BEYOND
    ),
    *(
        InputAlteration(
            f"cropped_{down}{across}",
            f"{{name}} lacks the last window {where}: the last one starts at H + 2 * padding - KH, "
            "and W + 2 * padding - KW, so a range up to there needs + 1.",
            _cropped(down, across),
        )
        for down, across, where in (
            (1, 1, "down and across"),
            (1, 0, "down"),
            (0, 1, "across"),
        )
    ),
    *(InputAlteration(f"lost_{k}", one.sentence, one.of_col2im) for k, one in enumerate(_LOST)),
    InputAlteration(
        "classes_from_1",
        "{name} is what you get when classes are counted from 1: label 0 is the first column, so "
        "use the labels as they are.",
        _on("labels", lambda labels: labels - 1),
    ),
    InputAlteration(
        "classes_from_2",
        "{name} is what labels + 1 give: label 0 is the first column, so use the labels as they "
        "are.",
        lambda a: (
            {**a, "labels": (a["labels"] + 1) % a["probabilities"].shape[1]}
            if "labels" in a and "probabilities" in a
            else None
        ),
    ),
    InputAlteration(
        "gradient_and_input_exchanged",
        "{name} is what you get with d_out and x exchanged: look at the order of the arguments.",
        lambda a: (
            _swapped("d_out", "x")(a)
            if "d_out" in a and "x" in a and np.shape(a["d_out"]) == np.shape(a["x"])
            else None
        ),
    ),
    InputAlteration(
        "stride_and_padding_exchanged",
        "{name} is what you get with stride and padding exchanged: look at the order of the "
        "arguments, also where you call an earlier function.",
        _swapped("stride", "padding"),
    ),
    InputAlteration(
        "padded_on_all_axes",
        "{name} is what np.pad(x, padding) gives: it pads every axis, images and channels too. "
        "Give a pair for each axis: ((0, 0), (0, 0), (padding, padding), (padding, padding)).",
        _padded_on_all_axes,
    ),
    InputAlteration(
        "filter_rows_reversed",
        "{name} is what you get with the filter's rows in reverse order.",
        _on("weights", lambda w: w[:, :, ::-1] if w.ndim == 4 else w),
    ),
    InputAlteration(
        "filter_columns_reversed",
        "{name} is what you get with the filter's columns in reverse order.",
        _on("weights", lambda w: w[..., ::-1] if w.ndim == 4 else w),
    ),
    InputAlteration(
        "filter_transposed",
        "{name} is what you get with the filter's rows and columns exchanged.",
        _on("weights", lambda w: w.swapaxes(-1, -2)),
    ),
    InputAlteration(
        "picture_transposed",
        "{name} is what you get with the picture's rows and columns exchanged.",
        _on("x", lambda x: x.swapaxes(-1, -2) if x.ndim == 4 else x),
    ),
    InputAlteration(
        "kernel_sizes_exchanged",
        "{name} is what you get with kernel height and kernel width exchanged.",
        _swapped("kernel_height", "kernel_width"),
    ),
    InputAlteration(
        "first_channel",
        "{name} is what the first channel alone gives: all channels count.",
        _only("x", 1, 0),
    ),
    InputAlteration(
        "last_channel",
        "{name} is what the last channel alone gives: all channels count, so their results are "
        "added, not replaced.",
        _only("x", 1, -1),
    ),
    InputAlteration(
        "first_filter_everywhere",
        "{name} is what the first filter gives in the place of every filter.",
        _repeated("weights", 0, 0),
    ),
    InputAlteration(
        "last_filter_everywhere",
        "{name} is what the last filter gives in the place of every filter.",
        _repeated("weights", 0, -1),
    ),
    InputAlteration(
        "first_image_everywhere",
        "{name} is what the first image gives in the place of every image.",
        _repeated("x", 0, 0),
    ),
    InputAlteration(
        "last_image_everywhere",
        "{name} is what the last image gives in the place of every image.",
        _repeated("x", 0, -1),
    ),
    InputAlteration(
        "mean_of_channels",
        "{name} is what the mean over the channels gives: the channels are added up.",
        lambda a: (
            {**a, "weights": a["weights"] / a["weights"].shape[1]}
            if "weights" in a and np.ndim(a["weights"]) == 4
            else None
        ),
    ),
    InputAlteration(
        "mean_of_window",
        "{name} is what the mean over the window gives: the products are added up.",
        lambda a: (
            {**a, "weights": a["weights"] / a["weights"][0].size}
            if "weights" in a and np.ndim(a["weights"]) == 4 and "d_out" not in a
            else None
        ),
    ),
    InputAlteration(
        "upstream_ones",
        "{name} is what an upstream gradient of ones gives: d_out is not used.",
        _on("d_out", lambda d: np.ones_like(d, dtype=float)),
    ),
    InputAlteration(
        "last_filters_gradient",
        "{name} is what the last filter alone gives: the contributions of all filters are added, "
        "not replaced.",
        lambda a: _only("d_out", 1, -1)(a) if "weights" in a else None,
    ),
    InputAlteration(
        "first_filters_gradient",
        "{name} is what the first filter alone gives: the contributions of all filters are added.",
        lambda a: _only("d_out", 1, 0)(a) if "weights" in a else None,
    ),
    InputAlteration(
        "last_images_gradient",
        "{name} is what the last image alone gives: the other images are lost.",
        _only("d_out", 0, -1),
    ),
    InputAlteration(
        "first_images_gradient",
        "{name} is what the first image alone gives: the other images are lost.",
        _only("d_out", 0, 0),
    ),
    *(
        InputAlteration(
            f"first_place_{depth}",
            f"{{name}} is what the {which} of d_out alone gives: look for a return that stands "
            "inside a loop, so that the function ends after its first round.",
            _on("d_out", _first_of(depth)),
        )
        for depth, which in _TOO_EARLY.items()
    ),
    InputAlteration(
        "last_number",
        "{name} is what the last number of d_out alone gives: each round of a loop replaces what "
        "the rounds before it have added. Use += in the place of =.",
        lambda a: {**a, "d_out": _last_number(a["d_out"])} if "d_out" in a else None,
    ),
    InputAlteration(
        "gradient_transposed",
        "{name} is what you get with the rows and columns of d_out exchanged.",
        _on("d_out", lambda d: d.swapaxes(-1, -2) if np.ndim(d) == 4 else d),
    ),
    InputAlteration(
        "pool_stride_is_size",
        "{name} is what you get when the stride equals the window size: the stride is not used.",
        lambda a: {**a, "stride": a["pool_size"]} if "pool_size" in a else None,
    ),
    InputAlteration(
        "pool_size_is_stride",
        "{name} is what you get when the window size equals the stride: pool_size is not used.",
        lambda a: {**a, "pool_size": a["stride"]} if "pool_size" in a else None,
    ),
    InputAlteration(
        "pool_size_2",
        "{name} is what you get with windows of 2 by 2: pool_size is not used.",
        _set(pool_size=2),
    ),
    InputAlteration(
        "absolute",
        "{name} is what the absolute values give: the sign is lost.",
        _on("x", np.abs),
    ),
    InputAlteration(
        "negative_cut",
        "{name} is what you get with 0 in the place of every negative number of x.",
        _on("x", lambda x: np.maximum(x, 0)),
    ),
    InputAlteration(
        "smallest",
        "{name} is what the smallest number of each window gives, with the opposite sign.",
        lambda a: {**a, "x": -a["x"]} if "pool_size" in a else None,
    ),
)


def _divided(key: str, axis: int) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
    def change(out: np.ndarray, a: Arguments) -> np.ndarray | None:
        array = a.get(key)
        return out / array.shape[axis] if isinstance(array, np.ndarray) else None

    return change


def _times_images(out: np.ndarray, a: Arguments) -> np.ndarray | None:
    for key in ("x", "d_out", "probabilities", "logits"):
        if isinstance(a.get(key), np.ndarray):
            return out * a[key].shape[0]
    return None


def _divided_by_images(out: np.ndarray, a: Arguments) -> np.ndarray | None:
    if "labels" in a:
        return None  # a mean over the images already: see _divided_again
    for key in ("x", "d_out", "probabilities", "logits"):
        if isinstance(a.get(key), np.ndarray):
            return out / a[key].shape[0]
    return None


def _divided_again(out: np.ndarray, a: Arguments) -> np.ndarray | None:
    return out / len(a["labels"]) if "labels" in a else None


def _divided_by_places(images: bool) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
    def change(out: np.ndarray, a: Arguments) -> np.ndarray | None:
        d_out = a.get("d_out")
        if not isinstance(d_out, np.ndarray) or d_out.ndim != 4:
            return None
        return out / (d_out.shape[2] * d_out.shape[3] * (d_out.shape[0] if images else 1))

    return change


def _filled(axis: int, keep: int) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
    def change(out: np.ndarray, a: Arguments) -> np.ndarray | None:
        if out.ndim <= axis:
            return None
        left = np.zeros_like(out)
        index = [slice(None)] * out.ndim
        index[axis] = slice(keep, keep + 1 or None)
        left[tuple(index)] = out[tuple(index)]
        return left

    return change


def _border_zero(out: np.ndarray, a: Arguments) -> np.ndarray | None:
    if out.ndim != 4:
        return None
    left = np.zeros_like(out)
    left[:, :, 1:-1, 1:-1] = out[:, :, 1:-1, 1:-1]
    return left


def _bias_on_the_last_axis(out: np.ndarray, a: Arguments) -> np.ndarray | None:
    """The bias added as NumPy lines it up, where the shapes allow it."""
    bias = a.get("bias")
    if not isinstance(bias, np.ndarray) or out.ndim != 4 or bias.ndim != 1:
        return None
    if out.shape[-1] not in (1, len(bias)) and len(bias) != 1:
        return None
    return np.asarray(out - bias[:, None, None] + bias)


def _reshaped(order: Literal["C", "F"]) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
    """The first argument with as many numbers as the result, reshaped to its shape."""

    def change(out: np.ndarray, a: Arguments) -> np.ndarray | None:
        for key in ("d_out", "x", "cols"):
            array = a.get(key)
            if isinstance(array, np.ndarray) and array.size == out.size:
                same = array.shape == out.shape
                return None if same else np.reshape(array * 1.0, out.shape, order=order)
        return None

    return change


_only_reshaped, _reshaped_in_fortran_order = _reshaped("C"), _reshaped("F")


def _read_in(
    order: tuple[int, ...],
) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
    """Transpose the result and reshape it back to the right shape: the numbers are misplaced."""
    return lambda out, a: (
        out.transpose(order).reshape(out.shape) if out.ndim == len(order) else None
    )


def _filled_in(
    stored: tuple[int, ...], axes: tuple[int, ...]
) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
    """Reshape the stored numbers to axes in a wrong order, then transpose to the right order.

    Args:
        stored: the axis order in which the numbers are stored.
        axes: the axis order of the shape to which they are reshaped.
    """

    def change(out: np.ndarray, a: Arguments) -> np.ndarray | None:
        if out.ndim != len(axes):
            return None
        sizes = [out.shape[axis] for axis in axes]
        return out.transpose(stored).reshape(sizes).transpose(np.argsort(axes))

    return change


def _with_axes(order: tuple[int, ...]) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
    return lambda out, a: out.transpose(order) if out.ndim == len(order) else None


def _running(axes: int) -> Callable[[np.ndarray, Arguments], np.ndarray | None]:
    """A running sum over the last `axes` axes; the bias is added once."""

    def change(out: np.ndarray, a: Arguments) -> np.ndarray | None:
        if out.ndim < axes or not out.size:
            return None
        bias = a.get("bias")
        added: Any = 0.0
        if isinstance(bias, np.ndarray) and out.ndim == 4:
            added = bias[:, None, None]
        plain = out - added
        kept = plain.shape[: plain.ndim - axes]
        sums = np.cumsum(plain.reshape(*kept, -1), axis=-1).reshape(out.shape)
        return np.asarray(sums + added)

    return change


OUTPUTS: tuple[OutputAlteration, ...] = (
    OutputAlteration(
        "bias_on_the_last_axis",
        "{name} has the bias along its columns: bias[:, None, None] puts it along the filters.",
        _bias_on_the_last_axis,
    ),
    OutputAlteration(
        "divided_by_images",
        "{name} is divided by the number of images: leave this division out.",
        _divided_by_images,
    ),
    OutputAlteration(
        "divided_again",
        "{name} is divided by the number of images once too often.",
        _divided_again,
    ),
    OutputAlteration(
        "times_images",
        "{name} is N times too large, where N is the number of images: it should be a mean.",
        _times_images,
    ),
    OutputAlteration(
        "divided_by_places",
        "{name} is divided by the number of places, OH * OW: it should be the sum over the places.",
        _divided_by_places(images=False),
    ),
    OutputAlteration(
        "divided_by_images_and_places",
        "{name} is divided by the number of images and places, N * OH * OW: it should be the sum "
        "over all of them.",
        _divided_by_places(images=True),
    ),
    OutputAlteration(
        "divided_by_classes",
        "{name} is divided by the number of classes.",
        _divided("probabilities", 1),
    ),
    OutputAlteration(
        "opposite_sign", "{name} has the opposite sign everywhere.", lambda out, a: -out
    ),
    OutputAlteration("half", "{name} is half of what it should be.", lambda out, a: out / 2),
    OutputAlteration("double", "{name} is twice what it should be.", lambda out, a: out * 2),
    OutputAlteration(
        "only_first_image",
        "{name} is filled for the first image only: look for a return inside the loop over images.",
        _filled(0, 0),
    ),
    OutputAlteration(
        "only_last_image", "{name} is filled for the last image only.", _filled(0, -1)
    ),
    OutputAlteration(
        "only_first_filter",
        "{name} is filled for the first channel or filter only: look for a return inside a loop.",
        _filled(1, 0),
    ),
    OutputAlteration(
        "only_last_filter",
        "{name} is filled for the last channel or filter only.",
        _filled(1, -1),
    ),
    *(
        OutputAlteration(
            f"only_first_{depth}",
            f"{{name}} is filled for the {which} only: look for a return that stands inside a "
            "loop, so that the function ends after its first round.",
            lambda out, a, d=depth: _first_of(d)(out) if out.ndim > d - 1 else None,  # type: ignore[misc]
        )
        for depth, which in _TOO_EARLY.items()
    ),
    *(
        OutputAlteration(
            f"running_{axes}",
            "{name} is a running sum: each number holds those that were computed before it too. "
            "Set the sum back to 0 for each number of the result.",
            _running(axes),
        )
        for axes in (1, 2, 3, 4)
    ),
    OutputAlteration(
        "all_zero",
        "{name} is 0 everywhere: nothing is written into it, or only into a copy (flatten() makes "
        "one), or what is written is always 0.",
        lambda out, a: 0 * out,
    ),
    OutputAlteration(
        "negative_cut",
        "{name} has 0 in the place of every negative number: keep them; cutting them off is the "
        "work of ReLU.",
        lambda out, a: np.maximum(out, 0),
    ),
    OutputAlteration(
        "all_one",
        "{name} is 1 everywhere: what is written into it is always 1.",
        lambda out, a: 0 * out + 1,
    ),
    OutputAlteration(
        "input_added",
        "{name} is the right result with x added: start from zeros, not from x.",
        lambda out, a: out + a["x"] if "x" in a and np.shape(a["x"]) == out.shape else None,
    ),
    OutputAlteration(
        "input_unchanged",
        "{name} is the input itself, unchanged.",
        lambda out, a: a["x"] * 1.0 if "x" in a and np.shape(a["x"]) == out.shape else None,
    ),
    OutputAlteration(
        "upstream_unchanged",
        "{name} is the upstream gradient d_out itself, unchanged.",
        lambda out, a: (
            a["d_out"] * 1.0 if "d_out" in a and np.shape(a["d_out"]) == out.shape else None
        ),
    ),
    OutputAlteration(
        "fortran_order",
        "{name} has its numbers in the order of the columns: the first axis runs fastest, and not "
        'the last. If you wrote order="F", leave it out; if not, a transpose is missing or one too '
        "many.",
        _reshaped_in_fortran_order,
    ),
    OutputAlteration(
        "filled_in_fortran_order",
        "{name} has the right numbers, filled in column by column, and not row by row. If you "
        'wrote order="F", leave it out; if not, a transpose is missing or one too many.',
        lambda out, a: out.ravel().reshape(out.shape, order="F") if out.ndim > 1 else None,
    ),
    OutputAlteration(
        "only_reshaped",
        "{name} holds the numbers of the input in their old order, in another shape: reshape alone "
        "is not enough.",
        _only_reshaped,
    ),
    OutputAlteration(
        "rounded",
        "{name} is rounded to whole numbers.",
        lambda out, a: np.round(out),
    ),
    OutputAlteration("absolute_result", "{name} has lost its signs.", lambda out, a: np.abs(out)),
    OutputAlteration(
        "only_first_row",
        "{name} is filled in the first row only: look for a return inside a loop.",
        _filled(2, 0),
    ),
    OutputAlteration(
        "border_zero", "{name} is right inside, and 0 all along the border.", _border_zero
    ),
    OutputAlteration(
        "upside_down",
        "{name} has its rows in reverse order.",
        lambda out, a: out[..., ::-1, :] if out.ndim > 1 else None,
    ),
    OutputAlteration(
        "mirrored",
        "{name} has its columns in reverse order.",
        lambda out, a: out[..., ::-1] if out.ndim > 1 else None,
    ),
    *(
        OutputAlteration(
            f"axes_{''.join(map(str, order))}",
            f"{{name}} has its axes in another order: its shape is that of the right result "
            f"after .transpose{order}.",
            _with_axes(order),
        )
        for count in (2, 4)
        for order in permutations(range(count))
        if order != tuple(range(count))
    ),
    *(
        OutputAlteration(
            f"read_{''.join(map(str, order))}",
            "{name} has the right shape and the right numbers in the wrong places: reshape does "
            "not exchange axes. Transpose first, so that the numbers stand in the order that "
            "reshape reads.",
            _read_in(order),
        )
        for count in (2, 3, 4)
        for order in permutations(range(count))
        if order != tuple(range(count))
    ),
    *(
        OutputAlteration(
            f"filled_{''.join(map(str, stored))}_{''.join(map(str, axes))}",
            "{name} has the right shape and the right numbers in the wrong places: it is reshaped "
            "to axes in another order than the one in which the numbers stand. Reshape in that "
            "order, then transpose.",
            _filled_in(stored, axes),
        )
        for stored in ((0, 1, 2, 3), (1, 0, 2, 3))
        for axes in permutations(range(4))
        if axes not in (stored, (0, 1, 2, 3))
    ),
    *(
        OutputAlteration(f"lost_{k}_{packed}", one.sentence, one.of_columns(packed))
        for packed in (False, True)
        for k, one in enumerate(_LOST)
    ),
    OutputAlteration(
        "cut_off",
        "{name} has lost what comes after the decimal point: make the array that holds it floating "
        "point (dtype=float).",
        lambda out, a: np.trunc(out),
    ),
)
# Alterations that often come together with another one. Orders of axes are never paired.
PAIRED = (
    *("stride_1", "padding_0", "no_bias", "turned_filter"),
    *("divided_by_images", "divided_again", "cut_off"),
)
# Alterations that may come with any other mistake of a function that returns one value.
SCALES = (
    *("divided_by_images", "divided_again", "times_images", "divided_by_classes"),
    *("opposite_sign", "half", "double"),
)
NEVER_PAIRED = (
    *(
        "gradient_read",
        "columns_read",
        "laid_around",
        "cropped",
        "lost_",
        "bias_on_the_last_axis",
        "classes_from",
        "running",
        "fortran",
        "filled_",
        "only_reshaped",
        "rounded",
        "axes_",
        "read_",
        "only_",
        "padding_1",
        "stride_2",
        "pool_size_2",
        "all_zero",
        "all_one",
        "negative_cut",
        "input_added",
    ),
    *("input_unchanged", "upstream_unchanged", "first_place", "last_number"),
)
