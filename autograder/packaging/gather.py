"""Gathers the expected files of a hand-in, even if a computer packed or renamed them.

Learners' computers rename files ("convolution (1).py", "convolution.py.txt"), nest folders, zip
them, and save files as UTF-16. This does not change the work. A file is taken if it can be
identified without doubt; otherwise a sentence says what to do.
"""

from dataclasses import dataclass, field

from autograder.catalogue import Assignment
from autograder.packaging.archives import is_archive
from autograder.packaging.file_kinds import kind_of
from autograder.packaging.file_names import named_like
from autograder.packaging.search import LARGEST_FILE, Candidate, Search
from autograder.packaging.texts import as_utf8
from autograder.packaging.written import all_stubs, is_empty, provided
from autograder.text import clean, some


@dataclass
class Gathered:
    """The files of one assignment in one hand-in.

    Attributes:
        files: by expected name, the content in UTF-8 without a byte order mark.
        taken: a sentence for each file that was found under another name or in another place.
        used: the entries of the assignment's folder that are, or contain, files of `taken` or
            `unclear`.
        unclear: a sentence for each expected file whose work may be there but was not taken. It
            must not be marked with 0.
        unopened: the archives in which the work may be; `unclear` has one sentence about them.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    unclear: list[str] = field(default_factory=list)
    unopened: list[str] = field(default_factory=list)


def gather(
    folder: int,
    assignment: Assignment,
    stubs: dict[str, str],
    found: dict[str, bytes],
    label: str = "",
) -> Gathered:
    """Complete the files of an assignment that are in their places by files found elsewhere.

    Args:
        folder: a descriptor of the assignment's folder; no link is followed out of it.
        assignment: says which files are expected, and what each defines.
        stubs: the text of each expected file as it was handed out; may be empty.
        found: the content of the expected files that are in their places, by name.
        label: the folder's name in sentences; by default the assignment's.
    """
    result = Gathered()
    search = Search(assignment, stubs, label or assignment.name)
    for name, data in found.items():
        if kind := kind_of(data):
            search.disguised(name, data, kind)
        elif b"\0" in (text := as_utf8(data)):
            search.kinds[name] = "damaged, or no text: it holds null bytes"
        else:
            result.files[name] = text
    wanted = {name: _wanted(name, assignment, stubs, result) for name in assignment.files}
    wanted = {name: exercises for name, exercises in wanted.items() if exercises}
    if not wanted:
        return result
    search.folder(folder, search.label)
    nowhere = [
        name
        for name, exercises in wanted.items()
        if not _settle(name, exercises, assignment, search, result)
    ]
    if nowhere and search.closed:
        result.unopened = search.closed
        result.used.update(map(_top, search.closed))
        result.unclear.append(
            f"{clean(search.closed[0])[:120]} cannot be opened here. Unpack it, and put "
            f"{some(nowhere)} into {assignment.name}/"
        )
    elif nowhere and search.gave_up:
        result.unclear.append(
            f"{search.label}/ holds too many or too large files to look for {some(nowhere)} in. "
            f"Put it at {assignment.name}/{nowhere[0]}"
        )
    _name_the_empty(assignment, stubs, result)
    for name in search.kinds:
        # The unusable file is judged too, so that the verdict says what is wrong with it.
        result.files.setdefault(name, found[name])
    return result


def _wanted(
    name: str, assignment: Assignment, stubs: dict[str, str], result: Gathered
) -> frozenset[str]:
    """The exercises of a file that must be looked for elsewhere, because it does not have them."""
    exercises = frozenset(e.name for e in assignment.exercises if e.file == name)
    text = result.files.get(name)
    if text is None or is_empty(text, stubs.get(name)):
        return exercises
    if all(f'NotImplementedError("{each}")'.encode() in text for each in exercises):
        return exercises  # something was added to the stub, but no exercise is written
    return exercises - provided(text, exercises)


def _settle(
    name: str,
    exercises: frozenset[str],
    assignment: Assignment,
    search: Search,
    result: Gathered,
) -> bool:
    """Take a file from another place, or say where it may be; False if nothing was found."""
    place = f"{assignment.name}/{name}"
    there = result.files.get(name)
    empty = there is None or is_empty(there, search.stubs.get(name))
    named = [
        one
        for one in search.candidates
        if one.where != f"{search.label}/{name}" and named_like(one.name, name)
    ]
    # "loss.txt" may be a log; "loss (1).py" is the file, whatever its content.
    works = [one for one in named if search.is_work(one)]
    written = _different(
        [one for one in works if one.defined & exercises]
        or [one for one in works if empty and ".py" in one.name.lower()]
    )
    untouched = [one for one in named if ".py" in one.name.lower() and not search.is_work(one)]
    whole = empty or not provided(there or b"", exercises)
    if (len(written) == 1 and whole) or (untouched and not written and there is None):
        one = (written or untouched)[0]
        result.files[name] = as_utf8(one.data)
        result.taken.append(f"{clean(one.where)[:120]} was taken as {name}")
        result.used.add(_top(one.where))
    elif written:
        places = sorted(clean(one.where)[:80] for one in written)
        result.used.update(_top(one.where) for one in written)
        result.unclear.append(
            f"{some(places)}: each may be {name}. Move the right one to {place} and delete the "
            "others"
            if len(places) > 1
            else f"{places[0]} has functions that are not written in {place}. Put what counts into "
            f"{place}, and delete the other"
        )
    elif doubt := _where_it_may_be(name, exercises, assignment, search, result):
        result.unclear.append(doubt)
    else:
        return False
    return True


def _different(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates without copies of one text; spaces and characters at line ends do not count.

    If exactly one of them is in a folder of the assignment's name, only this one.
    """
    texts: dict[bytes, Candidate] = {}
    for one in candidates:
        lines = as_utf8(one.data).replace(b"\r\n", b"\n").split(b"\n")
        texts.setdefault(b"\n".join(line.rstrip() for line in lines).strip(), one)
    in_place = [one for one in texts.values() if one.in_its_folder]
    return in_place if len(in_place) == 1 else list(texts.values())


