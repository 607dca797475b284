"""The learner's own function as HTML: numbered, highlighted, with marked lines and comments.

Pygments' tokens locate the code in the text. It is never compiled, because deeply nested code could
exhaust the stack of Python's parser.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import String

from autograder.instructor.colours import STYLE, colour, with_dark_tokens
from autograder.text import clean

# Characters. A longer file is not highlighted, and its multi-line strings are not recognised.
LARGEST_LEXED = 200_000
MOST_LINES = 150
LONGEST_LINE = 400
# Of a docstring with more lines only the first is shown, since the handout has the others.
LONGEST_DOCSTRING = 4
_FRAME = (
    f"border:1px solid {colour('line')};background:{colour('paper')};color:{colour('ink')};"
    "margin:4px 0 8px;overflow-x:auto"
)
_TABLE = "border-collapse:collapse;width:100%;margin:0;font-size:13px;line-height:1.4"
_NUMBER = (
    f"width:1%;padding:0 8px;text-align:right;vertical-align:top;border:0;color:{colour('soft')};"
    f"background:{colour('band')};font-family:monospace;user-select:none;white-space:nowrap"
)
_LINE = "padding:0 8px;text-align:left;vertical-align:top;border:0"
# For a <pre>: in other elements nbconvert's HTML parser collapses the spaces between tags.
_CODE = (
    "display:block;margin:0;padding:0;border:0;border-radius:0;background:transparent;color:inherit;font-family:monospace;"
    "font-size:inherit;white-space:pre-wrap;word-break:normal;"
    "overflow-wrap:anywhere"
)
_MARKED = f"background:{colour('marked')};border-left:4px solid {colour('alarm')}"
_REMARK = (
    f"padding:4px 8px;border:0;border-left:4px solid {colour('link')};"
    f"background:{colour('note')};color:{colour('ink')};"
    "text-align:left;white-space:pre-wrap;overflow-wrap:anywhere"
)


@dataclass(frozen=True)
class Remark:
    """A grader's comment on a line, or on the whole exercise.

    Attributes:
        text: the sentence.
        line: of the learner's file; None for the exercise as a whole.
        points: added to the mark, negative for a deduction; None for no points.
    """

    text: str
    line: int | None = None
    points: float | None = None


@dataclass
class Code:
    """The part of a learner's file that defines an exercise.

    Attributes:
        exercise: its name.
        file: such as "a1_convolution/convolution.py".
        lines: the text of each line, by line number.
        marked: the lines of the traceback.
    """

    exercise: str
    file: str
    lines: dict[int, str] = field(default_factory=dict)
    marked: list[int] = field(default_factory=list)


def find_code(text: str, exercise: str, file: str, marked: Sequence[int] = ()) -> Code:
    """The lines of the function or class `exercise`, and of other blocks with a marked line.

    Args:
        text: the learner's whole file; it need not be valid Python.
        exercise: the name to find. Of several definitions the last counts, as in Python.
        file: the name of the file to show.
        marked: the line numbers of a traceback in this file.

    Returns:
        the code; it has no lines if the file does not define the name and no line is marked.
    """
    lines = clean(text.replace("\r\n", "\n").replace("\r", "\n")).expandtabs(4).split("\n")
    marked = sorted({number for number in marked if 0 < number <= len(lines)})
    blocks = _blocks(lines)
    name = re.escape(exercise)
    own = [
        block
        for block in blocks
        if any(re.match(rf"(async +)?(def|class) +{name}\b", lines[k - 1]) for k in block)
    ]
    chosen = own[-1:] + [
        block for block in blocks if block not in own[-1:] and set(block).intersection(marked)
    ]
    code = Code(exercise, file, marked=marked)
    for block in sorted(chosen, key=lambda block: block.start):
        end = block.stop
        while end - 1 > block.start and not lines[end - 2].strip():
            end -= 1
        code.lines.update({k: lines[k - 1][:LONGEST_LINE] for k in range(block.start, end)})
    return code


def code_html(code: Code, remarks: Sequence[Remark] = ()) -> str:
    """The code as a table of numbered lines, each remark below its line.

    All text of learners and graders is escaped; the HTML has no scripts and no links. A remark on
    a line that is not shown is placed below the code, with its line number.

    Returns:
        the HTML; "" if there is neither code nor a remark.
    """
    if not code.lines and not remarks:
        return ""
    by_line: dict[int, list[Remark]] = {}
    for remark in remarks:
        if remark.line in code.lines:
            by_line.setdefault(remark.line, []).append(remark)
    rows, shown, previous = [], 0, None
    highlighted = _highlighted(code.lines)
    folded = _folded(code, set(by_line))
    for number, line in highlighted.items():
        wanted = number in code.marked or number in by_line
        if number in folded:
            if number - 1 not in folded:
                rows.append(_gap(f"… {folded[number]} more lines of the docstring"))
            previous = number
            continue
        if shown >= MOST_LINES and not wanted:
            continue
        if previous is not None and number > previous + 1:
            rows.append(_gap("…"))
        rows.append(_row(number, line, marked=number in code.marked))
        rows += [_remark_row(remark) for remark in by_line.get(number, ())]
        shown, previous = shown + 1, number
    if len(code.lines) - len(folded) > shown:
        rows.append(_gap(f"… {len(code.lines) - len(folded) - shown} more lines are not shown"))
    rest = [remark for remark in remarks if remark.line not in code.lines]
    rows += [_remark_row(remark) for remark in rest]
    title = f"{code.exercise} in {code.file}" if code.lines else f"Comments on {code.exercise}"
    said = "; the lines of the traceback are marked ►" if code.marked and code.lines else ""
    return (
        '<div class="tex2jax_ignore mathjax_ignore">'
        f'<p style="margin:8px 0 2px"><b>{escape(clean(title))}</b>{said}</p>'
        f'<div style="{_FRAME}" tabindex="0" role="region" '
        f'aria-label="{escape(clean(title), quote=True)}">'
        f'<table style="{_TABLE}"><tbody>{"".join(rows)}</tbody></table></div></div>'
    )


def _blocks(lines: list[str]) -> list[range]:
    """The line numbers of each top-level statement, with the comments and decorators above it."""
    inside = _lines_inside_strings("\n".join(lines))
    starts: list[int] = []
    leading: int | None = None
    for number, line in enumerate(lines, 1):
        if number in inside or not line.strip() or line[0] in " )]}":
            continue
        if line[0] in "#@":
            leading = leading or number
            continue
        if re.match(r"(else|elif|except|finally)\b", line):
            leading = None
            continue
        starts.append(leading or number)
        leading = None
    if not starts:
        return []  # a file without a function or class
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(lines) + 1], strict=True)]


def _lines_inside_strings(text: str) -> set[int]:
    """The numbers of the lines that begin inside a multi-line string."""
    inside: set[int] = set()
    if len(text) > LARGEST_LEXED:
        return inside
    number, open_string = 1, False
    for kind, value in _lexer().get_tokens(text):
        open_string = kind in String and not value.startswith("\n")
        for _ in range(value.count("\n")):
            number += 1
            if open_string:
                inside.add(number)
    return inside


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False, ensurenl=True)


@cache
def _formatter() -> HtmlFormatter:
    return HtmlFormatter(nowrap=True, noclasses=True, style=STYLE)


def _highlighted(lines: dict[int, str]) -> dict[int, str]:
    text = "\n".join(lines.values())
    if len(text) > LARGEST_LEXED:
        return {number: escape(line) for number, line in lines.items()}
    # Each line can be used alone: the formatter closes its tags at every line's end.
    parts = with_dark_tokens(highlight(text, _lexer(), _formatter())).split("\n")
    return dict(zip(lines, parts, strict=False))


def _folded(code: Code, kept: set[int]) -> dict[int, int]:
    """The lines to hide of long docstrings, each with the number of lines hidden together."""
    runs: list[list[int]] = []
    inside = _lines_inside_strings("\n".join(code.lines.values()))
    for place, number in enumerate(code.lines, 1):
        if place not in inside:
            runs.append([])
        elif not runs:
            runs.append([number])
        else:
            runs[-1].append(number)
    folded: dict[int, int] = {}
    for run in runs:
        if len(run) >= LONGEST_DOCSTRING and not kept.union(code.marked).intersection(run):
            folded.update(dict.fromkeys(run, len(run)))
    return folded


def _row(number: int, line: str, *, marked: bool) -> str:
    sign = "► " if marked else ""
    style = f' style="{_MARKED}"' if marked else ""
    return (
        f'<tr{style}><td style="{_NUMBER}">{sign}{number}</td>'
        f'<td style="{_LINE}"><pre style="{_CODE}">{line or " "}</pre></td></tr>'
    )


def _gap(text: str) -> str:
    return (
        f'<tr><td style="{_NUMBER}"></td>'
        f'<td style="{_LINE};color:{colour("soft")};font-style:italic">{escape(text)}</td></tr>'
    )


def _remark_row(remark: Remark) -> str:
    where = f"Line {remark.line}: " if remark.line is not None else "Comment: "
    points = ""
    if remark.points:
        points = f" <b>({remark.points:+g} point{'' if abs(remark.points) == 1 else 's'})</b>"
    return (
        f'<tr><td style="{_NUMBER}"></td><td style="{_REMARK}"><b>{where}</b>'
        f"{escape(clean(remark.text))}{points}</td></tr>"
    )
