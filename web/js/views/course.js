/** The first page: the learner's progress, and a link to the next exercise. */
import { checkExercises } from "../checking.js";
import { markExercises, nextExercise, progressLine } from "../status.js";

/** @param {HTMLElement} main @param {import("../app.js").Site} site */
export async function courseView(main, site) {
  const { course, storage, signal } = site;

  async function refresh() {
    const progress = await storage.progress();
    markExercises(main, progress);
    const next = nextExercise(course, progress);
    const link = /** @type {HTMLAnchorElement} */ (main.querySelector("#continue"));
    if (!progress.size) return;
    link.href = next ? `${next.name}.html` : "network.html";
    link.textContent = next ? `Go on with ${next.name}` : "Everything passes: draw a digit";
    const line = /** @type {HTMLElement} */ (main.querySelector("#progress"));
    line.textContent = progressLine(course, progress);
  }

  for (const place of main.querySelectorAll("[data-check-all]")) {
    const button = /** @type {HTMLButtonElement} */ (place);
    button.onclick = async () => {
      const name = button.dataset.checkAll;
      const assignment = course.assignments.find((one) => one.name === name);
      const result = /** @type {HTMLElement} */ (main.querySelector(`[data-result-of="${name}"]`));
      if (!assignment) return;
      result.textContent = "Checking …";
      const answer = await checkExercises(
        site,
        assignment.exercises.map((exercise) => exercise.name),
      );
      result.textContent =
        "sentence" in answer
          ? answer.sentence
          : `${answer.verdict.score} of ${answer.verdict.points} points.`;
    };
  }
  storage.addEventListener("progress", refresh, { signal });
  await refresh();
}
