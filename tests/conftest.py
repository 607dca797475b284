"""Which tests run in `make test`, and which in `make soak`.

`@pytest.mark.soak` is for tests of minutes. Of a test with many cases, `@pytest.mark.sample(8)`
leaves eight in `make test`, taken evenly from the list; the others run in `make soak`.
`not_green.txt` lists tests that are not green yet, a file or a single test a line: they run in
`make soak` too, and a line is taken out when its tests pass.
"""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

# How long a property takes depends on what else the machine does.
settings.register_profile("kit", deadline=None)
settings.load_profile("kit")

LIST = Path(__file__).with_name("not_green.txt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    named = tuple(line for line in lines if line and not line.startswith("#"))
    cases: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.nodeid.removeprefix("tests/").startswith(named):
            item.add_marker(pytest.mark.soak)
        elif item.get_closest_marker("sample") is not None:
            cases[item.nodeid.split("[")[0]].append(item)
    for same in cases.values():
        sample = same[0].get_closest_marker("sample")
        assert sample is not None
        step = max(1, len(same) // sample.args[0])
        for place, item in enumerate(same):
            if place % step or place // step >= sample.args[0]:
                item.add_marker(pytest.mark.soak)
