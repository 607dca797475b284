/**
 * The page's side of the service worker, which makes the site work offline and adds the isolation
 * headers. Only an isolated page has the shared memory that can interrupt an endless loop.
 */

const RELOADED = "reloaded for isolation";
const LONGEST_WAIT = 3000;

/**
 * Make the page cross-origin isolated: if necessary, load it once more under the service worker.
 * @returns {Promise<boolean>} whether the page is being loaded again.
 */
export async function isolated() {
  if (!("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register(new URL("service_worker.js", document.baseURI));
  } catch {
    return false; // a private window, or a page that is neither https nor on this computer
  }
  if (self.crossOriginIsolated || sessionStorage.getItem(RELOADED)) return false;
  if (!navigator.serviceWorker.controller) await controlled();
  if (!navigator.serviceWorker.controller) return false;
  sessionStorage.setItem(RELOADED, "once");
  location.reload();
  return true;
}

function controlled() {
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true), {
      once: true,
    });
    setTimeout(resolve, LONGEST_WAIT, false);
  });
}

/**
 * Ask the service worker to keep the whole site for offline use. Called when Python is ready, so
 * that these downloads do not delay it.
 */
export function offerOffline() {
  if (!("serviceWorker" in navigator)) return say("This browser keeps nothing for offline use.");
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.kind !== "kept") return;
    document.documentElement.dataset.offline = data.all ? "ready" : "partly";
    say(
      data.all
        ? "The whole site is kept in this browser: it works without the internet now."
        : `Not all of the site could be kept yet: ${data.problem}. Load the page again.`,
    );
  });
  navigator.serviceWorker.controller?.postMessage({ kind: "keep" });
  let mine = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (mine && mine !== navigator.serviceWorker.controller) offerNew();
    mine = navigator.serviceWorker.controller;
    mine?.postMessage({ kind: "keep" });
  });
}

let offline = "Being kept for use without the internet …";

/** @param {string} text */
function say(text) {
  offline = text;
  showOffline();
}

/** Show whether the site works without a network, if the page has an element for it. */
export function showOffline() {
  const place = document.getElementById("offline");
  if (place) place.textContent = offline;
}

/** Tell the learner that there is a new version of the site, with a button that loads it. */
export function offerNew() {
  document.documentElement.dataset.outdated = "";
  const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
  const button = document.createElement("button");
  button.textContent = "Load it";
  button.onclick = () => location.reload();
  notice.className = "notice";
  notice.replaceChildren("There is a new version of this site. What you wrote is kept. ", button);
}
