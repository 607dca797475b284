"""The browser edition, as a learner meets it: in Chromium, from an empty profile."""

import base64
import hashlib
import importlib
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from conftest import FLAGS, PATIENCE, SCREENSHOTS
from playwright.sync_api import Browser, BrowserContext, Page, expect
from site_of_tests import ROOT, Learner, make_check, served, solved, zip_of

from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import load
from web.build import NODE_MODULES, WEB, build

COURSE = load()
WRONG = "(input_size + padding - kernel_size) // stride + 1"
RIGHT = "(input_size + 2 * padding - kernel_size) // stride + 1"
FILE = "a1_convolution/convolution.py"
STUB_LINE = 'raise NotImplementedError("output_size")'
TRAINING = 6 * PATIENCE * 1000
"""Milliseconds that training may take, where many others use the machine."""
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("site") / "web")


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    yield context
    context.close()


@pytest.fixture
def learner(context: BrowserContext, address: str) -> Iterator[Learner]:
    learner = Learner.arrive(context, address)
    yield learner
    assert not learner.problems
    elsewhere = {url for url in learner.requests if not url.startswith((address, "blob:", "data:"))}
    assert not elsewhere


@pytest.fixture(scope="module")
def stub(site: Path) -> str:
    return json.loads((site / "course.json").read_text())["stubs"][FILE]


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
    # Of the file that is shared, what was written before is still there.
    assert RIGHT in learner.folder()[FILE]
    learner.go("skills.html")
    expect(page.locator('li[data-proofs="output_size"]')).to_contain_text("proved by the checks")


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
    # The same Python goes on, and the text is as it was.
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
    expect(output).to_contain_text("it did not finish within 10 seconds")
    learner.write(with_body(stub, f"return {WRONG} + print('wrong') * 0"))
    assert "TypeError" in json.dumps(learner.check())


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


def test_two_tabs_do_not_overwrite_each_other(
    learner: Learner, context: BrowserContext, stub: str
) -> None:
    learner.open("output_size.html")
    other = Learner.arrive(context, learner.address)
    other.open("conv2d_forward_naive.html", python=False)
    # Line 1 is always on the screen when the cursor is there.
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
    expect(page.locator("#brought")).to_contain_text("this file is no zip that can be read")
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


# ------------------------------------------------------------------------------ the same verdicts


def folders_with_mistakes() -> list[tuple[str, dict[str, Any]]]:
    """Every known mistake, in a folder where all else is right: its id, files and exercise."""
    right = {
        exercise.path: (ROOT / "solutions" / exercise.path).read_text(encoding="utf-8")
        for exercise in COURSE.exercises
    }
    return [
        (
            mistake.id,
            {
                "files": {
                    **right,
                    exercise.path: right[exercise.path] + as_text(mistake.code, exercise.name),
                },
                "exercise": exercise.name,
            },
        )
        for exercise in COURSE.exercises
        for mistake in wrong_implementations(exercise)
    ]


# `make check` in one process for all folders: it starts slower than it checks.
MANY_CHECKS = """
import json, sys
from pathlib import Path
from web import in_browser, kit
in_browser.FOLDER = Path(sys.argv[1])
for one in json.load(sys.stdin):
    in_browser.write(json.dumps(one["files"]))
    print("VERDICT", kit.check(in_browser.FOLDER, [one["exercise"]])["json"])
"""


def test_every_known_mistake_gets_the_verdict_of_make_check(site: Path, tmp_path: Path) -> None:
    """In Node, with the site's own Python and files; in Chromium, a few more below."""
    asked = folders_with_mistakes()
    given = json.dumps([one for _, one in asked])
    browsers = verdicts(["node", str(ROOT / "e2e" / "check_many.mjs"), str(site)], given)
    kits = verdicts([sys.executable, "-c", MANY_CHECKS, str(tmp_path)], given)
    assert len(browsers) == len(kits) == len(asked) > 60
    pairs = zip(asked, browsers, kits, strict=True)
    differ = [first_difference(id, *two) for (id, _), *two in pairs if two[0] != two[1]]
    assert not differ, "\n".join(differ)


