/**
 * Common to all pages: opens storage, starts Python and the service worker, and follows links by
 * replacing only <main>, so that Python stays loaded.
 */
import { markWider } from "./overflow.js";
import { Python } from "./python.js";
import { isolated, offerNew, offerOffline } from "./offline.js";
import { showState } from "./status.js";
import { Storage } from "./storage.js";
import { courseView } from "./views/course.js";
import { drillsView } from "./views/drills.js";
import { exerciseView } from "./views/exercise.js";
import { folderView } from "./views/folder.js";
import { networkView } from "./views/network.js";
import { skillsView } from "./views/skills.js";

/**
 * @typedef {{name: string, file: string, module: string, points: number, needs: string[],
 *   hints: string[], whenPassed: string, drills: boolean}} Exercise
 * @typedef {{name: string, title: string, extra: boolean, exercises: Exercise[]}} Assignment
 * @typedef {{title: string, assignments: Assignment[], stubs: Record<string, string>,
 *   cells: Record<string, {before: string, code: string, figure: boolean}>,
 *   notebooks: string[]}} Course
 * @typedef {{course: Course, storage: Storage, python: Python, signal: AbortSignal}} Site
 */

/** @type {Record<string, (main: HTMLElement, site: Site) => Promise<void>>} */
const VIEWS = {
  course: courseView,
  exercise: exerciseView,
  skills: skillsView,
  drills: drillsView,
  network: networkView,
  folder: folderView,
};

async function begin() {
  const missing = ["indexedDB", "WebAssembly", "BroadcastChannel", "Worker"].filter(
    (name) => !(name in window),
  );
  if (missing.length) throw new Error(`this browser lacks ${missing.join(", ")}; take a newer one`);
  if (await isolated()) return; // the page is being loaded again
  const answer = await fetch(new URL("course.json", document.baseURI));
  if (!answer.ok) throw new Error(`course.json cannot be loaded (${answer.status})`);
  /** @type {Course} */
  const course = await answer.json();
  const storage = await Storage.open(course.stubs);
  storage.addEventListener("outdated", offerNew);
  const first = course.assignments[0].name;
  const stubs = Object.entries(course.stubs).filter(([path]) => path.startsWith(`${first}/`));
  const python = new Python(Object.fromEntries(stubs));
  python.addEventListener("state", (event) =>
    showState(python, /** @type {CustomEvent} */ (event).detail),
  );
  let leaving = new AbortController();
  const pageOf = (/** @type {URL | Location} */ place) => place.pathname + place.search;
  let shownPage = pageOf(location);

  async function show() {
    leaving.abort();
    leaving = new AbortController();
    const main = /** @type {HTMLElement} */ (document.getElementById("main"));
    markCurrent();
    const view = VIEWS[main.dataset.view ?? ""];
    markWider(main, leaving.signal);
    if (view) await view(main, { course, storage, python, signal: leaving.signal });
  }

  /** @param {URL} url @param {boolean} push */
  async function go(url, push) {
    // A page of a new version needs the scripts of that version: load the whole page.
    if ("outdated" in document.documentElement.dataset) return location.assign(url);
    const page = await fetch(url);
    if (!page.ok) return location.assign(url);
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    const main = fresh.getElementById("main");
    if (!main) return location.assign(url);
    document.getElementById("main")?.replaceWith(main);
    document.title = fresh.title;
    if (push) history.pushState(null, "", url);
    shownPage = pageOf(url);
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
    await show();
  }

  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || event.button || event.defaultPrevented) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target) return;
    const url = new URL(link.href);
    const here = new URL(".", location.href);
    if (!url.href.startsWith(here.href) || url.hash || !url.pathname.endsWith(".html")) return;
    event.preventDefault();
    go(url, true).catch(() => location.assign(url));
  });
  addEventListener("popstate", () => {
    // A link to a place on the same page also comes here; the browser goes there by itself.
    if (pageOf(location) !== shownPage) go(new URL(location.href), false).catch(() => {});
  });

  await show();
  document.documentElement.dataset.ready = "page";
  await python.start();
  document.documentElement.dataset.ready = "python";
  offerOffline();
}

function markCurrent() {
  const page = location.pathname.split("/").pop() || "index.html";
  for (const link of document.querySelectorAll(".top nav a")) {
    if (link.getAttribute("href") === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

begin().catch((error) => {
  const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
  notice.className = "notice";
  notice.textContent = `This page cannot work here: ${error.message}.`;
});
