"""Reads TOML files that an instructor or a grader writes by hand."""

import tomllib
from pathlib import Path
from typing import Any

from autograder.text import UserError


def read_toml(path: Path) -> dict[str, Any]:
    """The contents of a TOML file; empty if there is no such file.

    Raises:
        UserError: if it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise UserError(f"{path} cannot be read: save it as UTF-8 ({error})") from error
    # A number of 5000 digits is a ValueError too; deeply nested brackets are a RecursionError.
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error


def tables_of(document: dict[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    """The [[name]] tables of a file, in their order.

    Raises:
        UserError: if something else has that name.
    """
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise UserError(f"{path}: every {name} begins with [[{name}]]")
    return found
