/** The skill map: what the checks prove so far. */
import { markExercises, progressLine } from "../status.js";

/** @param {HTMLElement} main @param {import("../app.js").Site} site */
export async function skillsView(main, { course, storage, signal }) {
  async function refresh() {
    const progress = await storage.progress();
    markExercises(main, progress);
    const line = /** @type {HTMLElement} */ (main.querySelector("#progress"));
    line.textContent = progressLine(course, progress);
    for (const place of main.querySelectorAll("[data-proofs]")) {
      const element = /** @type {HTMLElement} */ (place);
      const proofs = (element.dataset.proofs ?? "").split(" ");
      const done = proofs.every((name) => progress.get(name)?.status === "passed");
      element.classList.toggle("proven", done);
      /** @type {HTMLElement} */ (element.querySelector(".tick")).textContent = done ? "✓" : "·";
      /** @type {HTMLElement} */ (element.querySelector(".done")).textContent = done
        ? "proved by the checks"
        : "not proved yet";
    }
  }
  storage.addEventListener("progress", refresh, { signal });
  await refresh();
}
