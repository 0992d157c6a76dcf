/** View floor. Keys, clicks and pasted text on the rows of the watchlist; and whether somebody is at them. */

import { fetchSymbols } from "../api.js";
import { findPasted, unknownText } from "./pasted.js";

/** A key that is held down walks over rows and opens the chart where it rests (ms). */
const REST = 150;

const isField = (element) => element?.closest?.("input, textarea, select, [contenteditable]");

export class Hands {
  /** Whether the pointer is over the rows. */
  over = false;
  #resting = null;
  #opened = -Infinity;

  /** @param {import("./watchlist.js").Watchlist} list */
  constructor(list) {
    const { element } = list.body;
    this.list = list;
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("pointerenter", () => { this.over = true; });
    element.addEventListener("pointerleave", () => this.#left());
    element.addEventListener("focusout", (event) => element.contains(event.relatedTarget) || queueMicrotask(() => list.order()));
    document.addEventListener("paste", (event) => this.#pasted(event));
  }

  /** Whether the order is to stay: under the pointer, and while a row has the focus of the keyboard. */
  get holding() {
    return this.over || this.list.body.element.querySelector(":focus-visible") !== null;
  }

  /** Tell whether rows may be moved by hand, and say why not. */
  mayMove() {
    const { state, tell } = this.list;
    if (state.sort) tell("The list is sorted: click the sorted column until its arrow is gone, then move rows by hand.");
    return !state.sort;
  }

  /** Put a symbol's row into the gap `gap`, counted from 0 above the first row. */
  drop(symbol, gap) {
    const from = this.list.symbols.indexOf(symbol);
    if (from >= 0) this.list.move(from, gap > from ? gap - 1 : gap);
  }

  /** Open the chart of the row `by` rows from that of `symbol`; return its symbol, null when there is none. */
  step(symbol, by) {
    const { body } = this.list;
    const place = body.order.indexOf(symbol);
    const next = body.order[place < 0 ? 0 : Math.max(0, Math.min(body.order.length - 1, place + by))];
    if (!next || next === symbol) return null;
    body.reveal(next);
    this.#open(next);
    return next;
  }

  #open(symbol) {
    clearTimeout(this.#resting);
    const now = performance.now();
    if (now - this.#opened > REST) this.list.onOpen(symbol);
    else this.#resting = setTimeout(() => this.list.onOpen(symbol), REST);
    this.#opened = now;
  }

  #walk(symbol, by) {
    const next = this.step(symbol, by);
    if (next) this.list.body.focus(next);
  }

  #shift(symbol, by) {
    const from = this.list.symbols.indexOf(symbol);
    const to = from + by;
    if (to < 0 || to >= this.list.symbols.length || !this.mayMove()) return;
    this.list.move(from, to);
    this.list.body.focus(symbol);
  }

  #left() {
    this.over = false;
    this.list.order();
  }

  #click(event) {
    const symbol = event.target.closest("[data-symbol]")?.dataset.symbol;
    if (!symbol || this.list.drag.busy) return;
    if (event.target.closest(".remove")) this.list.remove(symbol);
    else this.list.onOpen(symbol);
  }

  #key(event) {
    const { symbol } = event.target.dataset;
    const act = symbol && !event.ctrlKey && !event.metaKey && this.#act(event, symbol);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** Return what a key does on the row of a symbol. */
  #act(event, symbol) {
    const { list } = this;
    const all = list.body.order.length;
    const page = Math.max(1, Math.floor(list.table.clientHeight / list.body.rowHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, " ": event.shiftKey ? -1 : 1, PageDown: page, PageUp: -page, Home: -all, End: all };
    if (event.altKey) return { ArrowDown: () => this.#shift(symbol, 1), ArrowUp: () => this.#shift(symbol, -1) }[event.key];
    if (event.key in steps) return () => this.#walk(symbol, steps[event.key]);
    return { Enter: () => list.onOpen(symbol), Delete: () => list.remove(symbol) }[event.key];
  }

  /** A text that is pasted while the focus or the pointer is at the list is taken as symbols. */
  #pasted(event) {
    const { root } = this.list;
    const text = event.clipboardData?.getData("text/plain");
    if (!text || isField(event.target) || !(root.contains(event.target) || root.matches(":hover"))) return;
    event.preventDefault();
    this.#add(text);
  }

  /** Add what a text means, once all of it has been looked up. */
  async #add(text) {
    const { venues, store, tell } = this.list;
    const found = await findPasted(text, { venues, search: fetchSymbols, now: store.active });
    const said = unknownText(found);
    if (said) tell(said);
    this.list.addAll(found.instruments);
  }
}
