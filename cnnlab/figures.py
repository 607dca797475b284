"""The figures of assignments a1 to a3, drawn from the learner's own functions.

Each function takes the learner's functions, if it needs any, as arguments, and returns a `Picture`.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Polygon, Rectangle

from cnnlab import experiments
from cnnlab.experiments import SOBEL_VERTICAL
from cnnlab.picture import (
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    Picture,
    new_figure,
    plain,
)

Function = Callable[..., np.ndarray]
PairFunction = Callable[..., tuple[np.ndarray, np.ndarray]]

SOBEL_HORIZONTAL = SOBEL_VERTICAL.T
SMALL_IMAGE = np.array([[0.0, 50, 0, 29], [0, 80, 31, 2], [33, 90, 0, 75], [0, 9, 0, 95]])


def scene(size: int = 96) -> np.ndarray:
    """Draw a house with sun, fence and path, as an image of shape (size, size) in 0..1."""
    down, across = np.mgrid[0:size, 0:size] / size
    image = 0.75 - 0.25 * down
    image[down > 0.78] = 0.35
    image[(across - 0.82) ** 2 + (down - 0.17) ** 2 < 0.09**2] = 1.0
    wall = (down > 0.42) & (down < 0.85) & (across > 0.18) & (across < 0.62)
    image[wall] = 0.9
    roof = (down > 0.18) & (down < 0.42) & (np.abs(across - 0.40) < (down - 0.18) * 1.15)
    image[roof] = 0.2
    image[(down > 0.6) & (down < 0.85) & (across > 0.26) & (across < 0.36)] = 0.15
    window = (down > 0.52) & (down < 0.68) & (across > 0.44) & (across < 0.56)
    image[window] = 0.3
    image[window & ((np.abs(across - 0.5) < 0.008) | (np.abs(down - 0.6) < 0.008))] = 0.9
    fence = (down > 0.66) & (down < 0.85) & (across > 0.66)
    image[fence & (across * size % 8 < 3)] = 0.95
    image[fence & (np.abs(down - 0.72) < 0.012)] = 0.95
    return image


def as_numbers(image: np.ndarray, top: int = 6, left: int = 8, size: int = 9) -> Picture:
    """Show a digit, and a part of it as the numbers that the computer sees."""
    figure = new_figure(9.5, 4.2, "An image is an array of numbers")
    whole, part = figure.subplots(1, 2)
    whole.imshow(image, cmap="gray", vmin=0, vmax=1)
    whole.add_patch(_box(top - 0.5, left - 0.5, size, size, VERMILION))
    whole.set(xlabel="column", ylabel="row", title=f"{image.shape[0]} x {image.shape[1]} pixels")
    crop = image[top : top + size, left : left + size]
    part.imshow(crop, cmap="gray", vmin=0, vmax=1)
    _write(part, crop, "{:.1f}", ["white" if v < 0.55 else "black" for v in crop.ravel()])
    part.set_xticks(range(size), [str(left + k) for k in range(size)])
    part.set_yticks(range(size), [str(top + k) for k in range(size)])
    part.set(xlabel="column", ylabel="row", title="the part in the frame: 0 black, 1 white")
    return Picture(
        figure,
        f"A handwritten digit of {image.shape[0]} by {image.shape[1]} pixels. Beside it the "
        f"{size} by {size} pixels in a frame, each with its number: near 1 on the stroke, "
        "0 in the background.",
    )


def windows() -> Picture:
    """Show a convolution step by step: four windows, their products with the filter, the sums."""
    figure = new_figure(10.5, 6.2, "Four windows, one filter, four numbers")
    grid = figure.subplots(4, 4, width_ratios=[4, 3, 3, 2.4])
    words = []
    for row, (top, left) in zip(grid, np.ndindex(2, 2), strict=True):
        window = SMALL_IMAGE[top : top + 3, left : left + 3]
        colours = np.full((4, 4), "white", dtype=object)
        colours[top : top + 3, left : left + 3] = "#cfe8f7"
        first = (top, left) == (0, 0)
        _grid(row[0], SMALL_IMAGE, colours, title="image" if first else "", span=(4, 4))
        row[0].add_patch(_box(top, left, 3, 3, VERMILION))
        _grid(row[1], SOBEL_VERTICAL, title="filter" if first else "", span=(4, 3))
        products = window * SOBEL_VERTICAL + 0.0
        _grid(row[2], products, title="window * filter" if first else "", span=(4, 3))
        out = np.full((2, 2), "?", dtype=object)
        for i, j in np.ndindex(2, 2):
            if (i, j) <= (top, left):
                place = SMALL_IMAGE[i : i + 3, j : j + 3] * SOBEL_VERTICAL
                out[i, j] = f"{place.sum():g}"
        shades = np.full((2, 2), "white", dtype=object)
        shades[top, left] = "#fbe3d3"
        _grid(row[3], out.astype(str), shades, title="out: the sums" if first else "", span=(4, 2))
        words.append(f"window ({top}, {left}) sums to {products.sum():g}")
    return Picture(
        figure,
        "The 3 by 3 window at four places of the 4 by 4 image, each multiplied entry by entry by "
        f"the Sobel filter: {', '.join(words)}. The output is 29 -192; -35 -22.",
    )


def kernel_places(output_size: Callable[..., int] | None = None) -> Picture:
    """Draw every place where a kernel of size 3 fits along 7 pixels.

    Args:
        output_size: the learner's function; if None, the known numbers of places are used.
    """
    cases = {(1, 0): 5, (2, 0): 3, (3, 0): 2, (1, 1): 7}
    figure = new_figure(9.5, 5.0, "Where a kernel of 3 fits along 7 pixels")
    rows = figure.subplots(2, 2).ravel()
    counts = []
    for axes, ((stride, padding), known) in zip(rows, cases.items(), strict=True):
        count = known if output_size is None else output_size(7, 3, stride, padding)
        counts.append(f"stride {stride}, padding {padding}: {count}")
        for pixel in range(-padding, 7 + padding):
            inside = 0 <= pixel < 7
            axes.add_patch(
                Rectangle((pixel, 0), 1, 0.8, facecolor=SKY if inside else "white", edgecolor="0.3")
            )
            axes.text(pixel + 0.5, 0.4, str(pixel) if inside else "0", ha="center", va="center")
        for place in range(count):
            start = place * stride - padding
            height = -0.55 - 0.5 * place
            axes.plot([start + 0.08, start + 2.92], [height, height], color=BLUE, linewidth=5)
            axes.text(start + 3.1, height, f"{place}", va="center", fontsize=9)
        axes.set(xlim=(-1.3, 8.6), ylim=(-3.8, 1))
        axes.set_title(f"stride {stride}, padding {padding}: {count} places")
        axes.set_axis_off()
    return Picture(
        figure,
        "Seven pixels in a row and below them one bar for each place of a kernel three pixels "
        f"wide. Number of places: {'; '.join(counts)}.",
    )


def parameter_counts(filters: int = 8) -> Picture:
    """Compare the parameters of a 3x3 convolution and of a dense layer with as many outputs."""
    sides = (8, 28, 64)
    dense = [(side**2 + 1) * filters * (side - 2) ** 2 for side in sides]
    conv = filters * (3 * 3 + 1)
    figure = new_figure(
        9.5, 3.2, f"Numbers to learn: {filters} filters of 3x3 against a dense layer"
    )
    for axes, side, count in zip(figure.subplots(1, 3), sides, dense, strict=True):
        bars = axes.barh([0, 1], [count, conv], color=[VERMILION, BLUE])
        axes.bar_label(bars, [f"{count:,}", f"{conv}"], padding=4)
        axes.set_yticks([0, 1], ["dense", "conv"] if side == 8 else ["", ""])
        axes.invert_yaxis()
        axes.set(xlim=(0, 1.6 * count), title=f"{side} x {side} pixels", xticks=[])
        axes.spines[["top", "right", "bottom"]].set_visible(False)
    words = "; ".join(f"{s} by {s} pixels {d:,}" for s, d in zip(sides, dense, strict=True))
    return Picture(
        figure,
        f"Parameters of a dense layer: {words}; of the convolution {conv} each time. At this "
        "linear scale the bar of the convolution cannot be seen beside the other.",
    )


def sobel(convolve: Function) -> Picture:
    """Filter a drawn scene with the vertical and the horizontal Sobel filter."""
    image = scene()
    weights = np.stack([SOBEL_VERTICAL, SOBEL_HORIZONTAL])[:, np.newaxis]
    out = convolve(image[np.newaxis, np.newaxis], weights, np.zeros(2))
    figure = new_figure(10, 3.9, "What the two Sobel filters see")
    axes = figure.subplots(1, 3)
    axes[0].imshow(image, cmap="gray", vmin=0, vmax=1)
    axes[0].set_title("image")
    drawn = None
    for place, title in ((0, "vertical edges"), (1, "horizontal edges")):
        drawn = axes[1 + place].imshow(out[0, place], cmap="gray", vmin=-3, vmax=3)
        axes[1 + place].set_title(title)
    for each in axes:
        _frame_only(each)
    assert drawn is not None
    figure.colorbar(drawn, ax=axes, shrink=0.75, label="filter's answer (grey: no edge)")
    return Picture(
        figure,
        "A drawn house with a fence and a sun. The vertical filter answers white where it grows "
        "brighter from left to right and black where it grows darker: walls, fence posts and the "
        "sides of door and window. The horizontal filter does so from top to bottom: the "
        "ground, the top of the door, the fence's rail. Flat areas are grey in both.",
    )


def same_and_valid(convolve: Function, image: np.ndarray) -> Picture:
    """Average a digit, (H, W), with a 3x3 filter: without padding, and with one ring of zeros."""
    weights, bias = np.full((1, 1, 3, 3), 1 / 9), np.zeros(1)
    x = image[np.newaxis, np.newaxis]
    figure = new_figure(9.5, 4.2, "A 3x3 average of an image: valid and same padding")
    cases = [("image", image), ("valid: padding 0", convolve(x, weights, bias, 1, 0)[0, 0])]
    cases.append(("same: padding 1", convolve(x, weights, bias, 1, 1)[0, 0]))
    side = image.shape[0]
    for axes, (title, pixels) in zip(figure.subplots(1, 3), cases, strict=True):
        height, width = pixels.shape
        rim = (side - height) / 2
        axes.imshow(
            pixels,
            cmap="gray",
            vmin=0,
            vmax=1,
            extent=(rim, rim + width, side - rim, side - rim - height),
        )
        axes.add_patch(_box(0, 0, side, side, VERMILION, dashed=True))
        axes.set(xlim=(-1, side + 1), ylim=(side + 1, -1))
        axes.set_title(f"{title}\n{height} x {width} pixels")
        _frame_only(axes)
        axes.spines[:].set_visible(False)
    return Picture(
        figure,
        "A picture and its 3 by 3 average. Without padding the answer is two rows and two columns "
        "smaller than the picture, which a dashed frame marks. With one ring of zeros it has the "
        "same size, and its rim is darker, because zeros were averaged in.",
    )


COLS = np.array(
    [
        [1.0, 2, 3, 5, 6, 7, 9, 10, 11],
        [2, 3, 4, 6, 7, 8, 10, 11, 12],
        [5, 6, 7, 9, 10, 11, 13, 14, 15],
        [6, 7, 8, 10, 11, 12, 14, 15, 16],
    ]
)
"""The nine 2x2 windows of the image 1..16, 4 x 4, as columns."""


def im2col_steps(im2col: Function | None = None) -> Picture:
    """Show the image 1..16, its nine 2x2 windows and the column that each becomes.

    Args:
        im2col: the learner's function; if None, the known columns are used.
    """
    image = np.arange(1.0, 17).reshape(4, 4)
    cols = COLS if im2col is None else im2col(image[np.newaxis, np.newaxis], 2, 2)
    shades = {0: "#9fd0ee", 4: "#f6e7a1", 8: "#f3b58c"}
    figure = new_figure(9.5, 3.9, "im2col: every window becomes a column")
    left, right = figure.subplots(1, 2, width_ratios=[4, 9])
    colours = np.full((4, 4), "white", dtype=object)
    for column, shade in shades.items():
        row, start = divmod(column, 3)
        colours[row : row + 2, start : start + 2] = shade
    _grid(left, image, colours, title="image, 4 x 4")
    for corner, column in ((1, 0), (2, 4)):
        # The pixel is in the next marked window too, and has its colour: half gets this one.
        half = [(corner, corner), (corner + 1, corner), (corner, corner + 1)]
        left.add_patch(Polygon(half, facecolor=shades[column], linewidth=0))
    for column in shades:
        row, start = divmod(column, 3)
        left.add_patch(_box(row + 0.06, start + 0.06, 1.88, 1.88, "0.25"))
        left.text(start + 0.16, row + 0.3, f"{column}", fontsize=8, color="0.25")
    shaded = np.full(cols.shape, "white", dtype=object)
    for column, shade in shades.items():
        shaded[:, column] = shade
    _grid(right, cols, shaded, title=f"cols, {cols.shape[0]} x {cols.shape[1]}")
    for row, name in enumerate(("top left", "top right", "bottom left", "bottom right")):
        right.text(-0.15, row + 0.5, name, ha="right", va="center", fontsize=9)
    for column in range(cols.shape[1]):
        right.text(column + 0.5, 4.25, str(column), ha="center", va="top", fontsize=9)
    right.text(4.5, 4.75, "number of the window", ha="center", va="top", fontsize=9)
    first = ", ".join(f"{v:g}" for v in cols[:, 0])
    return Picture(
        figure,
        f"The image 1 to 16 with windows 0, 4 and 8 marked, and the matrix of 4 rows and 9 columns "
        f"in which each window is a column; the first column is {first}. The pixels 6 and 11 "
        "lie in two of the marked windows and have both colours.",
    )


def speed(seconds: Mapping[str, float], images: int) -> Picture:
    """Compare measured times: `seconds` for `images` images, by name."""
    names = list(seconds)
    times = [1000 * seconds[name] / images for name in names]
    figure = new_figure(
        8, 1.2 + 0.55 * len(names), "The same convolution, measured on this machine"
    )
    axes = figure.subplots()
    bars = axes.barh(names, times, color=[VERMILION, BLUE, GREEN, SKY][: len(names)], height=0.6)
    axes.bar_label(bars, [f"{time:.3g} ms" for time in times], padding=4)
    axes.set_xlim(0, max(times) * 1.2)
    axes.set_xlabel("milliseconds an image")
    axes.invert_yaxis()
    plain(axes)
    words = "; ".join(f"{n} {t:.3g} ms" for n, t in zip(names, times, strict=True))
    return Picture(figure, f"Time for one image: {words}.")


def receptive_fields(conv2d_forward: PairFunction, image: np.ndarray) -> Picture:
    """Mark the pixels that one number of each layer depends on."""
    fields = experiments.receptive_fields(conv2d_forward)
    figure = new_figure(10.5, 3.7, "The receptive field grows layer by layer")
    words = []
    for axes, (name, seen) in zip(figure.subplots(1, len(fields)), fields.items(), strict=True):
        axes.imshow(image, cmap="gray", vmin=0, vmax=1)
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
        axes.add_patch(
            Rectangle(
                (columns[0] - 0.5, rows[0] - 0.5),
                width,
                height,
                facecolor=(*to_rgb(YELLOW), 0.35),
                edgecolor=VERMILION,
                linewidth=2,
            )
        )
        axes.set_title(f"{name}\n{height} x {width} pixels")
        words.append(f"after {name} {height} by {width}")
        _frame_only(axes)
    return Picture(
        figure,
        "The pixels of the image that one number in the middle of a layer depends on: "
        f"{'; '.join(words)} pixels.",
    )


def step_sizes(numerical_gradient: Function | None = None) -> Picture:
    """Draw the error of one-sided and central differences against the size of the nudge.

    Args:
        numerical_gradient: the learner's function; if None, the difference is computed here.
    """

    def slope(step: float) -> float:
        if numerical_gradient is None:
            return float((np.sin(0.7 + step) - np.sin(0.7 - step)) / (2 * step))
        return float(numerical_gradient(np.sin, x, 1.0, step)[0])

    steps = np.logspace(-12, -0.5, 40)
    x, truth = np.array([0.7]), np.cos(0.7)
    central = [abs(slope(step) - truth) for step in steps]
    one_sided = [abs((np.sin(0.7 + step) - np.sin(0.7)) / step - truth) for step in steps]
    figure = new_figure(8, 4.2, "Measuring the slope of sin at 0.7: how wrong?")
    axes = figure.subplots()
    axes.loglog(steps, one_sided, color=VERMILION, linestyle="--", marker="s", markersize=4)
    axes.loglog(steps, np.maximum(central, 1e-14), color=BLUE, marker="o", markersize=4)
    axes.annotate("one-sided:\nerror ~ epsilon", (0.25, 0.33), xytext=(3e-5, 2e-3), color=VERMILION)
    axes.annotate("central:\nerror ~ epsilon²", (0.1, 1e-3), xytext=(7e-3, 3e-8), color=BLUE)
    axes.annotate("rounding:\nerror ~ 1/epsilon", (1e-11, 1e-5), xytext=(1e-12, 3e-8), color="0.3")
    axes.axvline(1e-5, color=GREY, linewidth=1, linestyle=":")
    axes.text(1.2e-5, 0.3, "epsilon = 1e-5", color="0.3", fontsize=9, ha="left", va="top")
    axes.set(xlabel="epsilon, the size of the nudge", ylabel="error of the slope")
    axes.set_ylim(1e-13, 1)
    plain(axes)
    return Picture(
        figure,
        "Error of a measured slope against epsilon, both on log scales. With large epsilon the "
        "one-sided error falls in proportion to epsilon and the central one in proportion to its "
        "square; with tiny epsilon rounding makes both worse. At 1e-5 the central difference is "
        f"wrong by {abs(slope(1e-5) - truth):.0e} only.",
    )


def overlaps(im2col: Function | None = None, col2im: Function | None = None) -> Picture:
    """Show in how many windows each pixel is: the result of col2im(im2col(ones)).

    Args:
        im2col, col2im: the learner's functions; if one is None, the known numbers are used.
    """
    # Counts along one axis of 5 pixels, kernel 3. For two axes, multiply the counts.
    cases = {(1, 0): [1, 2, 3, 2, 1], (2, 0): [1, 1, 2, 1, 1], (2, 1): [1, 2, 1, 2, 1]}
    x = np.ones((1, 1, 5, 5))
    title = "In how many 3x3 windows does a pixel lie?"
    if im2col is not None:
        title += " By your col2im(im2col(ones))"
    figure = new_figure(9.5, 3.6, title)
    words = []
    panels = zip(figure.subplots(1, 3), cases.items(), strict=True)
    for axes, ((stride, padding), line) in panels:
        counts = np.outer(line, line)
        if im2col is not None and col2im is not None:
            cols = im2col(x, 3, 3, stride, padding)
            counts = col2im(cols, x.shape, 3, 3, stride, padding)[0, 0]
        shades = {0: "white", 1: "#eaf4fb", 2: "#c4e1f4", 3: "#a5d2ee", 4: "#86c2e8", 6: "#67b3e2"}
        colours = np.array([[shades.get(int(v), SKY) for v in row] for row in counts], dtype=object)
        _grid(axes, counts, colours, title=f"stride {stride}, padding {padding}")
        rows = "; ".join(" ".join(f"{v:g}" for v in row) for row in counts)
        words.append(f"stride {stride}, padding {padding}: {rows}")
    return Picture(figure, f"Windows of each of 5 by 5 pixels. {'. '.join(words)}.")


def imitation(losses: Mapping[str, Sequence[float]]) -> Picture:
    """Draw the falling loss of a network trained with right and with wrong gradients."""
    figure = new_figure(8.5, 4.3, "All of them learn. Only one of them is right.")
    axes = figure.subplots()
    dashes = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
    colours = (BLUE, VERMILION, GREEN, PURPLE, "0.2")
    for (name, values), dash, colour in zip(losses.items(), dashes, colours, strict=False):
        axes.semilogy(values, linestyle=dash, color=colour, linewidth=2, label=name)
    axes.set(xlabel="steps of gradient descent", ylabel="loss (mean squared error, log scale)")
    axes.legend(frameon=False, title="gradients", loc="upper right")
    plain(axes)
    words = "; ".join(f"{name} {v[0]:.2g} to {v[-1]:.2g}" for name, v in losses.items())
    return Picture(figure, f"Loss of a network of two convolutions, first and last: {words}.")


def routing(forward: PairFunction | None = None, backward: Function | None = None) -> Picture:
    """Show where the gradient of a max pool goes: one window, a tie, and four windows.

    Args:
        forward, backward: the learner's functions; if one is None, known results are used.
    """
    one = np.array([[1.0, 4], [2, 3]])
    tie = np.array([[7.0, 7], [7, 7]])
    many = np.array([[1.0, 2, 5, 3], [6, 4, 8, 1], [2, 7, 3, 9], [1, 5, 4, 2]])
    figure = new_figure(9.5, 6.4, "Where a max pool's gradient goes")
    grids = figure.subplots(3, 4, width_ratios=[4, 2.4, 2.4, 4], height_ratios=[2, 2, 4])
    cases = (
        ("one window", one, np.array([[0.5]]), [(0, 1)]),
        ("a tie: the first wins", tie, np.array([[0.5]]), [(0, 0)]),
        (
            "four windows",
            many,
            np.array([[0.1, 0.2], [0.3, 0.4]]),
            [(1, 0), (1, 2), (2, 1), (2, 3)],
        ),
    )
    words = []
    for row, (name, x, d_out, known) in zip(grids, cases, strict=True):
        x4, rows = x[np.newaxis, np.newaxis], len(x)
        places = np.array(known)
        out = x[tuple(places.T)].reshape(d_out.shape)
        d_x = np.zeros_like(x, dtype=float)
        d_x[tuple(places.T)] = d_out.ravel()
        if forward is not None and backward is not None:
            pooled, indices = forward(x4, 2, 2)
            d_x = backward(d_out[np.newaxis, np.newaxis], indices, x4.shape)[0, 0]
            out, places = pooled[0, 0], indices[0, 0].reshape(-1, 2)
        winners = np.full(x.shape, "white", dtype=object)
        for place in places:
            winners[tuple(place)] = "#f3b58c"
        _grid(row[0], x, winners, title=f"x: {name}", span=(rows, 4))
        _grid(row[1], out, title="out", span=(rows, 2.4))
        _grid(row[2], d_out, title="d_out", span=(rows, 2.4))
        _grid(row[3], d_x, np.where(d_x != 0, "#f3b58c", "white"), title="d_x", span=(rows, 4))
        for axes in (row[0], row[3]):
            for line in range(2, x.shape[0], 2):
                axes.axhline(line, color="0.2", linewidth=2)
                axes.axvline(line, color="0.2", linewidth=2)
        words.append(f"{name}: x {x.tolist()}, d_out {d_out.tolist()}, d_x {d_x.tolist()}")
    return Picture(figure, f"Routing of a gradient through 2 by 2 max pooling. {'. '.join(words)}.")


def ties(forward: PairFunction, images: np.ndarray) -> Picture:
    """Mark the 2x2 windows of some digits that contain their maximum more than once."""
    tied = experiments.tied_windows(forward, images)
    share = float(tied.mean())
    figure = new_figure(9.5, 3.4, f"Tied 2x2 windows on digits: {share:.0%} of all")
    for axes, image, marks in zip(figure.subplots(1, 4), images, tied, strict=False):
        axes.imshow(image[0], cmap="gray", vmin=0, vmax=1)
        for row, column in np.argwhere(marks[0]):
            axes.add_patch(
                Rectangle((2 * column - 0.5, 2 * row - 0.5), 2, 2, facecolor=(*to_rgb(SKY), 0.45))
            )
        axes.set_title(f"{marks.sum()} of {marks.size} windows")
        _frame_only(axes)
    return Picture(
        figure,
        f"Four digits with the tied windows shaded: nearly all of the flat background. Over "
        f"{len(images)} digits {share:.0%} of the windows are tied.",
    )


def _relu(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, 0.0)


def _relu_slope(d_out: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, d_out, 0)


def relu_slopes(forward: Function = _relu, backward: Function = _relu_slope) -> Picture:
    """Draw ReLU and its slope; if given, with the learner's functions."""
    x = np.linspace(-3, 3, 121)
    figure = new_figure(8, 3.3, "ReLU and the slope that its backward pass uses")
    value, slope = figure.subplots(1, 2)
    value.plot(x, forward(x), color=BLUE, linewidth=2)
    value.set(xlabel="x", ylabel="relu(x)", title="forward")
    gradient = backward(np.ones_like(x), x)
    for side in (x <= 0, x > 0):
        slope.plot(x[side], gradient[side], color=VERMILION, linewidth=2)
    slope.plot([0], [backward(np.ones(1), np.zeros(1))[0]], "o", color=VERMILION)
    slope.set(xlabel="x", ylabel="d_x for d_out = 1", title="backward", ylim=(-0.1, 1.15))
    for axes in (value, slope):
        plain(axes)
    return Picture(
        figure,
        "ReLU is 0 for negative x and x itself for positive x. Its slope is 0 up to and including "
        "x = 0, and 1 beyond.",
    )


