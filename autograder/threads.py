"""Limits NumPy's matrix products to one thread: on a busy machine two are often far slower.

The libraries behind NumPy read these variables once, when they are loaded. So the package's
`__init__` calls `use_one_thread` before any module of the kit imports NumPy. A value that the
user has set is kept.
"""

import contextlib
import os
import sys
from pathlib import Path

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
# The function that sets the number of threads has one of these names in a build of OpenBLAS.
SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


def use_one_thread() -> None:
    """Make NumPy's matrix products use one thread, unless the user has set a number."""
    if any(name in os.environ for name in VARIABLES):
        return
    for name in VARIABLES:
        os.environ[name] = "1"
    numpy = sys.modules.get("numpy")
    file = getattr(numpy, "__file__", None)
    if file is None:
        return
    # NumPy is loaded already, for example in a notebook: call the function in its OpenBLAS.
    beside = Path(file).parent
    for folder in (beside.with_name("numpy.libs"), beside / ".libs", beside / ".dylibs"):
        for library in folder.glob("*openblas*") if folder.is_dir() else ():
            _tell(library)


def _tell(library: Path) -> None:
    import ctypes

    with contextlib.suppress(OSError):
        loaded = ctypes.CDLL(str(library))
        for name in SETTERS:
            setter = getattr(loaded, name, None)
            if setter is not None:
                setter(1)
                return
