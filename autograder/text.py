"""Helpers for messages to people: errors, lists of names, durations, and safe text."""

import unicodedata


class UserError(Exception):
    """An error for the user: the message is a sentence that says what cannot be done and why."""


def clean(text: str) -> str:
    """Replace control and invisible characters, which could disturb a terminal or a page."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") else "�"
        for c in text
    )


def sentence(error: BaseException) -> str:
    """An exception as one line; the type is added unless the exception is the kit's own."""
    text = " ".join(str(error).split())
    if type(error).__module__.startswith("autograder."):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def capital(sentence: str) -> str:
    """Begin a sentence with a capital, unless it begins with the name of a file or function."""
    first = sentence.split(" ", 1)[0]
    return sentence[:1].upper() + sentence[1:] if first.isalpha() else sentence


def some(names: list[str], most: int = 5) -> str:
    """The first names of a list, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def lateness(seconds: float) -> str:
    """A duration as text, in days, hours or minutes; "" if it is not positive."""
    if seconds <= 0:
        return ""
    for size, word, least in ((86400, "day", 2), (3600, "hour", 1), (60, "minute", 1)):
        if seconds >= least * size:
            count = round(seconds / size)
            return f"{count} {word}{'s' if count != 1 else ''}"
    return "under a minute"
