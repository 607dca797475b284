"""Other formulas of ResidualBlock: its parts are called in another way."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a5_going_further.residual import ResidualBlock as _ResidualBlock
else:
    _ResidualBlock = load_reference(Path(__file__)).ResidualBlock


class FirstTwice(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.first.forward(self.inner.forward(self.first.forward(x)))
        return self.outer.forward(x + branch)


class SecondTwice(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.inner.forward(self.second.forward(x)))
        return self.outer.forward(x + branch)


class InnerReluTwice(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        self.outer = self.inner
        out: ndarray = super().forward(x)
        return out


class OnlyOneConvolution(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        return self.outer.forward(x + self.inner.forward(self.first.forward(x)))


class ReluBeforeTheSum(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.inner.forward(self.first.forward(x)))
        return x + self.outer.forward(branch)


class PositivePartAdded(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.inner.forward(self.first.forward(x)))
        return self.outer.forward(np.maximum(x, 0) + branch)


class Subtracted(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.inner.forward(self.first.forward(x)))
        return self.outer.forward(branch - x)


class Averaged(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.inner.forward(self.first.forward(x)))
        return self.outer.forward((x + branch) / 2)


class ProductOfBranches(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.inner.forward(self.first.forward(x)))
        return self.outer.forward(x * branch)


class SkipAfterFirst(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        first = self.first.forward(x)
        return self.outer.forward(first + self.second.forward(self.inner.forward(first)))


class SkipAfterInner(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        inner = self.inner.forward(self.first.forward(x))
        return self.outer.forward(inner + self.second.forward(inner))


class AddedTwice(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.inner.forward(x + self.first.forward(x)))
        return self.outer.forward(x + branch)


class ConvolutionsExchanged(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.first.forward(self.inner.forward(self.second.forward(x)))
        return self.outer.forward(x + branch)


class RelusExchangedBackward(_ResidualBlock):
    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.inner.backward(d_out)
        d_branch = self.first.backward(self.outer.backward(self.second.backward(d_sum)))
        return d_sum + d_branch


class FirstTwiceInBothPasses(FirstTwice):
    """Backward, the one convolution's gradients are those of its last forward pass."""

    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        d_branch = self.first.backward(self.inner.backward(self.first.backward(d_sum)))
        return d_sum + d_branch


class GradientsMultiplied(_ResidualBlock):
    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum * self.first.backward(self.inner.backward(self.second.backward(d_sum)))


class BranchBesideTheLastRelu(_ResidualBlock):
    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + self.first.backward(self.inner.backward(self.second.backward(d_out)))


class _Backward(_ResidualBlock):
    """The gradient of the branch, from that of its output."""

    def branch(self, d: ndarray) -> ndarray:
        d_x: ndarray = self.first.backward(self.inner.backward(self.second.backward(d)))
        return d_x


class LastReluAfterTheSum(_Backward):
    def backward(self, d_out: ndarray) -> ndarray:
        d_x: ndarray = self.outer.backward(d_out + self.branch(d_out))
        return d_x


class BranchTwice(_Backward):
    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + 2 * self.branch(d_sum)


class SkipFromTheBranch(_Backward):
    def backward(self, d_out: ndarray) -> ndarray:
        d_branch = self.branch(d_out)
        d_x: ndarray = d_branch + self.outer.backward(d_branch)
        return d_x


class SkipFromTheInnerRelu(_Backward):
    def backward(self, d_out: ndarray) -> ndarray:
        d_inner = self.inner.backward(self.second.backward(self.outer.backward(d_out)))
        d_x: ndarray = d_inner + self.first.backward(d_inner)
        return d_x


class MeanOfThePaths(_Backward):
    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return (d_sum + self.branch(d_sum)) / 2


class MeanOfThePathsWithoutRelu(_Backward):
    def backward(self, d_out: ndarray) -> ndarray:
        return (d_out + self.branch(d_out)) / 2


class InnerReluFirst(_ResidualBlock):
    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + self.first.backward(self.second.backward(self.inner.backward(d_sum)))


class InnerReluLast(_ResidualBlock):
    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + self.inner.backward(self.first.backward(self.second.backward(d_sum)))


class FirstBeforeSecondBackward(_ResidualBlock):
    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + self.second.backward(self.inner.backward(self.first.backward(d_sum)))


class NoSkipAndNoInnerBackward(_ResidualBlock):
    def backward(self, d_out: ndarray) -> ndarray:
        d_x: ndarray = self.first.backward(self.second.backward(self.outer.backward(d_out)))
        return d_x


class ReluBeforeTheBranch(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.inner.forward(self.first.forward(np.maximum(x, 0))))
        return self.outer.forward(x + branch)


