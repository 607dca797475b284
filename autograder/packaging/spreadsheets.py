"""Reads a CSV table from any spreadsheet program: a class list, a sheet of marks."""

import csv
import io
import unicodedata

from autograder.packaging.texts import read_text
from autograder.text import UserError


def read_table(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file with commas, semicolons or tabs, in UTF-8 or UTF-16.

    Column names are in lower case without surrounding spaces; values are in NFC.
    """
    text = read_text(data)
    first = text.lstrip().splitlines()[:1]
    if first and first[0].lower().startswith("sep="):
        text = text.lstrip().split("\n", 1)[1] if "\n" in text else ""
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UserError(f"it is not a table that can be read: {error}") from error
    rows = [row for row in rows if any(value.strip() for value in row)]
    if broken := next((k for k, row in enumerate(rows) if "\n" in "".join(row).strip()), None):
        raise UserError(f"row {broken + 1} holds a quotation mark that is not closed")
    titles = rows[0] if rows else []
    header = [cell.strip().lower() for cell in titles]
    return [
        {
            column: unicodedata.normalize("NFC", value.strip())
            for column, value in zip(header, row, strict=False)
        }
        for row in rows[1:]
    ]
