"""One thread for matrix products: on a busy machine two are slower than one, often many times.

The libraries behind NumPy read these variables once, when they are loaded. So this module is
imported before NumPy by everything that starts: the command line, the notebooks' first import of
this kit, and the package itself. What the user has set stays.
"""

import contextlib
import os
import sys
from pathlib import Path

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
# The names under which builds of OpenBLAS have the function that sets its number of threads.
SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


def use_one_thread() -> None:
    """Have NumPy's matrix products work on one thread, unless the user has set another number."""
    if any(name in os.environ for name in VARIABLES):
        return
    for name in VARIABLES:
        os.environ[name] = "1"
    numpy = sys.modules.get("numpy")
    file = getattr(numpy, "__file__", None)
    if file is None:
        return
    # A notebook may have loaded NumPy first: then its own copy of OpenBLAS is told.
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
