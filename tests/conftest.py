"""Which tests run in `make test`, and which in `make soak`.

`@pytest.mark.soak` marks tests that take minutes. `@pytest.mark.sample(8)` keeps eight cases of a
parametrized test in `make test`, evenly spaced in the list; the others run in `make soak`.
"""

from collections import defaultdict

import pytest
from hypothesis import settings

# No deadline: on a busy machine, one example of a property can take much longer.
settings.register_profile("kit", deadline=None)
settings.load_profile("kit")


@pytest.hookimpl(tryfirst=True)  # before --last-failed removes cases: positions count
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    cases: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sample") is not None:
            cases[item.nodeid.split("[")[0]].append(item)
    for same in cases.values():
        sample = same[0].get_closest_marker("sample")
        assert sample is not None
        step = max(1, len(same) // sample.args[0])
        for place, item in enumerate(same):
            if place % step or place // step >= sample.args[0]:
                item.add_marker(pytest.mark.soak)
