/**
 * The Worker in which Python runs. It cannot access the elements of the page.
 *
 * It receives {id, kind, ...} and replies with {id, done: ...} or {id, failed: ...}. Before the
 * reply it may send {id, event: ...}, and {arm: seconds, signal}: after that time the page sends
 * the signal.
 */
import { loadPyodide } from "pyodide";

const SITE = new URL("./", self.location.href);
const PYTHON = new URL("python/", SITE);
const FIGURES = new URL("python/figures/", SITE);

/** @type {any} */ let python;
/** @type {any} */ let kit;
/** @type {{hashes: Record<string, string>, figures: {file: string, hash: string}[]}} */ let parts;
let drawing = false;

// Pyodide fetches some of its files itself. This replaces `fetch` for Pyodide and for the learner's
// code: it loads only files of the site, and verifies their hashes.
const fetch_ = self.fetch.bind(self);
/** @type {typeof fetch} */
const guarded = async (input, options) => {
  const url = new URL(input instanceof Request ? input.url : String(input), SITE);
  const name = url.href.startsWith(SITE.href) ? url.href.slice(SITE.href.length) : "";
  const integrity = parts.hashes[name];
  if (!integrity) throw new TypeError(`${url.href} is not part of this site`);
  return fetch_(url, { ...options, integrity });
};

/** Close the other ways in which the learner's code could send a request to another server. */
function closeOtherWays() {
  for (const way of ["XMLHttpRequest", "WebSocket", "WebTransport", "EventSource", "Worker"]) {
    // Not an arrow function, which `new` does not accept.
    const refused = function () {
      throw new TypeError(`${way} is not available here: this site sends no requests`);
    };
    Object.defineProperty(self, way, { value: refused });
  }
}

/** @param {string} name */
async function part(name) {
  const response = await guarded(new URL(name, PYTHON));
  if (!response.ok) throw new Error(`${name} cannot be loaded (${response.status})`);
  return response.arrayBuffer();
}

/**
 * @param {{interrupt: Uint8Array | null, stubs: Record<string, string>,
 *   report: (text: string) => void}} options
 */
async function start({ interrupt, stubs, report }) {
  const answer = await fetch_(new URL("parts.json", PYTHON));
  parts = await answer.json();
  self.fetch = guarded;
  closeOtherWays();
  report("loading Python");
  const archives = ["numpy.zip", "packages.zip", "kit.zip", "compiled.zip"].map(part);
  const code = new Blob([await part("pyodide.asm.mjs")], { type: "text/javascript" });
  const { default: createPyodideModule } = await import(URL.createObjectURL(code));
  python = await loadPyodide({
    indexURL: PYTHON.href,
    createPyodideModule,
    // Packages are not looked up by name: each one is loaded as a file with a known hash.
    lockFileContents: {
      info: {
        abi_version: "2026_0",
        arch: "wasm32",
        platform: "emscripten_5_0_3",
        python: "3.14.0",
        version: "0",
      },
      packages: {},
    },
    checkAPIVersion: false,
    env: { HOME: "/home/learner" },
  });
  if (interrupt) python.setInterruptBuffer(interrupt);
  report("unpacking the course");
  const [numpy, packages, course, compiled] = await Promise.all(archives);
  for (const archive of [numpy, packages]) {
    python.unpackArchive(archive, "zip", { extractDir: "/lib/python3.14/site-packages" });
  }
  python.unpackArchive(course, "zip", { extractDir: "/kit" });
  python.unpackArchive(compiled, "zip", { extractDir: "/" });
  python.runPython("import sys; sys.path.insert(0, '/kit')");
  kit = python.pyimport("web.in_browser");
  kit.prepare((/** @type {number} */ seconds, /** @type {number} */ signal) =>
    self.postMessage({ arm: seconds, signal }),
  );
  report("warming up");
  kit.warm(JSON.stringify(stubs));
}

const NO_FIGURES =
  "This figure needs matplotlib, which is loaded once from the internet, and that did not work. " +
  "Everything else on the page works without it; try again when you are online.";

/** Load matplotlib from the site or else from Pyodide's distribution, and verify the hashes. */
async function loadDrawing() {
  if (drawing) return;
  for (const { file, hash } of parts.figures) {
    const name = `python/figures/${file}`;
    const url = parts.hashes[name] ? new URL(file, FIGURES) : distribution(file);
    const response = await fetch_(url, { integrity: hash }).catch(() => {
      throw new Error(NO_FIGURES);
    });
    if (!response.ok) throw new Error(`${file} cannot be loaded (${response.status})`);
    python.unpackArchive(await response.arrayBuffer(), "wheel");
  }
  drawing = true;
}

/** The address of a file in Pyodide's own distribution. @param {string} file */
function distribution(file) {
  return new URL(file, python._api.config.cdnUrl);
}

/** @type {Record<string, (message: any, send: (event: string) => void) => Promise<any>>} */
const kinds = {
  async start({ interrupt, stubs }, send) {
    await start({ interrupt, stubs, report: (text) => send(JSON.stringify({ text })) });
    return { version: python.version };
  },
  async check({ files, exercises }) {
    kit.write(JSON.stringify(files));
    return JSON.parse(kit.check(JSON.stringify(exercises)));
  },
  async cell({ files, before, code, figure }, send) {
    if (figure) await loadDrawing();
    kit.write(JSON.stringify(files));
    kit.run_cell(before, code, send);
  },
  async try({ files, module, code }, send) {
    kit.write(JSON.stringify(files));
    kit.try_code(module, code, send);
  },
  async train({ files, network }, send) {
    kit.write(JSON.stringify(files));
    return JSON.parse(kit.train(network, send));
  },
  async drill({ exercise, passed, missed }) {
    return JSON.parse(kit.next_drill(exercise, JSON.stringify(passed), JSON.stringify(missed)));
  },
  async answer({ drill, choice, missed }) {
    return JSON.parse(kit.answer_drill(drill, choice, JSON.stringify(missed)));
  },
  async askFirst({ missed, mistakes }) {
    return JSON.parse(kit.ask_first(JSON.stringify(missed), JSON.stringify(mistakes)));
  },
  async read({ pixels }) {
    return JSON.parse(kit.read_digit(JSON.stringify(pixels)));
  },
  async example({ number }) {
    return JSON.parse(kit.test_digit(number));
  },
};

let last = Promise.resolve();
self.onmessage = ({ data }) => {
  last = last.then(async () => {
    const { id, kind } = data;
    try {
      const send = (/** @type {string} */ event) =>
        self.postMessage({ id, event: JSON.parse(event) });
      self.postMessage({ id, done: await kinds[kind](data, send) });
    } catch (error) {
      self.postMessage({ id, failed: error instanceof Error ? error.message : String(error) });
    }
  });
};
