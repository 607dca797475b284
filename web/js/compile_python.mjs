/**
 * Compiles the modules that every check imports, so that the browser need not do it; with the same
 * Python as in the browser.
 * Arguments: the folder with the archives, a JSON file with the stubs, the zip to write.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPyodide } from "pyodide";

// Otherwise Node shows the line of Pyodide's code where it stopped: a million characters.
process.on("uncaughtException", (error) => {
  console.error(error.message);
  process.exit(1);
});

const [folder, stubs, out] = process.argv.slice(2);
const archive = (/** @type {string} */ name) =>
  new Uint8Array(readFileSync(join(folder, name))).buffer;

const python = await loadPyodide();
for (const name of ["numpy.zip", "packages.zip"]) {
  python.unpackArchive(archive(name), "zip", { extractDir: "/lib/python3.14/site-packages" });
}
python.unpackArchive(archive("kit.zip"), "zip", { extractDir: "/kit" });
python.runPython("import sys; sys.path.insert(0, '/kit')");
const kit = python.pyimport("web.in_browser");
kit.prepare(() => {});
kit.warm();
kit.write(readFileSync(stubs, "utf8"));
const names = python.runPython(`
import json
from web import kit
json.dumps([exercise.name for exercise in kit.course().exercises])
`);
kit.check(names);
python.runPython(`
import io, py_compile, sys, zipfile
from pathlib import Path

ROOTS = ("/lib/python3.14/site-packages/", "/kit/")
buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as compiled:
    for name, module in sorted(sys.modules.items()):
        source = getattr(module, "__file__", None) or ""
        cached = getattr(getattr(module, "__spec__", None), "cached", None)
        # pytest compiles the check files itself, to explain their assertions. NumPy's bytecode would
        # be 0.9 MB, and is not worth them: Python would be ready no sooner.
        if not source.endswith(".py") or not source.startswith(ROOTS) or not cached:
            continue
        if name.partition(".")[0] == "numpy":
            continue
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(source, cached, doraise=True, invalidation_mode=mode)
        entry = zipfile.ZipInfo(cached.lstrip("/"), (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        compiled.writestr(entry, Path(cached).read_bytes())
`);
const bytes = python.runPython("buffer.getvalue()").toJs();
writeFileSync(out, bytes);
process.exit(0);
