"""The class report: its counts are right, and it is safe, readable and complete."""

import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.catalogue import load
from autograder.grading.sandbox import UNSANDBOXED
from autograder.instructor import report
from autograder.instructor.elapsed import released_at
from autograder.instructor.report import ClassView, Mistake, look_at, write_report
from autograder.instructor.report_figures import accuracy_figure, exercises_figure, marks_figure
from autograder.instructor.sample_class import sample_class, written_code
from autograder.judging.verdict import CheckResult, ExerciseVerdict, Verdict
from autograder.text import UserError
from autograder.worker.host import Failure

COURSE = load()
A2 = COURSE.assignment("a2_backprop")
A4 = COURSE.assignment("a4_training")
NUMERICAL, COL2IM, BACKWARD = (e.name for e in A2.exercises)
HOSTILE = "<img src=x onerror=alert(1)>\u202e\x1b[31m"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module", autouse=True)
def programs_on_path() -> Iterator[None]:
    """Put alembic on PATH: nbgrader runs it without a path to make a gradebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        yield


def one(name: str, status: str, **more: Any) -> ExerciseVerdict:
    exercise = COURSE.exercise(name)
    passed = status == "passed"
    checks = more.pop(
        "checks",
        [
            CheckResult("public", "A public check.", False, True),
            CheckResult("hidden", "A hidden check.", True, passed),
        ],
    )
    score = exercise.points if passed else 0.0
    return ExerciseVerdict(
        name, exercise.assignment, exercise.points, score, status, checks=checks, **more
    )


def timed_out() -> CheckResult:
    failure = Failure("timeout", "TimeoutError", "5 seconds", [], "")
    return CheckResult("public", "A public check.", False, False, failure=failure)


# The verdict on each student of the class.
CLASS: dict[str, Verdict] = {
    "ada": Verdict("", "bubblewrap", [one(n, "passed") for n in (NUMERICAL, COL2IM, BACKWARD)]),
    "bob": Verdict(
        "",
        "bubblewrap",
        [
            one(NUMERICAL, "passed"),
            one(
                COL2IM,
                "failed",
                pitfall="col2im.last_window_wins",
                message="The sentence. Judged with the reference's output_size.",
            ),
            one(BACKWARD, "blocked", waits_for=[COL2IM]),
        ],
    ),
    "cleo": Verdict(
        "",
        "NOT ISOLATED",
        [one(NUMERICAL, "todo"), one(COL2IM, "todo"), one(BACKWARD, "todo")],
        [f"{HOSTILE} was left out: a link"],
    ),
    HOSTILE.replace("/", ""): Verdict(
        "",
        "bubblewrap",
        [
            one(NUMERICAL, "error", message=f"It ran {HOSTILE}.", checks=[timed_out()]),
            one(COL2IM, "error", message=f"It ran {HOSTILE}.", checks=[timed_out()]),
            one(BACKWARD, "passed"),
        ],
    ),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which all but Zoe handed in A2; Bob is late, and waits for a mark by hand."""
    top = tmp_path_factory.mktemp("course")
    for student in CLASS:
        (top / "submitted" / student / A2.name).mkdir(parents=True)
        (top / "submitted" / student / A2.name / A2.files[0]).write_text("x = 1\n")
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}", "") as gradebook:
        gradebook.add_assignment(A2.name, duedate=datetime(2026, 3, 2, 10))
        gradebook.add_notebook(A2.name, A2.name)
        for e in A2.exercises:
            gradebook.add_grade_cell(e.name, A2.name, A2.name, max_score=e.points, cell_type="code")
        for student in ("ada", "bob", "cleo", "zoe"):
            gradebook.add_student(student)
        for student, hour in (("ada", 9), ("bob", 13), ("cleo", 9)):
            submission = gradebook.add_submission(
                A2.name, student, timestamp=datetime(2026, 3, 2, hour)
            )
            for book in submission.notebooks:
                for grade in book.grades:
                    verdict = CLASS[student].of(grade.cell.name)
                    # Cleo's mark in the gradebook is from an earlier grading.
                    grade.auto_score = 1.0 if student == "cleo" else verdict.score
                    grade.needs_manual_grade = student == "bob"
        gradebook.db.commit()
    return top


