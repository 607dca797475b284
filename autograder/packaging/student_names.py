"""Tells which names of students people would take for one."""

import unicodedata
from collections.abc import Iterator


def look_alikes(names: list[str]) -> Iterator[tuple[str, ...]]:
    """The groups of names that people take for one: composed or decomposed, other case, spaces."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(folded(name), []).append(name)
    return (tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def folded(name: str) -> str:
    """A name as it is compared with others: NFKC, case folded, spaces made one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
