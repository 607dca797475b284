/** Words and signs for states, the same on every page. */

/** @typedef {import("./python.js").Python} Python */

/** The same signs as in a verdict. @type {Record<string, [string, string]>} */
export const STATES = {
  passed: ["✓", "passed"],
  failed: ["✗", "not right yet"],
  todo: ["○", "still to be written"],
  blocked: ["…", "cannot be checked yet"],
  error: ["!", "could not be run"],
};

/** @param {Python} python @param {string} detail */
export function showState(python, detail) {
  const place = document.getElementById("python");
  if (!place) return;
  const words = {
    "not started": "Python: not started",
    loading: `Python: ${detail || "loading"} …`,
    ready: "Python: ready",
    working: "Python: at work …",
    failed: `Python cannot be started: ${detail}`,
  };
  const text = words[/** @type {keyof typeof words} */ (python.state)];
  // A screen reader that announces every short check would interrupt more important messages.
  place.setAttribute("aria-live", python.state === "working" ? "off" : "polite");
  if (place.textContent !== text) place.textContent = text;
  place.dataset.state = python.state;
}

/**
 * Mark every exercise named on the page with its state.
 * @param {ParentNode} root @param {Map<string, import("./storage.js").Progress>} progress
 */
export function markExercises(root, progress) {
  for (const place of root.querySelectorAll("[data-status-of]")) {
    const element = /** @type {HTMLElement} */ (place);
    const status = progress.get(element.dataset.statusOf ?? "")?.status ?? "todo";
    const [sign, words] = STATES[status] ?? STATES.todo;
    element.textContent = "words" in element.dataset ? `${sign} ${words}` : sign;
    element.dataset.status = status;
    if (!("words" in element.dataset)) {
      const hidden = document.createElement("span");
      hidden.className = "visually-hidden";
      hidden.textContent = words;
      element.append(hidden);
    }
  }
}

/**
 * The first exercise in course order that has not passed; extra credit is last in the course.
 * @param {import("./app.js").Course} course
 * @param {Map<string, import("./storage.js").Progress>} progress
 */
export function nextExercise(course, progress) {
  const all = course.assignments.flatMap((assignment) => assignment.exercises);
  return all.find((exercise) => progress.get(exercise.name)?.status !== "passed");
}

/**
 * @param {import("./app.js").Course} course
 * @param {Map<string, import("./storage.js").Progress>} progress
 */
export function progressLine(course, progress) {
  const all = course.assignments.flatMap((assignment) => assignment.exercises);
  const passed = all.filter((exercise) => progress.get(exercise.name)?.status === "passed");
  const score = all.reduce((sum, exercise) => sum + (progress.get(exercise.name)?.score ?? 0), 0);
  const points = all.reduce((sum, exercise) => sum + exercise.points, 0);
  return `${passed.length} of ${all.length} exercises pass, ${Number(score.toFixed(2))} of ${points} points. Grading has more checks than these.`;
}
