/** The page "Your folder": save the learner's files as a zip, and load them again. */
import { filesOfFolder, filesOfZip, folderAsZip } from "../folder.js";
import { showOffline } from "../offline.js";

const NAME = "cnn-from-scratch-work.zip";

/** @param {HTMLElement} main @param {import("../app.js").Site} site */
export async function folderView(main, { course, storage, signal }) {
  const known = Object.keys(course.stubs);
  const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (main.querySelector(`#${id}`));

  $("take").onclick = async () => {
    try {
      const zip = await folderAsZip(await storage.all(), course.notebooks);
      save(zip, NAME);
      $("taken").textContent = `${NAME} was saved where this browser puts downloads.`;
    } catch (error) {
      $("taken").textContent = `It could not be saved: ${words(error)}.`;
    }
  };

  const zip = /** @type {HTMLInputElement} */ ($("zip"));
  zip.onchange = () =>
    bring(async () => {
      const chosen = zip.files?.[0];
      return chosen ? filesOfZip(await chosen.arrayBuffer(), known) : {};
    });
  const folder = /** @type {HTMLInputElement} */ ($("directory"));
  folder.onchange = () => bring(() => filesOfFolder([...(folder.files ?? [])], known));

  /** @param {() => Promise<Record<string, string>>} read */
  async function bring(read) {
    try {
      const files = await read();
      const paths = Object.keys(files);
      if (!paths.length)
        throw new Error(`it holds none of the course's files, such as ${known[0]}`);
      for (const path of paths) {
        await storage.replace(path, files[path], "before a folder was brought back");
      }
      const count = `${paths.length} of ${known.length} files`;
      $("brought").textContent = `Brought back: ${count}. Check them to see where you stand.`;
      await showCopies();
    } catch (error) {
      $("brought").textContent = `Nothing was changed: ${words(error)}.`;
    }
    zip.value = "";
    folder.value = "";
  }

  async function showCopies() {
    const copies = await storage.copies();
    const items = copies.reverse().map((copy) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.textContent = `Save ${copy.path}`;
      const name = /** @type {string} */ (copy.path.split("/").pop());
      button.onclick = () => save(new Blob([copy.text], { type: "text/x-python" }), name);
      item.append(button, ` ${new Date(copy.when).toLocaleString()}, ${copy.why}`);
      return item;
    });
    const none = document.createElement("li");
    none.textContent = "none";
    $("copies").replaceChildren(...(items.length ? items : [none]));
  }

  storage.addEventListener("file", showCopies, { signal });
  await showCopies();
  showOffline();
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @param {unknown} error */
function words(error) {
  return error instanceof Error ? error.message : String(error);
}
