/**
 * Stores the learner's files, verdicts, answers, numbers of hints shown, and copies of files.
 *
 * Everything is in IndexedDB on this computer; localStorage has a text only until it is written.
 * Each file has a revision number. A tab may overwrite only the revision that it has read, so that
 * two tabs do not overwrite each other's text.
 */
import { openDB } from "idb";

/**
 * @typedef {{path: string, text: string, revision: number, by?: string}} StoredFile
 * @typedef {{exercise: string, status: string, score: number, html: string, text: string}} Progress
 * @typedef {{id?: number, path: string, text: string, when: number, why: string}} Copy
 */

// Two courses on one host have two paths, so each one has its own database.
const NAME = `cnn-from-scratch ${new URL(".", document.baseURI).pathname}`;

const VERSION = 2;

/** @param {string} path */
const noteOf = (path) => `${NAME} ${path}`;

/**
 * Remove the note of a text that is now written; the note of a later text stays.
 * @param {string} path @param {string} text
 */
function forget(path, text) {
  try {
    const noted = localStorage.getItem(noteOf(path));
    if (noted && JSON.parse(noted).text === text) localStorage.removeItem(noteOf(path));
  } catch {
    // The note stays, and the next start writes its text again, which is harmless.
  }
}

export class Storage extends EventTarget {
  /** @param {import("idb").IDBPDatabase} database @param {Record<string, string>} stubs */
  constructor(database, stubs) {
    super();
    this.database = database;
    this.stubs = stubs;
    /** Whether another tab, with a newer version of the site, has taken over the database. */
    this.outdated = false;
    this.tab = `${Date.now()} ${Math.random()}`;
    this.channel = new BroadcastChannel(NAME);
    this.channel.onmessage = (event) =>
      this.dispatchEvent(new CustomEvent(event.data.kind, { detail: event.data }));
  }

  /**
   * Open the database. A file that was never written has its stub as text.
   * @param {Record<string, string>} stubs
   */
  static async open(stubs) {
    /** @type {Storage | null} */
    let storage = null;
    const database = await openDB(NAME, VERSION, {
      // Each step only adds stores, so the data of an older version of the site is kept.
      upgrade(fresh, before) {
        if (before < 1) {
          fresh.createObjectStore("files", { keyPath: "path" });
          fresh.createObjectStore("progress", { keyPath: "exercise" });
          fresh.createObjectStore("hints", { keyPath: "exercise" });
          fresh.createObjectStore("copies", { keyPath: "id", autoIncrement: true });
        }
        if (before < 2) fresh.createObjectStore("answers", { keyPath: "to" });
      },
      blocking(_current, _blocked, event) {
        /** @type {IDBDatabase} */ (event.target)?.close();
        if (storage) storage.outdated = true;
        storage?.dispatchEvent(new CustomEvent("outdated"));
      },
    });
    // Ask the browser not to delete this data when disk space is low; it may refuse.
    navigator.storage?.persist?.().catch(() => false);
    storage = new Storage(database, stubs);
    for (const path of Object.keys(stubs)) await storage.#recover(path);
    return storage;
  }

  /**
   * Save a text in localStorage immediately: the page may be closed before `write` ends.
   * @param {string} path @param {string} text @param {number} revision
   */
  note(path, text, revision) {
    try {
      localStorage.setItem(noteOf(path), JSON.stringify({ text, revision, by: this.tab }));
    } catch {
      // localStorage is full or not allowed: `write` follows anyway.
    }
  }

