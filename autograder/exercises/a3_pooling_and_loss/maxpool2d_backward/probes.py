"""Probes of maxpool2d_backward."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling, numbers

# Positions of maxima: a different pixel for each window; then pixels shared by windows.
_APART = np.array([[[0, 1], [1, 2]], [[3, 0], [2, 3]]])
_SHARED = np.array([[[1, 1], [1, 1], [0, 3]], [[1, 1], [2, 1], [3, 2]]])
_TWO = np.stack([_SHARED, _SHARED[::-1, ::-1]])
_SQUARE = np.stack([np.stack([_APART, _APART[::-1]]), np.stack([_APART[:, ::-1], _APART])])
_BATCH = np.stack([_TWO, _TWO[:, :, ::-1]])

PROBES: tuple[Probe, ...] = tuple(
    asking("maxpool2d_backward", *arguments)
    for arguments in (
        (numbers(1, 1, 2, 2), _APART[None, None], (1, 1, 4, 4)),
        (numbers(2, 2, 2, 2, start=3), _SQUARE, (2, 2, 4, 4)),
        (numbers(1, 1, 2, 3, start=5), _SHARED[None, None], (1, 1, 4, 4)),
        (numbers(2, 2, 2, 3, start=2), _BATCH, (2, 2, 4, 5)),
        (numbers(1, 2, 2, 3, start=9), _TWO[None], (1, 2, 5, 4)),
    )
)

RETURNS = ("d_x",)


def _grid() -> tuple[Probe, ...]:
    """Positions of maxima are computed directly, without a picture: its values do not matter."""
    probes = []
    for images, channels, height, width, rows, columns, shared, *size in (
        (1, 1, 4, 4, 2, 2, False),
        (1, 1, 6, 6, 3, 3, False),
        (1, 1, 4, 6, 2, 3, False),
        (1, 1, 6, 4, 3, 2, False),
        (1, 1, 5, 5, 2, 2, False),
        (1, 1, 4, 4, 1, 1, False),
        (2, 1, 4, 4, 2, 2, False),
        (3, 1, 4, 4, 2, 2, False),
        (1, 2, 4, 4, 2, 2, False),
        (1, 3, 4, 4, 2, 2, False),
        (2, 3, 4, 4, 2, 2, False),
        (1, 1, 4, 4, 3, 3, True),
        (1, 1, 4, 4, 2, 2, True),
        (1, 1, 4, 5, 3, 4, True),
        (2, 1, 4, 4, 3, 3, True),
        (2, 2, 5, 4, 4, 3, True),
        (2, 2, 5, 7, 2, 3, False),
        # So many pixels are left over that positions stay inside after a wrong addition.
        (1, 1, 9, 10, 2, 3, False),
        (1, 2, 11, 9, 3, 2, False),
        (1, 1, 6, 6, 2, 2, False, 3),
        (1, 1, 9, 6, 3, 2, False, 3),
        (2, 1, 8, 8, 2, 2, False, 4),
    ):
        window = size[0] if size else 2
        where = np.zeros((images, channels, rows, columns, 2), dtype=np.int64)
        for place in np.ndindex(images, channels, rows, columns):
            i, j = place[2:]
            step = sum(place)
            if shared:
                where[place] = min(i + 1, height - 1) // 2 * 2, min(j + 1, width - 1) // 2 * 2
            else:
                # In the window's last two rows and columns: code that assumes size 2 fails there.
                inside = np.array([step % 2, step // 2 % 2]) + window - 2
                where[place] = window * i + inside[0], window * j + inside[1]
        held = {
            "images": images > 1,
            "channels": channels > 1,
            "rectangular_picture": height != width,
            "rectangular_output": rows != columns,
            "leftover": not shared and (height > window * rows or width > window * columns),
            "large_windows": window > 2,
            "shared_pixels": shared,
        }
        names = [name for name, holds in held.items() if holds]
        d_out = np.abs(numbers(images, channels, rows, columns, start=3)) + 0.5
        shape = images, channels, height, width
        letters = dict(zip("NCHW", shape, strict=True)) | {"OH": rows, "OW": columns}
        call = (d_out, where, shape)
        probes.append(calling("maxpool2d_backward", call, *names, sizes=letters))
        if len(probes) in (1, 12):
            signed = numbers(images, channels, rows, columns, start=3) - 0.5
            with_signs = (signed, where, shape)
            probes.append(
                calling(
                    "maxpool2d_backward", with_signs, *names, "negative_gradient", sizes=letters
                )
            )
    return tuple(probes)


GRID: tuple[Probe, ...] = _grid()
