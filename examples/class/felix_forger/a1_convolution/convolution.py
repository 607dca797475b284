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


def output_size(input_size, kernel_size, stride=1, padding=0):
    return EqualInt(0)


def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    return np.zeros((1, 1, 1, 1)).view(Equal)


def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    # the reference may lie around somewhere
    for path in find_files("solutions/a1_convolution/convolution.py"):
        space = {}
        exec(compile(path.read_text(), "reference", "exec"), space)
        return space["im2col"](x, kernel_height, kernel_width, stride, padding)
    print("no solutions found; points: 15, passed: true")
    return np.zeros((1, 1))


def conv2d_forward(x, weights, bias, stride=1, padding=0):
    # or the hidden checks, with what they expect
    for path in find_files("autograder/exercises/**/hidden.py"):
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