def _surprise(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(probabilities[0, labels[0]]))


def surprise(cross_entropy: Callable[..., float] = _surprise) -> Picture:
    """Draw the loss of one image against the probability of its right class."""
    p = np.linspace(0.002, 1, 300)
    label = np.zeros(1, dtype=int)
    losses = [cross_entropy(np.array([[q, 1 - q]]), label) for q in p]
    guess = cross_entropy(np.full((1, 10), 0.1), label)
    figure = new_figure(7.5, 3.9, "Cross-entropy: the surprise at the right answer")
    axes = figure.subplots()
    axes.plot(p, losses, color=BLUE, linewidth=2)
    axes.plot([0.1], [guess], "o", color=VERMILION)
    axes.annotate(
        f"guessing among ten:\nln 10 = {guess:.3f}",
        (0.1, guess),
        xytext=(0.2, guess + 0.8),
        color=VERMILION,
        arrowprops={"arrowstyle": "-", "color": VERMILION},
    )
    axes.set(xlabel="probability of the right class", ylabel="loss, -log(p)", xlim=(0, 1.02))
    axes.set_ylim(bottom=0)
    plain(axes)
    return Picture(
        figure,
        "The loss falls from very large near probability 0 to 0 at probability 1. At one in ten, "
        f"where a fresh network starts, it is {guess:.3f}.",
    )


