/**
 * The page's side of Python: starts the Worker, measures the time of calls, and ends a Worker that
 * hangs.
 */

const SIGINT = 2;
// Milliseconds from a signal to the end of the Worker: a long NumPy call does not react to signals.
const GRACE = 4000;

/** The Worker was ended, by the learner or because a call did not return in time. */
export class Ended extends Error {
  /** @param {string} message @param {boolean} hung */
  constructor(message, hung) {
    super(message);
    this.hung = hung;
  }
}

export class Python extends EventTarget {
  /** @param {Record<string, string>} stubs of the first assignment; checking one warms Python up */
  constructor(stubs) {
    super();
    this.stubs = stubs;
    /** @type {Worker | null} */ this.worker = null;
    /** @type {Promise<void> | null} */ this.ready = null;
    this.state = "not started";
    this.next = 0;
    /** @type {Map<number, {resolve: Function, reject: Function, event: Function}>} */
    this.waiting = new Map();
    /** @type {Uint8Array | null} */
    this.interrupt = self.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : null;
    this.timer = 0;
  }

  /** Start Python, unless it is running or being started. */
  start() {
    this.ready ??= this.#start();
    return this.ready;
  }

  async #start() {
    this.#say("loading");
    this.worker = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
    this.worker.onmessage = ({ data }) => this.#hear(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(event.message || "the Worker cannot be started"));
    };
    try {
      await this.#send({ kind: "start", interrupt: this.interrupt, stubs: this.stubs }, (event) =>
        this.#say("loading", event.text),
      );
      this.#say("ready");
    } catch (error) {
      this.#say("failed", error instanceof Error ? error.message : String(error));
      this.ready = null;
      throw error;
    }
  }

  /**
   * Send a request to Python when it is ready; `event` receives what it sends before the result.
   * @param {Record<string, any>} message @param {(event: any) => void} [event]
   * @returns {Promise<any>}
   */
  async ask(message, event) {
    await this.start();
    if (this.interrupt) this.interrupt[0] = 0;
    this.#say("working");
    try {
      return await this.#send(message, event);
    } finally {
      if (this.state === "working" && this.waiting.size === 0) this.#say("ready");
    }
  }

  /** Stop the running call. */
  stop() {
    if (this.interrupt) {
      this.interrupt[0] = SIGINT;
      this.#after(GRACE, () => this.#end("Stopped.", false));
    } else {
      this.#end("Stopped.", false);
    }
  }

  /** @param {Record<string, any>} message @param {(event: any) => void} [event] */
  #send(message, event = () => {}) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, event });
      this.worker?.postMessage({ id, ...message });
    });
  }

  /** @param {any} data */
  #hear(data) {
    if ("arm" in data) return this.#arm(data.arm, data.signal);
    const asked = this.waiting.get(data.id);
    if (!asked) return;
    if ("event" in data) return asked.event(data.event);
    clearTimeout(this.timer);
    this.waiting.delete(data.id);
    if ("failed" in data) asked.reject(new Error(data.failed));
    else asked.resolve(data.done);
  }

  /**
   * Send a signal after some seconds. Without shared memory there are no signals: end the Worker.
   * @param {number} seconds 0 cancels it @param {number} signal
   */
  #arm(seconds, signal) {
    clearTimeout(this.timer);
    if (!seconds) return;
    this.#after(seconds * 1000, () => {
      const message = `a call did not come back within ${Math.round(seconds)} seconds`;
      if (!this.interrupt) return this.#end(message, true);
      this.interrupt[0] = signal;
      this.#after(GRACE, () => this.#end(message, true));
    });
  }

  /** @param {number} milliseconds @param {() => void} then */
  #after(milliseconds, then) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(then, milliseconds);
  }

  /** @param {string} message @param {boolean} hung */
  #end(message, hung) {
    this.worker?.terminate();
    this.#fail(new Ended(message, hung));
    this.ready = null;
    this.start().catch(() => {});
  }

  /** @param {Error} error */
  #fail(error) {
    clearTimeout(this.timer);
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const asked of waiting) asked.reject(error);
  }

  /** @param {string} state @param {string} [detail] */
  #say(state, detail = "") {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail }));
  }
}
