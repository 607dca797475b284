"""Known mistakes in softmax."""

import numpy as np
from numpy import ndarray


def over_the_images(logits: ndarray) -> ndarray:
    """Its columns sum to 1, not its rows. Each row is one image, and the probabilities of its \
classes sum to 1."""
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


def over_the_whole_batch(logits: ndarray) -> ndarray:
    """All its numbers together sum to 1. Each row is one image and sums to 1 by itself."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def not_shifted(logits: ndarray) -> ndarray:
    """It is right for small scores, but overflows for large ones. Adding one number to a whole \
row changes nothing: use that to bring the largest score down to 0."""
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def shifted_by_the_batch(logits: ndarray) -> ndarray:
    """It takes the largest score of the whole batch away from all rows. In a row far below that \
all exponentials become 0: each row needs its own largest score."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=1, keepdims=True)


def not_divided(logits: ndarray) -> ndarray:
    """It takes exponentials of the shifted scores, but does not divide by their sum. \
Probabilities sum to 1."""
    return np.exp(logits - logits.max(axis=1, keepdims=True))


def exponentials_alone(logits: ndarray) -> ndarray:
    """It takes exponentials and stops there. Probabilities sum to 1: divide by the sum of the \
row."""
    return np.exp(logits)


def logarithm_returned(logits: ndarray) -> ndarray:
    """It returns the logarithms of the probabilities. The loss takes the logarithm; here the \
probabilities themselves are wanted."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def no_exponential(logits: ndarray) -> ndarray:
    """It divides the scores by their sum. Scores may be negative; the exponential makes them \
positive first."""
    return logits / logits.sum(axis=1, keepdims=True)


def sign_reversed(logits: ndarray) -> ndarray:
    """It gives the largest probability to the smallest score. The exponential must grow with \
the score."""
    powers = np.exp(logits.min(axis=1, keepdims=True) - logits)
    return powers / powers.sum(axis=1, keepdims=True)


def one_for_the_largest(logits: ndarray) -> ndarray:
    """It gives all the probability to the largest score. Softmax gives every class a \
probability above 0."""
    return np.eye(logits.shape[1])[logits.argmax(axis=1)]


def each_class_by_itself(logits: ndarray) -> ndarray:
    """It is the sigmoid: it looks at each score by itself. In softmax the classes of a row sum \
to 1 together."""
    return np.where(logits < 0, np.exp(np.minimum(logits, 0)), 1) / (1 + np.exp(-np.abs(logits)))


def largest_score_divided(logits: ndarray) -> ndarray:
    """It divides the scores by the largest of the row. Subtract the largest score: dividing by \
it changes the result."""
    powers = np.exp(logits / logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sums_lie_along_the_rows(logits: ndarray) -> ndarray:
    """It divides each column by the sum of a row: a sum loses the axis that it runs over, and \
broadcasting lays what is left along the rows. Let the sum keep its axis, with length 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1)


def sums_lie_along_the_rows_unshifted(logits: ndarray) -> ndarray:
    """It divides each column by the sum of a row: a sum loses the axis that it runs over, and \
broadcasting lays what is left along the rows. Let the sum keep its axis, with length 1."""
    powers = np.exp(logits)
    return powers / powers.sum(axis=1)


def sums_lie_along_the_rows_shifted_by_the_batch(logits: ndarray) -> ndarray:
    """It divides each column by the sum of a row: a sum loses the axis that it runs over, and \
broadcasting lays what is left along the rows. Let the sum keep its axis, with length 1."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=1)


def largest_scores_lie_along_the_rows(logits: ndarray) -> ndarray:
    """It takes the largest score of one row away from a whole column: a maximum loses the axis \
that it runs over, and broadcasting lays what is left along the rows. Let it keep its axis."""
    powers = np.exp(logits - logits.max(axis=1))
    return powers / powers.sum(axis=1, keepdims=True)


def maxima_and_sums_lie_along_the_rows(logits: ndarray) -> ndarray:
    """It uses a row's largest score, and a row's sum, for a whole column: both lose the axis \
that they run over, and broadcasting lays what is left along the rows. Write keepdims=True."""
    powers = np.exp(logits - logits.max(axis=1))
    return powers / powers.sum(axis=1)


def sums_over_the_images(logits: ndarray) -> ndarray:
    """It divides by the sum of a column, so the columns sum to 1. Each row is one image, and \
the probabilities of its classes sum to 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=0)


def over_the_images_unshifted(logits: ndarray) -> ndarray:
    """Its columns sum to 1, not its rows. Each row is one image, and the probabilities of its \
classes sum to 1."""
    powers = np.exp(logits)
    return powers / powers.sum(axis=0)


def over_the_images_shifted_by_the_batch(logits: ndarray) -> ndarray:
    """Its columns sum to 1, not its rows. Each row is one image, and the probabilities of its \
classes sum to 1."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=0)


def shifted_by_the_columns(logits: ndarray) -> ndarray:
    """It subtracts the largest score of each column. Subtract the largest score of each row from \
that row: the same number for all its scores leaves its probabilities as they are."""
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=1, keepdims=True)


def over_the_whole_batch_unshifted(logits: ndarray) -> ndarray:
    """All its numbers together sum to 1. Each row is one image and sums to 1 by itself."""
    powers = np.exp(logits)
    return powers / powers.sum()
