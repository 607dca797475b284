"""Finds what a learner wrote in a text: which functions, and whether anything besides the stub."""

import functools
import io
import json
import re
import tokenize
from collections.abc import Mapping

from autograder.packaging.file_kinds import is_notebook
from autograder.packaging.texts import as_utf8

# A source more than this many times as long as the stub is never a stub, so it is not compared.
LONGEST = 4
_LARGEST_NOTEBOOK = 4 << 20
# How the comment in a stub begins: "# YOUR CODE HERE: im2col (a1, 15 points)".
MARK = "# YOUR CODE HERE"
_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)[ \t]*[(:\[]", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_IMPORT = re.compile(r"^(?:from|import)\b[^\n#]*", re.MULTILINE)
_LAYOUT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}


def defined(data: bytes, names: frozenset[str]) -> frozenset[str]:
    """The names that a text, or a notebook's code, defines with def or class.

    Args:
        data: the content of a source, a notebook or any text.
        names: the functions and classes to look for.
    """
    found = _DEFINITION.finditer(_code_of(data))
    return frozenset(match[1] for match in found if match[1] in names)


def provided(data: bytes, names: frozenset[str]) -> frozenset[str]:
    """The names that a source may define in any way: with def, class, `=` or import."""
    text = _code_of(data)
    assigned = {match[1] for match in _ASSIGNMENT.finditer(text) if match[1] in names}
    imports = " ".join(match[0] for match in _IMPORT.finditer(text))
    if "*" in imports:
        return names
    imported = {name for name in names if re.search(rf"\b{re.escape(name)}\b", imports)}
    return defined(data, names) | assigned | imported


def is_stub(data: bytes, stub: str | None, *, closely: bool = True) -> bool:
    """Whether a file is empty, or differs from the handed-out file only in its layout.

    Args:
        data: the content of the file.
        stub: the text that was handed out, if it is known.
        closely: also ignore what a formatter changes; this takes time.
    """
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    words = text.split()
    if not words or (stub is not None and words == stub.removeprefix("\ufeff").split()):
        return True
    if stub is None or not closely or len(text) > LONGEST * len(stub):
        return False
    return _words(text, True) == _words_of_stub(stub, True) is not None


def all_stubs(files: Mapping[str, bytes], stubs: Mapping[str, str]) -> bool:
    """Whether every file is a stub; `files` and `stubs` are by file name."""
    return all(is_stub(data, stubs.get(name)) for name, data in files.items())


def is_empty(data: bytes, stub: str | None) -> bool:
    """Whether a file is a stub, or a stub in which only comments and docstrings are changed.

    Args:
        data, stub: as for `is_stub`.
    """
    if is_stub(data, stub):
        return True
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if stub is None or len(text) > LONGEST * len(stub):
        return False
    words = _words(text, False)
    return words is not None and (not words or words == _words_of_stub(stub, False))


@functools.lru_cache(64)
def _words_of_stub(stub: str, comments: bool) -> list[str] | None:
    return _words(stub, comments)


def _words(text: str, comments: bool) -> list[str] | None:
    """The tokens of a source without layout and docstrings; None if it is not Python."""
    words: list[str] = []
    starts = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and comments:
                # The line that marks a stub names the points, which a course may change in a term.
                if not token.string.startswith(MARK):
                    words.append(token.string)
            elif token.type in _LAYOUT:
                starts = starts or token.type == tokenize.NEWLINE
            elif token.type == tokenize.STRING:
                if not starts:  # a string at the start of a line is a docstring
                    words.append(token.string.replace("'", '"'))
            else:
                starts = False
                if token.string not in "(),":
                    words.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        return None
    return words


def _code_of(data: bytes) -> str:
    text = as_utf8(data).decode("utf-8", "replace")
    if not is_notebook(data):
        return text
    if len(data) <= _LARGEST_NOTEBOOK:
        try:
            cells = json.loads(text).get("cells", [])
            sources = [c["source"] for c in cells if c.get("cell_type", "code") == "code"]
            return "\n".join("".join(source) for source in sources)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            pass
    # Damaged or too large to parse as JSON. Whether a cell is a list of lines or one text, a line
    # of code starts after a written \n or a quotation mark.
    return re.sub(r'\\n"?|"', "\n", text)
