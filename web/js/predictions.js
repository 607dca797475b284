/** The prediction questions of an exercise. Answers are kept in the browser and not graded. */

/** @param {HTMLElement} main @param {import("./storage.js").Storage} storage */
export async function askPredictions(main, storage) {
  const given = await storage.answers("predictions");
  for (const form of main.querySelectorAll("form[data-prediction]")) {
    ask(/** @type {HTMLFormElement} */ (form), given, storage);
  }
}

/**
 * @param {HTMLFormElement} form @param {Record<string, number>} given
 * @param {import("./storage.js").Storage} storage
 */
function ask(form, given, storage) {
  const id = form.dataset.prediction ?? "";
  const said = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  const choices = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input"));

  function tell() {
    const answer = Number(form.dataset.answer);
    const right = given[id] === answer;
    const sign = right ? "✓ Right. " : `✗ It is ${choices[answer - 1].dataset.choice}. `;
    said.textContent = sign + form.dataset.explanation;
    said.className = right ? "right" : "wrong";
  }

  form.onsubmit = async (event) => {
    event.preventDefault();
    const chosen = [...choices].find((one) => one.checked);
    if (!chosen) {
      said.textContent = "Choose one first.";
      return;
    }
    given[id] = Number(chosen.value);
    tell();
    await storage.setAnswers("predictions", given);
  };
  if (id in given) {
    choices[given[id] - 1].checked = true;
    tell();
  }
}
