"""Known mistakes in output_size."""


def padding_counted_once(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0
) -> int:
    """It counts the padding at one end only. The zeros are added at both ends of the axis."""
    return (input_size + padding - kernel_size) // stride + 1


def padding_ignored(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """It leaves the padding out. The kernel moves over the padded input, which is longer."""
    return (input_size - kernel_size) // stride + 1


def stride_ignored(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """It counts as if the kernel always moved one pixel. A larger stride leaves fewer places."""
    return input_size + 2 * padding - kernel_size + 1


def first_place_missing(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0
) -> int:
    """It counts the moves, not the places. The place before the first move counts as well."""
    return (input_size + 2 * padding - kernel_size) // stride


def one_added_before_the_division(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0
) -> int:
    """It adds 1 before dividing by the stride. Divide what is left after the first place by the \
stride, then add 1."""
    return (input_size + 2 * padding - kernel_size + 1) // stride


def rounded_up(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """It counts a last place at which the kernel reaches beyond the input. Where a whole stride \
does not fit any more, the kernel stops."""
    return -(-(input_size + 2 * padding - kernel_size) // stride) + 1


def fraction_kept(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> float:
    """It returns fractions of a place. Where a whole stride does not fit any more, the kernel \
stops, so the division must be one that leaves out the rest."""
    return (input_size + 2 * padding - kernel_size) / stride + 1


def kernel_subtracted_after_the_division(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0
) -> int:
    """It divides the whole input by the stride before it takes the kernel away. The kernel is \
measured in pixels: it comes off first, and what is left is shared out in strides."""
    return (input_size + 2 * padding) // stride - kernel_size + 1


def padding_added_after_the_division(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0
) -> int:
    """It adds the padding to the number of places. Padding is measured in pixels: it makes the \
input longer, before anything is divided by the stride."""
    return (input_size - kernel_size) // stride + 1 + 2 * padding
