"""Writes characters in ASCII that the terminal's encoding lacks, so that output never fails.

Otherwise a command would stop with a UnicodeEncodeError in the middle of a verdict on a terminal
that is not UTF-8 (an old Windows console, LC_ALL=en_US.ISO-8859-1, LC_ALL=C).
"""

import codecs
import os
import sys
import unicodedata

ERRORS = "autograder_ascii"
# A sign that occurs in tables is replaced with one character, so that columns stay aligned.
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
    """One character in ASCII: a similar sign, the letter without accent, or a code, `\\u738b`."""
    if character in SIGNS:
        return SIGNS[character]
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    # A code instead of "?", so that two different names are not shown as the same.
    return letters or character.encode("ascii", "backslashreplace").decode()


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(in_ascii, error.object[error.start : error.end])), error.end


codecs.register_error(ERRORS, _replace)


def never_fail_on_a_character() -> None:
    """Make standard output and standard error write in ASCII what their encoding lacks.

    On a terminal with TERM=dumb, everything is written in ASCII.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue  # a notebook's or a test's own stream, which takes any text
        dumb = os.environ.get("TERM") == "dumb" and stream.isatty()
        reconfigure(encoding="ascii" if dumb else None, errors=ERRORS)
