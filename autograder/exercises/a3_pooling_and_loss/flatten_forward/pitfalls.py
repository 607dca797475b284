"""Known mistakes in flatten_forward."""

from numpy import ndarray


def channels_last(x: ndarray) -> ndarray:
    """It puts all channels of a pixel side by side. The channel comes first: the whole first \
channel, then the whole second."""
    return x.transpose(0, 2, 3, 1).reshape(len(x), -1)


def read_by_columns(x: ndarray) -> ndarray:
    """It reads the picture column by column. Read it row by row: the column changes fastest."""
    return x.transpose(0, 1, 3, 2).reshape(len(x), -1)


def axes_reversed(x: ndarray) -> ndarray:
    """It reads every axis the wrong way about: by column, then row, then channel. The channel \
comes first and the column changes fastest."""
    return x.transpose(0, 3, 2, 1).reshape(len(x), -1)


def batch_flattened_too(x: ndarray) -> ndarray:
    """It puts all images into one long row. Each image keeps a row of its own: the first axis \
stays."""
    return x.ravel()


def one_row_for_all(x: ndarray) -> ndarray:
    """It puts all images into one row. Each image has a row of its own: the first axis \
stays."""
    return x.reshape(1, -1)


def images_as_columns(x: ndarray) -> ndarray:
    """It makes a column of each image. Each image is a row: the batch is the first axis."""
    return x.reshape(len(x), -1).T


def images_mixed(x: ndarray) -> ndarray:
    """Its shape is right, but every row holds pixels of all images: a reshape never changes \
the order of the numbers. Keep the batch as the first axis throughout."""
    return x.reshape(-1, len(x)).T


def channels_kept(x: ndarray) -> ndarray:
    """It flattens each channel by itself. All channels of an image go into its row."""
    return x.reshape(len(x), x.shape[1], -1)
