"""The colours of the code that graders and learners see, for light and for dark pages.

The HTML of the code has inline styles, because Formgrader gives it no style sheet. Each colour is a
CSS variable with the light colour as its default; the feedback page sets the variables when dark.
"""

import re

# Each colour by name: on light pages, on dark pages.
PALETTE = {
    "ink": ("#222222", "#e6e6e6"),
    "paper": ("#ffffff", "#16191d"),
    "soft": ("#595959", "#a9b1ba"),
    "band": ("#f3f5f7", "#20252b"),
    "line": ("#c8c8c8", "#4a5058"),
    "marked": ("#fff1e5", "#43290f"),
    "alarm": ("#a33b00", "#ff9d66"),
    "link": ("#005a9c", "#7cc0ff"),
    "note": ("#eaf3fb", "#122a3f"),
}
# Pygments' style for light pages, and for each of its colours one for dark pages.
STYLE = "xcode"
DARK_TOKENS = {
    "#000000": "#e6e6e6",
    "#177500": "#8fce7a",
    "#1c01ce": "#9db8ff",
    "#2300ce": "#9db8ff",
    "#3f6e75": "#8fd0d8",
    "#5b269a": "#cfaaf5",
    "#633820": "#dcb59a",
    "#836c28": "#d9c27a",
    "#a90d91": "#ff9be8",
    "#c41a16": "#ff9f97",
}


def colour(name: str) -> str:
    """A colour of PALETTE, for an inline style."""
    return f"var(--code-{name},{PALETTE[name][0]})"


def with_dark_tokens(html: str) -> str:
    """Replace each colour in Pygments' inline styles by a variable."""

    def variable(found: re.Match[str]) -> str:
        # Pygments shortens #000000 to #000.
        light = found[0].lower()
        whole = light if len(light) == 7 else "#" + "".join(2 * digit for digit in light[1:])
        return f"var(--code-{whole[1:]},{whole})"

    return re.sub(r"(?<=color: )#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b", variable, html)


def dark_variables() -> str:
    """The declarations of a style sheet for dark pages: each variable with its dark colour."""
    dark = {name: colours[1] for name, colours in PALETTE.items()}
    dark |= {light.removeprefix("#"): other for light, other in DARK_TOKENS.items()}
    return " ".join(f"--code-{name}: {value};" for name, value in dark.items())
