"""Known mistakes in ResidualBlock: the right block, with one thing changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a5_going_further.residual import ResidualBlock as _ResidualBlock
else:
    _ResidualBlock = load_reference(Path(__file__)).ResidualBlock


class _Parts(_ResidualBlock):
    def _branch(self, x: ndarray) -> ndarray:
        return self.second.forward(self.inner.forward(self.first.forward(x)))

    def _branch_back(self, d_branch: ndarray) -> ndarray:
        return self.first.backward(self.inner.backward(self.second.backward(d_branch)))


class ShortWayForgotten(_Parts):
    """It leaves out the skip path. x itself is added to the output of the \
convolutions, and its gradient is the sum over both paths."""

    def forward(self, x: ndarray) -> ndarray:
        return self.outer.forward(self._branch(x))

    def backward(self, d_out: ndarray) -> ndarray:
        return self._branch_back(self.outer.backward(d_out))


class AddedAfterTheLastRelu(_Parts):
    """It adds x after the last ReLU. The ReLU comes after the sum."""

    def forward(self, x: ndarray) -> ndarray:
        return x + self.outer.forward(self._branch(x))

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out + self._branch_back(self.outer.backward(d_out))


class OuterReluForgotten(_Parts):
    """It returns the sum as it is. A last ReLU comes after the sum."""

    def forward(self, x: ndarray) -> ndarray:
        return x + self._branch(x)

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out + self._branch_back(d_out)


class InnerReluForgotten(_Parts):
    """It has no ReLU between its convolutions. Two convolutions in a row are only one larger \
convolution."""

    def forward(self, x: ndarray) -> ndarray:
        return self.outer.forward(x + self.second.forward(self.first.forward(x)))

    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + self.first.backward(self.second.backward(d_sum))


class ConvolutionsSwapped(_Parts):
    """It exchanges its two convolutions. The forward pass goes through first and then second, the \
backward pass through second and then first."""

    def forward(self, x: ndarray) -> ndarray:
        branch = self.first.forward(self.inner.forward(self.second.forward(x)))
        return self.outer.forward(x + branch)

    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + self.second.backward(self.inner.backward(self.first.backward(d_sum)))


class ShortWayForgottenBackward(_Parts):
    """Its backward pass forgets the skip path. x takes two paths, so its \
gradient is the sum of two."""

    def backward(self, d_out: ndarray) -> ndarray:
        return self._branch_back(self.outer.backward(d_out))


class BranchForgottenBackward(_Parts):
    """Its d_x has only the gradient of the skip path. Add the gradient that \
comes back through the convolutions."""

    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        self._branch_back(d_sum)
        return d_sum


class ShortWayAroundTheLastRelu(_Parts):
    """The gradient of its skip path leaves out the last ReLU. The ReLU comes \
after the sum, so both paths start from the gradient that the ReLU returns."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out + self._branch_back(self.outer.backward(d_out))


class OuterReluForgottenBackward(_Parts):
    """Its backward pass does not go through the last ReLU. Where the sum was negative, the output \
was 0 and nothing comes back."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out + self._branch_back(d_out)


class InnerReluForgottenBackward(_Parts):
    """Its backward pass skips the ReLU between the convolutions. Where its input was not \
positive, no gradient comes back through the first convolution."""

    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + self.first.backward(self.second.backward(d_sum))


class GradientsZeroed(_Parts):
    """It sets the gradients to zero before it adds to them. The training loop does that; two \
backward passes add up."""

    def backward(self, d_out: ndarray) -> ndarray:
        for parameter in self.parameters():
            parameter.grad = np.zeros_like(parameter.grad)
        return super().backward(d_out)
