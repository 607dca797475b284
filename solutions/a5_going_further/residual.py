"""a5 · A residual block: learn what to add to the input, instead of a new output.

Every layer leaves the arrays that it is given as they are, and returns new ones.
"""

import numpy as np
from a4_training.network import Conv2D, Layer, Parameter, ReLU


class ResidualBlock(Layer):
    """Two convolutions beside a skip path, which hands x on unchanged.

        out = relu(x + second(relu(first(x))))

    Both convolutions are 3x3 with padding 1 and as many filters as channels, so that shapes
    agree and the sum is possible.

    Args:
        channels: C.
        rng: for the filters, first those of `first`.
        dtype: of the parameters.

    Attributes:
        first, second: Conv2D. inner, outer: ReLU.

    Source: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (2015),
    figure 2, without batch normalisation.

    Example:
        >>> block = ResidualBlock(2, rng=np.random.default_rng(0))
        >>> block.forward(np.ones((1, 2, 4, 4))).shape
        (1, 2, 4, 4)
    """

    def __init__(
        self, channels: int, *, rng: np.random.Generator, dtype: type = np.float64
    ) -> None:
        self.first = Conv2D(channels, channels, 3, padding=1, rng=rng, dtype=dtype)
        self.second = Conv2D(channels, channels, 3, padding=1, rng=rng, dtype=dtype)
        self.inner = ReLU()
        self.outer = ReLU()

    def parameters(self) -> list[Parameter]:
        return [*self.first.parameters(), *self.second.parameters()]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return relu(x + second(relu(first(x)))), the shape of x: (N, C, H, W)."""
        ### BEGIN SOLUTION
        return self.outer.forward(
            x + self.second.forward(self.inner.forward(self.first.forward(x)))
        )
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Add to the gradients of both convolutions, and return d_x."""
        ### BEGIN SOLUTION
        d_sum = self.outer.backward(d_out)
        d_branch = self.second.backward(d_sum)
        d_branch = self.first.backward(self.inner.backward(d_branch))
        # x is used twice, so its two gradients are added. The skip path passes d_sum on unchanged,
        # however many blocks the network has.
        return d_sum + d_branch
        ### END SOLUTION
