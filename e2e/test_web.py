"""The browser edition, as a learner meets it: in Chromium, from an empty profile."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from accessibility import PHONE, SCHEMES, SIZES, Scheme, serious
from conftest import FLAGS, PATIENCE, SCREENSHOTS
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect
from site_of_tests import Learner, served, solved, zip_of

from autograder.catalogue import load
from web.build import NODE_MODULES, WEB

WRONG = "(input_size + padding - kernel_size) // stride + 1"
RIGHT = "(input_size + 2 * padding - kernel_size) // stride + 1"
FILE = "a1_convolution/convolution.py"
STUB_LINE = 'raise NotImplementedError("output_size")'
TRAINING = 6 * PATIENCE * 1000
"""Milliseconds that training may take, where many others use the machine."""


def with_body(stub: str, body: str) -> str:
    return stub.replace(STUB_LINE, body)


def screenshot(page: Page, name: str) -> None:
    page.screenshot(path=SCREENSHOTS / f"web-{name}.png", full_page=True)


# ------------------------------------------------------------------------------ a learner


def test_from_the_first_page_to_the_first_exercise(learner: Learner, stub: str) -> None:
    page = learner.page
    learner.open("index.html")
    screenshot(page, "course")
    page.get_by_role("link", name="Start with output_size").click()
    page.locator('main[data-exercise="output_size"] .cm-content').wait_for()
    assert learner.check()["exercises"][0]["status"] == "todo"

    learner.write(with_body(stub, f"return {WRONG}"))
    (found,) = learner.check()["exercises"]
    assert found["status"] == "failed"
    assert found["pitfall"] == "output_size.padding_counted_once"
    expect(page.locator("#verdict")).to_contain_text("It counts the padding at one end only.")
    screenshot(page, "mistake")

    for number in (1, 2):
        page.locator("#hint").click()
        expect(page.locator("#hints li")).to_have_count(number)
    expect(page.locator("#hints li").first).to_contain_text(load().exercise("output_size").hints[0])

    learner.write(with_body(stub, f"return {RIGHT}"))
    expect(page.locator("#verdict")).to_have_class(re.compile("old"))
    (found,) = learner.check()["exercises"]
    assert found["status"] == "passed"
    assert found["score"] == found["points"]
    screenshot(page, "passed")
    page.get_by_role("link", name="Next: conv2d_forward_naive").click()
    page.locator('main[data-exercise="conv2d_forward_naive"] .cm-content').wait_for()
    # Both exercises are in one file, which still contains the code written before.
    assert RIGHT in learner.folder()[FILE]
    learner.go("skills.html")
    expect(page.locator('li[data-proofs="output_size"]')).to_contain_text("proved by the checks")


CARET_IS_SEEN = """() => {
  const around = document.querySelector(".cm-scroller").getBoundingClientRect();
  const line = document.querySelector(".cm-activeLine").getBoundingClientRect();
  return line.top >= Math.max(0, around.top) && line.bottom <= Math.min(innerHeight, around.bottom);
}"""


def test_a_figure_that_goes_on_says_so_and_nothing_moves(learner: Learner) -> None:
    page = learner.page
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("im2col", "output_size"):
        learner.open(f"{name}.html", python=False)
        page.locator(f'main[data-exercise="{name}"] .cm-content').wait_for()
        page.wait_for_timeout(1000)
        tops = page.evaluate(
            """async () => {
              const tops = new Set();
              for (let frame = 0; frame < 20; frame++) {
                await new Promise(requestAnimationFrame);
                tops.add(document.querySelector("#check").getBoundingClientRect().top);
              }
              return tops.size;
            }"""
        )
        assert tops == 1, f"{name} moves by itself"
    learner.open("im2col.html", python=False)
    expect(page.locator(".picture[data-wider]").first).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(page.locator(".picture[data-wider]")).to_have_count(0)


def test_another_exercise_of_the_file_leaves_a_verdict_as_it_is(
    learner: Learner, stub: str
) -> None:
    page = learner.page
    learner.open("output_size.html")
    learner.write(with_body(stub, f"return {WRONG}"))
    learner.check()
    text = learner.folder()[FILE]
    learner.open("output_size.html")
    learner.write(text.replace('NotImplementedError("im2col")', 'NotImplementedError("later")'))
    page.wait_for_timeout(500)
    expect(page.locator("#verdict")).not_to_have_class(re.compile("old"))
    learner.write(text.replace(WRONG, f"{WRONG} + 0"))
    expect(page.locator("#verdict")).to_have_class(re.compile("old"))


@pytest.mark.parametrize("width", [390, 900, 1280])
def test_a_page_opens_at_its_top_and_cuts_no_formula_off(learner: Learner, width: int) -> None:
    page = learner.page
    page.set_viewport_size({"width": width, "height": 844})
    learner.open("conv2d_backward.html")
    page.locator('main[data-exercise="conv2d_backward"] .cm-content').wait_for()
    page.wait_for_timeout(1000)
    assert page.evaluate("scrollY") == 0
    # The editor opens at the exercise, not at the top of the file; it renders only visible lines.
    page.locator("#editor").scroll_into_view_if_needed()
    expect(page.locator(".cm-content")).to_contain_text("def conv2d_backward")
    assert page.locator(".cm-scroller").evaluate("e => e.scrollTop") > 0
    for block in page.locator(".story .text pre").all():
        assert block.evaluate("e => e.scrollWidth <= e.clientWidth"), block.inner_text()


def test_with_the_keyboard_alone(learner: Learner, stub: str) -> None:
    page = learner.page
    learner.open("output_size.html")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('cm-content')"):
            break
    expect(page.locator(".cm-content")).to_be_focused()
    page.wait_for_function(CARET_IS_SEEN)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(with_body(stub, f"return {RIGHT}"))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#verdict")).to_contain_text("output_size: passed")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("#check")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Next: conv2d_forward_naive":
            break
    page.keyboard.press("Enter")
    page.locator('main[data-exercise="conv2d_forward_naive"]').wait_for()
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_link_to_the_editor_goes_there(learner: Learner, width: int) -> None:
    page = learner.page
    page.set_viewport_size({"width": width, "height": 844})
    learner.open("im2col.html", python=False)
    page.locator('main[data-exercise="im2col"] .cm-content').wait_for()
    link = page.locator(".to-editor a")
    link.focus()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#write")).to_be_in_viewport()
    page.wait_for_timeout(500)  # after that time the page was once shown again from its top
    expect(page.locator("#write")).to_be_in_viewport()


def test_enter_ends_the_line_while_one_types(learner: Learner) -> None:
    """A suggestion never takes the key; Ctrl+Space asks for suggestions."""
    page = learner.page
    learner.open("output_size.html", python=False)
    stub = page.locator(".cm-line", has_text='raise NotImplementedError("output_size")')
    stub.click(click_count=3)
    page.keyboard.type("    k = kernel", delay=100)
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    page.keyboard.type("h = stri", delay=100)
    page.keyboard.press("Control+Space")
    page.locator(".cm-tooltip-autocomplete").wait_for()
    lines = page.locator(".cm-line").all_inner_texts()
    first = lines.index("    k = kernel")
    assert lines[first + 1] == "    h = stri"


def test_a_new_line_begins_where_the_line_above_it_does(learner: Learner) -> None:
    """Also where a whole line was typed over, with its indentation."""
    page = learner.page
    learner.open("output_size.html", python=False)
    stub = page.locator(".cm-line", has_text='raise NotImplementedError("output_size")')
    stub.click(click_count=3)
    for line in ("    a = max(2,", "3)", "if a > 2:", "a = 5", "b = 6"):
        page.keyboard.type(line)
        if line.endswith(","):
            page.keyboard.press("Delete")  # the closing bracket that the editor inserted
        page.keyboard.press("Enter")
    lines = page.locator(".cm-line").all_inner_texts()
    first = lines.index("    a = max(2,")
    assert lines[first + 2 : first + 5] == ["    if a > 2:", "        a = 5", "        b = 6"]


# ------------------------------------------------------------------------------ what hangs


def test_an_endless_loop_is_interrupted_and_its_line_named(learner: Learner, stub: str) -> None:
    learner.open("output_size.html")
    assert learner.page.evaluate("crossOriginIsolated")
    endless = with_body(stub, "while True: pass")
    line = endless[: endless.index("while True")].count("\n") + 1
    learner.write(endless)
    (found,) = learner.check()["exercises"]
    assert found["status"] == "error"
    assert "10 seconds" in found["message"]
    expect(learner.page.locator("#verdict")).to_contain_text(f"{FILE}:{line}")
    # The same Python continues, and the text is unchanged.
    learner.write(with_body(stub, f"return {RIGHT}"))
    assert learner.check()["exercises"][0]["status"] == "passed"


def test_an_endless_loop_is_ended_where_nothing_can_interrupt_it(
    browser: Browser, address: str, stub: str
) -> None:
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(PATIENCE * 1000)
    learner = Learner.arrive(context, address)
    learner.open("output_size.html")
    assert not learner.page.evaluate("crossOriginIsolated")
    learner.write(with_body(stub, "while True:\n        pass"))
    learner.page.locator("#check").click()
    said = learner.page.locator("#verdict .said", has_text="did not come back")
    said.wait_for()
    expect(said).to_contain_text("output_size: a call did not come back within 10 seconds")
    assert "while True" in learner.folder()[FILE]
    learner.go("output_size.html")
    learner.write(with_body(stub, f"return {RIGHT}"))
    assert learner.check()["exercises"][0]["status"] == "passed"
    assert not learner.problems
    context.close()


# ------------------------------------------------------------------------------ running code


def test_prints_input_and_files(learner: Learner, stub: str) -> None:
    page = learner.page
    learner.open("output_size.html")
    learner.write(with_body(stub, f'print("seen", stride)\n    return {RIGHT}'))
    page.locator(".try summary").click()
    output = page.locator("#try-output")

    def try_it(code: str) -> None:
        page.locator("#try-code").fill(code)
        page.locator("#try-run").click()

    try_it("output_size(7, 3, 2)")
    expect(output).to_have_text("seen 2\n3\n")
    try_it("input('how many? ')")
    expect(output).to_contain_text("input() cannot ask anything here")
    try_it("open('data.csv')")
    expect(output).to_contain_text("there is no file 'data.csv'")
    expect(output).to_contain_text("cannot reach this computer's files")
    try_it("output_size(")
    expect(output).to_contain_text("line 1:")
    try_it("while True: pass")
    # The message of Python, or of the page if a busy computer delays Python's interrupt.
    expect(output).to_contain_text(re.compile("it did not finish|did not come back within 10"))
    learner.write(with_body(stub, f"return {WRONG} + print('wrong') * 0"))
    assert "TypeError" in json.dumps(learner.check())


@pytest.mark.parametrize(
    "code",
    [
        "from pyodide.http import open_url; open_url('https://example.org/')",
        "import js; js.WebSocket.new('wss://example.org/')",
        "import js; js.EventSource.new('https://example.org/')",
    ],
)
def test_code_that_asks_another_server_is_refused(learner: Learner, code: str) -> None:
    """The fixture verifies afterwards that no request went to another server."""
    learner.open("output_size.html")
    learner.page.locator(".try summary").click()
    learner.page.locator("#try-code").fill(code)
    learner.page.locator("#try-run").click()
    expect(learner.page.locator("#try-output")).to_contain_text("this site sends no requests")


def test_a_cell_of_the_story_runs_with_the_learners_code(learner: Learner, tmp_path: Path) -> None:
    page = learner.page
    learner.open("conv2d_forward_naive.html")
    cell = page.locator('[data-cell="a1_convolution/hand-trace"]')
    cell.locator("[data-run]").click()
    expect(cell.locator(".output")).to_contain_text("Not yet: write conv2d_forward_naive first")
    learner.bring(solved(tmp_path / "solved"))
    learner.go("conv2d_forward_naive.html")
    cell.locator("[data-run]").click()
    expect(cell.locator(".output")).to_contain_text("-192")


def test_a_trained_network_reads_a_drawn_digit(learner: Learner, tmp_path: Path) -> None:
    page = learner.page
    learner.open("index.html")
    learner.bring(solved(tmp_path / "solved"))
    learner.go("network.html")
    page.locator("#train").click()
    page.locator("#curve polyline").wait_for()
    expect(page.locator("#training")).to_contain_text("Done: it reads 9", timeout=TRAINING)
    expect(page.locator("#filters canvas")).to_have_count(8)
    page.locator("#canvas").scroll_into_view_if_needed()
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(middle, box["y"] + box["height"] - 40, steps=8)
    page.mouse.up()
    expect(page.locator("#answer")).to_contain_text("Your network reads 1")
    screenshot(page, "network")
    page.locator('[value="tiny"]').check()
    page.locator("#train").click()
    expect(page.locator("#training")).to_contain_text("Training")
    expect(page.locator("#training")).to_contain_text("Done: it reads", timeout=TRAINING)


# ------------------------------------------------------------------------------ nothing is lost


def test_a_reload_keeps_text_verdict_and_hints(learner: Learner, stub: str) -> None:
    learner.open("output_size.html")
    learner.page.locator("#hint").click()
    learner.write(with_body(stub, f"return {RIGHT}"))
    learner.check()
    learner.page.keyboard.press("Control+End")
    learner.page.locator(".cm-content").press_sequentially("# and more")
    learner.page.reload()
    learner.page.locator('html[data-ready="page"], html[data-ready="python"]').wait_for()
    expect(learner.page.locator("#hints li")).to_have_count(1)
    expect(learner.page.locator("#verdict")).to_contain_text("output_size: passed")
    text = learner.folder()[FILE]
    assert RIGHT in text
    assert "# and more" in text


def test_the_stub_comes_back_for_this_exercise_alone(learner: Learner, stub: str) -> None:
    learner.open("output_size.html", python=False)
    with_both = with_body(stub, f"return {RIGHT}").replace(
        'raise NotImplementedError("im2col")', "return 1234567"
    )
    learner.write(with_both)
    said: list[str] = []

    def accept(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.accept()

    learner.page.once("dialog", accept)
    learner.page.locator("#reset").click()
    expect(learner.page.locator(".cm-content")).not_to_contain_text(RIGHT)
    assert said[0].startswith("output_size: put its stub back?")
    text = learner.folder()[FILE]
    assert RIGHT not in text
    assert 'raise NotImplementedError("output_size")' in text
    assert "return 1234567" in text, "another exercise of the file stays"


def test_training_too_early_says_what_lacks(learner: Learner) -> None:
    learner.open("network.html")
    learner.page.locator("#train").click()
    said = learner.page.locator("#training")
    expect(said).to_contain_text("is not written yet", timeout=TRAINING)
    expect(said).to_contain_text("run Check on the exercises' pages")


def test_two_tabs_do_not_overwrite_each_other(
    learner: Learner, context: BrowserContext, stub: str
) -> None:
    learner.open("output_size.html")
    other = Learner.arrive(context, learner.address)
    other.open("conv2d_forward_naive.html", python=False)
    # With the cursor on line 1, the editor always renders that line.
    learner.write(with_body(f"# from the first tab\n{stub}", f"return {RIGHT}"))
    other.page.locator(".cm-content").click()
    other.page.keyboard.press("Control+Home")
    expect(other.page.locator(".cm-content")).to_contain_text("# from the first tab")
    other.page.keyboard.insert_text("# from the other tab\n")
    learner.page.locator(".cm-content").click()
    learner.page.keyboard.press("Control+Home")
    expect(learner.page.locator(".cm-content")).to_contain_text("# from the other tab")
    text = learner.folder()[FILE]
    assert RIGHT in text
    assert text.startswith("# from the other tab\n# from the first tab\n")


def test_without_a_network_after_the_first_visit(
    learner: Learner, context: BrowserContext, stub: str
) -> None:
    learner.open("output_size.html")
    learner.page.locator('html[data-offline="ready"]').wait_for()
    context.set_offline(True)
    learner.open("output_size.html")
    learner.write(with_body(stub, f"return {RIGHT}"))
    assert learner.check()["exercises"][0]["status"] == "passed"
    learner.go("mnist.html")  # a page that was never opened before


def test_the_folder_that_is_taken_away_is_graded_at_full_marks(
    learner: Learner, tmp_path: Path
) -> None:
    learner.open("index.html", python=False)
    learner.bring(solved(tmp_path / "solved"))
    submission = tmp_path / "submitted" / "ada"
    for name, text in learner.folder().items():
        path = submission / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert (submission / "a1_convolution" / "a1_convolution.ipynb").is_file()
    command = [sys.executable, "-m", "autograder", "grade", str(submission)]
    done = subprocess.run(
        [*command, "--assignment", "a1", "--json"], capture_output=True, text=True, check=True
    )
    graded = json.loads(done.stdout)
    assert graded["score"] == graded["points"] == 45
    assert not graded["left_out"]


def test_what_is_brought_back_is_checked_first_and_never_replaces_silently(
    learner: Learner, tmp_path: Path, stub: str
) -> None:
    page = learner.page
    learner.open("output_size.html", python=False)
    learner.write(with_body(stub, f"return {WRONG}"))
    learner.go("folder.html")
    rubbish = {"name": "a.zip", "mimeType": "application/zip", "buffer": b"no zip"}
    page.locator("#zip").set_input_files(rubbish)  # type: ignore[arg-type]
    expect(page.locator("#brought")).to_contain_text("this file is not a zip that can be read")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "other.py").write_text("x = 1\n")
    other = {"buffer": zip_of(tmp_path / "empty"), "name": "a.zip", "mimeType": "application/zip"}
    page.locator("#zip").set_input_files(other)  # type: ignore[arg-type]
    expect(page.locator("#brought")).to_contain_text("holds none of the course's files")
    assert WRONG in learner.folder()[FILE]
    learner.bring(solved(tmp_path / "solved"))
    expect(page.locator("#copies")).to_contain_text(f"Save {FILE}")
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Save {FILE}").click()
    assert WRONG in Path(download.value.path()).read_text()


# ------------------------------------------------------------------------------ for everybody


@SCHEMES
@SIZES
def test_nothing_serious_in_accessibility(
    browser: Browser, address: str, scheme: Scheme, size: Any
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport=size, bypass_csp=True, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE * 1000)
    learner = Learner.arrive(context, address)
    learner.open("index.html")
    found = []
    place = "phone" if size is PHONE else "desktop"
    for name in ("index", "output_size", "skills", "drills", "network", "folder", "what-next"):
        learner.go(f"{name}.html")
        if name == "output_size":
            learner.check()
            learner.page.locator("#hint").click()
        if name == "drills":
            learner.page.locator("#drill").wait_for()
        screenshot(learner.page, f"{name}-{place}-{scheme}")
        width = learner.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{name} is {width} pixels wide on a {place}"
        found += [f"{name}: {one}" for one in serious(learner.page)]
    assert not found, "\n".join(found)
    context.close()


def test_a_changed_file_is_not_run(browser: Browser, site: Path, tmp_path: Path) -> None:
    """Each file is verified against its hash; a file that was altered is refused."""
    import shutil

    altered = tmp_path / "web"
    shutil.copytree(site, altered)
    kit = altered / "python" / "kit.zip"
    kit.write_bytes(kit.read_bytes() + b"\0")
    with served(altered) as address:
        context = browser.new_context(service_workers="block")
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.goto(f"{address}output_size.html")
        expect(page.locator("#python")).to_contain_text("Python cannot be started")
        context.close()


def test_the_numpy_wheel_is_the_one_that_pyodide_names() -> None:
    lock = json.loads((NODE_MODULES / "pyodide" / "pyodide-lock.json").read_text())
    entry = lock["packages"]["numpy"]
    wheel = WEB / "vendor" / entry["file_name"]
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == entry["sha256"]


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text())
    assert len(lock["packages"]) > 20
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert "registry=" not in (WEB / ".npmrc").read_text()


def test_the_flags_keep_chromium_quiet() -> None:
    """Otherwise a test would count Chromium's own requests as requests of the site."""
    assert "--disable-background-networking" in FLAGS


def test_the_hashes_are_those_of_the_files(site: Path) -> None:
    manifest = json.loads((site / "manifest.json").read_text())["files"]
    files = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    assert files - set(manifest) == {"manifest.json", "service_worker.js"}
    for name, integrity in manifest.items():
        digest = hashlib.sha256((site / name).read_bytes()).digest()
        assert integrity == f"sha256-{base64.b64encode(digest).decode()}"
