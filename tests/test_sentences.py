"""The list of sentences: every kind of text that a person may read is in it, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.author.sentences import Sentence, is_sentence, sentences
from autograder.catalogue import load

pytestmark = pytest.mark.quick

COURSE = load()
EVERY = list(sentences(COURSE))


def said_in(path: str) -> list[str]:
    return [one.text for one in EVERY if one.path == COURSE.folder / path]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        # an error, with what is filled in
        ("autograder/catalogue.py", "there is no exercise {name}; {rest}"),
        # the help of a command
        (
            "autograder/learner/commands.py",
            "Show the next hint for EXERCISE; asking costs nothing.",
        ),
        # what a pass makes possible
        ("autograder/exercises/course.toml", COURSE.exercises[0].when_passed),
        # a script of the browser edition, and a page
        ("web/js/checking.js", "What you wrote is kept, and Python starts again."),
        ("web/templates/folder.html.j2", "Take it away"),
        ("cnnlab/draw/page.html", "Nothing is drawn yet."),
    ],
)
def test_each_kind_of_text_is_listed(path: str, text: str) -> None:
    assert text in said_in(path)


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.name)
def test_what_an_exercise_says_is_listed(exercise) -> None:  # type: ignore[no-untyped-def]
    for path in (*exercise.check_files, exercise.folder / "pitfalls.py"):
        if path.is_file():
            assert said_in(path.relative_to(COURSE.folder).as_posix()), path
    assert set(exercise.hints) <= set(said_in("autograder/exercises/course.toml"))


@pytest.mark.parametrize(
    "text", ["SELECT id FROM grade", "<div class=a b c>", r"(\w+) is not defined here", "a_key", ""]
)
def test_what_only_a_machine_reads_is_left_out(text: str) -> None:
    assert not is_sentence(text)


# Words that readers of English as a second language had to look up, or took for something else.
NOT_PLAIN = re.compile(
    r"\b(mend|mends|mended|anew|beneath|lent|lends|patience|walled|whoever|whosoever|hitherto|"
    r"stand-in|for good|let go)\b",
    re.IGNORECASE,
)


def test_sentences_use_plain_words() -> None:
    assert [one for one in EVERY if NOT_PLAIN.search(one.text)] == []


def test_comments_and_docstrings_use_plain_words() -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for folder in ("autograder", "cnnlab", "solutions", "web")
        for path in sorted((COURSE.folder / folder).rglob("*.py"))
        if "node_modules" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NOT_PLAIN.search(line)
    ]
    assert found == []


def test_the_command_prints_file_line_and_sentence() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "autograder.author.sentences", "there is no exercise"],
        capture_output=True,
        text=True,
        check=True,
        cwd=COURSE.folder,
    )
    (found,) = [line for line in ran.stdout.splitlines() if line.startswith("autograder/catalogue")]
    path, line, _ = found.split(":", 2)
    written = (COURSE.folder / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert "there is no exercise" in written


def test_the_line_is_where_the_text_is() -> None:
    scripts = [one for one in EVERY if one.path.suffix == ".js" and "{" not in one.text]
    assert len(scripts) > 20
    for one in scripts:
        assert one.text[:20] in _line(one), one


def _line(one: Sentence) -> str:
    return Path(one.path).read_text(encoding="utf-8").splitlines()[one.line - 1]
