/** Store floor. The drawings of every symbol, and the way back from each change to them. */

import { cleaned } from "./shapes.js";

const STEPS = 100;

/** What was before, and what was taken back, of one list; lists are never changed in place. */
export class Steps {
  #back = [];
  #forth = [];
  #last = null;

  /** @param {number} bound how many steps are kept */
  constructor(bound = STEPS) {
    this.bound = bound;
  }

  get canUndo() {
    return this.#back.length > 0;
  }

  get canRedo() {
    return this.#forth.length > 0;
  }

  /** A change was made to `before`. Changes in a row with the same name (nudging one drawing) are one step. */
  did(before, name = null) {
    this.#forth = [];
    const same = name !== null && name === this.#last;
    this.#last = name;
    if (same) return;
    this.#back.push(before);
    if (this.#back.length > this.bound) this.#back.shift();
  }

  /** Return what was before `now`, or null. */
  undo(now) {
    return this.#step(this.#back, this.#forth, now);
  }

  /** Return what was taken back from `now`, or null. */
  redo(now) {
    return this.#step(this.#forth, this.#back, now);
  }

  #step(from, to, now) {
    if (!from.length) return null;
    to.push(now);
    this.#last = null;
    return from.pop();
  }
}

export class Drawings {
  #lists = new Map();
  #steps = new Map();
  #kept = {};

  /**
   * @param {Record<string, any[]>} kept the document's piece, changed in place
   * @param {{save: () => void, tell: (symbol: string) => void}} parts `tell`: the charts of this symbol paint anew
   */
  constructor(kept, { save, tell }) {
    Object.assign(this, { save, tell });
    this.load(kept);
  }

  /** Take another document's piece; there is no way back over it where it holds something else. */
  load(kept) {
    this.#kept = kept;
    for (const symbol of new Set([...this.#lists.keys(), ...this.#steps.keys()])) {
      const now = Object.hasOwn(kept, symbol) ? kept[symbol] : [];
      if (JSON.stringify(now) === JSON.stringify(this.#lists.get(symbol))) continue;
      this.#lists.delete(symbol);
      this.#steps.delete(symbol);
    }
  }

  /** Return the drawings of a symbol; another list only when they changed. */
  of(symbol) {
    if (!this.#lists.has(symbol)) this.#lists.set(symbol, cleaned(Object.hasOwn(this.#kept, symbol) ? this.#kept[symbol] : []));
    return this.#lists.get(symbol);
  }

  /** Take a new list for a symbol; `name`: see Steps.did. */
  change(symbol, list, name = null) {
    this.steps(symbol).did(this.of(symbol), name);
    this.#put(symbol, list);
  }

  /** Take back the last change to a symbol's drawings; tell whether there was one. */
  undo(symbol) {
    return this.#put(symbol, this.steps(symbol).undo(this.of(symbol)));
  }

  /** Make the last change again that was taken back; tell whether there was one. */
  redo(symbol) {
    return this.#put(symbol, this.steps(symbol).redo(this.of(symbol)));
  }

  /** The server writes a symbol in its own way: its drawings go along, unless that one has some already. */
  renamed(from, to) {
    const list = this.of(from);
    if (!list.length || this.of(to).length) return;
    this.#put(to, list);
    this.#put(from, []);
  }

  /** Return the steps of a symbol. */
  steps(symbol) {
    if (!this.#steps.has(symbol)) this.#steps.set(symbol, new Steps());
    return this.#steps.get(symbol);
  }

  #put(symbol, list) {
    if (!list) return false;
    this.#lists.set(symbol, list);
    if (list.length) this.#kept[symbol] = list;
    else delete this.#kept[symbol];
    this.save();
    this.tell(symbol);
    return true;
  }
}
