"""The browser edition beside the editor: steppers, predictions, drills and pages to read."""

import json
from pathlib import Path

from playwright.sync_api import expect
from site_of_tests import ROOT, Learner, solved

from autograder.catalogue import load
from autograder.learner.drills import drills_of, questions_of

COURSE = load()
IM2COL = "a1_convolution/convolution.py"


def test_a_stepper_shows_the_learners_own_numbers(learner: Learner, tmp_path: Path) -> None:
    page = learner.page
    learner.open("index.html")
    folder = solved(tmp_path / "solved")
    learner.bring(folder)
    learner.go("im2col.html")
    cell = page.locator('[data-cell="a1_convolution/im2col-yours"]')
    stepper = cell.frame_locator("iframe").locator("#stepper")
    cell.locator("[data-run]").click()
    stepper.get_by_role("button", name="Step").click()
    stepper.press("End")
    expect(stepper).to_contain_text("Your numbers here are right.")

    file = folder / IM2COL
    wrong = "\n\n_right = im2col\n\n\ndef im2col(*args):\n    return _right(*args) * 2\n"
    file.write_text(file.read_text(encoding="utf-8") + wrong, encoding="utf-8")
    learner.bring(folder)
    learner.go("im2col.html")
    cell.locator("[data-run]").click()
    stepper.press("End")
    expect(stepper).to_contain_text("of your numbers here differ")


def test_a_prediction_is_answered_and_kept(learner: Learner) -> None:
    page = learner.page
    question = questions_of(COURSE.exercise("im2col"))[0]
    learner.open("im2col.html", python=False)
    form = page.locator(f'[data-prediction="{question.id}"]')
    expect(form).to_contain_text(question.question)
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_have_text("Choose one first.")
    wrong = question.answer % len(question.choices)
    form.get_by_role("radio").nth(wrong).check()
    form.get_by_role("button").click()
    told = form.get_by_role("status")
    expect(told).to_contain_text(f"It is {question.choices[question.answer - 1]}")
    expect(told).to_contain_text(question.explanation)
    page.reload()
    expect(told).to_contain_text(question.explanation)
    expect(form.get_by_role("radio").nth(wrong)).to_be_checked()


def test_a_drill_that_was_missed_is_asked_again(learner: Learner) -> None:
    page = learner.page
    learner.open("output_size.html")
    page.get_by_role("link", name="Drills for output_size").click()
    drills = drills_of(COURSE.exercise("output_size"))
    asked = []
    for turn in range(4):
        page.locator("#answer:visible").wait_for()
        call, names = page.locator("#call").inner_text(), page.locator("#choices label")
        one = next(
            drill
            for drill in drills
            if drill.call == call
            and [f"{n}. {text}" for n, text in enumerate(drill.choices, 1)]
            == [name.strip() for name in names.all_inner_texts()]
        )
        asked.append(one.id)
        if turn == 0:
            page.locator("#answer").click()
            expect(page.locator("#said")).to_have_text("Choose one first.")
        choice = one.answer % len(one.choices) if turn == 0 else one.answer - 1
        page.locator("#choices input").nth(choice).check()
        page.locator("#answer").click()
        expect(page.locator("#said")).to_contain_text(one.explanation)
        expect(page.locator("#said")).to_contain_text("Right." if turn else "asked again")
        page.locator("#next").click()
    assert asked[0] == asked[3]
    assert len(set(asked)) == 3
    # The folder that is handed in contains nothing about drills.
    assert asked[0] not in json.dumps(learner.folder())


def test_the_pages_to_read_are_there(learner: Learner) -> None:
    learner.open("index.html", python=False)
    sources = [*sorted((ROOT / "docs" / "self-study").glob("*.md")), ROOT / "docs/what-next.md"]
    for source in sources:
        learner.go(f"{source.stem}.html")
        title = source.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        expect(learner.page.get_by_role("heading", level=1)).to_have_text(title)
    learner.go("a1_convolution.html")
    answer = learner.page.locator("details").first
    expect(answer.locator("p").first).to_be_hidden()
    answer.locator("summary").click()
    expect(answer.locator("p").first).to_be_visible()


def test_a_mistake_of_ones_own_is_asked_as_a_drill(learner: Learner) -> None:
    learner.open("output_size.html")
    stub = learner.page.evaluate(
        "async () => (await (await fetch('course.json')).json())"
        ".stubs['a1_convolution/convolution.py']"
    )
    wrong = "return (input_size - kernel_size) // stride + 1"
    learner.write(stub.replace('raise NotImplementedError("output_size")', wrong))
    (verdict,) = learner.check()["exercises"]
    learner.page.get_by_role("link", name="Drills for output_size").click()
    learner.page.locator("#answer:visible").wait_for()
    drills = drills_of(COURSE.exercise("output_size"))
    (own,) = (drill for drill in drills if drill.id == verdict["pitfall"])
    assert own != drills[0]
    assert learner.page.locator("#call").inner_text() == own.call


def test_what_passing_makes_possible_is_said(learner: Learner, tmp_path: Path) -> None:
    learner.open("index.html")
    learner.bring(solved(tmp_path / "solved"))
    learner.go("conv2d_forward_naive.html")
    learner.check()
    said = COURSE.exercise("conv2d_forward_naive").when_passed
    assert said
    expect(learner.page.locator("#next")).to_contain_text(said)
