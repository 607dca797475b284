"""Recognises names that computers rewrote, and names of files that are not a learner's work."""

import re
import unicodedata
from fnmatch import fnmatchcase

LITTER = (
    # macOS
    *("__MACOSX", ".DS_Store", ".DS_Store?", "._*", ".AppleDouble", ".Spotlight-V100", ".Trashes"),
    *("Icon\r", ".fseventsd", ".localized", ".TemporaryItems", ".DocumentRevisions-V100"),
    *(".apdisk", ".VolumeIcon.icns"),
    # Windows
    *("Thumbs.db", "ehthumbs.db", "desktop.ini", "$RECYCLE.BIN", "*.lnk", "*:Zone.Identifier"),
    *("System Volume Information", "~$*"),
    # Linux, network drives and synchronised folders
    *(".directory", ".nfs*", ".Trash-*", "@eaDir", ".dropbox", ".dropbox.attr", "nohup.out"),
    # Editors and office programs
    *("*~", ".*.sw?", "#*#", ".#*", ".~lock.*#", ".vscode", ".idea", ".vs", ".Rhistory"),
    # Python and Jupyter
    *("*.pyc", "__pycache__", ".venv", ".env", ".python-version", ".pylintrc", ".coverage"),
    *(".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".ropeproject"),
    *(".ipynb_checkpoints", ".virtual_documents", "anaconda_projects", ".jupyter_ystore.db"),
    # Version control
    *(".git", ".gitignore", ".gitattributes", ".gitkeep", ".hg", ".svn"),
    # This kit, and what `make update` adds to a learner's folder
    *(".hints.json", ".progress.json", ".generated.json", "newer-handout", "before-update"),
)
# Folders of other people's code in a hand-in. They are not in LITTER, because a student's folder
# may have such a name.
LIBRARIES = ("venv", "env", "site-packages", "node_modules")
# Endings of archives that cannot be opened here.
CLOSED = (
    ".rar",
    ".7z",
    ".zipx",
    *(f"{e}.{z}" for e in (".py", ".ipynb") for z in ("gz", "xz", "bz2")),
)
# Endings of texts in which a learner may have handed in functions.
TEXTS = (".txt", ".text", ".md", ".markdown", ".rst", ".rtf", ".html", ".htm", ".tex")
DOCUMENTS = (".doc", ".docx", ".odt", ".pages", ".pdf", ".rtf", ".html", ".htm")
# What a file manager, a browser or a learning platform adds to a name. The quantifiers *+ and ++ do
# not backtrack: otherwise a long row of digits that does not match would take exponential time.
_ADDED = (
    r"[\s_\-.]*+(\(\d++\)|\[\d++\]|\d++|copy|copie|kopie|final|new|neu|v\d++|version[\s_]?\d++)"
)
LONGEST_NAME = 255
_BEFORE = r"(copy of|kopie von|copie de)\s+"


def is_litter(name: str) -> bool:
    """Whether a file or folder is made by a program, not by a person."""
    return any(fnmatchcase(name, pattern) for pattern in LITTER)


def is_nobodys(name: str) -> bool:
    """Whether a file or folder with this name in a hand-in is not the learner's work."""
    return is_litter(name) or name in LIBRARIES


def is_backup(where: str) -> bool:
    """Whether a path is an automatic copy by an editor, or a folder of such copies."""
    name = where.rpartition("/")[2]
    return (
        name == ".ipynb_checkpoints"
        or name.endswith((".py~", "-checkpoint.py"))
        or (name.startswith("#") and name.endswith(".py#"))
    )


def named_like(name: str, expected: str) -> bool:
    """Whether a name is the expected one after a computer or a learning platform rewrote it.

    Examples: "Convolution (1).py", "convolution.py.txt", "convolution-1.py", and from Canvas
    "lovelaceada_12345_67890_convolution-2.py".
    """
    if len(name) > LONGEST_NAME:
        return False
    low = unicodedata.normalize("NFC", name).lower().strip()
    stem = re.escape(expected.lower().removesuffix(".py"))
    added = rf"({_ADDED})*"
    pattern = (
        rf"({_BEFORE})?([\w.\-]+[_\-\s]\d+[_\-\s])?{stem}{added}\.pyw?{added}(\.(txt|text|py))*"
    )
    return re.fullmatch(pattern, low) is not None or (
        re.fullmatch(rf"{stem}{added}(\.txt|\.text)?", low) is not None
    )
