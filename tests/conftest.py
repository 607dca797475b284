"""Tests that are not green yet: they run in `make soak`, not in `make test`.

`not_green.txt` lists them, a file or a single test a line. A line is taken out when its tests pass.
"""

from pathlib import Path

import pytest

LIST = Path(__file__).with_name("not_green.txt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    named = tuple(line for line in lines if line and not line.startswith("#"))
    for item in items:
        if item.nodeid.removeprefix("tests/").startswith(named):
            item.add_marker(pytest.mark.soak)
