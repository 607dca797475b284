/** Runs the checks: sends the files to Python and stores the verdict. */
import { Ended } from "./python.js";

/** @typedef {import("./app.js").Site} Site */

/**
 * Check exercises with the files as they are stored now.
 * @param {Site} site @param {string[]} names
 * @returns {Promise<{verdict: any, line: string} | {sentence: string}>} the verdict and its JSON
 *   line, or a sentence that says why there is none.
 */
export async function checkExercises(site, names) {
  const files = await site.storage.all();
  let answer;
  try {
    answer = await site.python.ask({ kind: "check", files, exercises: names });
  } catch (error) {
    return { sentence: whyNot(error, names) };
  }
  if (answer.stopped) return { sentence: "Stopped. Nothing was checked." };
  if (answer.error) return { sentence: answer.error };
  const file = Object.fromEntries(
    site.course.assignments.flatMap((a) => a.exercises.map((e) => [e.name, e.file])),
  );
  await site.storage.setProgress(
    answer.verdict.exercises.map((/** @type {any} */ one) => ({
      exercise: one.exercise,
      status: one.status,
      score: one.score,
      html: answer.verdict.html[one.exercise],
      text: files[file[one.exercise]],
    })),
  );
  await askFirst(site, answer.verdict);
  return answer;
}

/**
 * Have the known mistakes of the learner's own code asked as drills, before others.
 * @param {Site} site @param {{exercises: {pitfall: string | null}[]}} verdict
 */
async function askFirst({ storage, python }, verdict) {
  const mistakes = verdict.exercises.flatMap(({ pitfall }) => pitfall ?? []);
  if (!mistakes.length) return;
  const missed = await storage.answers("drills");
  await storage.setAnswers("drills", await python.ask({ kind: "askFirst", missed, mistakes }));
}

/** @param {unknown} error @param {string[]} names */
function whyNot(error, names) {
  if (error instanceof Ended && error.hung) {
    const which = names.length === 1 ? names[0] : `one of ${names.join(", ")}`;
    return (
      `${which}: ${error.message}. There is probably a loop that never ends. ` +
      "What you wrote is kept, and Python starts again."
    );
  }
  if (error instanceof Ended) return "Stopped. What you wrote is kept, and Python starts again.";
  const said = error instanceof Error ? error.message : String(error);
  return `The check could not be run: ${said}`;
}
