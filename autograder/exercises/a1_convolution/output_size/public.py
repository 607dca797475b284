"""output_size: how many places a kernel finds along one axis."""

from autograder.checking import agree, right_on_grid


def test_one_place_per_step(learner):
    """A kernel of 2 fits at three places on 4 pixels: it can start at pixel 0, 1 or 2."""
    agree(learner.output_size(4, 2), 4 - 2 + 1, "the output size")


def test_kernel_as_large_as_the_picture(learner):
    """A kernel as large as the input fits at exactly one place, whatever the stride."""
    agree(learner.output_size(3, 3), 1, "the output size")
    agree(learner.output_size(3, 3, stride=2), 1, "the output size")


def test_stride(learner):
    """With stride 2, a kernel of 3 on 7 pixels starts at pixels 0, 2 and 4."""
    agree(learner.output_size(7, 3, stride=2), len([0, 2, 4]), "the output size")


def test_stride_that_does_not_come_out_even(learner):
    """A last step that would take the kernel past the edge does not count."""
    # Kernel 3, stride 2, on 6 pixels: it starts at 0 and 2; from 4 it would need pixels 4, 5, 6.
    agree(learner.output_size(6, 3, stride=2), len([0, 2]), "the output size")
    # Kernel 2, stride 3, on 7 pixels: it starts at 0 and 3; from 6 it would need pixels 6, 7.
    agree(learner.output_size(7, 2, stride=3), len([0, 3]), "the output size")


def test_padding_at_both_ends(learner):
    """With padding 1, an axis of 4 pixels is 6 long, and a kernel of 3 has 4 places on it."""
    agree(learner.output_size(4, 3, padding=1), (1 + 4 + 1) - 3 + 1, "the output size")
    # Padding of another width makes the output larger than the input, or smaller.
    agree(learner.output_size(4, 3, padding=2), (2 + 4 + 2) - 3 + 1, "the output size")
    agree(learner.output_size(6, 5, padding=1), (1 + 6 + 1) - 5 + 1, "the output size")


def test_stride_and_padding(learner):
    """With padding 2 and stride 3, a kernel of 3 finds four places on 9 pixels."""
    # The padded axis has 2 + 9 + 2 = 13 places, 0 to 12. The kernel starts at 0, 3, 6 and 9; from
    # 12 it would need 12, 13, 14.
    agree(learner.output_size(9, 3, stride=3, padding=2), len([0, 3, 6, 9]), "the output size")


def test_every_kind_of_call(learner):
    """It is right for every kind of size, kernel, stride and padding."""
    right_on_grid(learner, __file__)