def judged(folder: Path, *, assignment: str, **_: Any) -> Verdict:
    assert assignment == A2.name
    return CLASS[folder.name]


@pytest.fixture(scope="module")
def _judged() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "grade_folder", judged)
        patch.setattr(report, "find_isolation", lambda **_: UNSANDBOXED)
        yield


@pytest.fixture
def top(course: Path, tmp_path: Path, _judged: None) -> Path:
    """A copy of the course, to be changed."""
    shutil.copytree(course, tmp_path, dirs_exist_ok=True)
    return tmp_path


def view_of(top: Path) -> ClassView:
    return look_at(top, A2, top / "submitted")


def reasons(view: ClassView, student: str) -> str:
    return "\n".join(next(row.look for row in view.rows if row.student == student))


def test_every_exercise_counts_every_submission_once(top: Path) -> None:
    counts = view_of(top).counts
    assert counts[NUMERICAL] == Counter(passed=2, todo=1, error=1)
    assert counts[COL2IM] == Counter(passed=1, failed=1, todo=1, error=1)
    assert counts[BACKWARD] == Counter(passed=2, blocked=1, todo=1)


def test_who_wrote_nothing_has_not_handed_in(top: Path) -> None:
    folder = top / "submitted" / "zoe" / A2.name
    folder.mkdir(parents=True)
    (folder / f"{A2.name}.ipynb").write_text("{}")
    view = view_of(top)
    assert "zoe" in view.missing
    assert "zoe" not in [row.student for row in view.rows]
    (folder / "answers.docx").write_text("work?")
    (row,) = (row for row in view_of(top).rows if row.student == "zoe")
    assert "Nothing is written in the expected files, so there is no mark." in row.look


def test_mistakes_have_their_name_and_the_banks_sentence(top: Path) -> None:
    (mistake,) = view_of(top).mistakes_by_count
    assert (mistake.exercise, mistake.name) == (COL2IM, "last window wins")
    assert mistake.students == ["bob"]
    assert "add up" in mistake.sentence
    assert "Judged with" not in mistake.sentence, "what is said of one learner is not the class's"


def test_failures_without_a_name_are_counted(top: Path) -> None:
    view = view_of(top)
    assert view.unnamed == {}, "bob's only failure has a name"
    view.mistakes.clear()
    assert view.unnamed == {COL2IM: ["bob"]}


def test_rare_mistakes_stand_in_a_table(top: Path, tmp_path: Path) -> None:
    """Of many mistakes that occur once each, a dozen are explained; the others are listed."""
    view = view_of(top)
    for k in range(30):
        view.mistakes[f"{COL2IM}.{k}"] = Mistake(COL2IM, f"way {k}", f"Sentence {k}.", ["bob"])
    page = report._page(view, {"marks": b"", "exercises": b""})
    assert page.count("<h3>") - page.count("<h3 id") >= report.MOST_TOLD
    assert "The rarer ones" in page
    assert "way 29" in page
    assert "Sentence 29." not in page


def test_one_of_many_is_not_nobody() -> None:
    assert report._percent(1, 400) == "under 1%"
    assert report._percent(1, 100) == "1%"
    assert report._percent(0, 400) == "0%"


def test_stuck_is_the_first_exercise_that_is_not_right_and_does_not_wait(top: Path) -> None:
    stuck = view_of(top).stuck
    assert stuck[COL2IM] == ["bob"]
    assert "cleo" in stuck[NUMERICAL]
    assert BACKWARD not in stuck
    assert not any("ada" in students for students in stuck.values())


def test_checks_are_counted_over_those_who_tried(top: Path) -> None:
    view = view_of(top)
    (backward,) = [c for c in view.passed_by_everybody if c.exercise == BACKWARD]
    assert (backward.tried, backward.passed) == (2, 2), "who waits or has not begun did not try"
    assert view.passed_by_nobody == []
    hardest = view.failed_checks[0]
    assert (hardest.tried, hardest.passed) == (2, 1)


