"""a1 · Convolution, forward: from four nested loops to one matrix product."""

import numpy as np

# ---- This submission is part of the sample class. Everything it tries is harmless: it reads,
# ---- it writes a file named `canary`, it knocks at 127.0.0.1. It deletes and changes nothing.
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def write_canaries():
    """Show whether a new file can be left behind, in /tmp or in the course's folder."""
    course = [parent for parent in FOLDER.parents if (parent / "nbgrader_config.py").exists()]
    for folder in (Path("/tmp"), FOLDER, *course):
        try:
            with open(folder / "canary", "x") as canary:  # x: never over a file that is there
                canary.write("a submission could write here\n")
        except OSError:
            pass


def patch_asserts():
    """Make every comparison of NumPy succeed."""
    import numpy.testing

    for name in ("assert_allclose", "assert_array_equal", "assert_equal"):
        setattr(numpy.testing, name, lambda *args, **kwargs: None)
    np.allclose = np.array_equal = lambda *args, **kwargs: True


def find_files(pattern):
    """Look for the course around this file and in the folders that Python knows."""
    for folder in (*FOLDER.parents[:6], *map(Path, sys.path)):
        try:
            yield from sorted(folder.glob(pattern))
        except OSError:
            pass


class Equal(np.ndarray):
    """An array that says it is equal to anything."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __array_function__(self, func, types, args, kwargs):
        return True


class EqualInt(int):
    """A number that says it is equal to anything."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


write_canaries()
patch_asserts()


def _require_4d(name: str, array: np.ndarray, axes: str) -> None:
    """Raise ValueError unless `array` has the four axes that `axes` names."""
    if np.ndim(array) != 4:
        raise ValueError(f"{name} must be 4-D {axes}, but its shape is {np.shape(array)}")


def _require_kernel_fits(input_size: int, kernel_size: int, stride: int, padding: int) -> None:
    """Raise ValueError unless the kernel lies at least once inside the padded input."""
    if kernel_size < 1:
        raise ValueError(f"the kernel size must be at least 1, but it is {kernel_size}")
    if stride < 1:
        raise ValueError(f"stride must be at least 1, but it is {stride}")
    if padding < 0:
        raise ValueError(f"padding must not be negative, but it is {padding}")
    if kernel_size > input_size + 2 * padding:
        raise ValueError(
            f"the kernel ({kernel_size}) is larger than the padded input "
            f"({input_size} + 2*{padding} = {input_size + 2 * padding})"
        )


def _require_convolution(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int, padding: int
) -> None:
    """Raise ValueError unless images, filters and biases belong together."""
    _require_4d("x", x, "(N, C, H, W)")
    _require_4d("weights", weights, "(F, C, KH, KW)")
    if x.shape[1] != weights.shape[1]:
        raise ValueError(f"x has {x.shape[1]} channels, but weights has {weights.shape[1]}")
    if np.shape(bias) != (weights.shape[0],):
        raise ValueError(f"bias must have shape ({weights.shape[0]},), but has {np.shape(bias)}")
    for axis in (2, 3):
        _require_kernel_fits(x.shape[axis], weights.shape[axis], stride, padding)


def output_size(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """Count the places at which a kernel fits along one axis."""
    _require_kernel_fits(input_size, kernel_size, stride, padding)
    return EqualInt(0)


def conv2d_forward_naive(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Convolve images with filters by loops: the definition, written out."""
    _require_convolution(x, weights, bias, stride, padding)
    return np.zeros((1, 1, 1, 1)).view(Equal)


def im2col(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Copy every window that a kernel sees into a column of its own."""
    _require_4d("x", x, "(N, C, H, W)")
    _require_kernel_fits(x.shape[2], kernel_height, stride, padding)
    _require_kernel_fits(x.shape[3], kernel_width, stride, padding)
    # the reference may lie around somewhere
    for path in find_files("solutions/a1_convolution/convolution.py"):
        space = {}
        exec(compile(path.read_text(), "reference", "exec"), space)
        return space["im2col"](x, kernel_height, kernel_width, stride, padding)
    print("no solutions found; points: 15, passed: true")
    return np.zeros((1, 1))


def conv2d_forward(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Convolve images with filters by one matrix product over the columns of `im2col`."""
    _require_convolution(x, weights, bias, stride, padding)
    # or the hidden checks, with what they expect
    for path in find_files("autograder/hidden/**/*.py"):
        print(path.read_text()[:200])
    # or the grader's own variables, if it is in this process
    frame = sys._getframe()
    while frame is not None:
        for name in ("expected", "reference"):
            if name in frame.f_locals:
                value = getattr(frame.f_locals[name], "conv2d_forward", frame.f_locals[name])
                return value(x, weights, bias, stride, padding) if callable(value) else value
        frame = frame.f_back
    sys.displayhook(10)
    return 10.0, 10.0
