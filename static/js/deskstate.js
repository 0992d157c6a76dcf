/**
 * Store floor. The desk's document as the server keeps it: changed here in place, sent soon after, one request at a time.
 *
 * What the server doesn't have yet is in this browser's storage too. Where another page changed the desk meanwhile,
 * its changes and those made here since the last save are brought together (deskmerge.js). A page that is open
 * goes on showing its open desk as it is: what another page changed of that is sent back as it came, and shown by the
 * next page.
 */

import { areSame, asShown, merged, partsOf, staying, toJson, wholeOf } from "./deskmerge.js";

const PATH = "/api/desk";
const KEPT = "ticker.desk.v1";
const CALM = 400;
const PATIENCE = 2000;
const TOO_LONG = 20_000;
const FIRST = 1000;
const LONGEST = 30_000;
const NO_ANSWER = "the server does not answer";

/** Tell whether the same request may be answered later: not when it is refused for what it is, or for who asks. */
function isPassing(status, code) {
  return status === 0 || status === 429 || status >= 500 || code === "bad_token";
}

export class DeskState {
  #document = null;
  /** The parts of the document that was last agreed on with the server: what differs from them was changed here. */
  #base = new Map();
  /** What is shown otherwise than it is kept: the parts as they were put on the screen, and those that they stand for. */
  #apart = null;
  #revision = 0;
  #owner = "";
  #token = "";
  /** True when the server has told its document. */
  #met = false;
  /** True when it was on the screen: from then on nothing moves there by itself. */
  #seen = false;
  #changed = false;
  #changedAt = 0;
  #busy = false;
  #timer = null;
  #failures = 0;
  #trouble = "";
  #listeners = [];
  /** What the page was told with its own text, in the place of the first question. */
  #told = null;

  /**
   * @param {{fetch?: typeof fetch, storage?: Storage, token?: string, now?: () => number,
   *   setTimer?: (run: () => void, ms: number) => any, clearTimer?: (id: any) => void,
   *   told?: any, clean?: (document: any) => any, onTrouble?: (why: string) => void}} parts
   *   `told` is what the server answers to the first question, where the page has it already; `clean` makes a document that can be shown of whatever was kept (null: nothing); `onTrouble` hears why the
   *   desk can't be kept now, and "" when it can again
   */
  constructor(parts = {}) {
    this.#token = parts.token ?? "";
    this.#told = parts.told ?? null;
    this.storage = parts.storage;
    this.fetch = parts.fetch ?? ((...asked) => globalThis.fetch(...asked));
    this.now = parts.now ?? (() => performance.now());
    this.setTimer = parts.setTimer ?? ((run, wait) => setTimeout(run, wait));
    this.clearTimer = parts.clearTimer ?? ((id) => clearTimeout(id));
    this.clean = parts.clean ?? ((document) => document ?? {});
    this.onTrouble = parts.onTrouble ?? (() => {});
  }

  /** The document; whoever changes it calls `save` after. It is another object after `onReplaced`. */
  get document() {
    return this.#document;
  }

  /** What the page shows with whatever it sends, in the header X-CSRFToken: the newest that is known. */
  get token() {
    return this.#token;
  }

  /** Call `listener` with the document that stands in the place of the one before: another page changed it. */
  onReplaced(listener) {
    this.#listeners.push(listener);
  }

  /** Return the document: the server's, with what could not be sent last time over it; without an answer what is known here. */
  async open() {
    const kept = this.#recall();
    this.#document = this.clean(kept?.document ?? null);
    this.#base = partsOf(kept?.base ? this.clean(kept.base) : this.#document);
    this.#changed = Boolean(kept?.base);
    this.#revision = kept?.revision ?? 0;
    this.#owner = kept?.owner ?? "";
    await this.#ask();
    return this.#document;
  }