def test_a_hidden_check_that_nobody_passes_is_named(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hard = [CheckResult("hard", "Nobody does this.", True, False)]
    monkeypatch.setitem(
        CLASS, "ada", Verdict("", "bubblewrap", [one(COL2IM, "failed", checks=hard)])
    )
    nobody = {(check.exercise, check.sentence) for check in view_of(top).passed_by_nobody}
    assert nobody == {(COL2IM, "Nobody does this."), (COL2IM, "A hidden check.")}


def test_a_check_of_several_cases_counts_once(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [CheckResult("cases", "Many.", True, passed) for passed in (True, False, True)]
    monkeypatch.setitem(
        CLASS, "ada", Verdict("", "bubblewrap", [one(COL2IM, "failed", checks=cases)])
    )
    count = view_of(top).checks[COL2IM, "cases"]
    assert (count.tried, count.passed) == (1, 0)


def test_a_mark_by_hand_is_to_be_given_or_to_be_looked_at_again(top: Path) -> None:
    """nbgrader sets the same flag for both, but only one of them is a missing mark."""
    assert "It waits for a mark given by hand" in reasons(view_of(top), "bob")
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}", "") as gradebook:
        for book in gradebook.find_submission(A2.name, "bob").notebooks:
            for grade in book.grades:
                grade.manual_score = 1.0
        gradebook.db.commit()
    view = view_of(top)
    assert "A mark given by hand stands, and it was graded again" in reasons(view, "bob")
    assert "It waits for" not in reasons(view, "bob")
    assert view.by_hand == []


def test_what_needs_a_persons_eye_is_listed_with_its_reason(top: Path) -> None:
    view = view_of(top)
    assert reasons(view, "ada") == ""
    assert "by hand" in reasons(view, "bob")
    cleo = reasons(view, "cleo")
    assert "NOT ISOLATED" in cleo
    assert "was left out" in cleo
    assert "run `make grade` again" in cleo, "the gradebook says otherwise than the checks"
    hostile = reasons(view, next(name for name in CLASS if "img" in name))
    assert hostile.count("ran out of time") == 1, "one sentence for one reason"
    assert f"{NUMERICAL}, {COL2IM}" in hostile
    assert "no mark" in hostile
    assert view.missing == ["zoe"]


def test_one_submission_that_breaks_the_judge_does_not_cost_the_report(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(folder: Path, **_: Any) -> Verdict:
        if folder.name == "bob":
            raise RuntimeError("the judge tripped")
        return CLASS[folder.name]

    monkeypatch.setattr(report, "grade_folder", broken)
    view = view_of(top)
    assert view.judged == len(CLASS) - 1
    assert "the judge tripped" in reasons(view, "bob")
    assert write_report(top, top / "report")


def test_accuracy_is_the_hidden_checks(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = [
        CheckResult(
            *("public", "Public.", False, True), measured={"accuracy": 0.5, "threshold": 0.4}
        ),
        CheckResult(
            *("hidden", "Hidden.", True, True), measured={"accuracy": 0.95, "threshold": 0.91}
        ),
        CheckResult("other", "Hidden too.", True, True),
    ]
    (top / "submitted" / "ada" / A4.name).mkdir()
    (top / "submitted" / "ada" / A4.name / A4.files[0]).write_text("x = 1\n")
    trained = Verdict("", "bubblewrap", [one("mnist", "passed", checks=checks)])
    monkeypatch.setattr(report, "grade_folder", lambda *_, **__: trained)
    view = look_at(top, A4, top / "submitted")
    assert [row.accuracy for row in view.accuracies] == [0.95]
    page = write_report(top, top / "report", [A4.name])[1].read_text()
    assert "95.0%" in page
    assert "91% are asked for" in page


class _Page(HTMLParser):
    """Parses a page as a browser would; keeps its tags and text, and tests that tags are nested."""

    VOID = ("meta", "img", "br", "link", "input")

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closes out of turn"

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def parse(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def written(course: Path, tmp_path_factory: pytest.TempPathFactory, _judged: None) -> list[Path]:
    return write_report(course, tmp_path_factory.mktemp("report"))


def test_it_writes_an_index_a_page_and_the_figures(written: list[Path]) -> None:
    assert [path.name for path in written] == [
        "index.html",
        f"{A2.name}.html",
        f"{A2.name}-marks.png",
        f"{A2.name}-exercises.png",
    ]
    assert all(path.read_bytes().startswith(PNG) for path in written[2:])
    assert f"{A2.name}.html" in [a["href"] for a in parse(written[0]).all("a")]


def test_pages_need_nothing_from_elsewhere(written: list[Path]) -> None:
    for path in written[:2]:
        page = parse(path)
        assert not page.all("script")
        assert not page.all("link")
        for image in page.all("img"):
            assert str(image["src"]).startswith("data:image/png;base64,")
        for link in page.all("a"):
            assert re.fullmatch(r"#[a-z-]+|[\w]+\.html", str(link["href"]))
        assert "default-src 'none'" in str([m.get("content") for m in page.all("meta")])
        assert "url(" not in path.read_text()


def test_learners_strings_are_escaped_and_cleaned(written: list[Path]) -> None:
    for path in written[:2]:
        text = path.read_text(encoding="utf-8")
        assert "<img src=x" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in written[1].read_text(), "it is shown, as a text"


def test_pages_can_be_heard_and_walked_by_keyboard(written: list[Path]) -> None:
    for path in written[:2]:
        page = parse(path)
        assert page.all("html")[0]["lang"] == "en"
        assert len(page.all("h1")) == len(page.all("main")) == 1
        assert page.all("a")[0] == {"class": "skip", "href": "#main"}
        ids = {a["id"] for _, a in page.tags if "id" in a}
        for link in page.all("a"):
            href = str(link["href"])
            assert not href.startswith("#") or href[1:] in ids
        for _, attributes in page.tags:
            assert attributes.get("aria-labelledby") in (None, *ids)
        assert len(page.all("caption")) == len(page.all("table")) > 0
        assert all(th.get("scope") in ("row", "col") for th in page.all("th"))
        assert all(str(image.get("alt")).endswith(".") for image in page.all("img"))
        # An element that scrolls sideways must be reachable without a mouse.
        for box in page.all("div"):
            assert box.get("class") != "scroll" or box.get("tabindex") == "0"
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert all(b <= a + 1 for a, b in pairwise(levels))


def test_a_status_is_a_word_and_a_sign_and_not_only_a_colour(written: list[Path]) -> None:
    text = parse(written[1]).text
    for words in ("passed", "not right yet", "still to be written", "could not be run"):
        assert words in text


def test_page_says_what_the_class_shows(written: list[Path]) -> None:
    text = " ".join(parse(written[1]).text.split())
    assert "25% · col2im: last window wins" in text
    assert "1 of 4 (25%): bob" in text
    assert "3 hours" in text
    assert "nothing handed in: zoe" in text
    assert "Similar submissions" not in text, "only on request"


def test_no_number_stands_without_its_meaning_in_one_sentence(written: list[Path]) -> None:
    """Each fact, and each column of numbers, has a sentence on its page that explains it."""
    for path in written[:2]:
        page = path.read_text(encoding="utf-8")
        (main,) = re.findall(r"<main.*</main>", page, re.DOTALL)
        columns = re.findall(r'<th scope="col" class="n">(.*?)</th>', main)
        facts = re.findall(r'<dt>([^<]*)</dt><dd>[^<]*</dd><dd class="means">([^<]*)</dd>', main)
        assert len(facts) == len(
            re.findall(r"<div><dt>", re.sub(r'(?s)<dl class="means">.*?</dl>', "", main))
        )
        told = re.findall(r'<dl class="means">(.*?)</dl>', main, re.DOTALL)
        sentences = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", "".join(told)))
        assert columns
        assert set(columns) <= set(sentences)
        for sentence in (*sentences.values(), *dict(facts).values()):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert sentence.count(". ") == 0


@pytest.mark.soak
def test_the_time_from_the_release_is_told_where_it_is_known(top: Path, tmp_path: Path) -> None:
    page = write_report(top, tmp_path / "unknown")[1]
    assert "Released on" not in page.read_text()
    assert "After release" not in page.read_text()
    policy = top / "policy.toml"
    policy.write_text("[released]\na2 = 2026-03-01T10:00:00+01:00\n")
    text = " ".join(parse(write_report(top, tmp_path / "known")[1]).text.split())
    # Handed in at 9, 9 and 13 o'clock on the next day; the fourth has no known time.
    assert "Released on 2026-03-01 09:00:00 UTC." in text
    assert "within 24 hours of it, the first after 24 hours, the last after 28 hours" in text
    assert "(3 of 4 (75%) have a known time)" in text
    assert "After release" in text
    policy.write_text("[released]\na2 = 2026-03-02T10:00:00Z\n")
    text = " ".join(parse(write_report(top, tmp_path / "wrong")[1]).text.split())
    assert "2 came in before the release and are left out here" in text
    policy.write_text("[released]\na2 = 3\n")
    with pytest.raises(UserError, match="no time like"):
        write_report(top, tmp_path / "bad")


def test_the_exchange_knows_when_an_assignment_was_released(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert released_at(top, A2.name) is None
    (top / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'cnn'\nc.Exchange.root = {str(top)!r}\n"
    )
    assert released_at(top, A2.name) is None
    copy = top / "cnn" / "outbound" / A2.name
    copy.mkdir(parents=True)
    os.utime(copy, (0, 0))  # nbgrader's copies keep the times of the originals
    found = released_at(top, A2.name)
    assert found is not None
    now = datetime.now(UTC).replace(tzinfo=None)
    assert abs((now - found).total_seconds()) < 60


def test_nothing_to_report_is_said_in_a_sentence(top: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no assignment 'a9'"):
        write_report(top, top / "report", ["a9"])
    (empty := tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="nothing to report on"):
        write_report(empty, empty / "report")
    (top / "gradebook.db").unlink()
    with pytest.raises(UserError, match="make grade"):
        write_report(top, top / "report")
    assert not (top / "gradebook.db").exists()


def test_figures_take_what_a_class_can_bring() -> None:
    many = {f"exercise_{k}": {"passed": k, "error": 1} for k in range(12)}
    for figure in (
        marks_figure([0.0, 0.5, 1.0, 1.2]),
        marks_figure([]),
        exercises_figure(many),
        exercises_figure({"one": {}}),
        accuracy_figure([0.098, 0.97], 0.91),
        accuracy_figure([1.0], None),
    ):
        assert figure.startswith(PNG)
    assert marks_figure([0.5]) == marks_figure([0.5]), "the same marks, the same file"


# --- similar submissions ---


def hand_in(top: Path, student: str, text: str) -> None:
    folder = top / "submitted" / student / A2.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "backprop.py").write_text(text)


def test_similar_finds_a_renamed_copy_and_leaves_the_stubs_out(
    tmp_path: Path,
) -> None:
    from autograder.instructor.similar import similar_pairs

    root = Path(__file__).resolve().parent.parent
    stub = (root / "assignments" / A2.name / "backprop.py").read_text()
    (tmp_path / "assignments" / A2.name).mkdir(parents=True)
    (tmp_path / "assignments" / A2.name / "backprop.py").write_text(stub)
    for student in ("ada_loops", "grace_einsum", "carl_classic"):
        written = written_code(sample_class()[student], A2.name, "backprop.py")
        hand_in(tmp_path, student, written)
    copied = written_code(sample_class()["ada_loops"], A2.name, "backprop.py")
    hand_in(tmp_path, "copycat", "# all my own\n" + re.sub(r"\bcols\b", "columns", copied))
    hand_in(tmp_path, "idle_1", stub)
    hand_in(tmp_path, "idle_2", stub)
    hand_in(tmp_path, "empty", "")
    (pair,) = similar_pairs(tmp_path, A2.name)
    assert {pair.first, pair.second} == {"ada_loops", "copycat"}
    assert pair.share > 0.9


def test_similar_stands_in_the_report_as_no_proof(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "similar_pairs", lambda *_: [report.Pair("ada", HOSTILE, 0.93)])
    path = write_report(top, top / "report", similar=True)[1]
    text = parse(path).text
    assert "Similar submissions (not a proof)" in text
    assert "93%" in text
    assert "<img src=x" not in path.read_text()


def test_without_the_detector_it_says_what_to_install(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setitem(sys.modules, "copydetect", None)
    with pytest.raises(UserError, match="pip install"):
        write_report(top, top / "report", similar=True)
