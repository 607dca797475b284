/** Finds one function or class in the text of a Python file. */

/**
 * The lines of a top-level function or class, without the blank lines and comments after it.
 *
 * @param {string[]} lines
 * @param {string} name
 * @returns {[number, number] | null} its first line and the line after its last; null if it is
 *   not there.
 */
function blockOf(lines, name) {
  const own = new RegExp(`^(def|class)\\s+${name}\\b`);
  const start = lines.findIndex((line) => own.test(line));
  if (start < 0) return null;
  let end = start + 1;
  while (end < lines.length && !/^(def|class|async)\s|^@/.test(lines[end])) end += 1;
  // Blank lines and comments before the next definition belong to that definition.
  while (end > start + 1 && /^\s*$|^#/.test(lines[end - 1])) end -= 1;
  return [start, end];
}

/**
 * Replace one function or class of a file with its version in another text.
 *
 * @param {string} text
 * @param {string} other
 * @param {string} name
 * @returns {string | null} the new text; null if one of the two texts has no such function or
 *   class.
 */
export function withBlockOf(text, other, name) {
  const [lines, others] = [text.split("\n"), other.split("\n")];
  const [here, there] = [blockOf(lines, name), blockOf(others, name)];
  if (!here || !there) return null;
  lines.splice(here[0], here[1] - here[0], ...others.slice(there[0], there[1]));
  return lines.join("\n");
}

/**
 * Remove functions and classes from a file.
 *
 * @param {string} text
 * @param {string[]} names those that are not in the text are ignored.
 */
export function withoutBlocks(text, names) {
  const lines = text.split("\n");
  for (const name of names) {
    const place = blockOf(lines, name);
    if (place) lines.splice(place[0], place[1] - place[0]);
  }
  return lines.join("\n");
}
