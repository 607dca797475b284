/** The page of an exercise: editor, check, hints, story cells, predictions, and Try it. */
import { withBlockOf, withoutBlocks } from "../blocks.js";
import { checkExercises } from "../checking.js";
import { createEditor } from "../editor.js";
import { fitHeight, runCell, showEvents } from "../output.js";
import { askPredictions } from "../predictions.js";
import { markExercises, nextExercise } from "../status.js";

/** @param {HTMLElement} main @param {import("../app.js").Site} site */
export async function exerciseView(main, site) {
  const { course, storage, python, signal } = site;
  const all = course.assignments.flatMap((assignment) => assignment.exercises);
  const exercise = all.find((one) => one.name === main.dataset.exercise);
  if (!exercise) throw new Error(`there is no exercise ${main.dataset.exercise}`);
  const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (main.querySelector(`#${id}`));

  let file = await storage.read(exercise.file);
  let saving = Promise.resolve();
  const place = $("editor");
  place.replaceChildren();
  const editor = createEditor(place, {
    text: file.text,
    label: `${exercise.file}, the function ${exercise.name}`,
    described: "keys",
    exercise: exercise.name,
    onChange(text) {
      storage.note(file.path, text, file.revision);
      saving = saving.then(() => keep(text)).catch(couldNotKeep);
      markChanged(text);
    },
    onCheck: () => check(),
  });
  signal.addEventListener("abort", () => editor.view.destroy());

  /** @param {string} text */
  async function keep(text) {
    const { file: there, written } = await storage.write(file.path, text, file.revision);
    file = there;
    if (written) return;
    editor.setText(there.text);
    say(
      "Another tab had written to this file. Its text is shown; yours is kept as a copy under Your folder.",
    );
  }

  /** @param {unknown} error */
  function couldNotKeep(error) {
    if (storage.outdated) {
      say(
        "A newer version of this site is open in another tab. Load this page again to go on; what you typed is kept.",
      );
      return;
    }
    const why = error instanceof Error ? error.message : String(error);
    say(`What you type cannot be kept in this browser (${why}). Copy it somewhere else.`);
  }

  storage.addEventListener(
    "file",
    (event) => {
      const { path, text, revision } = /** @type {CustomEvent} */ (event).detail;
      if (path !== file.path || revision <= file.revision) return;
      file = { path, text, revision };
      editor.setText(text);
    },
    { signal },
  );
  // A tab in the background may have missed the messages of other tabs.
  document.addEventListener(
    "visibilitychange",
    async () => {
      if (document.hidden) return;
      await saving;
      const there = await storage.read(file.path);
      if (there.revision <= file.revision) return;
      file = there;
      editor.setText(there.text);
    },
    { signal },
  );

  // --- the check ---
  const verdict = $("verdict");
  const checkButton = /** @type {HTMLButtonElement} */ ($("check"));
  const stop = $("stop");
  let checking = false;

  async function check() {
    if (checking) return;
    checking = true;
    checkButton.setAttribute("aria-disabled", "true");
    stop.hidden = false;
    say(python.state === "ready" ? "Checking …" : "Checking, as soon as Python is ready …");
    try {
      await saving;
      const answer = await checkExercises(site, [exercise?.name ?? ""]);
      if ("sentence" in answer) say(answer.sentence);
      else {
        verdict.dataset.line = answer.line;
        await showProgress();
        verdict.scrollIntoView({ block: "nearest" });
        if (verdict.offsetHeight < innerHeight / 2) $("next").scrollIntoView({ block: "nearest" });
      }
    } finally {
      checking = false;
      checkButton.removeAttribute("aria-disabled");
      stop.hidden = true;
    }
  }
  checkButton.onclick = check;
  stop.onclick = () => python.stop();
  main.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented)
      return;
    event.preventDefault();
    if (event.target instanceof HTMLTextAreaElement) tryIt();
    else check();
  });

  /** @param {string} sentence */
  function say(sentence) {
    const paragraph = document.createElement("p");
    paragraph.className = "said";
    paragraph.textContent = sentence;
    verdict.replaceChildren(paragraph);
    verdict.classList.remove("old");
  }

  async function showProgress() {
    const progress = await storage.progress();
    markExercises(main, progress);
    const mine = progress.get(exercise?.name ?? "");
    if (!mine) return;
    // The kit wrote this HTML, and escaped everything in it that comes from the learner.
    verdict.innerHTML = mine.html;
    markChanged(editor.text(), mine.text);
    showNext(progress, mine.status);
  }

  // A change to an exercise that this one does not need does not make its verdict out of date.
  const others = all
    .filter((one) => one.file === exercise.file && one !== exercise)
    .map((one) => one.name)
    .filter((name) => !exercise.needs.includes(name));
  let checkedText = "";
  /** @param {string} text @param {string} [checked] */
  function markChanged(text, checked) {
    if (checked !== undefined) checkedText = withoutBlocks(checked, others);
    const old = checkedText !== "" && withoutBlocks(text, others) !== checkedText;
    verdict.classList.toggle("old", old && !verdict.querySelector(".said"));
  }

  /** @param {Map<string, import("../storage.js").Progress>} progress @param {string} status */
  function showNext(progress, status) {
    const line = $("next");
    line.replaceChildren();
    const next = nextExercise(course, progress);
    if (status !== "passed") {
      if (exercise && shown < exercise.hints.length) line.textContent = "Stuck? Take a hint.";
      return;
    }
    if (exercise?.whenPassed) {
      const told = document.createElement("p");
      told.textContent = exercise.whenPassed;
      line.append(told);
    }
    const link = document.createElement("a");
    link.className = "button primary";
    link.href = next ? `${next.name}.html` : "network.html";
    link.textContent = next ? `Next: ${next.name}` : "Everything passes: draw a digit";
    line.append(link);
  }

  // --- hints ---
  const hintButton = main.querySelector("#hint");
  let shown = await storage.hints(exercise.name);
  function showHints() {
    if (!exercise) return;
    $("hints").replaceChildren(
      ...exercise.hints.slice(0, shown).map((text) => {
        const item = document.createElement("li");
        item.textContent = text;
        return item;
      }),
    );
    const count = main.querySelector("#hint-count");
    if (count) count.textContent = `(${shown} of ${exercise.hints.length})`;
    if (shown === exercise.hints.length) hintButton?.setAttribute("aria-disabled", "true");
  }
  hintButton?.addEventListener("click", async () => {
    if (shown >= exercise.hints.length) return;
    shown += 1;
    await storage.setHints(exercise.name, shown);
    showHints();
    await showProgress();
    $("hints").lastElementChild?.scrollIntoView({ block: "nearest" });
  });
  showHints();

  $("reset").onclick = async () => {
    await saving;
    const stubs = course.stubs[exercise.file];
    const { text } = await storage.read(exercise.file);
    const alone = withBlockOf(text, stubs, exercise.name);
    const what = alone === null ? `the stubs of all of ${exercise.file}` : `its stub`;
    const sure = confirm(
      `${exercise.name}: put ${what} back? The file as it is now is kept as a copy under Your folder.`,
    );
    if (!sure) return;
    await storage.replace(exercise.file, alone ?? stubs, "before going back to the stub");
  };

  // --- a line to try ---
  const tryCode = /** @type {HTMLTextAreaElement} */ ($("try-code"));
  tryCode.placeholder = exampleOf(course.stubs[exercise.file], exercise.name);
  async function tryIt() {
    const output = $("try-output");
    const show = showEvents(output);
    try {
      await saving;
      const files = await storage.all();
      const code = tryCode.value;
      await python.ask({ kind: "try", files, module: exercise?.module, code }, show);
      if (!output.hasChildNodes()) output.textContent = "(nothing was printed)";
    } catch (error) {
      show({ failed: error instanceof Error ? error.message : String(error) });
    }
    output.scrollIntoView({ block: "nearest" });
  }
  $("try-run").onclick = tryIt;

  for (const cell of main.querySelectorAll("[data-cell]")) {
    runCell(/** @type {HTMLElement} */ (cell), site, () => saving);
  }
  for (const frame of main.querySelectorAll("iframe")) {
    frame.addEventListener("load", () => fitHeight(frame), { signal });
    fitHeight(frame);
  }
  await askPredictions(main, storage);
  storage.addEventListener("progress", showProgress, { signal });
  await showProgress();
}

/** A line to try: the first example of the exercise's docstring. @param {string} stubs @param {string} name */
function exampleOf(stubs, name) {
  const found = new RegExp(`^(?:def|class) ${name}\\b[^]*?>>> (.+)`, "m").exec(stubs);
  const line = found?.[1] ?? name;
  return /^[\w, ]+=/.test(line) ? line : `print(${line})`;
}
