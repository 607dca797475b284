/** Drills: show a call, its right and a wrong result; ask for the mistake. Missed drills return. */

/** @typedef {{id: string, exercise: string, call: string, name: string, right: string[][],
 *   wrong: string[][], choices: string[]}} Drill */

/** @param {HTMLElement} main @param {import("../app.js").Site} site */
export async function drillsView(main, { course, storage, python, signal }) {
  const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (main.querySelector(`#${id}`));
  const select = /** @type {HTMLSelectElement} */ ($("of"));
  for (const assignment of course.assignments) {
    const group = document.createElement("optgroup");
    group.label = assignment.title;
    const drilled = assignment.exercises.filter((exercise) => exercise.drills);
    group.append(...drilled.map((exercise) => new Option(exercise.name, exercise.name)));
    select.append(group);
  }
  select.value = new URLSearchParams(location.search).get("of") ?? "";
  if (select.selectedIndex < 0) select.value = "";
  /** @type {Drill | null} */
  let drill = null;

  async function next() {
    drill = null;
    $("drill").hidden = true;
    $("wait").textContent =
      python.state === "ready" ? "" : "The drill comes when Python is ready …";
    const progress = await storage.progress();
    const passed = [...progress.values()].filter((one) => one.status === "passed");
    try {
      const asked = await python.ask({
        kind: "drill",
        exercise: select.value,
        passed: passed.map((one) => one.exercise),
        missed: await storage.answers("drills"),
      });
      if (signal.aborted) return;
      $("wait").textContent = asked.error ?? "";
      if (!asked.error) show(asked);
    } catch (error) {
      $("wait").textContent =
        `There is no drill now: ${error instanceof Error ? error.message : error}`;
    }
  }

  /** @param {Drill} asked */
  function show(asked) {
    drill = asked;
    $("drill").hidden = false;
    $("call").textContent = asked.call;
    $("exercise").textContent = asked.exercise;
    $("results").replaceChildren(
      tableOf(asked.right, `right: ${asked.name}`),
      tableOf(asked.wrong, `this came back: ${asked.name}`),
    );
    $("choices").replaceChildren(...asked.choices.map(choiceOf));
    $("said").textContent = "";
    $("answer").hidden = false;
    $("next").hidden = true;
  }

  /** @type {HTMLFormElement} */ ($("question")).onsubmit = async (event) => {
    event.preventDefault();
    const chosen = /** @type {HTMLInputElement | null} */ (main.querySelector("#choices :checked"));
    if (!chosen || !drill) {
      $("said").textContent = "Choose one first.";
      return;
    }
    const asked = drill;
    drill = null;
    const { right, answer, said, missed } = await python.ask({
      kind: "answer",
      drill: asked.id,
      choice: Number(chosen.value),
      missed: await storage.answers("drills"),
    });
    await storage.setAnswers("drills", missed);
    const again = right ? "" : " It will be asked again.";
    $("said").textContent = (right ? "✓ Right. " : `✗ It is ${answer}. `) + said + again;
    $("said").className = right ? "right" : "wrong";
    $("answer").hidden = true;
    $("next").hidden = false;
    $("next").focus();
  };
  $("next").onclick = next;
  select.onchange = next;
  await next();
}

/** @param {string[][]} rows @param {string} title */
function tableOf(rows, title) {
  const table = document.createElement("table");
  table.createCaption().textContent = title;
  for (const row of rows) {
    const line = table.insertRow();
    for (const cell of row) line.insertCell().textContent = cell;
  }
  return table;
}

/** @param {string} text @param {number} index */
function choiceOf(text, index) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "radio";
  input.name = "choice";
  input.value = String(index + 1);
  label.append(input, ` ${index + 1}. ${text}`);
  return label;
}