  /** Have the document sent soon: something in it was changed. */
  save() {
    if (!this.#changed) this.#changedAt = this.now();
    this.#changed = true;
    if (!this.#failures) this.#soon(Math.min(CALM, this.#changedAt + PATIENCE - this.now()));
  }

  /** The page goes: what is not sent yet is kept here, and sent without waiting for the answer. */
  leave() {
    if (!this.#changed) return;
    this.#keep();
    if (this.#met && !this.#busy) this.#put({ keepalive: true }).catch(() => {});
  }

  /** There is a network again: don't wait any longer. */
  wake() {
    if (this.#failures) this.#soon(0);
  }

  #soon(wait) {
    this.clearTimer(this.#timer);
    this.#timer = this.setTimer(() => this.#work(), Math.max(0, wait));
  }

  async #work() {
    if (this.#busy) return;
    if (this.#changed) this.#keep();
    if (!this.#met) await this.#ask();
    else if (this.#changed) await this.#send();
  }

  // ------------------------------------------------------------- with the server
  /** What the page was told may be older than what the page before it sent when it left: then that is asked again. */
  async #ask() {
    if (this.#changed) this.#told = null;
    const { status, body } = this.#told ? { status: 200, body: this.#told } : await this.#answer(this.#get());
    this.#told = null;
    if (status === 200) this.#meet(body);
    else this.#failed(status, body);
    this.#goOn();
  }

  #get() {
    return this.fetch(PATH, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TOO_LONG) });
  }

  async #send() {
    const [shown, sent] = [partsOf(this.#document), this.#parts()];
    this.#changed = false;
    const { status, body } = await this.#answer(this.#put({ signal: AbortSignal.timeout(TOO_LONG) }));
    if (status === 200) {
      this.#saved(shown, sent, body.revision);
    } else {
      this.#changed = true;
      if (status === 409) this.#meet(body);
      else this.#refused(status, body);
    }
    this.#goOn();
  }

  /** Return {status, body} of an answer; status 0 where there is none that can be read. */
  async #answer(asking) {
    this.#busy = true;
    try {
      const answer = await asking;
      const body = await answer.json().catch(() => null);
      return { status: answer.ok && !body ? 0 : answer.status, body };
    } catch {
      return { status: 0, body: null };
    } finally {
      this.#busy = false;
    }
  }

  #put(how) {
    const body = toJson({ revision: this.#revision, owner: this.#owner, document: this.#whole() });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#token };
    return this.fetch(PATH, { method: "PUT", headers, body, ...how });
  }

  #goOn() {
    if (this.#met && this.#changed && !this.#failures) this.#soon(CALM);
  }

  #saved(shown, sent, revision) {
    this.#base = sent;
    this.#setApart(shown, sent);
    this.#revision = revision;
    this.#well();
    this.#keep();
  }

  /** Take in the server's document. What was changed here stays, unless it is now the desk of somebody else. */
  #meet({ revision, document, owner = "", token = "" }) {
    const another = this.#owner !== "" && owner !== this.#owner;
    const theirs = partsOf(this.clean(document ?? null));
    if (another) this.#take(theirs, theirs);
    else if (document) this.#take(...this.#mergedWith(theirs));
    this.#base = theirs;
    this.#revision = revision;
    this.#owner = owner;
    this.#token = token;
    this.#met = this.#seen = true;
    this.#changed = document ? !areSame(theirs, this.#parts()) : this.#changed && !another;
    this.#well();
    this.#keep();
  }

  /** Return what their document and ours are together: as it is to be shown here, and as it is to be kept. */
  #mergedWith(theirs) {
    const [base, ours, shown] = [this.#base, this.#parts(), partsOf(this.#document)].map((parts) => this.#sound(parts));
    const both = this.#sound(merged(base, ours, theirs));
    if (!this.#seen) return [both, both];
    const stays = staying(both, shown);
    return [this.#sound(asShown(stays, shown)), this.#sound(stays)];
  }

  #take(shown, kept) {
    const before = this.#document;
    if (!areSame(this.#sound(partsOf(before)), shown)) this.#document = wholeOf(shown);
    this.#setApart(partsOf(this.#document), kept);
    if (this.#document !== before) for (const listener of this.#listeners) listener(this.#document);
  }

  /** Return parts as a document has them that can be shown: only so they are told apart by what they hold. */
  #sound(parts) {
    return partsOf(this.clean(wholeOf(parts)));
  }

  // ------------------------------------------------------------- what is shown, and what is kept
  #setApart(shown, kept) {
    this.#apart = areSame(shown, kept) ? null : { shown, kept };
  }

  /** Return the parts of what is to be kept: what is shown, where that was changed here since it was put on the screen. */
  #parts() {
    const now = partsOf(this.#document);
    return this.#apart ? merged(this.#apart.shown, now, this.#apart.kept) : now;
  }

  #whole() {
    return this.#apart ? wholeOf(this.#parts()) : this.#document;
  }

  // ------------------------------------------------------------- what goes wrong
  #refused(status, body) {
    if (body?.error?.code === "bad_token") this.#met = false;
    this.#keep();
    this.#failed(status, body);
  }

  /** Try again after a while; what would be refused again waits for the next change. */
  #failed(status, body) {
    this.#tell(body?.error?.message ?? (status ? `the server answered ${status}` : NO_ANSWER));
    if (isPassing(status, body?.error?.code)) {
      this.#soon(Math.min(LONGEST, FIRST * 2 ** this.#failures));
      this.#failures = Math.min(this.#failures + 1, 10);
    } else {
      this.#failures = 0;
      this.#changed = false;
    }
  }

  #well() {
    this.#failures = 0;
    this.#tell("");
  }

  #tell(trouble) {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.onTrouble(trouble);
  }

  // ------------------------------------------------------------- in this browser
  /** Keep what is known; where something is not sent yet, with what it was made from. */
  #keep() {
    const base = this.#changed ? wholeOf(this.#base) : null;
    const kept = { owner: this.#owner, revision: this.#revision, base, document: this.#whole() };
    try {
      this.storage.setItem(KEPT, JSON.stringify(kept));
    } catch {
      return; // a browser that keeps nothing: then only the page knows
    }
  }

  #recall() {
    try {
      const kept = JSON.parse(this.storage.getItem(KEPT));
      return Number.isSafeInteger(kept?.revision) && kept.document ? kept : null;
    } catch {
      return null;
    }
  }
}
