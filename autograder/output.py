"""Output that never fails on a character: what the terminal lacks is written in ASCII.

A terminal that is not UTF-8 (an old Windows console, LC_ALL=en_US.ISO-8859-1, LC_ALL=C) would
otherwise end a command with a UnicodeEncodeError in the middle of a verdict.
"""

import codecs
import os
import sys
import unicodedata

ERRORS = "autograder_ascii"
# One character for one character wherever it stands in a column, so that tables stay straight.
SIGNS = {
    "✓": "+",
    "✗": "x",
    "○": "o",
    "…": ".",
    "·": "-",
    "•": "-",
    "█": "#",
    "░": ".",
    "─": "-",
    "━": "-",
    "│": "|",
    "×": "x",
    "→": ">",
    "←": "<",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "−": "-",
    "–": "-",
    "—": "-",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "�": "?",
}


def in_ascii(character: str) -> str:
    """One character in ASCII: its sign, its letter without an accent, or its code, `\\u738b`."""
    if character in SIGNS:
        return SIGNS[character]
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    # A code, not a "?": two names that differ must not be shown as the same.
    return letters or character.encode("ascii", "backslashreplace").decode()


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(in_ascii, error.object[error.start : error.end])), error.end


codecs.register_error(ERRORS, _replace)


def never_fail_on_a_character() -> None:
    """Let standard output and standard error write in ASCII what their encoding does not have.

    On a terminal that calls itself dumb everything is written in ASCII.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue  # a notebook's or a test's own stream, which takes any text
        dumb = os.environ.get("TERM") == "dumb" and stream.isatty()
        reconfigure(encoding="ascii" if dumb else None, errors=ERRORS)
