"""Detects what a file with a Python name really is: an archive, a notebook, a document."""

import re

_MAGIC = (
    (b"PK\x03\x04", "a zip archive or a document of Word"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"{\\rtf", "a document of a word processor (RTF)"),
    (b"\xd0\xcf\x11\xe0", "a document of Word"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"bplist00", "a property list or web archive of macOS"),
)


def kind_of(data: bytes) -> str:
    """What a file is instead of a Python source, such as "a PDF"; "" if it may be a source.

    Args:
        data: its content, unchanged.
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "a web page"
    if is_notebook(data):
        return "a notebook"
    # Compiled Python: a number, then a carriage return and a line feed, then binary fields.
    if data[2:4] == b"\r\n" and b"\0" in data[:16]:
        return "compiled Python"
    return ""


def is_notebook(data: bytes) -> bool:
    """Whether it is a Jupyter notebook, whatever its name is."""
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith(b"{") and re.search(rb'"(cells|nbformat)"\s*:', text) is not None
