"""An instructor grades three submissions in Formgrader, one of them hostile."""

from pathlib import Path

import nbformat
import pytest
from conftest import ALARM, NAME, NOTEBOOK, TOKEN, Serve, Visit, make_course, points_of
from playwright.sync_api import FrameLocator, Locator, expect

from autograder.instructor.sample_class import hand_in as write_code
from autograder.instructor.sample_class import sample_class

ESSAY = "why_padding"
STUDENTS = ("carl_classic", "ina_firststep", "mallory")
RUN = f"console.log(`{ALARM}: %s`)"
TRICKS = (
    f"<script>{RUN % 'script'}</script>",
    f'<img src="x" onerror="{RUN % "img"}">',
    f'<svg onload="{RUN % "svg"}"></svg>',
    f'<iframe srcdoc="<script>parent.{RUN % "iframe"}</script>"></iframe>',
)
COMMENT = "Padding keeps the rim: **well seen**."


def essay(text: str) -> nbformat.NotebookNode:
    """A cell with an essay question of the instructor, marked by hand."""
    settings = {
        "cell_type": "markdown",
        "grade": True,
        "grade_id": ESSAY,
        "locked": False,
        "points": 4,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    return nbformat.v4.new_markdown_cell(text, id="essay", metadata={"nbgrader": settings})


def add_essay(course: Path) -> None:
    path = course / "source" / NAME / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(essay("When would you pad a picture, and what does it cost?"))
    nbformat.write(notebook, path)


def hand_in(course: Path, student: str) -> Path:
    """Hand in a sample student's code with the released notebook and an answer to the essay."""
    sample = "ina_firststep" if student == "mallory" else student
    write_code(sample_class()[sample], course / "submitted" / student, [NAME])
    folder = course / "submitted" / student / NAME
    notebook = nbformat.read(course / "assignments" / NAME / NOTEBOOK, as_version=4)
    answer = next(cell for cell in notebook.cells if cell.id == "essay")
    answer.source = "Where the rim matters. It costs memory: for $p=1$, $2(H+W)+4$ zeros."
    nbformat.write(notebook, folder / NOTEBOOK)
    return folder


def poison(folder: Path) -> None:
    """Put every trick in every place from which a student's text reaches the instructor's page."""
    path = folder / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    everything = "\n\n".join(TRICKS)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = everything
        else:
            output = {"text/html": everything, "text/plain": "15.0"}
            cell.outputs = [nbformat.v4.new_output("display_data", output)]
    notebook.cells.append(nbformat.v4.new_markdown_cell(everything))
    nbformat.write(notebook, path)
    code = folder / "convolution.py"
    text = code.read_text()
    name, body = "def conv2d_forward(", "raise NotImplementedError"
    assert name in text
    head, _, tail = text.partition(name)
    assert body in tail, "the sample's last exercise is no longer unwritten"
    shout = "".join(TRICKS)
    poisoned = tail.replace(body, f"print({shout!r}); raise ValueError({shout!r}) #", 1)
    code.write_text(head + name + poisoned)
    (folder / "<img src=x onerror=alert(1)>.py").symlink_to("convolution.py")


def close_modal(form: FrameLocator) -> str:
    """Read what Formgrader reports, and press OK."""
    modal = form.locator(".modal.in")
    modal.wait_for()
    said = modal.inner_text()
    modal.locator(".modal-footer button").first.click()
    modal.wait_for(state="detached")
    return said


def cell_of(form: FrameLocator, exercise: str) -> Locator:
    return form.locator(f".cell:has(input.score#{exercise})")


def save(visit: Visit, box: Locator, value: str) -> None:
    """Type into a box of Formgrader and leave it, which saves it; wait until it is saved."""
    box.fill(value)
    with visit.page.expect_response(lambda answer: answer.request.method == "PUT") as answer:
        box.blur()
    assert answer.value.ok


def mark_by_hand(visit: Visit, form: FrameLocator) -> None:
    written = cell_of(form, ESSAY)
    save(visit, written.locator("input.score"), "3")
    save(visit, written.locator("textarea.comment"), COMMENT)
    save(visit, cell_of(form, "im2col").locator("input.extra-credit"), "0.5")
    written.scroll_into_view_if_needed()
    visit.keep("formgrader-4-marked-by-hand")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    course = make_course(tmp_path / "course")
    add_essay(course)
    return course


@pytest.fixture
def form(visit: Visit, serve: Serve, course: Path) -> FrameLocator:
    """Formgrader, opened from JupyterLab's menu."""
    visit.page.goto(f"{serve(course)}/lab?token={TOKEN}")
    visit.page.get_by_role("menuitem", name="Nbgrader").click()
    visit.page.locator(".lm-Menu-item:visible", has_text="Formgrader").click()
    return visit.page.frame_locator("iframe")


def test_the_tricks_would_be_heard(visit: Visit) -> None:
    """Each trick raises an alarm here; so no alarm in Formgrader means that none ran there."""
    for trick in TRICKS:
        visit.alarms.clear()
        visit.page.set_content(f"<p>{trick}</p>")
        visit.page.wait_for_timeout(300)
        assert visit.alarms, trick


def test_generate_autograde_mark_by_hand_and_give_feedback(
    visit: Visit, form: FrameLocator, course: Path
) -> None:
    generate(visit, form)
    stubs = course / "assignments" / NAME / "convolution.py"
    assert "NotImplementedError" in stubs.read_text()
    for student in STUDENTS:
        hand_in(course, student)
    poison(course / "submitted" / "mallory" / NAME)
    autograde(visit, form)
    read_submissions(visit, form)
    give_feedback(visit, form)
    pages = {name: course / "feedback" / name / NAME / f"{NAME}.html" for name in STUDENTS}
    for student, path in pages.items():
        visit.page.goto(path.as_uri())
        expect(visit.page.get_by_text("im2col: not right yet")).to_be_visible()
        visit.page.locator("caption").first.wait_for()
        visit.keep_whole(f"feedback-{student}")
    visit.page.goto(pages["ina_firststep"].as_uri())
    # The points of the checks, 3 for the essay, 0.5 of extra credit.
    total = f"{round(points_of('ina_firststep') + 3 + 0.5, 2):g} of 49 points."
    expect(visit.page.get_by_text(total)).to_be_visible()
    expect(visit.page.locator("strong", has_text="well seen")).to_be_visible()
    visit.page.goto(pages["mallory"].as_uri())
    raised = visit.page.locator("h2#conv2d_forward + .cell")
    expect(raised).to_contain_text("it raised ValueError")
    expect(raised).to_contain_text("<script>console.log")
    assert visit.alarms == []


def generate(visit: Visit, form: FrameLocator) -> None:
    row = form.locator("tr", has_text=NAME)
    row.locator(".assign a").click()
    assert "Successfully created the student version" in close_modal(form)
    expect(row.locator(".preview a")).to_be_visible()
    visit.keep("formgrader-1-assignments")


def autograde(visit: Visit, form: FrameLocator) -> None:
    form.locator("a", has_text="Manage Assignments").click()
    form.locator("tr", has_text=NAME).locator(".num-submissions a", has_text="3").click()
    for student in STUDENTS:
        row = form.locator("tr", has_text=student)
        row.locator(".autograde a").click()
        assert f"Successfully autograded '{NAME}' for student '{student}'" in close_modal(form)
        expect(row.locator(".status")).to_have_text("needs manual grading")
    visit.keep("formgrader-2-submissions")


def read_submissions(visit: Visit, form: FrameLocator) -> None:
    """Go through all submissions, which Formgrader shows without names and in random order."""
    form.locator("a", has_text="Manual Grading").click()
    form.locator("td a", has_text=NAME).click()
    form.locator(".breadcrumb .active", has_text=NAME).wait_for()
    form.locator("td a", has_text=NAME).click()
    form.locator("td a", has_text="Submission #").first.click()
    seen = set()
    for number in range(1, len(STUDENTS) + 1):
        form.get_by_text(f"Submission {number} / {len(STUDENTS)}").wait_for()
        im2col = cell_of(form, "im2col")
        expect(im2col).to_contain_text("im2col: not right yet")
        expect(im2col.locator("caption").first).to_contain_text("expected")
        student = (form.locator("a.name-shown").text_content() or "").strip()
        seen.add(student)
        im2col.locator("caption").first.scroll_into_view_if_needed()
        visit.keep(f"formgrader-3-{student}")
        if student == "ina_firststep":
            mark_by_hand(visit, form)
        if student == "mallory":
            raised = cell_of(form, "conv2d_forward")
            expect(raised).to_contain_text("it raised ValueError")
            expect(raised).to_contain_text("<script>console.log")
            cell_of(form, ESSAY).scroll_into_view_if_needed()
            visit.keep("formgrader-4-hostile")
        form.locator("li.next a").click()
    assert seen == set(STUDENTS)


def give_feedback(visit: Visit, form: FrameLocator) -> None:
    form.locator("a", has_text="Manage Assignments").click()
    form.locator("tr", has_text=NAME).locator(".generate-feedback a").click()
    assert "Successfully generated feedback" in close_modal(form)