  /** Write a text that was noted but not written before the page closed. @param {string} path */
  async #recover(path) {
    try {
      const noted = JSON.parse(localStorage.getItem(noteOf(path)) ?? "null");
      if (noted) await this.write(path, noted.text, noted.revision, noted.by);
    } catch {
      // localStorage is not allowed, or the note is damaged: use the text in the database.
    }
  }

  /** @param {string} path @returns {Promise<StoredFile>} */
  async read(path) {
    return (
      (await this.database.get("files", path)) ?? {
        path,
        text: this.stubs[path] ?? "",
        revision: 0,
      }
    );
  }

  /** Every file of the course with its newest text. @returns {Promise<Record<string, string>>} */
  async all() {
    const paths = Object.keys(this.stubs);
    const files = await Promise.all(paths.map((path) => this.read(path)));
    return Object.fromEntries(files.map((file) => [file.path, file.text]));
  }

  /**
   * Write a file over the revision that was read. If another tab has written a different text since
   * then, its text stays, and this text becomes a copy.
   * @param {string} path @param {string} text @param {number} revision
   * @param {string} [by] the tab that it was written in
   * @returns {Promise<{file: StoredFile, written: boolean}>}
   */
  async write(path, text, revision, by = this.tab) {
    const transaction = this.database.transaction(["files", "copies"], "readwrite");
    const files = transaction.objectStore("files");
    const there = /** @type {StoredFile | undefined} */ (await files.get(path));
    const others = there && there.revision !== revision && there.by !== by;
    if (others && there.text !== text) {
      await transaction
        .objectStore("copies")
        .add({ path, text, when: Date.now(), why: "written in another tab at the same time" });
      await transaction.done;
      forget(path, text);
      return { file: there, written: false };
    }
    const file = { path, text, revision: (there?.revision ?? revision) + 1, by };
    await files.put(file);
    await transaction.done;
    forget(path, text);
    this.channel.postMessage({ kind: "file", ...file });
    return { file, written: true };
  }

  /**
   * Replace a file regardless of its revision. The old text becomes a copy, unless it is the stub
   * or the same as the new text.
   * @param {string} path @param {string} text @param {string} why
   */
  async replace(path, text, why) {
    const transaction = this.database.transaction(["files", "copies"], "readwrite");
    const files = transaction.objectStore("files");
    const there = /** @type {StoredFile | undefined} */ (await files.get(path));
    if (there && there.text !== text && there.text !== this.stubs[path]) {
      await transaction
        .objectStore("copies")
        .add({ path, text: there.text, when: Date.now(), why });
    }
    const file = { path, text, revision: (there?.revision ?? 0) + 1 };
    await files.put(file);
    await transaction.done;
    this.channel.postMessage({ kind: "file", ...file });
    this.dispatchEvent(new CustomEvent("file", { detail: file }));
  }

  /** @returns {Promise<Copy[]>} */
  copies() {
    return this.database.getAll("copies");
  }

  /** @returns {Promise<Map<string, Progress>>} */
  async progress() {
    const all = /** @type {Progress[]} */ (await this.database.getAll("progress"));
    return new Map(all.map((one) => [one.exercise, one]));
  }

  /** @param {Progress[]} entries */
  async setProgress(entries) {
    const transaction = this.database.transaction("progress", "readwrite");
    await Promise.all([...entries.map((one) => transaction.store.put(one)), transaction.done]);
    this.channel.postMessage({ kind: "progress" });
    this.dispatchEvent(new CustomEvent("progress"));
  }

  /**
   * The stored answers. "drills": how often each drill was missed since the last right answer, in
   * the order in which they were asked. "predictions": for each question the number of the chosen
   * answer, from 1.
   * @param {"drills" | "predictions"} to @returns {Promise<Record<string, number>>}
   */
  async answers(to) {
    return (await this.database.get("answers", to))?.given ?? {};
  }

  /** @param {"drills" | "predictions"} to @param {Record<string, number>} given */
  async setAnswers(to, given) {
    await this.database.put("answers", { to, given });
  }

  /** How many hints were shown. @param {string} exercise @returns {Promise<number>} */
  async hints(exercise) {
    return (await this.database.get("hints", exercise))?.shown ?? 0;
  }

  /** @param {string} exercise @param {number} shown */
  async setHints(exercise, shown) {
    await this.database.put("hints", { exercise, shown });
  }
}
