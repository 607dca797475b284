"""Reads a text whatever it was saved as: UTF-16, older encodings, encodings named falsely."""

import codecs
import re


def as_utf8(data: bytes) -> bytes:
    """A text in UTF-8 without a byte order mark, whatever it was saved as.

    Null bytes and the end-of-file sign of old systems are taken from its end. What is no text is
    given back as it is, and so is what names its encoding as PEP 263 says, if that can be true.
    """
    encoding = _encoding(data)
    if encoding is None:
        data = data.rstrip(b"\0\x1a")
        if _is_named_rightly(data):
            return data
        encoding = _old_encoding(data)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeError:
        return data
    text = text.rstrip("\0\x1a")
    first, rest = _two_lines(text)
    return (_COOKIE.sub(r"\1utf-8", first) + rest).encode("utf-8", "surrogatepass")


# As PEP 263 says: an encoding that a source names in its first two lines.
_COOKIE = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)([-_.a-zA-Z0-9]+)", re.MULTILINE)


def _two_lines(text: str) -> tuple[str, str]:
    first = "\n".join(text.split("\n", 2)[:2])
    return first, text[len(first) :]


def _is_named_rightly(data: bytes) -> bool:
    """Whether a source names an encoding that it may be saved in."""
    found = _COOKIE.search(_two_lines(data[:5000].decode("latin-1"))[0])
    if found is None:
        return False
    try:
        name = codecs.lookup(found[2]).name
    except (LookupError, ValueError):
        return False
    if name.startswith(("utf-16", "utf-32", "mbcs")):
        return False
    if name in ("utf-8", "ascii"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            return False
    return True


def _encoding(data: bytes) -> str | None:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return encoding
    # Plain letters in UTF-16 without a mark have a zero in every other byte.
    head = data[:400].rstrip(b"\0")
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) > 3 and odd > 0.6 * (len(head) // 2) and even < 0.05 * len(head):
        return "utf-16-le"
    if len(head) > 3 and even > 0.6 * (len(head) // 2) and odd < 0.05 * len(head):
        return "utf-16-be"
    return None


def _old_encoding(data: bytes) -> str | None:
    """The encoding of a text that an older editor saved with letters beyond ASCII, or None."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        letters = sum(byte >= 0x80 for byte in data)
        if b"\0" in data or letters > len(data) // 4:
            return None
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            return "latin-1"
        return "cp1252"
    return None


def read_text(data: bytes) -> str:
    """A short text of a person's, such as a time or a class list, whatever it was saved as."""
    data = as_utf8(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
