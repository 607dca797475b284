/**
 * The service worker: keeps the site for offline use, verifies the hash of each file, and adds the
 * headers that make the page cross-origin isolated. It never touches IndexedDB, which has the
 * learner's files.
 *
 * The build writes `self.SITE = {version, files: {name: hash}}` before this script.
 */

/** @type {{version: string, files: Record<string, string>}} */
const SITE = /** @type {any} */ (self).SITE;
const worker = /** @type {any} */ (self);
const SCOPE = worker.registration.scope;
const PREFIX = `cnn-from-scratch ${new URL(SCOPE).pathname} `;
const CACHE = PREFIX + SITE.version;

worker.addEventListener("install", (/** @type {any} */ event) =>
  event.waitUntil(takeOver().then(() => worker.skipWaiting())),
);

worker.addEventListener("activate", (/** @type {any} */ event) =>
  event.waitUntil(dropOld().then(() => worker.clients.claim())),
);

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const name = nameOf(event.request);
  if (name !== null && name in SITE.files) event.respondWith(respond(event.request, name));
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data.kind === "keep") event.waitUntil(keepAll(event.source));
});

/** @param {Request} request @returns {string | null} */
function nameOf(request) {
  if (request.method !== "GET" || !request.url.startsWith(SCOPE)) return null;
  const name = new URL(request.url).pathname.slice(new URL(SCOPE).pathname.length);
  return name === "" ? "index.html" : name;
}

/** @param {Request} request @param {string} name */
async function respond(request, name) {
  try {
    return await kept(name);
  } catch (error) {
    // The site has probably changed on the server: get the new version. Until it is there, show the
    // server's page unverified, because the learner would only see an error otherwise.
    worker.registration.update().catch(() => {});
    if (request.mode === "navigate") return isolating(await fetch(request));
    throw error;
  }
}

/** A file from the cache, else from the site. Only files with the right hash get into the cache. */
async function kept(/** @type {string} */ name) {
  const cache = await caches.open(CACHE);
  const url = new URL(name, SCOPE).href;
  const there = await cache.match(url);
  if (there) return there;
  // What the page loaded before is in the browser's own cache; if it is another version, its hash
  // is wrong.
  const integrity = SITE.files[name];
  const response = await fetch(url, { integrity, cache: "force-cache" }).catch(() =>
    fetch(url, { integrity, cache: "no-cache" }),
  );
  if (!response.ok) throw new TypeError(`${name}: ${response.status}`);
  // Cache it with the added headers, to return it unchanged later: for an unchanged response the
  // browser also keeps the code that it compiled.
  const ours = isolating(response);
  await cache.put(url, ours.clone());
  return ours;
}

/** @param {Response} response */
function isolating(response) {
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** Copy unchanged files from older caches, so that a new version downloads only what changed. */
async function takeOver() {
  const cache = await caches.open(CACHE);
  for (const key of await caches.keys()) {
    if (!key.startsWith(PREFIX) || key === CACHE) continue;
    const old = await caches.open(key);
    for (const [name, hash] of Object.entries(SITE.files)) {
      const url = new URL(name, SCOPE).href;
      const there = await old.match(url);
      if (there && (await hashOf(there.clone())) === hash) await cache.put(url, there);
    }
  }
}

/** @param {Response} response */
async function hashOf(response) {
  const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

async function dropOld() {
  for (const key of await caches.keys()) {
    if (key.startsWith(PREFIX) && key !== CACHE) await caches.delete(key);
  }
}

/** @param {any} client */
async function keepAll(client) {
  try {
    for (const name of Object.keys(SITE.files)) await kept(name);
    client?.postMessage({ kind: "kept", all: true });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    client?.postMessage({ kind: "kept", all: false, problem });
  }
}
