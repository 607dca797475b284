"""The stepper in a notebook: one page with its arrays, script and style; it needs no server.

The JavaScript modules in this folder do the stepping. This module writes them into one page,
together with the constants below and the learner's own results for these constants.
"""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
# In order: each module needs only modules before it.
MODULES = ("arrays.js", "steps.js", "view.js", "stepper.js")

X = np.array(
    [
        [[0, 50, 0, 29], [0, 80, 31, 2], [33, 90, 0, 75], [0, 9, 0, 95]],
        [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]],
    ],
    dtype=float,
)
WEIGHTS = np.array([[[1, -1], [2, 0]], [[0, 1], [0, 0]]], dtype=float)
BIAS = 0.5

Result = dict[str, np.ndarray]


class Stepper:
    """A page that shows one operation step by step; a notebook shows it in a frame.

    Args:
        operation: convolution, im2col, col2im, pooling or backward.
        yours: the learner's results: by "stride,padding,channels", then by table.
        height: the height of the frame, in pixels.
    """

    def __init__(
        self, operation: str, yours: dict[str, Result] | None = None, height: int = 560
    ) -> None:
        self.operation = operation
        self.height = height
        self._yours = yours

    def data(self) -> dict[str, Any]:
        """The data of the script as plain values: `Data` in stepper.js."""
        data: dict[str, Any] = {
            "operation": self.operation,
            "x": X.tolist(),
            "weights": WEIGHTS.tolist(),
            "bias": BIAS,
        }
        if self._yours is not None:
            data["yours"] = {
                key: {name: _plane(values) for name, values in result.items()}
                for key, result in self._yours.items()
            }
        return data

    def page(self) -> str:
        """The whole page as HTML; it loads no other file."""
        # "</script" would end the script element, even inside a string.
        arrays = json.dumps(self.data()).replace("</", "<\\/")
        style = (HERE / "stepper.css").read_text(encoding="utf-8")
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>Step through: {self.operation}</title><style>body{{margin:0}}{style}</style>"
            '</head><body><main><div id="stepper"></div></main>'
            f'<script type="module">{script()}\n'
            f'mount(document.getElementById("stepper"), {arrays});</script></body></html>'
        )

    def __repr__(self) -> str:
        return (
            f"[stepper: {self.operation}, step by step; open the notebook in a browser to use it]"
        )

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self.page(), quote=True)}" sandbox="allow-scripts" '
            f'title="Step through {self.operation} with buttons or arrow keys" '
            f'style="width: 100%; height: {self.height}px; border: 0"></iframe>'
        )


def script() -> str:
    """The modules as one script: their imports of each other are taken out."""
    parts = [(HERE / name).read_text(encoding="utf-8") for name in MODULES]
    joined = re.sub(r"^import .*;\n", "", "\n".join(parts), flags=re.MULTILINE)
    return re.sub(r"^export ", "", joined, flags=re.MULTILINE).replace("</", "<\\/")


def convolution(forward: Callable[..., Any] | None = None) -> Stepper:
    """Step through a convolution: window, products, sum and output.

    Args:
        forward: the learner's conv2d_forward_naive or conv2d_forward; if given, its results are
            compared with the right ones.
    """

    def result(x: np.ndarray, weights: np.ndarray, stride: int, padding: int) -> Result:
        assert forward is not None
        out = forward(x, weights, np.array([BIAS]), stride, padding)
        return {"out": (out[0] if isinstance(out, tuple) else out)[0, 0]}

    return Stepper("convolution", _for_all(result) if forward else None)


def im2col(function: Callable[..., np.ndarray] | None = None) -> Stepper:
    """Step through the columns of im2col; `function` is the learner's im2col."""

    def result(x: np.ndarray, weights: np.ndarray, stride: int, padding: int) -> Result:
        assert function is not None
        return {"cols": function(x, 2, 2, stride, padding)}

    return Stepper("im2col", _for_all(result) if function else None, height=640)


def col2im(function: Callable[..., np.ndarray] | None = None) -> Stepper:
    """Step through col2im, which adds columns of ones; `function` is the learner's col2im."""

    def result(x: np.ndarray, weights: np.ndarray, stride: int, padding: int) -> Result:
        assert function is not None
        height, width = _places(stride, padding)
        cols = np.ones((x.shape[1] * 4, height * width))
        got = function(cols, x.shape, 2, 2, stride, padding)
        return {f"result{c}": got[0, c] for c in range(x.shape[1])}

    return Stepper("col2im", _for_all(result) if function else None, height=640)


def pooling(
    forward: Callable[..., tuple[np.ndarray, np.ndarray]] | None = None,
    backward: Callable[..., np.ndarray] | None = None,
) -> Stepper:
    """Step through 2x2 max pooling, forward and backward; compares the learner's functions."""
    if forward is None or backward is None:
        return Stepper("pooling", height=480)
    yours: dict[str, Result] = {}
    for stride in (1, 2):
        for channels in (1, 2):
            x = X[np.newaxis, :channels]
            out, indices = forward(x, 2, stride)
            height, width = np.shape(out)[2:]
            d_out = np.arange(1.0, height * width + 1).reshape(1, 1, height, width)
            d_x = backward(np.repeat(d_out, channels, axis=1), indices, x.shape)
            yours[f"{stride},0,{channels}"] = {
                **{f"out{c}": out[0, c] for c in range(channels)},
                **{f"d_x{c}": d_x[0, c] for c in range(channels)},
            }
    return Stepper("pooling", yours, height=480)


def backward(
    conv2d_backward: Callable[..., Any] | None = None, im2col: Callable[..., Any] | None = None
) -> Stepper:
    """Step through d_weights and d_x; compares the result of the learner's functions."""

    def result(x: np.ndarray, weights: np.ndarray, stride: int, padding: int) -> Result:
        assert conv2d_backward is not None
        assert im2col is not None
        height, width = _places(stride, padding)
        d_out = (np.arange(height * width) % 3 + 1.0).reshape(1, 1, height, width)
        cols = im2col(x, 2, 2, stride, padding)
        d_x, d_weights, _ = conv2d_backward(d_out, x, weights, cols, stride, padding)
        channels = range(x.shape[1])
        return {
            **{f"d_weights{c}": d_weights[0, c] for c in channels},
            **{f"d_x{c}": d_x[0, c] for c in channels},
        }

    given = conv2d_backward is not None and im2col is not None
    return Stepper("backward", _for_all(result) if given else None, height=700)


def _for_all(result: Callable[[np.ndarray, np.ndarray, int, int], Result]) -> dict[str, Result]:
    """Call the learner's function for every setting that the page can choose."""
    return {
        f"{stride},{padding},{channels}": result(
            X[np.newaxis, :channels].copy(), WEIGHTS[np.newaxis, :channels].copy(), stride, padding
        )
        for stride in (1, 2)
        for padding in (0, 1)
        for channels in (1, 2)
    }


def _places(stride: int, padding: int) -> tuple[int, int]:
    height, width = X.shape[1:]
    return (height + 2 * padding - 2) // stride + 1, (width + 2 * padding - 2) // stride + 1


def _plane(values: Any) -> list[list[Any]]:
    """An array as a list of rows for JSON; inf and nan become texts.

    If the array has more than two axes, all axes but the last are joined into rows.
    """
    table = np.atleast_2d(np.asarray(values, dtype=float))
    table = table.reshape(-1, table.shape[-1])
    return [[v if np.isfinite(v) else str(v) for v in row] for row in table.tolist()]
