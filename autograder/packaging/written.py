"""Tells what a learner wrote in a text: which functions, and whether anything beside the stub."""

import functools
import io
import json
import re
import tokenize
from collections.abc import Mapping

from autograder.packaging.file_kinds import is_notebook
from autograder.packaging.texts import as_utf8

# A source so many times as long as the stub is no stub, whatever is in it.
LONGEST = 4
_LARGEST_NOTEBOOK = 4 << 20
_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)[ \t]*[(:\[]", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_IMPORT = re.compile(r"^(?:from|import)\b[^\n#]*", re.MULTILINE)
_LAYOUT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}


def defined(data: bytes, names: frozenset[str]) -> frozenset[str]:
    """Those of the names that a text, or a notebook's code, defines by def or class.

    Args:
        data: of a source or a notebook, or any text.
        names: functions and classes.
    """
    found = _DEFINITION.finditer(_code_of(data))
    return frozenset(match[1] for match in found if match[1] in names)


def provided(data: bytes, names: frozenset[str]) -> frozenset[str]:
    """Those of the names that a source may define in any way: also assigned or imported."""
    text = _code_of(data)
    assigned = {match[1] for match in _ASSIGNMENT.finditer(text) if match[1] in names}
    imports = " ".join(match[0] for match in _IMPORT.finditer(text))
    if "*" in imports:
        return names
    imported = {name for name in names if re.search(rf"\b{re.escape(name)}\b", imports)}
    return defined(data, names) | assigned | imported


def is_stub(data: bytes, stub: str | None, *, closely: bool = True) -> bool:
    """Whether a file is empty, or as it was handed out but for its layout.

    Args:
        data: of the file.
        stub: the text that was handed out, if it is known.
        closely: look past what a formatter changes, too; this takes time.
    """
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    words = text.split()
    if not words or (stub is not None and words == stub.removeprefix("\ufeff").split()):
        return True
    if stub is None or not closely or len(text) > LONGEST * len(stub):
        return False
    return _words(text, True) == _words_of_stub(stub, True) is not None


def all_stubs(files: Mapping[str, bytes], stubs: Mapping[str, str]) -> bool:
    """Whether every one of the files is a stub; both by the files' names."""
    return all(is_stub(data, stubs.get(name)) for name, data in files.items())


def is_empty(data: bytes, stub: str | None) -> bool:
    """Whether a file is a stub, or one in which only comments and docstrings are changed.

    Args:
        data, stub: as of `is_stub`.
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
    """What stands in a source, layout and docstrings aside; None if it is none."""
    words: list[str] = []
    starts = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and comments:
                words.append(token.string)
            elif token.type in _LAYOUT:
                starts = starts or token.type == tokenize.NEWLINE
            elif token.type == tokenize.STRING:
                if not starts:  # a text at the start of a line is a docstring
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
    # Damaged or too large: whether a cell is a list of lines or one text, a line starts behind
    # these two or a quotation mark.
    return re.sub(r'\\n"?|"', "\n", text)
