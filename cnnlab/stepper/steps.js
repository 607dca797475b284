// Computes frames from arrays and settings: the numbers in each table at each step, and one
// sentence. This module does not access the page.

import { box, filled, padded, places, written } from "./arrays.js";

/** @typedef {import("./arrays.js").Plane} Plane */
/** @typedef {import("./arrays.js").Volume} Volume */
/**
 * @typedef {{name: string, values: any[][], now?: [number, number][], key?: string}} Table
 *   `now`: the cells that this step is about; `key`: the learner's result to compare with.
 * @typedef {{tables: Table[], text: string}} Frame
 * @typedef {{x: Volume, weights: Volume, bias: number, cols?: Plane, d_out?: Plane,
 *   stride: number, padding: number}} Input
 */

const copy = (/** @type {any[][]} */ plane) => plane.map((row) => [...row]);

/** @param {Input} input */
function sizes({ x, weights, stride, padding }) {
  const [kh, kw] = [weights[0].length, weights[0][0].length];
  return {
    kh, kw,
    oh: places(x[0].length, kh, stride, padding),
    ow: places(x[0][0].length, kw, stride, padding),
  };
}

/** @param {string} name @param {Volume} x @returns {(c: number) => string} */
const titles = (name, x) => (c) => (x.length > 1 ? `${name}, channel ${c}` : name);

/** Three frames for each output: window, products, sum. @param {Input} input @returns {Frame[]} */
export function convolution(input) {
  const { weights, bias, stride, padding } = input;
  const { kh, kw, oh, ow } = sizes(input);
  const image = padded(input.x, padding);
  const out = filled(oh, ow, null);
  /** @type {Frame[]} */
  const frames = [];
  const title = titles(padding ? "x, padded" : "x", image);
  for (const [i, j] of box(0, 0, oh, ow)) {
    const window = box(i * stride, j * stride, kh, kw);
    const products = image.map((plane, c) =>
      weights[c].map((row, u) => row.map((w, v) => w * plane[i * stride + u][j * stride + v])));
    const sums = products.map((plane) => plane.flat().reduce((a, b) => a + b, 0));
    const total = sums.reduce((a, b) => a + b, bias);
    const left = image.map((plane, c) => ({ name: title(c), values: plane, now: window }));
    const filters = weights.map((plane, c) => ({ name: titles("filter", weights)(c), values: plane }));
    const shown = products.map((plane, c) => ({ name: titles("products", weights)(c), values: plane }));
    const empty = shown.map((table) => ({ ...table, values: filled(kh, kw, null) }));
    const result = () => ({ name: "out", values: copy(out), now: [[i, j]], key: "out" });
    frames.push({
      tables: [...left, ...filters, ...empty, /** @type {Table} */ (result())],
      text: `Output (${i}, ${j}): its window begins at row ${i * stride}, column ${j * stride}.`,
    });
    frames.push({
      tables: [...left, ...filters, ...shown, /** @type {Table} */ (result())],
      text: `Multiply each number of the window by the weight that lies on it.`,
    });
    out[i][j] = total;
    frames.push({
      tables: [...left, ...filters, ...shown, /** @type {Table} */ (result())],
      text: `Add up: ${sums.map(written).join(" + ")} + bias ${written(bias)} = ${written(total)}. ` +
        `That is out (${i}, ${j}).`,
    });
  }
  return frames;
}

/** Every window becomes a column. @param {Input} input @returns {Frame[]} */
export function im2col(input) {
  const { stride, padding } = input;
  const { kh, kw, oh, ow } = sizes(input);
  const image = padded(input.x, padding);
  const cols = filled(image.length * kh * kw, oh * ow, null);
  const title = titles(padding ? "x, padded" : "x", image);
  return box(0, 0, oh, ow).map(([i, j], column) => {
    const window = box(i * stride, j * stride, kh, kw);
    image.forEach((plane, c) =>
      window.forEach(([r, s], k) => { cols[c * kh * kw + k][column] = plane[r][s]; }));
    return {
      tables: [
        ...image.map((plane, c) => ({ name: title(c), values: plane, now: window })),
        { name: "cols", values: copy(cols), now: box(0, column, cols.length, 1), key: "cols" },
      ],
      text: `The window of place (${i}, ${j}) becomes column ${column}, row by row` +
        `${image.length > 1 ? ", channel after channel" : ""}.`,
    };
  });
}

/** Each column is added to the pixels of its window. @param {Input} input @returns {Frame[]} */
export function col2im(input) {
  const { x, stride, padding } = input;
  const { kh, kw, oh, ow } = sizes(input);
  const cols = filled(x.length * kh * kw, oh * ow, 1);
  const sum = padded(x.map((plane) => filled(plane.length, plane[0].length, 0)), padding);
  const title = titles(padding ? "sum, padded" : "sum", x);
  const frames = box(0, 0, oh, ow).map(([i, j], column) => {
    const window = box(i * stride, j * stride, kh, kw);
    sum.forEach((plane, c) =>
      window.forEach(([r, s], k) => { plane[r][s] += cols[c * kh * kw + k][column]; }));
    return {
      tables: [
        { name: "cols", values: cols, now: box(0, column, cols.length, 1) },
        ...sum.map((plane, c) => ({ name: title(c), values: copy(plane), now: window })),
      ],
      text: `Column ${column} is added at the window of place (${i}, ${j}); ` +
        "where windows overlap, the numbers add up.",
    };
  });
  const [height, width] = [x[0].length, x[0][0].length];
  frames.push({
    tables: sum.map((plane, c) => ({
      name: titles("result", x)(c),
      values: plane.slice(padding, padding + height).map((row) => row.slice(padding, padding + width)),
      now: [],
      key: `result${c}`,
    })),
    text: padding ? "The padding is cut away; what is left belongs to the pixels."
      : "All columns are back: each pixel has the sum of its copies.",
  });
  return frames;
}

