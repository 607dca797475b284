"""Packs what the site needs of Python packages and figures, without what a browser never uses.

The pure-Python packages are those of the learner's lock, taken from this environment, which must
hold exactly the locked versions.
"""

import importlib.metadata
import io
import re
import zipfile
from pathlib import Path

from PIL import Image

from autograder.text import UserError

# The packages that a check imports, and rich, which training imports.
PACKAGES = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "rich")
# The files that are needed of these folders; the others are for other languages and outputs, and
# for terminals with an older Unicode.
NEEDED = {
    "packaging/licenses/": (),
    "pygments/formatters/": ("__init__.py", "_mapping.py", "html.py", "terminal.py"),
    "pygments/lexers/": ("__init__.py", "_mapping.py", "python.py", "diff.py", "special.py"),
    "pygments/styles/": ("__init__.py", "_mapping.py", "default.py"),
    "rich/_unicode_data/": ("__init__.py", "_versions.py", "unicode17-0-0.py"),
}
# For builders of packages, and for the command line of pygments.
UNUSED = ("packaging/metadata.py", "packaging/pylock.py", "pygments/cmdline.py")
# Of NumPy: what only compilers and type checkers read, and what NumPy itself never imports.
FOR_COMPILERS = (".a", ".c", ".h", ".ini", ".pc", ".pxd", ".pyi", ".pyx", "/RECORD")
NOT_IMPORTED = ("numpy/f2py/", "numpy/linalg/lapack_lite.")
COLOURS = 256  # the most that a PNG with a palette can have
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
    for folder, needed in NEEDED.items():
        if path.startswith(folder):
            return path.removeprefix(folder) in needed
    if path in UNUSED:
        return False
    keep = path.endswith((".py", "METADATA", "entry_points.txt", "LICENSE", "LICENSE.txt"))
    return keep and "__pycache__" not in path


def numpy_files(wheel: Path) -> dict[str, bytes]:
    """The files of a NumPy wheel by their path, without those that a browser never uses."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            entry.filename: archive.read(entry)
            for entry in archive.infolist()
            if not entry.is_dir()
            and not entry.filename.endswith(FOR_COMPILERS)
            and not entry.filename.startswith(NOT_IMPORTED)
        }


def smaller_png(png: bytes) -> bytes:
    """The same picture with a palette of 256 colours; the given one if that is smaller.

    Args:
        png: a picture without transparent pixels, as PNG.
    """
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(buffer, "PNG", optimize=True)
    return min(png, buffer.getvalue(), key=len)


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
