/** View floor. Time & sales: the trades of the active symbol, the newest on top; it stands still while somebody reads. */

import { make, setAttribute, setText } from "../dom.js";
import { isFormula, nameOf } from "../symbols.js";
import { readSize, sizeDecimals } from "./figures.js";
import { Rows } from "./rows.js";
import { COLUMNS, TapeRow } from "./taperow.js";
import { Trades } from "./trades.js";

/** Return the sentence for a tape without rows. @param {import("../store.js").Store} store */
export function emptyText(store, least) {
  const symbol = store.active;
  if (!symbol) return "Open a symbol to see its trades.";
  if (isFormula(symbol)) return "A formula has no trades of its own. Open one of the symbols it is made of.";
  if (store.refused.has(symbol)) return `No trades: ${store.refused.get(symbol)}`;
  if (!store.trades.has(symbol)) return `Loading the trades of ${nameOf(symbol)} …`;
  if (least > 0) return `No trade of ${least} or more yet. Lower the size at the top to see smaller ones.`;
  return `No trade of ${nameOf(symbol)} yet. Trades appear here as they happen.`;
}

const LEAST_TITLE = "Show trades of this size or more; empty shows all";
const RIGHT = "A size is a number from 0 on, as in 0.5, 5k or 2m; leave it empty to see all trades.";

export class Tape {
  #trades = new Trades();
  /** @type {null|{rows: any[], told: number}} what is shown while it stands still */
  #held = null;
  #pointer = false;
  #focus = false;
  #symbol = null;
  #sizes = 0;

