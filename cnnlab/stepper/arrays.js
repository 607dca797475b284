// Small helpers for nested arrays: (H, W) is a `Plane`, (C, H, W) a `Volume`.

/** @typedef {number[][]} Plane */
/** @typedef {Plane[]} Volume */

/**
 * A plane filled with one value.
 * @param {number} rows
 * @param {number} columns
 * @param {number | null} value
 * @returns {any[][]}
 */
export function filled(rows, columns, value) {
  return Array.from({ length: rows }, () => Array(columns).fill(value));
}

/**
 * The number of places of a kernel along one axis.
 * @param {number} input @param {number} kernel @param {number} stride @param {number} padding
 */
export function places(input, kernel, stride, padding) {
  return Math.floor((input + 2 * padding - kernel) / stride) + 1;
}

/**
 * A volume with zeros around each plane.
 * @param {Volume} x @param {number} padding
 * @returns {Volume}
 */
export function padded(x, padding) {
  return x.map((plane) => {
    const out = filled(plane.length + 2 * padding, plane[0].length + 2 * padding, 0);
    plane.forEach((row, i) => row.forEach((v, j) => { out[i + padding][j + padding] = v; }));
    return out;
  });
}

/**
 * All places (row, column) in a window, row by row.
 * @param {number} top @param {number} left @param {number} height @param {number} width
 * @returns {[number, number][]}
 */
export function box(top, left, height, width) {
  /** @type {[number, number][]} */
  const found = [];
  for (let u = 0; u < height; u++) for (let v = 0; v < width; v++) found.push([top + u, left + v]);
  return found;
}

/**
 * The text of a number in a table: at most two decimals, no negative zero.
 * @param {number} value
 */
export function written(value) {
  return String(Math.round(value * 100) / 100 + 0).replace("-", "−");
}
