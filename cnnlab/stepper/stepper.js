// The stepper's page: settings, buttons and keys; it shows one frame at a time.

import { draw } from "./view.js";
import { OPERATIONS } from "./steps.js";

/**
 * @typedef {Object} Data
 * @property {string} operation  a key of OPERATIONS
 * @property {number[][][]} x  (2, H, W); if the setting is one channel, only the first is used
 * @property {number[][][]} weights  (2, KH, KW)
 * @property {number} bias
 * @property {Record<string, Record<string, number[][]>>} [yours]  the results of the
 *   learner's function: by "stride,padding,channels", then by the key of a table
 */

const MILLISECONDS = 900;

/**
 * @param {string} tag @param {Record<string, string>} attributes @param {string} [text]
 * @returns {any}
 */
function html(tag, attributes, text) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * Build a stepper inside an element of the page.
 * @param {HTMLElement} root @param {Data} data
 */
export function mount(root, data) {
  const choices = { stride: [1, 2], padding: [0, 1], channels: [1, 2] };
  if (data.operation === "pooling") choices.padding = [0];
  /** @type {Record<string, number>} */
  const settings = {
    stride: data.operation === "pooling" ? 2 : 1, padding: 0, channels: 1,
  };
  root.classList.add("stepper");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `Step through: ${data.operation}`);
  root.tabIndex = 0;
  const bar = html("div", { class: "settings" });
  for (const [name, values] of Object.entries(choices)) {
    if (values.length < 2) continue;
    const label = html("label", {}, `${name} `);
    const select = html("select", { name });
    for (const value of values) select.append(html("option", { value: String(value) }, String(value)));
    select.value = String(settings[name]);
    select.addEventListener("change", () => { settings[name] = Number(select.value); restart(); });
    label.append(select);
    bar.append(label);
  }
  const tables = html("div", { class: "tables" });
  const text = html("p", { class: "text", "aria-live": "polite" });
  const compared = html("p", { class: "compared" });
  const controls = html("div", { class: "controls" });
  const back = html("button", { type: "button" }, "◀ Back");
  const play = html("button", { type: "button", class: "play" }, "▶ Play");
  const next = html("button", { type: "button" }, "Step ▶");
  const scrub = html("input", { type: "range", min: "0", value: "0", "aria-label": "step" });
  const count = html("output", {});
  controls.append(back, play, next, scrub, count);
  const keys = html("p", { class: "keys" }, "Keys: ← → step, Home, End, space plays.");
  root.append(bar, tables, text, compared, controls, keys);

  /** @type {import("./steps.js").Frame[]} */
  let frames = [];
  let place = 0;
  /** @type {number | undefined} */
  let timer;

  function stop() {
    clearInterval(timer);
    timer = undefined;
    play.textContent = "▶ Play";
    text.setAttribute("aria-live", "polite");
  }

  function show() {
    const frame = frames[place];
    const key = `${settings.stride},${settings.padding},${settings.channels}`;
    const yours = data.yours?.[key];
    let wrong = 0;
    let shown = false;
    tables.replaceChildren(...frame.tables.map((table) => {
      const given = table.key ? yours?.[table.key] : undefined;
      shown ||= given !== undefined;
      const drawn = draw(table, given);
      wrong += drawn.wrong;
      return drawn.figure;
    }));
    text.textContent = frame.text;
    compared.textContent = !shown ? "" : wrong
      ? `${wrong} of your numbers here differ: they are underlined; point at one for the right one.`
      : "Your numbers here are right.";
    compared.classList.toggle("differs", wrong > 0);
    scrub.value = String(place);
    scrub.setAttribute("aria-valuetext", `step ${place + 1} of ${frames.length}: ${frame.text}`);
    count.textContent = `${place + 1} of ${frames.length}`;
    back.disabled = place === 0;
    next.disabled = place === frames.length - 1;
  }

  function go(/** @type {number} */ wanted) {
    place = Math.max(0, Math.min(frames.length - 1, wanted));
    if (place === frames.length - 1) stop();
    show();
  }

  function restart() {
    stop();
    frames = OPERATIONS[data.operation]({
      x: data.x.slice(0, settings.channels),
      weights: data.weights.slice(0, settings.channels),
      bias: data.bias,
      stride: settings.stride,
      padding: settings.padding,
    });
    scrub.max = String(frames.length - 1);
    go(0);
  }

  function toggle() {
    if (timer !== undefined) { stop(); return; }
    if (place === frames.length - 1) go(0);
    // While it plays, a screen reader would interrupt each sentence with the next one.
    text.setAttribute("aria-live", "off");
    play.textContent = "❚❚ Pause";
    timer = window.setInterval(() => go(place + 1), MILLISECONDS);
  }

  back.addEventListener("click", () => { stop(); go(place - 1); });
  next.addEventListener("click", () => { stop(); go(place + 1); });
  play.addEventListener("click", toggle);
  scrub.addEventListener("input", () => { stop(); go(Number(scrub.value)); });
  root.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.matches("select, input")) return;
    const wanted = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: frames.length - 1 }[
      event.key];
    if (wanted !== undefined) { stop(); go(wanted); event.preventDefault(); }
    if (event.key === " " && !target.matches("button")) { toggle(); event.preventDefault(); }
  });
  restart();
}