  /**
   * @param {{store: import("../store.js").Store, painter: import("../painter.js").Painter,
   *   clock: import("../clock.js").Clock, state: {least: number}, save: () => void, tell: (text: string) => void}} parts
   *   `state.least`: the least size shown
   */
  constructor({ store, painter, clock, state, save, tell }) {
    Object.assign(this, { store, clock, state, save, tell });
    /** Have it painted: the ages at least. */
    this.ask = painter.job(() => this.#paint());
    this.rows = new Rows({ label: "Trades", makeRow: () => new TapeRow(), onMove: () => this.#hold() });
    this.empty = make("p", { class: "panel-note" });
    this.element = make("div", { class: "tape panel-table", role: "table", "aria-label": "Time & sales" }, this.#head(), this.rows.element, this.empty);
    this.tools = this.#tools();
    this.#listen();
    this.#pause();
    this.show(state);
    this.#open();
  }

  #head() {
    const heads = Object.entries(COLUMNS).map(([field, text]) => make("span", { role: "columnheader", "data-cell": field }, text));
    return make("div", { role: "rowgroup", class: "panel-head" }, make("div", { role: "row", class: "tape-row" }, ...heads));
  }

  #tools() {
    this.paused = make("span", { class: "tape-paused", "aria-live": "off" });
    this.input = make("input", { type: "text", inputmode: "decimal", size: "4", maxlength: "12", autocomplete: "off", placeholder: "all", "aria-label": "Least size shown" });
    this.base = make("span", { class: "tape-base" });
    this.input.addEventListener("input", () => this.#filter());
    this.input.addEventListener("change", () => this.#settle());
    return make("div", { class: "tape-tools" }, this.paused, make("label", { class: "tape-least" }, "≥", this.input, this.base));
  }

  #listen() {
    const { store } = this;
    const mine = (run) => (symbol) => { if (symbol === this.#symbol) run(); };
    store.on("trade", (trade) => { if (trade.symbol === this.#symbol) this.#take(trade); });
    store.on("snapshot", mine(() => { this.#trades.merge(store.trades.get(this.#symbol) ?? []); this.#hold(); }));
    store.on("dropped", (count) => { if (store.trades.has(this.#symbol)) { this.#trades.miss(count); this.ask(); } });
    store.on("active", () => this.#open());
    store.on("renamed", () => this.#open());
    store.on("instrument", mine(this.ask));
    store.on("refused", mine(this.ask));
  }

  #pause() {
    const list = this.rows.element;
    list.addEventListener("pointerenter", (event) => this.#mark({ pointer: event.pointerType !== "touch" }));
    list.addEventListener("pointerleave", () => this.#mark({ pointer: false }));
    list.addEventListener("focus", () => this.#mark({ focus: list.matches(":focus-visible") }));
    list.addEventListener("blur", () => this.#mark({ focus: false }));
    list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.rows.toTop();
      this.#mark({ focus: false });
    });
  }

  #mark({ pointer = this.#pointer, focus = this.#focus }) {
    [this.#pointer, this.#focus] = [pointer, focus];
    this.#hold();
  }

  /** Stand still while it is read: under the pointer, in focus, or scrolled down. */
  #hold() {
    const still = this.#pointer || this.#focus || this.rows.top > 0;
    if (!still || !this.#trades.length) this.#held = null;
    else this.#held ??= { rows: this.#trades.copy(), told: this.#trades.told };
    this.ask();
  }

  /** Another symbol: its trades begin with those of its snapshot, which may be there already. */
  #open() {
    if (this.store.active === this.#symbol) return;
    this.#symbol = this.store.active;
    this.#trades.clear();
    this.#sizes = 0;
    this.#trades.merge(this.store.trades.get(this.#symbol) ?? []);
    this.rows.toTop();
    this.#release();
  }

  #take(trade) {
    this.#trades.add(trade);
    this.ask();
  }

  /** Show what there is now, standing still or not. */
  #release() {
    this.#held = null;
    this.#hold();
  }

  /** Show another state: that of another desk. */
  show(state) {
    this.state = state;
    this.input.value = state.least > 0 ? String(state.least) : "";
    this.#blame(false);
    this.#trades.setLeast(state.least);
    this.#release();
  }

  /** Mark what is typed as no size, and say beside it what one is; or no longer. */
  #blame(wrong) {
    setAttribute(this.input, "aria-invalid", wrong ? "true" : null);
    this.input.title = wrong ? RIGHT : LEAST_TITLE;
  }

  /** What was typed is over: what is no size goes, and why is said. */
  #settle() {
    const typed = this.input.value.trim();
    if (readSize(typed) === null) this.tell(`“${typed}” is no size. ${RIGHT}`);
    this.show(this.state);
  }

  #filter() {
    const least = readSize(this.input.value);
    this.#blame(least === null);
    if (least === null || least === this.state.least) return;
    this.state.least = least;
    this.#trades.setLeast(least);
    this.rows.toTop();
    this.#release();
    this.save();
  }

  #paint() {
    const rows = this.#held?.rows;
    const length = rows?.length ?? this.#trades.length;
    const at = (place) => (rows ? rows[place] : this.#trades.at(place));
    this.#paintTools();
    this.empty.hidden = length > 0;
    if (length === 0) setText(this.empty, emptyText(this.store, this.state.least));
    setAttribute(this.element, "aria-rowcount", length + 1);
    const [now, decimals] = [this.clock.time(), this.#decimals(at, Math.min(length, 60))];
    this.rows.paint(length, (row, place) => row.paint(at(place), decimals, now));
  }

  /** Sizes get as many decimals as any of the newest needs; they stay so, for columns that jump can't be read. */
  #decimals(at, length) {
    let price = NaN;
    for (let place = 0; place < length; place += 1) {
      const entry = at(place);
      if (!("size" in entry)) continue;
      this.#sizes = sizeDecimals(entry.size, this.#sizes);
      price = entry.price;
    }
    return { price: Number.isFinite(price) ? this.store.decimals(this.#symbol, price) : 2, size: this.#sizes };
  }

  #paintTools() {
    const missed = this.#held ? this.#trades.told - this.#held.told : 0;
    setText(this.paused, this.#held && this.#trades.length ? `paused, ${missed} new` : "");
    setText(this.base, this.store.instruments.get(this.#symbol)?.base ?? "");
  }
}
