"""A new version of the site: it is offered, and never loses work."""

import base64
import hashlib
import json
import shutil
from pathlib import Path

from playwright.sync_api import BrowserContext, expect
from site_of_tests import Learner, served

FILE = "a1_convolution/convolution.py"
TYPED = "# typed before the site changed\n"


def change(site: Path, name: str, old: str, new: str) -> None:
    """Replace a text in a file of a built site and update its hash, as a new build would."""
    file = site / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    integrity = "sha256-" + base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()
    worker = site / "service_worker.js"
    first, rest = worker.read_text(encoding="utf-8").split("\n", 1)
    facts = json.loads(first.removeprefix("self.SITE=").removesuffix(";"))
    facts["files"][name] = integrity
    facts["version"] = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    worker.write_text(f"self.SITE={json.dumps(facts)};\n{rest}", encoding="utf-8")


def test_a_new_version_is_offered_and_loses_nothing(
    site: Path, context: BrowserContext, tmp_path: Path
) -> None:
    mine = Path(shutil.copytree(site, tmp_path / "site"))
    with served(mine) as address:
        learner = Learner.arrive(context, address)
        page = learner.page
        learner.open("output_size.html")
        page.locator('html[data-offline="ready"]').wait_for()
        page.locator("#hint").click()
        learner.check()
        change(mine, "index.html", "Start with", "Begin with")
        page.locator(".cm-content").click()
        page.keyboard.press("Control+Home")
        page.keyboard.insert_text(TYPED)
        # By itself, the browser may look for a new service worker only at the next visit.
        page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
        notice = page.locator("#notice")
        expect(notice).to_contain_text("There is a new version of this site")
        page.keyboard.insert_text(TYPED)
        notice.get_by_role("button", name="Load it").click()
        page.locator('html[data-ready="python"]').wait_for()
        expect(notice).to_be_empty()
        expect(page.locator("#hints li")).to_have_count(1)
        expect(page.locator("#verdict")).to_contain_text("output_size: still to be written")
        assert learner.folder()[FILE].startswith(TYPED + TYPED)
        page.goto(address)
        expect(page.locator("#continue")).to_be_visible()
        assert "Begin with" in page.content() or "Go on with" in page.content()
        learner.open("output_size.html")
        assert learner.check()["exercises"][0]["status"] == "todo"
        assert not learner.problems


# Creates the database in the form that the site's first version used.
FIRST_FORM = """([name, path, text]) => new Promise((resolve, reject) => {
  const asked = indexedDB.open(name, 1);
  asked.onupgradeneeded = () => {
    const database = asked.result;
    database.createObjectStore("files", { keyPath: "path" });
    database.createObjectStore("progress", { keyPath: "exercise" });
    database.createObjectStore("hints", { keyPath: "exercise" });
    database.createObjectStore("copies", { keyPath: "id", autoIncrement: true });
    asked.transaction.objectStore("files").put({ path, text, revision: 7 });
    asked.transaction.objectStore("hints").put({ exercise: "output_size", shown: 2 });
  };
  asked.onsuccess = () => { asked.result.close(); resolve(); };
  asked.onerror = () => reject(asked.error);
})"""


def test_what_an_older_version_kept_is_still_there(
    context: BrowserContext, address: str, stub: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}icon.svg")  # the same origin, without the site's scripts
    page.evaluate(FIRST_FORM, ["cnn-from-scratch /", FILE, TYPED + stub])
    page.close()
    learner = Learner.arrive(context, address)
    learner.open("output_size.html", python=False)
    expect(learner.page.locator("#hints li")).to_have_count(2)
    assert learner.folder()[FILE] == TYPED + stub


def test_an_open_tab_gives_way_to_a_newer_form_of_what_is_kept(
    context: BrowserContext, address: str
) -> None:
    learner = Learner.arrive(context, address)
    learner.open("output_size.html")
    newer = context.new_page()
    newer.goto(f"{address}icon.svg")
    newer.evaluate(
        """() => new Promise((resolve, reject) => {
          const asked = indexedDB.open("cnn-from-scratch /", 1000);
          asked.onsuccess = resolve;
          asked.onerror = asked.onblocked = reject;
        })"""
    )
    expect(learner.page.locator("#notice")).to_contain_text("There is a new version of this site")
    learner.page.locator(".cm-content").click()
    learner.page.keyboard.press("Control+Home")
    learner.page.keyboard.insert_text(TYPED)
    expect(learner.page.locator("#verdict")).to_contain_text("what you typed is kept")
    kept = learner.page.evaluate("Object.values(localStorage).join()")
    assert TYPED.strip() in kept
