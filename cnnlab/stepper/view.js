// Tables of numbers as SVG.

import { written } from "./arrays.js";

const NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag @param {Record<string, string | number>} attributes @param {string} [text]
 */
function element(tag, attributes, text) {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * Draw one table. A cell in which `yours` differs is marked, and shows the number of `yours`.
 * @param {import("./steps.js").Table} table
 * @param {any[][] | undefined} yours
 * @returns {{figure: HTMLElement, wrong: number}}
 */
export function draw(table, yours) {
  const [rows, columns] = [table.values.length, table.values[0].length];
  const digits = Math.max(2, ...table.values.flat().map((v) => (v === null ? 1 : written(v).length)));
  const [width, height] = [Math.max(26, 8 * digits + 8), 26];
  const now = new Set((table.now ?? []).map((place) => place.join()));
  const shape = yours ? `${yours.length} x ${yours[0]?.length ?? 0}` : "";
  const misshapen = yours !== undefined && shape !== `${rows} x ${columns}`;
  let wrong = misshapen ? 1 : 0;
  /** @type {string[]} */
  const differences = [];
  const svg = element("svg", {
    viewBox: `-1 -1 ${columns * width + 2} ${rows * height + 2}`,
    width: columns * width + 2, height: rows * height + 2, role: "img",
  });
  table.values.forEach((row, i) => row.forEach((right, j) => {
    const given = yours && !misshapen && right !== null ? yours[i]?.[j] : undefined;
    const differs = given !== undefined
      && !(Math.abs(given - right) <= 1e-6 * Math.max(1, Math.abs(right)));
    if (differs) {
      wrong += 1;
      differences.push(`row ${i}, column ${j}: yours ${given}, right ${written(right)}`);
    }
    const kind = differs ? "wrong" : now.has(`${i},${j}`) ? "now" : right === null ? "empty" : "";
    const group = element("g", { class: kind });
    group.append(element("rect", { x: j * width, y: i * height, width, height }));
    const shown = differs ? given : right;
    if (shown !== null) {
      const text = typeof shown === "number" ? written(shown) : String(shown);
      group.append(element("text", { x: (j + 0.5) * width, y: (i + 0.5) * height }, text));
    }
    if (differs) {
      group.append(element("path", {
        d: `M${j * width + 2} ${(i + 1) * height - 3} h${width - 4}`, class: "underline",
      }));
      group.append(element("title", {}, `yours ${given}, right ${written(right)}`));
    }
    svg.append(group);
  }));
  const words = table.values.map((row) => row.map((v) => (v === null ? "empty" : written(v))).join(" "));
  svg.setAttribute("aria-label", [`${table.name}: ${words.join("; ")}`, ...differences].join(". "));
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = table.name + (misshapen ? ` (yours: ${shape})` : "");
  figure.append(caption, /** @type {any} */ (svg));
  return { figure, wrong };
}
