/** Shows the output of code on the page: text, figures and steppers. */

const STEPPER = "stepper.html";

const FIGURES = "The first figure loads matplotlib: some 10 MB, once.";

/**
 * Empty an element, and return a function that shows Python's events in it.
 * @param {HTMLElement} place
 * @returns {(event: {text?: string, html?: string, stepper?: any, failed?: string}) => void}
 */
export function showEvents(place) {
  place.replaceChildren();
  return ({ text, html, stepper, failed }) => {
    if (failed !== undefined) {
      const said = document.createElement("p");
      said.textContent = failed;
      place.append(said);
    } else if (text !== undefined) {
      let last = place.lastElementChild;
      if (!(last instanceof HTMLPreElement)) {
        last = document.createElement("pre");
        /** @type {HTMLElement} */ (last).tabIndex = 0;
        place.append(last);
      }
      last.append(text);
    } else if (stepper !== undefined) {
      place.append(stepperOf(stepper));
    } else if (html !== undefined) {
      place.append(imageOf(html));
    }
  };
}

/**
 * A stepper in a frame. By its Content-Security-Policy the frame loads nothing from anywhere; its
 * arrays arrive in a message.
 */
function stepperOf(/** @type {any} */ data) {
  const frame = document.createElement("iframe");
  frame.title = `Step through ${data.operation}, with your numbers`;
  frame.src = new URL(STEPPER, document.baseURI).href;
  frame.onload = () => {
    frame.contentWindow?.postMessage(data, location.origin);
    fitHeight(frame);
  };
  return frame;
}

/**
 * Make a frame as high as its content, and never lower again, so that the text below does not move.
 * @param {HTMLIFrameElement} frame
 */
export function fitHeight(frame) {
  const inside = frame.contentDocument?.getElementById("stepper");
  if (!inside) return;
  let height = 0;
  new ResizeObserver(() => {
    height = Math.max(height, inside.getBoundingClientRect().height);
    if (height) frame.style.height = `${Math.ceil(height)}px`;
  }).observe(inside);
}

/** Only the PNG of a figure: other HTML that the learner's code returns must not enter the page. */
function imageOf(/** @type {string} */ html) {
  const parsed = new DOMParser().parseFromString(html, "text/html").querySelector("img");
  const image = document.createElement("img");
  const source = parsed?.getAttribute("src") ?? "";
  if (source.startsWith("data:image/png;base64,")) image.src = source;
  image.alt = parsed?.getAttribute("alt") ?? "";
  image.width = Number(parsed?.getAttribute("width")) || 600;
  return image;
}

/**
 * Connect the Run button of a story's cell: it runs the cell with the learner's code.
 * @param {HTMLElement} place @param {import("./app.js").Site} site
 * @param {() => Promise<void>} saved resolves when the learner's text is stored
 */
export function runCell(place, { course, storage, python }, saved) {
  const cell = course.cells[place.dataset.cell ?? ""];
  const button = /** @type {HTMLButtonElement} */ (place.querySelector("[data-run]"));
  const output = /** @type {HTMLElement} */ (place.querySelector(".output"));
  const note = place.querySelector("[data-figure-note]");
  if (note) note.textContent = FIGURES;
  button.onclick = async () => {
    const show = showEvents(output);
    output.append(Object.assign(document.createElement("p"), { textContent: "Running …" }));
    let first = true;
    try {
      await saved();
      const files = await storage.all();
      await python.ask({ kind: "cell", files, ...cell }, (event) => {
        if (first) output.replaceChildren();
        first = false;
        show(event);
      });
      if (first) output.replaceChildren();
    } catch (error) {
      output.replaceChildren();
      show({ failed: error instanceof Error ? error.message : String(error) });
    }
  };
}
