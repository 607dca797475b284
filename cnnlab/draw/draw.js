// The page of `make draw`: a drawing area, and the network's result for the drawing.

const SIDE = 140;
const PEN = 11;
const STEP = 5;

const paper = /** @type {HTMLCanvasElement} */ (document.getElementById("paper"));
const brush = /** @type {CanvasRenderingContext2D} */ (
  paper.getContext("2d", { willReadFrequently: true }));
const ink = document.createElement("canvas");
ink.width = SIDE;
ink.height = SIDE;
const strokes = /** @type {CanvasRenderingContext2D} */ (
  ink.getContext("2d", { willReadFrequently: true }));
const said = /** @type {HTMLElement} */ (document.getElementById("said"));

/** @type {{x: number, y: number} | null} */
let last = null;
const pen = { x: SIDE / 2, y: SIDE / 2, down: false, byKeys: false };

/** Show the drawing, and the place of the pen if the arrow keys move it. */
function show() {
  brush.drawImage(ink, 0, 0);
  if (!pen.byKeys || document.activeElement !== paper) return;
  brush.strokeStyle = pen.down ? "#f0935a" : "#56b4e9";
  brush.lineWidth = 2;
  brush.beginPath();
  brush.arc(pen.x, pen.y, PEN / 2 + 1, 0, 2 * Math.PI);
  brush.stroke();
}

function clear() {
  strokes.fillStyle = "#000";
  strokes.fillRect(0, 0, SIDE, SIDE);
  pen.down = false;
  show();
  ask();
}

/** @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
function stroke(from, to) {
  strokes.strokeStyle = "#fff";
  strokes.lineWidth = PEN;
  strokes.lineCap = "round";
  strokes.beginPath();
  strokes.moveTo(from.x, from.y);
  strokes.lineTo(to.x + 0.01, to.y);
  strokes.stroke();
  show();
  ask();
}

/** @param {PointerEvent} event */
function place(event) {
  const frame = paper.getBoundingClientRect();
  return {
    x: ((event.clientX - frame.left) * SIDE) / frame.width,
    y: ((event.clientY - frame.top) * SIDE) / frame.height,
  };
}

paper.addEventListener("pointerdown", (event) => {
  paper.setPointerCapture(event.pointerId);
  pen.byKeys = false;
  last = place(event);
  stroke(last, last);
});
paper.addEventListener("pointermove", (event) => {
  if (!last) return;
  const now = place(event);
  stroke(last, now);
  last = now;
});
for (const name of ["pointerup", "pointercancel"]) {
  paper.addEventListener(name, () => { last = null; });
}
paper.addEventListener("blur", show);
paper.addEventListener("keydown", (event) => {
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const move = moves[/** @type {keyof typeof moves} */ (event.key)];
  if (!move && event.key !== " " && event.key !== "c") return;
  event.preventDefault();
  pen.byKeys = true;
  if (event.key === "c") { clear(); return; }
  const from = { x: pen.x, y: pen.y };
  if (move) {
    pen.x = Math.max(0, Math.min(SIDE, pen.x + STEP * move[0]));
    pen.y = Math.max(0, Math.min(SIDE, pen.y + STEP * move[1]));
  } else pen.down = !pen.down;
  if (pen.down) stroke(from, pen); else show();
});
/** @type {HTMLElement} */ (document.getElementById("clear")).addEventListener("click", clear);

let asking = false;
let again = false;

/** Send the drawing to the network. Of the drawings made meanwhile, send only the newest. */
async function ask() {
  if (asking) { again = true; return; }
  asking = true;
  const pixels = strokes.getImageData(0, 0, SIDE, SIDE).data;
  let bytes = "";
  for (let k = 0; k < pixels.length; k += 4) bytes += String.fromCharCode(pixels[k]);
  try {
    const answer = await fetch("read", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ pixels: btoa(bytes) }),
    });
    tell(await answer.json());
  } catch {
    said.textContent = "No answer: make draw has ended. Start it again in the terminal.";
  }
  asking = false;
  if (again) { again = false; ask(); }
}

/**
 * @param {number[][]} values @param {number} zoom @param {boolean} signed @param {string} caption
 */
function picture(values, zoom, signed, caption) {
  const figure = document.createElement("figure");
  const canvas = document.createElement("canvas");
  [canvas.height, canvas.width] = [values.length, values[0].length];
  canvas.style.width = `${canvas.width * zoom}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(canvas.width, canvas.height);
  values.flat().forEach((v, k) => {
    const pale = Math.round(255 * (1 - Math.abs(v)));
    const colour = !signed ? [v * 255, v * 255, v * 255]
      : v >= 0 ? [255, 128 + pale / 2, pale] : [pale, 128 + pale / 2, 255];
    image.data.set([...colour, 255], 4 * k);
  });
  context.putImageData(image, 0, 0);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", caption);
  const words = document.createElement("figcaption");
  words.textContent = caption;
  figure.append(canvas, words);
  return figure;
}

/** @param {any} answer */
function tell(answer) {
  const bars = /** @type {HTMLElement} */ (document.getElementById("bars"));
  const seen = /** @type {HTMLElement} */ (document.getElementById("seen"));
  const layers = /** @type {HTMLElement} */ (document.getElementById("layers"));
  if (answer.error) { said.textContent = answer.error; return; }
  const chances = answer.probabilities ?? Array(10).fill(0);
  const best = chances.indexOf(Math.max(...chances));
  bars.replaceChildren(...chances.map((/** @type {number} */ chance, /** @type {number} */ k) => {
    const line = document.createElement("li");
    const meter = document.createElement("meter");
    meter.value = chance;
    meter.setAttribute("aria-label", `probability of ${k}`);
    const name = document.createElement("span");
    name.textContent = String(k);
    const share = document.createElement("span");
    share.textContent = `${(100 * chance).toFixed(1)}%`;
    if (!answer.empty && k === best) line.className = "best";
    line.append(name, meter, share);
    return line;
  }));
  const words = answer.empty ? "Nothing is drawn yet."
    : `Read as ${best}, with probability ${(100 * chances[best]).toFixed(0)}%.`;
  if (said.textContent !== words) said.textContent = words;
  seen.replaceChildren();
  layers.replaceChildren();
  if (answer.empty) return;
  seen.append(picture(answer.image, 3, false, "what it sees"));
  for (const one of answer.nearest) seen.append(picture(one.image, 2, false, `a ${one.label}`));
  for (const layer of answer.layers) {
    const title = document.createElement("h3");
    title.textContent = layer.name;
    const row = document.createElement("div");
    row.className = "pictures";
    layer.maps.forEach((/** @type {number[][]} */ map, /** @type {number} */ k) => {
      row.append(picture(map, map.length > 20 ? 2 : 4, true, String(k + 1)));
    });
    layers.append(title, row);
  }
}

clear();
