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
  await askAgain(site, JSON.parse(answer.line));
  return answer;
}

/**
 * Known mistakes of the learner's own code are asked as drills, before others; the id of a mistake
 * is the id of its drill.
 * @param {Site} site @param {{exercises: {pitfall: string | null}[]}} verdict
 */
async function askAgain({ storage }, verdict) {
  const given = await storage.answers("drills");
  const made = verdict.exercises.flatMap(({ pitfall }) =>
    pitfall && !given[pitfall] ? [pitfall] : [],
  );
  if (!made.length) return;
  const rest = Object.entries(given).filter(([drill]) => !made.includes(drill));
  const missed = made.map((drill) => [drill, 1]);
  await storage.setAnswers("drills", Object.fromEntries([...missed, ...rest]));
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
