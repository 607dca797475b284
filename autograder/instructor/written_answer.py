"""A learner's answer in a cell that is graded by hand: its text and pictures, safe to show."""

import html
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

LONGEST_ANSWER = 100_000
# Base64 characters of all pictures of one answer together.
LARGEST_PICTURES = 4 << 20
PICTURES = ("image/png", "image/jpeg", "image/gif")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")


@dataclass(frozen=True)
class Answer:
    """The answer in one cell.

    Attributes:
        text: the text; in a markdown cell, safe to show: it starts no script.
        pictures: the pictures pasted into the cell, in the form of a notebook's attachments.
    """

    text: str
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def compared(self) -> str:
        """The text by which two answers are compared: it ignores white space."""
        return " ".join([*self.text.split(), *sorted(self.pictures)])


def read_answer(source: str, attachments: Any) -> Answer:
    """Make an untrusted markdown answer safe to show.

    Args:
        source: its text.
        attachments: the cell's, unchecked; any JSON value.
    """
    pictures = {}
    given = sorted(_pictures(attachments).items(), key=lambda one: len(one[0]), reverse=True)
    for number, (name, picture) in enumerate(given, 1):
        # Renamed, because nbconvert does not find a picture with a space in its name.
        ours = f"picture-{number}"
        for written in (name, quote(name)):
            source = source.replace(f"attachment:{written}", f"attachment:{ours}")
        pictures[ours] = picture
    return Answer(harmless(source, frozenset(pictures)), pictures)


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    left = LARGEST_PICTURES
    for name, forms in attachments.items() if isinstance(attachments, dict) else ():
        for kind in PICTURES:
            data = forms.get(kind) if isinstance(forms, dict) else None
            if not isinstance(data, str) or not name or len(data) > left:
                continue
            if _BASE64.fullmatch(data):
                found[name], left = {kind: data}, left - len(data)
                break
    return found


def harmless(text: str, pictures: frozenset[str] = frozenset()) -> str:
    """Return markdown text that starts no script and names no missing picture.

    A text that might do so becomes an indented code block, which shows it with "‹" for "<".

    Args:
        text: untrusted.
        pictures: the names of the pictures that exist.
    """
    # Markdown removes a backslash before punctuation, and HTML reads &#58; as a colon.
    plain = html.unescape(html.unescape(text.replace("\\", "")))
    letters = re.sub(r"[\s\x00-\x20]+", "", plain).lower()
    named = re.findall(r"attachment:(picture-\d+)(?![\w.%-])", text)
    lost = letters.count("attachment:") > len(named) or not pictures.issuperset(named)
    if lost or re.search(r"(javascript|vbscript|data):", letters):
        return "\n".join("    " + line for line in text.replace("<", "‹").splitlines())
    # A < before a letter, "/", "!" or "?" starts a tag; elsewhere it means "less than".
    return re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
