"""A verdict as HTML, for the learner's notebook, Formgrader and the feedback page."""

from html import escape

from autograder.judging.difference import Difference
from autograder.judging.explain import (
    call_lines,
    once_each,
    own_lines,
    printed_lines,
    same_elsewhere,
)
from autograder.judging.verdict import CheckResult, ExerciseVerdict
from autograder.text import clean

# Each status has its own sign and words, not only a colour. The colour is the background of white
# letters, so that it can be read in a light theme, in a dark one and on paper.
MARKS = {
    "passed": ("✓", "#00664f", "passed"),
    "failed": ("✗", "#a33b00", "not right yet"),
    "todo": ("○", "#555555", "still to be written"),
    "blocked": ("…", "#555555", "cannot be checked yet"),
    "error": ("!", "#a33b00", "could not be run"),
}

# This many failed checks are shown with their call and arrays; of the others only the sentence.
SHOWN_WHOLE = 4
# Most characters of a printed line: a page with a thousand long lines must still open.
LONGEST_LINE = 200
# Most characters of a shown call.
LONGEST_CALL = 1200


def verdict_html(verdict: ExerciseVerdict) -> str:
    """One exercise: its mark, its message, and the details of each failed check.

    Everything that comes from a learner is escaped; there are no scripts and no links.
    """
    sign, colour, words = MARKS[verdict.status]
    parts = [
        # The classes keep MathJax from reading a learner's $ as mathematics.
        '<div class="tex2jax_ignore mathjax_ignore" '
        f'style="border-left:4px solid {colour};padding:2px 12px;margin:4px 0">',
        f'<p style="margin:4px 0"><b style="background:{colour};color:#fff;padding:2px 8px;'
        f'border-radius:3px">{sign} {escape(verdict.exercise)}: {words}</b> &nbsp; '
        f"{verdict.score:g} of {verdict.points:g} points</p>",
    ]
    # The message of a failed exercise often repeats its first failed check, which is shown below.
    said = [verdict.message] if verdict.status != "failed" or verdict.says_more else []
    for sentence in (*said, verdict.note):
        if sentence:
            parts.append(f'<p style="margin:4px 0">{escape(clean(sentence))}</p>')
    if verdict.status in ("failed", "error", "passed"):
        failed = [check for check in verdict.checks if not check.passed]
        if failed and all(c.failure is not None and c.failure.unloaded for c in failed):
            # No check could call the code, all for one reason: show the reason once.
            reason = "" if any(said) else f"<p>{escape(failed[0].problem)}</p>"
            return "".join([*parts, reason, *_own_lines(failed[0]), "</div>"])
        introduced = " What the failed checks expect:" if failed else ""
        parts.append(f'<p style="margin:4px 0">{verdict.checks_said}.{introduced}</p>')
        shown = once_each(failed)
        parts += [_check_html(check, others) for check, others in shown[:SHOWN_WHOLE]]
        parts += [_check_line(check, others) for check, others in shown[SHOWN_WHOLE:]]
    return "".join([*parts, "</div>"])


def _check_line(check: CheckResult, others: int) -> str:
    where = " (hidden check)" if check.hidden else ""
    again = f"<br>({same_elsewhere(others)})" if others else ""
    return (
        f'<p style="margin:4px 0 4px 8px">✗ <i>{escape(check.sentence)}</i>{where}<br>'
        f"{escape(check.problem)}{again}</p>"
    )


def _check_html(check: CheckResult, others: int) -> str:
    parts = [
        '<div style="margin:8px 0">',
        _check_line(check, others),
        '<div style="margin-left:8px">',
    ]
    if check.call:
        parts.append(_pre("\n".join(line[:LONGEST_CALL] for line in call_lines(check))))
    # For single numbers, the sentence above already names both.
    if check.difference is not None and not _is_single(check.difference):
        parts.append(_arrays_html(check.difference))
    parts += _own_lines(check)
    if check.printed.strip():
        parts.append(_pre("\n".join(line[:LONGEST_LINE] for line in printed_lines(check))))
    return "".join([*parts, "</div></div>"])


def _own_lines(check: CheckResult) -> list[str]:
    if check.failure is None or not check.failure.trace:
        return []
    return [_pre("\n".join(own_lines(check.failure)))]


def _is_single(difference: Difference) -> bool:
    tables = (difference.expected, difference.actual)
    return all(len(rows) == 1 and len(rows[0]) == 1 for rows in tables)


def _pre(text: str) -> str:
    return f'<pre style="margin:4px 0;white-space:pre-wrap">{escape(text)}</pre>'


def _arrays_html(difference: Difference) -> str:
    name, place = escape(difference.name), escape(difference.place)
    right = [[False] * len(row) for row in difference.expected]
    return (
        '<div style="display:flex;gap:0 32px;flex-wrap:wrap;overflow-x:auto">'
        + _table(difference.expected, right, f"{name}{place}, expected")
        + _table(difference.actual, difference.wrong, f"{name}{place}, yours")
        + "</div>"
    )


def _table(cells: list[list[str]], wrong: list[list[bool]], title: str) -> str:
    rows = []
    for numbers, marks in zip(cells, wrong, strict=True):
        row = []
        for number, differs in zip(numbers, marks, strict=True):
            style = "padding:1px 8px;text-align:right;border:1px solid #bbb;white-space:nowrap;"
            if differs:
                style += "background:#ffe0c2;color:#000;font-weight:bold;"
            row.append(f'<td style="{style}">{escape(number)}{" ✗" if differs else ""}</td>')
        rows.append(f"<tr>{''.join(row)}</tr>")
    return (
        '<table style="border-collapse:collapse;font-family:monospace;width:auto;margin:4px 0">'
        # Bootstrap, in Formgrader and the feedback, greys captions. Without nowrap, the caption of
        # a narrow table would be broken into lines.
        '<caption style="text-align:left;caption-side:top;color:inherit;white-space:nowrap;'
        f'padding:2px 0">{title}</caption>'
        f"{''.join(rows)}</table>"
    )
