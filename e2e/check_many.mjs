/**
 * Checks many folders with the site's Python, in Node: a browser's check without a browser.
 * Arguments: the built site. Reads [{files, exercise}, ...] and writes the JSON line of each.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPyodide } from "../web/node_modules/pyodide/pyodide.mjs";

const folder = join(process.argv[2], "python");
const archive = (name) => new Uint8Array(readFileSync(join(folder, name))).buffer;
const asked = JSON.parse(readFileSync(0, "utf8"));

const python = await loadPyodide();
python.unpackArchive(archive("numpy.zip"), "zip", {
  extractDir: "/lib/python3.14/site-packages",
});
python.unpackArchive(archive("packages.zip"), "zip", {
  extractDir: "/lib/python3.14/site-packages",
});
python.unpackArchive(archive("kit.zip"), "zip", { extractDir: "/kit" });
python.unpackArchive(archive("compiled.zip"), "zip", { extractDir: "/" });
python.runPython("import sys; sys.path.insert(0, '/kit')");
const kit = python.pyimport("web.in_browser");
kit.prepare(() => {});
for (const { files, exercise } of asked) {
  kit.write(JSON.stringify(files));
  const answer = JSON.parse(kit.check(JSON.stringify([exercise])));
  console.log(`VERDICT ${answer.line ?? JSON.stringify(answer)}`);
}
process.exit(0);
