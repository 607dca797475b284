"""A check's function that returns its argument, or a view of it, does so in the sandbox too."""

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from red_team.walls import walls

from autograder.catalogue import load
from autograder.grading.remote import RemoteBackend
from autograder.grading.sandbox import Isolation
from autograder.worker.views import find_view, make_view

pytestmark = pytest.mark.quick

VIEWS = {
    "itself": lambda x: x,
    "all of it": lambda x: x[...],
    "turned": lambda x: x.T,
    "backwards": lambda x: x[::-1],
    "a part": lambda x: x[1:],
    "a row of all": lambda x: x.reshape(-1),
}


@given(
    arrays.arrays(np.float64, arrays.array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=4)),
    st.sampled_from(list(VIEWS)),
)
def test_a_view_made_again_has_the_same_numbers_and_follows_its_argument(
    x: np.ndarray, name: str
) -> None:
    there, here = VIEWS[name](x), x.copy()
    place = find_view(there, [1.0, x])
    assert place is not None
    again = make_view(place, there.copy(), [1.0, here])
    here[...] = np.arange(x.size, dtype=float).reshape(x.shape)
    np.testing.assert_array_equal(again, VIEWS[name](here))


@pytest.mark.parametrize("answer", [np.ones(3), 2.0, None, [1.0], np.zeros(0)])
def test_memory_of_its_own_is_no_view(answer: Any) -> None:
    assert find_view(answer, [np.ones(3), 1.0]) is None


def test_an_argument_laid_out_otherwise_is_followed_where_that_is_safe() -> None:
    x = np.arange(6.0).reshape(2, 3)
    here = np.asfortranarray(x)
    whole = make_view(find_view(x, [x]) or {}, x.copy(), [here])
    part = make_view(find_view(x[1:], [x]) or {}, x[1:].copy(), [here])
    here[...] = 0
    assert not whole.any()
    np.testing.assert_array_equal(part, [[3.0, 4.0, 5.0]])


CODE = """
def changed_after(f, x):
    answer = f(x)
    x[...] = 7.0
    return answer
"""


@pytest.mark.sample(2)
@pytest.mark.parametrize("isolation", walls(), ids=lambda isolation: isolation.name)
@pytest.mark.parametrize(("name", "shared"), [("itself", True), ("turned", True), ("new", False)])
def test_in_a_sandbox_an_answer_changes_with_the_argument(
    isolation: Isolation, name: str, shared: bool, tmp_path: Path
) -> None:
    functions = {**VIEWS, "new": lambda x: x + 0.0}
    folder = tmp_path / "submission"
    first = load().assignments[0].name
    shutil.copytree(load().solutions / first, folder / first)
    with (folder / first / "convolution.py").open("a", encoding="utf-8") as file:
        file.write(CODE)
    for made in (tmp_path, *tmp_path.parents):
        if made.stat().st_uid == os.geteuid() and made != Path("/tmp"):
            made.chmod(0o755)  # pytest's folders are private; the worker is the user nobody
    with RemoteBackend(isolation, folder) as backend:
        found = backend.find(f"{first}.convolution", "changed_after")
        outcome = backend.call(found.value, [functions[name], np.ones((2, 2))], {}, 20.0)
    assert outcome.failure is None, outcome.failure
    assert (outcome.value == (7.0 if shared else 1.0)).all()