class ReluInTheWrongPlace(_ResidualBlock):
    def forward(self, x: ndarray) -> ndarray:
        branch = self.second.forward(self.first.forward(self.inner.forward(x)))
        return self.outer.forward(x + branch)

    def backward(self, d_out: ndarray) -> ndarray:
        d_sum = self.outer.backward(d_out)
        return d_sum + self.inner.backward(self.first.backward(self.second.backward(d_sum)))


class ReluInTheWrongPlaceForward(ReluInTheWrongPlace):
    def backward(self, d_out: ndarray) -> ndarray:
        d_x: ndarray = _ResidualBlock.backward(self, d_out)
        return d_x


_RELU_FIRST = (
    "It applies the inner ReLU to x, before the first convolution: the order is first, inner "
    "ReLU, second."
)

ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "It calls the first convolution twice, and never the second: the second one comes after "
        "the inner ReLU.",
        FirstTwiceInBothPasses,
    ),
    (
        "Its backward pass multiplies the gradients of the two paths: they are added.",
        GradientsMultiplied,
    ),
    (
        "Its backward pass hands d_out to the second convolution: the last ReLU comes after the "
        "sum, so both paths start from the gradient that the ReLU returns.",
        BranchBesideTheLastRelu,
    ),
    (
        "Its backward pass goes through the last ReLU at the end: forward it comes last, so "
        "backward it comes first, and both paths start from what it returns.",
        LastReluAfterTheSum,
    ),
    ("Its backward pass counts the branch twice: d_x is d_sum + d_branch.", BranchTwice),
    (
        "Its backward pass takes the skip path's gradient from the branch: both paths start from "
        "the gradient that the last ReLU returns.",
        SkipFromTheBranch,
    ),
    (
        "Its backward pass takes the skip path's gradient from the inner ReLU: both paths start "
        "from the gradient that the last ReLU returns.",
        SkipFromTheInnerRelu,
    ),
    ("Its backward pass takes the mean of the two paths: they are added.", MeanOfThePaths),
    (
        "Two mistakes in its backward pass: 1. it leaves out the last ReLU. 2. it takes the mean "
        "of the two paths: they are added.",
        MeanOfThePathsWithoutRelu,
    ),
    (
        "Its backward pass goes through the inner ReLU after the first convolution: the order is "
        "second, inner, first.",
        InnerReluLast,
    ),
    (
        "Its backward pass goes through the inner ReLU before the second convolution: the order is "
        "second, inner, first.",
        InnerReluFirst,
    ),
    (
        "Its backward pass goes through the first convolution before the second: the gradient "
        "comes back through second, then inner, then first.",
        FirstBeforeSecondBackward,
    ),
    (
        "Two mistakes in its backward pass: 1. it skips the ReLU between the convolutions. 2. it "
        "forgets the skip path: x takes two paths, so its gradient is the sum of two.",
        NoSkipAndNoInnerBackward,
    ),
    ("It cuts off the negative part of x before the first convolution.", ReluBeforeTheBranch),
    (_RELU_FIRST, ReluInTheWrongPlace),
    (_RELU_FIRST, ReluInTheWrongPlaceForward),
    (
        "It uses one ReLU for both places: a layer remembers its newest input alone, so backward "
        "needs self.inner and self.outer.",
        InnerReluTwice,
    ),
    (
        "It calls the first convolution twice: the second one comes after the inner ReLU.",
        FirstTwice,
    ),
    (
        "It calls the second convolution twice: the first one comes before the inner ReLU.",
        SecondTwice,
    ),
    (
        "It leaves the second convolution out: first, inner ReLU, second, then the sum.",
        OnlyOneConvolution,
    ),
    (
        "It applies the last ReLU to the convolutions' output alone: the ReLU comes after the sum.",
        ReluBeforeTheSum,
    ),
    ("It adds the positive part of x: x itself is added.", PositivePartAdded),
    ("It subtracts x: x is added to the output of the convolutions.", Subtracted),
    ("It takes the mean of x and the convolutions' output: they are added.", Averaged),
    ("It multiplies x by the convolutions' output: they are added.", ProductOfBranches),
    (
        "Its backward pass exchanges the two ReLUs: the outer one comes first, the inner one is "
        "between the convolutions.",
        RelusExchangedBackward,
    ),
    (
        "It adds the output of the first convolution in the place of x: the skip path hands on x "
        "itself.",
        SkipAfterFirst,
    ),
    (
        "It adds the output of the inner ReLU in the place of x: the skip path hands on x itself.",
        SkipAfterInner,
    ),
    ("It adds x after each convolution: x is added once, after the second.", AddedTwice),
    (
        "It calls the second convolution before the first.",
        ConvolutionsExchanged,
    ),
]
