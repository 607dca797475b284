/** Finds one function or class in the text of a Python file. */

/**
 * The lines of a function or class at the left edge: from its first line to the one before the next.
 *
 * @param {string[]} lines
 * @param {string} name
 * @returns {[number, number] | null} where it begins and ends; null if it is not there.
 */
function blockOf(lines, name) {
  const own = new RegExp(`^(def|class)\\s+${name}\\b`);
  const start = lines.findIndex((line) => own.test(line));
  if (start < 0) return null;
  let end = start + 1;
  while (end < lines.length && !/^(def|class|async)\s|^@/.test(lines[end])) end += 1;
  // Blank lines and comments before the next one belong to that.
  while (end > start + 1 && /^\s*$|^#/.test(lines[end - 1])) end -= 1;
  return [start, end];
}

/**
 * A file with one function or class as it is in another text, and all else as it was.
 *
 * @param {string} text
 * @param {string} other
 * @param {string} name
 * @returns {string | null} null if one of the two texts lacks it.
 */
export function withBlockOf(text, other, name) {
  const [lines, others] = [text.split("\n"), other.split("\n")];
  const [here, there] = [blockOf(lines, name), blockOf(others, name)];
  if (!here || !there) return null;
  lines.splice(here[0], here[1] - here[0], ...others.slice(there[0], there[1]));
  return lines.join("\n");
}

/**
 * A file without some of its functions and classes.
 *
 * @param {string} text
 * @param {string[]} names those that the text lacks are passed over.
 */
export function withoutBlocks(text, names) {
  const lines = text.split("\n");
  for (const name of names) {
    const place = blockOf(lines, name);
    if (place) lines.splice(place[0], place[1] - place[0]);
  }
  return lines.join("\n");
}
