"""Packs the Python packages that the site needs beside NumPy into one zip.

They are the pure-Python packages of the learner's lock, taken from this environment, which must
hold exactly the locked versions.
"""

import importlib.metadata
import io
import re
import zipfile
from pathlib import Path

from autograder.text import UserError

# The packages that a check imports, and rich, which training imports.
PACKAGES = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "rich")
# The lexers of pygments that pytest and rich need; all the others are 4 MB.
LEXERS = ("__init__.py", "_mapping.py", "python.py", "diff.py", "special.py")
# A zip archive has a time for each file; with a fixed time, equal sites have equal bytes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def locked_versions(root: Path) -> dict[str, str]:
    """The versions of PACKAGES in the learner's lock.

    Raises:
        UserError: if one is not in it.
    """
    text = (root / "requirements" / "learner.txt").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))
    missing = [name for name in PACKAGES if name not in locked]
    if missing:
        raise UserError(f"requirements/learner.txt does not lock {', '.join(missing)}: make lock")
    return {name: locked[name] for name in PACKAGES}


def package_files(root: Path) -> dict[str, bytes]:
    """The files of PACKAGES by their path below site-packages.

    Raises:
        UserError: if one is not installed, or not at the locked version.
    """
    files: dict[str, bytes] = {}
    for name, version in locked_versions(root).items():
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise UserError(f"{name} is not installed: make install") from None
        if distribution.version != version:
            raise UserError(
                f"{name} {distribution.version} is installed, but requirements/learner.txt locks "
                f"{version}: make install"
            )
        for file in distribution.files or []:
            path = file.as_posix()
            if path.startswith("..") or not _is_needed(path):
                continue
            files[path] = Path(str(file.locate())).read_bytes()
    return dict(sorted(files.items()))


def _is_needed(path: str) -> bool:
    if path.startswith("pygments/lexers/"):
        return path.rsplit("/", 1)[1] in LEXERS
    keep = path.endswith((".py", "METADATA", "entry_points.txt", "LICENSE", "LICENSE.txt"))
    return keep and "__pycache__" not in path


def zipped(files: dict[str, bytes]) -> bytes:
    """One zip archive of the files; equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()
