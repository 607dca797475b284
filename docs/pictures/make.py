"""Draws the two pictures of the README from what the kit itself says and computes.

    .venv/bin/python docs/pictures/make.py

verdict.svg is what `make check EX=im2col` prints for a common mistake; course.svg is a digit on its
way through the solutions' functions, with the assignments and exercises of course.toml below.
"""

import base64
import io
import shutil
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from matplotlib import image as pictures
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from autograder.catalogue import load
from autograder.judging.reference import reference_of
from autograder.learner.check import check_folder
from autograder.learner.terminal import show_verdict
from cnnlab.digits import load_digits

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXERCISE = "im2col"
# Rows and columns of the kernel are exchanged.
RIGHT, WRONG = "transpose(1, 4, 5, 0, 2, 3)", "transpose(1, 5, 4, 0, 2, 3)"
INK, PALE, FRAME, GREEN = "#1f2328", "#59636e", "#d1d9e0", "#1a7f37"
THEME = TerminalTheme(
    (255, 255, 255),
    (31, 35, 40),
    [
        *((36, 41, 47), (207, 34, 46), (26, 127, 55), (125, 78, 0)),
        *((9, 105, 218), (130, 80, 223), (27, 124, 131), (89, 99, 110)),
    ],
)
# rich's own format loads a font from the network.
FORMAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>What make check says of a mistake</title>
<style>
text {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#ffffff" stroke="#d1d9e0"/>
<g transform="translate({terminal_x}, 12)">{matrix}</g>
</svg>
"""


def verdict() -> str:
    """The terminal after `make check EX=im2col`, with a stride that is forgotten."""
    course = load(ROOT)
    exercise = course.exercise(EXERCISE)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "assignments"
        shutil.copytree(course.solutions, folder)
        file = folder / exercise.path
        text = file.read_text(encoding="utf-8")
        before, name, after = text.partition(f"def {EXERCISE}(")
        if RIGHT not in after:
            raise SystemExit(f"{exercise.path} has no {RIGHT!r} any more: choose another mistake")
        file.write_text(before + name + after.replace(RIGHT, WRONG, 1), encoding="utf-8")
        found = check_folder(folder, (exercise,))
    console = Console(record=True, width=84, file=io.StringIO(), force_terminal=True)
    show_verdict(console, found, course)
    return console.export_svg(theme=THEME, code_format=FORMAT, unique_id="verdict")


def as_png(values: np.ndarray) -> str:
    """An array of 2 axes as the address of a picture: 0 black, the largest number white."""
    stream = io.BytesIO()
    shade = np.clip(values / values.max(), 0, 1)
    plain = {"Software": None}  # else each version of matplotlib writes another file
    pictures.imsave(stream, shade, cmap="gray", vmin=0, vmax=1, format="png", metadata=plain)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"


def stages() -> list[tuple[str, list[np.ndarray]]]:
    """A digit on its way: after two filters that see edges, after ReLU, and after pooling."""
    kit = reference_of(load(ROOT))
    digit = load_digits("embedded").test_images[:1].astype(np.float64)
    edges = np.array([[[[-1.0, 0, 1]] * 3], [[[-1.0] * 3, [0.0] * 3, [1.0] * 3]]])
    out, _ = kit.conv2d_forward(digit, edges, np.zeros(2), 1, 1)
    lit = kit.relu_forward(out)
    pooled, _ = kit.maxpool2d_forward(lit, 4, 4)
    return [
        ("a digit", [digit[0, 0]]),
        ("convolution", [np.abs(out[0, k]) for k in range(2)]),
        ("ReLU", [lit[0, k] for k in range(2)]),
        ("max pooling", [pooled[0, k] for k in range(2)]),
    ]


def text(x: float, y: float, words: str, size: int = 14, colour: str = INK, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" {more}>{escape(words)}</text>'


def course() -> str:
    """The digit's way above, the assignments and their exercises below."""
    width, side = 900, 84
    parts = []
    x = 24
    for name, arrays in stages():
        for k, array in enumerate(arrays):
            y = 44 + k * (side + 8) + (len(arrays) == 1) * (side + 8) / 2
            parts.append(
                f'<image x="{x}" y="{y}" width="{side}" height="{side}" href="{as_png(array)}" '
                'style="image-rendering: pixelated"/>'
                f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="none" '
                f'stroke="{FRAME}"/>'
            )
        parts.append(text(x, 32, name))
        parts.append(text(x + side + 18, 140, "→", 20, PALE))
        x += side + 60
    parts.append(text(x, 32, "dense, softmax"))
    parts.append(text(x, 150, str(load_digits("embedded").test_labels[0]), 44, GREEN))
    assignments = load(ROOT).assignments
    column = (width - 48) / len(assignments)
    lowest = 0.0
    for k, assignment in enumerate(assignments):
        x, y = 24 + k * column, 268.0
        parts.append(text(x, y, assignment.name.split("_")[0], 16, GREEN, 'font-weight="bold"'))
        for exercise in assignment.exercises:
            y += 19
            parts.append(text(x, y, exercise.name, 11, PALE))
        lowest = max(lowest, y)
    height = lowest + 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" role="img">\n'
        "<title>A digit on its way through the network, and what is written for it</title>\n"
        "<style>text { font-family: ui-sans-serif, system-ui, sans-serif; }</style>\n"
        f'<rect width="{width}" height="{height:g}" rx="8" fill="#ffffff" stroke="{FRAME}"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def main() -> None:
    for name, drawing in (("verdict.svg", verdict()), ("course.svg", course())):
        (HERE / name).write_text(drawing, encoding="utf-8")
        print(f"{HERE / name}: {len(drawing) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