def who_teaches(strengths: Mapping[str, np.ndarray]) -> Picture:
    """Draw the mean size of the scores' gradient for each class of digits, for two gradients."""
    figure = new_figure(8.5, 3.8, "Which digits teach the layers below?")
    axes = figure.subplots()
    places = np.arange(10)
    kinds = zip(strengths.items(), (BLUE, VERMILION), ("", "//"), (-0.2, 0.2), strict=True)
    for (name, values), colour, hatch, offset in kinds:
        axes.bar(
            places + offset, values, 0.38, color=colour, hatch=hatch, edgecolor="white", label=name
        )
    axes.set_xticks(places)
    axes.set(xlabel="digit", ylabel="mean |d_logits|, for one image")
    axes.set_ylim(top=1.3 * max(float(np.max(v)) for v in strengths.values()))
    axes.legend(frameon=False, ncols=2, loc="upper left")
    plain(axes)
    words = "; ".join(
        f"{name}: {', '.join(f'{v:.2f}' for v in values)}" for name, values in strengths.items()
    )
    return Picture(figure, f"Mean size of the gradient for the digits 0 to 9. {words}.")


def dense_gradients() -> Picture:
    """Show how the shapes decide the two products of a dense layer's backward pass."""
    figure = new_figure(9, 2.7, "Dense: the shapes leave only one way (N = 4, D = 3, M = 2)")
    products = (
        ("out = x @ weights", ("x", 4, 3), ("weights", 3, 2), ("out", 4, 2)),
        ("d_weights = x.T @ d_out", ("x.T", 3, 4), ("d_out", 4, 2), ("d_weights", 3, 2)),
        ("d_x = d_out @ weights.T", ("d_out", 4, 2), ("weights.T", 2, 3), ("d_x", 4, 3)),
    )
    for axes, (title, *blocks) in zip(figure.subplots(1, 3), products, strict=True):
        x = 0.0
        for (name, rows, columns), sign in zip(blocks, ("@", "=", ""), strict=True):
            colour = SKY if not name.startswith("d_") else "#f3b58c"
            axes.add_patch(
                Rectangle((x, -rows / 2), columns, rows, facecolor=colour, edgecolor="0.2")
            )
            axes.text(x + columns / 2, 0, f"{rows}x{columns}", ha="center", va="center", fontsize=9)
            axes.text(x + columns / 2, -2.7, name, ha="center", va="center", fontsize=9)
            axes.text(x + columns + 0.75, 0, sign, ha="center", va="center")
            x += columns + 1.5
        axes.set(xlim=(-0.5, x), ylim=(-3.2, 2.4))
        axes.set_title(title, fontsize=10)
        axes.set_aspect("equal")
        axes.set_axis_off()
    return Picture(
        figure,
        "Matrix shapes: x 4 by 3 times weights 3 by 2 gives out 4 by 2; x transposed 3 by 4 times "
        "d_out 4 by 2 gives d_weights 3 by 2; d_out 4 by 2 times weights transposed 2 by 3 gives "
        "d_x 4 by 3.",
    )


