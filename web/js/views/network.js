/** Trains the learner's own network, and lets it read a drawn digit. */
import { drawingPad } from "../draw.js";
import { Ended } from "../python.js";

/** @param {HTMLElement} main @param {import("../app.js").Site} site */
export async function networkView(main, { storage, python, signal }) {
  const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (main.querySelector(`#${id}`));
  const train = /** @type {HTMLButtonElement} */ ($("train"));
  let training = false;

  train.onclick = async () => {
    if (training) return;
    training = true;
    train.setAttribute("aria-disabled", "true");
    $("stop").hidden = false;
    $("training").textContent = "Training …";
    $("pictures").hidden = false;
    /** @type {{step: number, steps: number, loss: number, accuracy: number}[]} */
    const curve = [];
    try {
      const chosen = /** @type {HTMLInputElement} */ (main.querySelector("[name=network]:checked"));
      const files = await storage.all();
      const result = await python.ask({ kind: "train", files, network: chosen.value }, (event) => {
        curve.push(event);
        drawCurve($("curve"), curve);
        drawFilters($("filters"), event.filters);
      });
      $("training").textContent = result.error ? result.error : sentence(result);
      if (!result.error) await read();
    } catch (error) {
      $("training").textContent =
        error instanceof Ended
          ? "Stopped. Python starts again; train again to go on."
          : `Training could not be run: ${error instanceof Error ? error.message : error}`;
    } finally {
      training = false;
      train.removeAttribute("aria-disabled");
      $("stop").hidden = true;
    }
  };
  $("stop").onclick = () => python.stop();

  const pad = drawingPad(/** @type {HTMLCanvasElement} */ ($("canvas")), read);
  $("clear").onclick = () => {
    pad.clear();
    $("answer").textContent = "";
    $("bars").replaceChildren();
  };
  $("example").onclick = async () => {
    const number = Math.floor(Math.random() * 1000);
    const { pixels, label } = await python.ask({ kind: "example", number });
    pad.show(pixels);
    await read();
    $("answer").append(` The test set calls it ${label}.`);
  };

  async function read() {
    const pixels = pad.pixels();
    if (!pixels || training) return;
    const answer = await python.ask({ kind: "read", pixels });
    if (signal.aborted) return;
    if (answer.error) {
      $("answer").textContent = answer.error;
      return;
    }
    const best = answer.probabilities.indexOf(Math.max(...answer.probabilities));
    const sure = Math.round(100 * answer.probabilities[best]);
    $("answer").textContent = `Your network reads ${best}, with ${sure}%.`;
    drawBars($("bars"), answer.probabilities, best);
  }
}

/** @param {{accuracy: number, seconds: number, stopped: boolean}} result */
function sentence(result) {
  const rate = `${(100 * result.accuracy).toFixed(1)}% of 1,000 test digits`;
  const start = result.stopped ? "Stopped early" : "Done";
  return `${start}: it reads ${rate}, after ${result.seconds} seconds. Draw a digit below.`;
}

/** @param {HTMLElement} place @param {{step: number, steps: number, loss: number, accuracy: number}[]} curve */
function drawCurve(place, curve) {
  const [width, height, left, bottom] = [360, 200, 34, 24];
  const last = curve[curve.length - 1];
  const top = Math.max(2.5, ...curve.map((one) => Math.min(one.loss, 10)));
  const x = (/** @type {number} */ step) => left + ((width - left - 6) * step) / last.steps;
  const y = (/** @type {number} */ loss) =>
    height - bottom - ((height - bottom - 8) * Math.min(loss, top)) / top;
  const points = curve.map((one) => `${x(one.step).toFixed(1)},${y(one.loss).toFixed(1)}`);
  const lines = [0, 1, 2].map(
    (value) =>
      `<line class="grid" x1="${left}" x2="${width}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const alt = `Loss ${last.loss.toFixed(2)} after ${last.step} of ${last.steps} steps`;
  place.innerHTML =
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${alt}">${lines.join("")}` +
    `<text x="${width - 6}" y="${height - 6}" text-anchor="end">${last.step} of ${last.steps} steps</text>` +
    `<polyline points="${points.join(" ")}"/></svg>` +
    `<p>loss ${last.loss.toFixed(3)}, ${(100 * last.accuracy).toFixed(0)}% right</p>`;
}

/** @param {HTMLElement} place @param {number[][][]} filters */
function drawFilters(place, filters) {
  const largest = Math.max(1e-9, ...filters.flat(2).map(Math.abs));
  place.replaceChildren(
    ...filters.map((rows, number) => {
      const canvas = document.createElement("canvas");
      canvas.width = rows[0].length;
      canvas.height = rows.length;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `filter ${number}`);
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      rows.forEach((row, i) =>
        row.forEach((value, j) => {
          const grey = Math.round(127.5 * (1 + value / largest));
          context.fillStyle = `rgb(${grey},${grey},${grey})`;
          context.fillRect(j, i, 1, 1);
        }),
      );
      return canvas;
    }),
  );
}

/** @param {HTMLElement} place @param {number[]} probabilities @param {number} best */
function drawBars(place, probabilities, best) {
  place.replaceChildren(
    ...probabilities.map((probability, digit) => {
      const row = document.createElement("div");
      row.className = digit === best ? "bar best" : "bar";
      const fill = document.createElement("span");
      fill.style.width = `${(100 * probability).toFixed(1)}%`;
      const label = document.createElement("b");
      label.textContent = String(digit);
      row.append(label, fill);
      return row;
    }),
  );
}
