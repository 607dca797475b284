"""Known mistakes in Flatten."""

import numpy as np
from numpy import ndarray


class _Right:
    """The right layer, to change one thing in."""

    x_shape: tuple[int, ...]

    def parameters(self) -> list[object]:
        return []

    def zero_grad(self) -> None:
        return None

    def forward(self, x: ndarray) -> ndarray:
        self.x_shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out.reshape(self.x_shape)


class BackwardLeftFlat(_Right):
    """Its backward pass returns the gradient flat. The layer below made images, and needs a \
gradient of their shape."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out


class FirstShapeKept(_Right):
    """It keeps the shape of the first batch. The last batch may be smaller: each \
backward pass belongs to the forward pass just before it."""

    def forward(self, x: ndarray) -> ndarray:
        if not hasattr(self, "x_shape"):
            self.x_shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, d_out: ndarray) -> ndarray:
        return np.resize(d_out, self.x_shape)


class UpstreamIgnored(_Right):
    """Its backward pass returns ones. The upstream gradient comes back unchanged, only \
reshaped."""

    def backward(self, d_out: ndarray) -> ndarray:
        return np.ones(self.x_shape)


class BatchFlattenedToo(_Right):
    """It puts all images into one long row. Each image keeps a row of its own: the first axis \
stays."""

    def forward(self, x: ndarray) -> ndarray:
        self.x_shape = x.shape
        return x.ravel()


class ImagesKept(_Right):
    """Its forward pass leaves the images as they are. The dense layer that follows wants one \
row for each image."""

    def forward(self, x: ndarray) -> ndarray:
        self.x_shape = x.shape
        return x.copy()