/**
 * Max pooling: the largest number of each window; then its gradient goes back to that pixel.
 * @param {Input} input @returns {Frame[]}
 */
export function pooling(input) {
  const { x, stride } = input;
  const size = 2;
  const [oh, ow] = [places(x[0].length, size, stride, 0), places(x[0][0].length, size, stride, 0)];
  const out = x.map(() => filled(oh, ow, null));
  const back = x.map((plane) => filled(plane.length, plane[0].length, 0));
  const upstream = filled(oh, ow, 0).map((row, i) => row.map((_, j) => i * ow + j + 1));
  /** @type {Frame[]} */
  const frames = [];
  /** @type {[number, number, number, number, number][]} */
  const winners = [];
  const of = (/** @type {string} */ name) => titles(name, x);
  x.forEach((plane, c) => {
    for (const [i, j] of box(0, 0, oh, ow)) {
      const window = box(i * stride, j * stride, size, size);
      // Only a larger number replaces the best one: of equal numbers the first one wins.
      const [r, s] = window.reduce((a, b) => (plane[b[0]][b[1]] > plane[a[0]][a[1]] ? b : a));
      out[c][i][j] = plane[r][s];
      winners.push([c, i, j, r, s]);
      frames.push({
        tables: [
          { name: of("x")(c), values: plane, now: window },
          { name: of("out")(c), values: copy(out[c]), now: [[i, j]], key: `out${c}` },
        ],
        text: `The largest number of window (${i}, ${j}) is ${written(plane[r][s])}; ` +
          `it stands at row ${r}, column ${s}.`,
      });
    }
  });
  for (const [c, i, j, r, s] of winners) {
    back[c][r][s] += upstream[i][j];
    frames.push({
      tables: [
        { name: "d_out", values: upstream, now: [[i, j]] },
        { name: of("x")(c), values: x[c], now: [[r, s]] },
        { name: of("d_x")(c), values: copy(back[c]), now: [[r, s]], key: `d_x${c}` },
      ],
      text: `Backward: the gradient ${written(upstream[i][j])} of window (${i}, ${j}) goes to the ` +
        `pixel that won, (${r}, ${s}). The other pixels get nothing.`,
    });
  }
  return frames;
}

/** d_weights and d_x, one place of d_out at a time. @param {Input} input @returns {Frame[]} */
export function backward(input) {
  const { x, weights, stride, padding } = input;
  const { kh, kw, oh, ow } = sizes(input);
  const image = padded(x, padding);
  const upstream = filled(oh, ow, 0).map((row, i) => row.map((_, j) => ((i * ow + j) % 3) + 1));
  const d_w = weights.map(() => filled(kh, kw, 0));
  const d_x = image.map((plane) => filled(plane.length, plane[0].length, 0));
  /** @type {Frame[]} */
  const frames = [];
  for (const [i, j] of box(0, 0, oh, ow)) {
    const window = box(i * stride, j * stride, kh, kw);
    const d = upstream[i][j];
    weights.forEach((plane, c) =>
      box(0, 0, kh, kw).forEach(([u, v]) => {
        const [r, s] = [i * stride + u, j * stride + v];
        d_w[c][u][v] += d * image[c][r][s];
        d_x[c][r][s] += d * plane[u][v];
      }));
    frames.push({
      tables: [
        { name: "d_out", values: upstream, now: [[i, j]] },
        ...image.map((p, c) => ({ name: titles(padding ? "x, padded" : "x", x)(c), values: p, now: window })),
        ...d_w.map((p, c) => ({
          name: titles("d_weights", x)(c), values: copy(p), now: box(0, 0, kh, kw),
        })),
        ...weights.map((p, c) => ({ name: titles("filter", x)(c), values: p })),
        ...d_x.map((p, c) => ({
          name: titles(padding ? "d_x, padded" : "d_x", x)(c), values: copy(p), now: window,
        })),
      ],
      text: `d_out (${i}, ${j}) is ${written(d)}: ${written(d)} times the window is added to ` +
        `d_weights, and ${written(d)} times the filter to the window's place in d_x.`,
    });
  }
  const [height, width] = [x[0].length, x[0][0].length];
  frames.push({
    tables: [
      ...d_w.map((p, c) => ({ name: titles("d_weights", x)(c), values: p, key: `d_weights${c}` })),
      ...d_x.map((p, c) => ({
        name: titles("d_x", x)(c),
        values: p.slice(padding, padding + height).map((row) => row.slice(padding, padding + width)),
        key: `d_x${c}`,
      })),
    ],
    text: padding ? "The padding of d_x is cut away. Both gradients are complete."
      : "Both gradients are complete.",
  });
  return frames;
}

/** @type {Record<string, (input: Input) => Frame[]>} */
export const OPERATIONS = { convolution, im2col, col2im, pooling, backward };
