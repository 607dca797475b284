"""Every colour of code has enough contrast, on light pages and on dark ones."""

import re

import pytest
from pygments.styles import get_style_by_name

from autograder.instructor.code_view import Code, Remark, code_html
from autograder.instructor.colours import DARK_TOKENS, PALETTE, STYLE, dark_variables

READABLE = 4.5
"""The least contrast of a text: WCAG 2.2, success criterion 1.4.3."""


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", as WCAG defines it."""
    parts = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def tokens() -> set[str]:
    return {f"#{style['color'].lower()}" for _, style in get_style_by_name(STYLE) if style["color"]}


def test_every_colour_of_the_highlighter_has_a_dark_one() -> None:
    assert tokens() == set(DARK_TOKENS)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read_on_every_ground(scheme: int) -> None:
    ground = {name: colours[scheme] for name, colours in PALETTE.items()}
    code = set(DARK_TOKENS.values()) if scheme else tokens()
    pairs = [(text, ground[behind]) for text in code for behind in ("paper", "marked")]
    pairs += [(ground["ink"], ground[behind]) for behind in ("paper", "band", "note", "marked")]
    pairs += [(ground["soft"], ground[behind]) for behind in ("paper", "band")]
    pairs += [(ground["link"], ground["paper"]), (ground["alarm"], ground["marked"])]
    assert {pair for pair in pairs if contrast(*pair) < READABLE} == set()


def test_shown_code_names_no_colour_that_a_dark_page_cannot_change() -> None:
    code = Code("f", "a.py", {1: "def f(x):", 2: '    return x + 1, "text"  # why'}, [2])
    html = code_html(code, [Remark("Because.", 2, -1)])
    named = re.findall(r"var\(--code-([\w-]+),#[0-9a-fA-F]{6}\)", html)
    assert set(named) <= set(re.findall(r"--code-([\w-]+):", dark_variables()))
    assert len(named) > 10
    assert len(re.findall(r"#[0-9a-fA-F]{3,6}\b", html)) == len(named)
