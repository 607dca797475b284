"""Lists every sentence that the kit can say to a person, to be read in one sitting.

    python -m autograder.author.sentences [WORD ...]

Prints file, line and sentence; with words, only the sentences that contain one of them. It reads
the texts in the Python, JavaScript, HTML and TOML files of the kit and of the course. The code
that fills in a part of a message is shown in braces: "there is no exercise {name}".
"""

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from pygments.lexers import JavascriptLexer
from pygments.token import String, Token

from autograder.catalogue import PACKAGE, Course, load

# Fewer words are a label, a key or a file name.
FEWEST_WORDS = 3
_FOR_A_MACHINE = re.compile(
    r"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|JOIN)\b"  # SQL
    r"|^\s*(<|\.|#!)|\(\?|\[\^|\\[wdsb.(]|[a-z]:[#\w]+;"  # HTML, selectors, scripts, patterns, CSS
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_SKIPPED = ("__pycache__", "handout_template", "node_modules", "vendor", "dist")


class Sentence(NamedTuple):
    """A text that a person may read, and where it is written."""

    path: Path
    line: int
    text: str


def sentences(course: Course) -> Iterator[Sentence]:
    """Every sentence of the engine, the course's exercises and packages, and the browser edition.

    Args:
        course: whose exercises and packages are listed beside the engine.
    """
    folders = [PACKAGE, course.exercises_folder]
    folders += [course.folder / name for name in (*course.packages, "web")]
    files = {path: None for folder in folders for path in sorted(folder.rglob("*"))}
    for path in files:
        read = _READERS.get(path.suffix)
        if read is None or any(part in _SKIPPED for part in path.parts):
            continue
        for line, text in read(path.read_text(encoding="utf-8"), path.name):
            if is_sentence(text):
                yield Sentence(path, line, " ".join(text.split()))


def is_sentence(text: str) -> bool:
    """Whether a text is for a person: several words, with more letters than signs."""
    said = re.sub(r"\{[^}]*\}", "x", text)
    if _FOR_A_MACHINE.search(said) or len(_WORD.findall(said)) < FEWEST_WORDS or " " not in said:
        return False
    letters = sum(each.isalpha() or each.isspace() for each in said)
    return letters > len(said) * 0.6


def _of_python(source: str, file: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(source)
    hidden = {id(text) for text, node in _docstrings(tree) if not _is_shown(node, file)}
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in hidden | parts:
            yield node.lineno, _text(node)


def _docstrings(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.AST]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr):
                yield first.value, node


def _is_shown(node: ast.AST, file: str) -> bool:
    """Whether a person reads this docstring: help of a command, sentence of a check or mistake."""
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return False
    if file in ("public.py", "hidden.py", "pitfalls.py", "altered.py"):
        return not node.name.startswith("_")
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(re.search(r"\b(command|group)\b", each) for each in decorators)


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
        for part in node.values
        if isinstance(part, ast.Constant | ast.FormattedValue)
    )


def _of_javascript(source: str, _: str) -> Iterator[tuple[int, str]]:
    text, line, open_braces = "", 1, 0
    for kind, value in JavascriptLexer().get_tokens(source):
        if kind is String.Interpol:
            open_braces += value.count("{") - value.count("}")
            text += value.replace("$", "")
        elif kind in String.Backtick or open_braces:
            text += value
        elif kind in String:
            yield line, value.strip("\"'")
        if text and not open_braces and kind is not Token.Text and kind not in String:
            yield line, text.strip("`")
            text = ""
        line += value.count("\n")


class _Page(HTMLParser):
    """Collects the texts of a page, and of the attributes that a person reads or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[int, str]] = []

    def handle_data(self, data: str) -> None:
        self.texts.append((self.getpos()[0], data))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        spoken = ("alt", "title", "aria-label", "placeholder")
        self.texts += [
            (self.getpos()[0], text or "") for name, text in attributes if name in spoken
        ]


def _of_page(source: str, _: str) -> Iterator[tuple[int, str]]:
    def keep_lines(found: re.Match[str]) -> str:
        return "{…}" + "\n" * found[0].count("\n")

    source = re.sub(r"<(script|style)\b.*?</\1>", keep_lines, source, flags=re.DOTALL)
    page = _Page()
    page.feed(re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", keep_lines, source, flags=re.DOTALL))
    yield from page.texts


def _of_toml(source: str, _: str) -> Iterator[tuple[int, str]]:
    for text in _strings(tomllib.loads(source)):
        start = text.strip().split("\n")[0][:40]
        yield source[: max(source.find(start), 0)].count("\n") + 1, text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


_READERS: dict[str, Callable[[str, str], Iterator[tuple[int, str]]]] = {
    ".py": _of_python,
    ".js": _of_javascript,
    ".html": _of_page,
    ".j2": _of_page,
    ".toml": _of_toml,
}


def main(words: list[str]) -> None:
    course = load()
    for path, line, text in sentences(course):
        if not words or any(word.lower() in text.lower() for word in words):
            print(f"{path.relative_to(course.folder)}:{line}: {text}")


if __name__ == "__main__":
    main(sys.argv[1:])