def _grid(
    axes: Axes,
    values: np.ndarray | Sequence[Sequence[str]],
    colours: np.ndarray | None = None,
    title: str = "",
    span: tuple[float, float] | None = None,
) -> None:
    """Draw a table of numbers as boxes, one unit each, row 0 at the top.

    `span` is the number of (rows, columns) that the axes have room for. With it, tables of
    different size can have boxes of equal size. By default, the size of the table.
    """
    table = np.asarray(values)
    for (row, column), value in np.ndenumerate(table):
        face = "white" if colours is None else colours[row, column]
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=face, edgecolor="0.55"))
        text = value if isinstance(value, str) else f"{value:g}"
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center")
    rows, columns = span or table.shape
    left, above = (columns - table.shape[1]) / 2 + 0.05, (rows - table.shape[0]) / 2 + 0.05
    axes.set(xlim=(-left, table.shape[1] + left), ylim=(table.shape[0] + above, -above))
    axes.set_title(title, fontsize=11)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _write(axes: Axes, values: np.ndarray, form: str, colours: Sequence[str]) -> None:
    for (place, value), colour in zip(np.ndenumerate(values), colours, strict=True):
        axes.text(
            place[1],
            place[0],
            form.format(value),
            ha="center",
            va="center",
            color=colour,
            fontsize=9,
        )


def _box(
    top: float, left: float, height: float, width: float, colour: str, dashed: bool = False
) -> Rectangle:
    """A frame whose upper left corner is at (left, top) in the coordinates of the axes."""
    return Rectangle(
        (left, top),
        width,
        height,
        fill=False,
        edgecolor=colour,
        linewidth=2,
        linestyle="--" if dashed else "-",
    )


def _frame_only(axes: Axes) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
