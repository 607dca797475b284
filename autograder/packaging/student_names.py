"""Finds names of students that look like the same name to a person."""

import unicodedata
from collections.abc import Iterator


def look_alikes(names: list[str]) -> Iterator[tuple[str, ...]]:
    """The groups of names that differ only in Unicode composition, case or spaces."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(folded(name), []).append(name)
    return (tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def folded(name: str) -> str:
    """A name in the form for comparison: NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