def first_difference(id: str, ours: Any, theirs: Any) -> str:
    """Where two verdicts on a mistake part, in one line."""
    here, there = json.dumps(ours), json.dumps(theirs)
    ends = zip(here, there, strict=False)
    place = next((k for k, (a, b) in enumerate(ends) if a != b), min(len(here), len(there)))
    near = slice(max(place - 60, 0), place + 100)
    return f"{id}: {here[near]!r} in the browser, {there[near]!r} by make check"


def verdicts(command: list[str], given: str) -> list[dict[str, Any]]:
    """The verdicts that a program writes, without the path of the folder."""
    done = subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = [
        json.loads(line.removeprefix("VERDICT "))
        for line in done.stdout.splitlines()
        if line.startswith("VERDICT ")
    ]
    for one in found:
        del one["path"]
    return found


def test_verdicts_in_chromium_are_those_of_make_check(learner: Learner, tmp_path: Path) -> None:
    learner.open("index.html")
    for id, asked in folders_with_mistakes()[::40]:
        folder = tmp_path / id
        for name, text in asked["files"].items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        learner.bring(folder)
        learner.go(f"{asked['exercise']}.html")
        here, there = learner.check(), make_check(folder, asked["exercise"])
        del here["path"], there["path"]
        assert here == there


# What a wrong implementation derives from is, in a learner's file, the right one above it.
FROM_ABOVE = """
class _Above:
    def __getattr__(self, name):
        return globals()[name]


def load_reference():
    return _Above()
"""


def as_text(code: Any, name: str) -> str:
    """A wrong implementation with everything of its module, as a learner could have typed it."""

    def inlined(imported: re.Match[str]) -> str:
        if imported[1] == "autograder.checking":
            assert imported[2] == "load_reference"
            return FROM_ABOVE
        return inspect.getsource(importlib.import_module(imported[1]))

    module = inspect.getsource(inspect.getmodule(code))  # type: ignore[arg-type]
    body = re.sub(r"^from (autograder[\w.]*) import (.*)$", inlined, module, flags=re.MULTILINE)
    body = re.sub(r"^from __future__.*\n", "", body, flags=re.MULTILINE)
    assert "autograder" not in body
    return f"\n\n{dedent(body)}\n\n{name} = {code.__name__}\n"


# ------------------------------------------------------------------------------ for everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_in_accessibility(browser: Browser, address: str, scheme: Any) -> None:
    axe = (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(
        color_scheme=scheme, viewport=PHONE, bypass_csp=True, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE * 1000)
    learner = Learner.arrive(context, address)
    learner.open("index.html")
    found = []
    for name in ("index", "output_size", "skills", "network", "folder"):
        learner.go(f"{name}.html")
        if name == "output_size":
            learner.check()
            learner.page.locator("#hint").click()
        screenshot(learner.page, f"{name}-phone-{scheme}")
        width = learner.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{name} is {width} pixels wide on a phone"
        learner.page.evaluate(f"{axe}; undefined")
        result = learner.page.evaluate("axe.run()")
        found += [
            f"{name}: {violation['id']}: {violation['help']}: {violation['nodes'][0]['html']}"
            for violation in result["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
    assert not found, "\n".join(found)
    context.close()


def test_a_changed_file_is_not_run(browser: Browser, site: Path, tmp_path: Path) -> None:
    """Each file is held to its hash: one that was altered on the way is refused."""
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
    """Or a request of Chromium's own would be taken for one of the site's."""
    assert "--disable-background-networking" in FLAGS


def test_the_hashes_are_those_of_the_files(site: Path) -> None:
    manifest = json.loads((site / "manifest.json").read_text())["files"]
    files = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    assert files - set(manifest) == {"manifest.json", "service_worker.js"}
    for name, integrity in manifest.items():
        digest = hashlib.sha256((site / name).read_bytes()).digest()
        assert integrity == f"sha256-{base64.b64encode(digest).decode()}"
