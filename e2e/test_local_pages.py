"""The learner's own pages in a browser: `make draw`, and a notebook's stepper after HTML export."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from accessibility import PHONE, SCHEMES, SIZES, Scheme, serious
from conftest import NAME, PATIENCE, ROOT, Visit, environment
from playwright.sync_api import Frame, expect

SOLUTIONS = ROOT / "solutions"
# Elements that nbconvert's own template colours: the prompts, and the code.
NBCONVERTS_OWN = re.compile(r'jp-(Input|Output)Prompt|<span class="\w{1,2}">')


# ------------------------------------------------------------------------------ make draw


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page of `autograder draw`, for a network made by `autograder train`."""
    home = tmp_path_factory.mktemp("learner")
    course = home / "course"
    shutil.copytree(SOLUTIONS, course, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    autograder = [sys.executable, "-m", "autograder"]
    train = [*autograder, "train", str(course), "--model", "tiny", "--out", str(home / "out")]
    subprocess.run(train, cwd=home, env=environment(home), check=True, capture_output=True)
    draw = [*autograder, "draw", str(course), "--network", str(home / "out" / "network.npz")]
    process = subprocess.Popen(
        [*draw, "--port", "0"], cwd=home, env=environment(home), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/", said)
    assert found is not None, said
    yield found[0]
    process.terminate()
    process.wait(PATIENCE)


@SIZES
@SCHEMES
def test_a_digit_drawn_by_mouse_is_read(
    visit: Visit, address: str, size: dict[str, int], scheme: Scheme
) -> None:
    page = visit.page
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    expect(page.locator("#said")).to_have_text("Nothing is drawn yet.")
    assert serious(page) == []
    box = page.locator("#paper").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(middle, box["y"] + box["height"] - 40, steps=8)
    page.mouse.up()
    expect(page.locator("#said")).to_contain_text("Read as 1")
    expect(page.locator("#bars li")).to_have_count(10)
    expect(page.locator("#bars .best")).to_contain_text("1")
    expect(page.locator("#seen figcaption").first).to_have_text("what it sees")
    assert page.locator("#layers h3").count() > 1
    visit.keep_whole(f"draw-{size['width']}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert serious(page) == []


def test_a_digit_drawn_by_keys_is_read(visit: Visit, address: str) -> None:
    page = visit.page
    page.goto(address)
    paper = page.locator("#paper")
    page.keyboard.press("Tab")
    expect(paper).to_be_focused()
    for _ in range(10):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#said")).to_contain_text("Read as 1")
    visit.keep("draw-keys")
    page.keyboard.press("c")
    expect(page.locator("#said")).to_have_text("Nothing is drawn yet.")
    expect(page.locator("#layers h3")).to_have_count(0)


# ------------------------------------------------------------------------------ the stepper


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook of a1 as HTML, run beside an im2col that reads its windows column by column."""
    home = tmp_path_factory.mktemp("notebook")
    course = home / "course"
    shutil.copytree(ROOT / "assignments", course)
    file = course / NAME / "convolution.py"
    text = (SOLUTIONS / NAME / "convolution.py").read_text(encoding="utf-8")
    wrong = "    import numpy\n    cols = right(x, kernel_h, kernel_w, stride, padding)\n"
    wrong += "    cols = cols.reshape(x.shape[1], kernel_h, kernel_w, -1).transpose(0, 2, 1, 3)\n"
    wrong += "    return numpy.ascontiguousarray(cols).reshape(-1, cols.shape[-1])\n"
    text += "\n\nright = im2col\n\n\ndef im2col(x, kernel_h, kernel_w, stride=1, padding=0):\n"
    file.write_text(text + wrong, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", f"{NAME}.ipynb"],
        cwd=course / NAME,
        env={**environment(home), "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    return course / NAME / f"{NAME}.html"


def stepper(visit: Visit, title: str, place: int) -> Frame:
    """The frame of a stepper in the exported notebook."""
    element = visit.page.locator(f'iframe[title^="Step through {title}"]').nth(place)
    element.scroll_into_view_if_needed()
    handle = element.element_handle()
    assert handle is not None
    frame = handle.content_frame()
    assert frame is not None
    return frame


@SIZES
@SCHEMES
def test_a_stepper_survives_html_export(
    visit: Visit, exported: Path, size: dict[str, int], scheme: Scheme
) -> None:
    visit.page.set_viewport_size(size)
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.goto(exported.as_uri())
    frame = stepper(visit, "convolution", 0)
    frame.get_by_role("button", name="Step ▶").click()
    frame.get_by_role("button", name="Step ▶").click()
    # 0*1 + 50*-1 + 0*2 + 80*0 and the bias of a half.
    expect(frame.locator(".text")).to_contain_text("Add up: −50 + bias 0.5 = −49.5.")
    frame.get_by_label("stride").select_option("2")
    expect(frame.locator("output")).to_have_text("1 of 12")
    visit.keep(f"stepper-{size['width']}-{scheme}")
    assert serious(frame) == []
    assert frame.evaluate("document.documentElement.scrollWidth") <= size["width"]
    ours = [one for one in serious(visit.page) if not NBCONVERTS_OWN.search(one)]
    assert ours == []


def test_a_stepper_goes_by_keys_and_marks_the_learners_wrong_numbers(
    visit: Visit, exported: Path
) -> None:
    visit.page.goto(exported.as_uri())
    frame = stepper(visit, "im2col", 1)
    group = frame.locator("#stepper")
    group.focus()
    group.press("End")
    expect(frame.locator(".compared")).to_contain_text("of your numbers here differ")
    assert frame.locator(".wrong").count() > 0
    visit.keep("stepper-wrong")
    group.press("Home")
    expect(frame.locator("output")).to_contain_text("1 of")
    group.press("ArrowRight")
    expect(frame.locator("output")).to_contain_text("2 of")
    group.press("Space")
    expect(frame.get_by_role("button", name="Pause")).to_be_visible()
    expect(frame.locator("output")).to_contain_text("4 of")
    group.press("Space")
    expect(frame.get_by_role("button", name="Play")).to_be_visible()


def test_a_stepper_holds_still_for_who_wants_less_motion(visit: Visit, exported: Path) -> None:
    visit.page.set_viewport_size(PHONE)
    visit.page.emulate_media(reduced_motion="reduce")
    visit.page.goto(exported.as_uri())
    frame = stepper(visit, "convolution", 0)
    moving = "getComputedStyle(document.querySelector('.stepper rect')).transitionDuration"
    assert frame.evaluate(moving) == "0s"
