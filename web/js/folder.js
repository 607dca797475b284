/** Writes the learner's files to a zip that grading accepts; reads them from a zip or folder. */
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

const LARGEST = 1 << 20;

/**
 * @param {Record<string, string>} files text by path below assignments/
 * @param {string[]} notebooks paths, below the site's notebooks/
 * @returns {Promise<Blob>}
 */
export async function folderAsZip(files, notebooks) {
  /** @type {Record<string, Uint8Array>} */
  const entries = {};
  for (const [path, text] of Object.entries(files)) entries[path] = strToU8(text);
  for (const path of notebooks) {
    const answer = await fetch(new URL(`notebooks/${path}`, document.baseURI));
    if (!answer.ok) throw new Error(`${path} cannot be loaded (${answer.status})`);
    entries[path] = new Uint8Array(await answer.arrayBuffer());
  }
  return new Blob([/** @type {BlobPart} */ (zipSync(entries, { level: 6 }))], {
    type: "application/zip",
  });
}

/**
 * The course's files in a zip; the assignments' folders may be at any depth.
 * @param {ArrayBuffer} data @param {string[]} known paths below assignments/
 * @returns {Record<string, string>}
 */
export function filesOfZip(data, known) {
  let entries;
  try {
    entries = unzipSync(new Uint8Array(data), {
      filter: (entry) => match(entry.name, known) !== null && entry.originalSize <= LARGEST,
    });
  } catch {
    throw new Error("this file is not a zip that can be read");
  }
  return chosen(
    Object.entries(entries).map(([name, bytes]) => ({ name, text: strFromU8(bytes) })),
    known,
  );
}

/**
 * @param {File[]} list from an input with webkitdirectory @param {string[]} known
 * @returns {Promise<Record<string, string>>}
 */
export async function filesOfFolder(list, known) {
  const wanted = list.filter(
    (file) => file.size <= LARGEST && match(file.webkitRelativePath || file.name, known),
  );
  const read = wanted.map(async (file) => ({
    name: file.webkitRelativePath || file.name,
    text: await file.text(),
  }));
  return chosen(await Promise.all(read), known);
}

/**
 * One text for each path. If several files match, take the one at the smallest depth: for example
 * the file in assignments/, not an older copy in old/assignments/.
 * @param {{name: string, text: string}[]} found @param {string[]} known
 */
function chosen(found, known) {
  const depth = (/** @type {string} */ name) => name.split("/").length;
  /** @type {Record<string, string>} */
  const files = {};
  for (const { name, text } of found.sort((a, b) => depth(a.name) - depth(b.name))) {
    const path = match(name, known);
    if (path && !(path in files)) files[path] = text;
  }
  return files;
}

/** @param {string} name @param {string[]} known @returns {string | null} */
function match(name, known) {
  return known.find((path) => name === path || name.endsWith(`/${path}`)) ?? null;
}