def _where_it_may_be(
    name: str,
    exercises: frozenset[str],
    assignment: Assignment,
    search: Search,
    result: Gathered,
) -> str:
    """A sentence about where the work of a missing or unchanged file may be; or ""."""
    place = f"{assignment.name}/{name}"
    here = f"{search.label}/{name}"
    siblings = search.places - {here}

    def first(candidates: list[Candidate]) -> str:
        for one in sorted(candidates, key=lambda one: one.where):
            # Another expected file may have a helper of the same name: require all functions.
            enough = one.defined >= exercises if one.where in siblings else one.defined & exercises
            if one.where != here and enough and search.is_work(one):
                if one.where not in siblings:
                    result.used.add(_top(one.where))
                return one.where
        return ""

    if found := first(search.candidates):
        said = clean(found)[:120]
        if found in siblings:
            return (
                f"{said} holds the functions of {name}. Move them into {place}, or give each file "
                "its own name"
            )
        if packed := _archive_of(found):
            return (
                f"{said} looks like {name}. If it is, unpack {clean(packed)} and put it at {place}"
            )
        return f"{said} looks like {name}. If it is, rename it to {place}; if not, delete it"
    if found := first([*search.notebooks, *search.texts]):
        cells = " in its cells" if found.lower().endswith(".ipynb") else ""
        return f"{clean(found)[:120]} holds functions of {name}{cells}. Copy them into {place}"
    if kind := search.kinds.get(name):
        return f"{place} is {kind}. Put the Python source in its place, or ask for it"
    # If other files contain work, "loss.pdf" is probably a figure.
    nothing = all_stubs(result.files, search.stubs)
    documents = [
        each
        for each in search.documents
        if nothing and (name not in result.files or not each.lower().endswith(".pdf"))
    ]
    if document := next((d for d in documents if _document_of(d, name)), None):
        result.used.add(_top(document))
        return f"{clean(document)[:120]} is a document. Copy the functions in it into {place}"
    if unread := next((u for u in search.unread if named_like(u.rpartition("/")[2], name)), None):
        result.used.add(_top(unread))
        return (
            f"{clean(unread)[:120]} may be {name}, and is a link or larger than "
            f"{LARGEST_FILE >> 20} MB. Put a plain file of the work at {place}"
        )
    if found := first(search.backups):
        return (
            f"{clean(found)[:120]} looks like an editor's copy of {name}. If it is the work, "
            f"rename it to {place}; if not, delete it"
        )
    return ""


def _top(where: str) -> str:
    """The entry of the assignment's folder that a path is or is in."""
    return where.split("/")[1]


def _archive_of(where: str) -> str:
    """The archive that a path leads into, or ""."""
    parts = where.split("/")
    inside = next((k for k, part in enumerate(parts[:-1]) if is_archive(part)), None)
    return "" if inside is None else "/".join(parts[: inside + 1])


def _document_of(where: str, name: str) -> bool:
    stem = where.rpartition("/")[2].rpartition(".")[0]
    return named_like(stem, name) or named_like(f"{stem}.py", name)


def _name_the_empty(assignment: Assignment, stubs: dict[str, str], result: Gathered) -> None:
    """Add a sentence for each empty file, if other files contain work."""
    if all_stubs(result.files, stubs):
        return
    result.unclear += [
        f"{assignment.name}/{name} is empty, as an upload that fails leaves it. Ask for the file "
        "again"
        for name, text in result.files.items()
        if not text.strip()
    ]
