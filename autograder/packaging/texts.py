"""Reads a text in any encoding: UTF-16, older encodings, encodings that are declared wrongly."""

import codecs
import re


def as_utf8(data: bytes) -> bytes:
    """A text in UTF-8 without a byte order mark, whatever encoding it had.

    Null bytes and the end-of-file character of old systems (0x1A) are removed from its end. Data
    that is not text is otherwise unchanged, and so is a source that declares a possible encoding
    (PEP 263).
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


# PEP 263: the encoding that a source declares in its first two lines.
_COOKIE = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)([-_.a-zA-Z0-9]+)", re.MULTILINE)


def _two_lines(text: str) -> tuple[str, str]:
    first = "\n".join(text.split("\n", 2)[:2])
    return first, text[len(first) :]


def _is_named_rightly(data: bytes) -> bool:
    """Whether a source declares an encoding that it may really have."""
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
    # ASCII letters in UTF-16 without a byte order mark have a zero in every other byte.
    head = data[:400].rstrip(b"\0")
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) > 3 and odd > 0.6 * (len(head) // 2) and even < 0.05 * len(head):
        return "utf-16-le"
    if len(head) > 3 and even > 0.6 * (len(head) // 2) and odd < 0.05 * len(head):
        return "utf-16-be"
    return None


def _old_encoding(data: bytes) -> str | None:
    """The encoding of a text that an older editor saved with non-ASCII letters; else None."""
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
    """A short text that a person wrote, such as a time or a class list, in any encoding."""
    data = as_utf8(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
