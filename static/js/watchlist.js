/** View floor. The watchlist: a table of symbols that opens charts. */

import { Row } from "./row.js";
import { legsOf, originOf, venueOf } from "./symbols.js";

export class Watchlist {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  #dirty = new Set();
  #active = null;

  /**
   * @param {HTMLElement} table
   * @param {{store: import("./store.js").Store, painter: import("./painter.js").Painter, clock: import("./clock.js").Clock,
   *   venues: Map<string, any>, calm: () => boolean, onOpen: (symbol: string) => void, onChange: (symbols: string[]) => void}} parts
   */
  constructor(table, parts) {
    Object.assign(this, parts);
    this.body = table.querySelector("[data-rows]");
    this.empty = table.querySelector("[data-empty]");
    this.askPaint = this.painter.job(() => this.#paint());
    this.askAges = this.painter.job(() => this.#ages());
    this.body.addEventListener("keydown", (event) => this.#key(event));
    this.store.on("quote", (symbol) => this.#mark(symbol));
    this.store.on("refused", (symbol) => this.#mark(symbol));
    this.store.on("instrument", (symbol) => this.#markAll((each) => legsOf(each).includes(symbol)));
    this.store.on("status", (venue) => this.#markAll((symbol) => venueOf(symbol) === venue));
    this.store.on("connection", () => this.#markAll(() => true));
  }

  /** The symbols in their order. */
  get symbols() {
    return [...this.#rows.keys()];
  }

  /** Add a symbol at the end; nothing happens when it is there. */
  add(symbol) {
    if (this.#rows.has(symbol)) return;
    const row = this.#row(symbol);
    this.#rows.set(symbol, row);
    this.body.append(row.element);
    this.#changed(symbol);
  }

  #row(symbol) {
    const origin = originOf(symbol, this.venues);
    return new Row({ symbol, origin, calm: this.calm, onOpen: () => this.onOpen(symbol), onRemove: () => this.remove(symbol) });
  }

  /** A symbol is called otherwise: its row stays where it is, unless there is one already. */
  rename(from, to) {
    const old = this.#rows.get(from);
    if (!old) return;
    if (this.#rows.has(to)) return this.remove(from);
    const row = this.#row(to);
    old.element.replaceWith(row.element);
    this.#rows = new Map([...this.#rows].map(([symbol, each]) => (symbol === from ? [to, row] : [symbol, each])));
    this.#changed(to);
  }

  /** Take a symbol off. */
  remove(symbol) {
    const row = this.#rows.get(symbol);
    if (!row) return;
    const next = row.element.nextElementSibling ?? row.element.previousElementSibling;
    const focused = row.element.contains(document.activeElement);
    row.element.remove();
    this.#rows.delete(symbol);
    if (focused) next?.focus();
    this.#changed(symbol);
  }

  /** Mark the row of the symbol that the chart shows. */
  select(symbol) {
    this.#active = symbol;
    for (const [each, row] of this.#rows) {
      if (each === symbol) row.element.setAttribute("aria-current", "true");
      else row.element.removeAttribute("aria-current");
    }
    this.#rove();
  }

  #changed(symbol) {
    this.empty.hidden = this.#rows.size > 0;
    this.#mark(symbol);
    this.select(this.#active);
    this.onChange(this.symbols);
  }

  /** One row can be reached with Tab: the chosen one, else the first. */
  #rove() {
    const home = this.#rows.has(this.#active) ? this.#active : this.symbols[0];
    for (const [symbol, row] of this.#rows) row.element.tabIndex = symbol === home ? 0 : -1;
  }

  #key(event) {
    const row = event.target.closest("[data-symbol]");
    if (!row || event.target !== row) return;
    const steps = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling };
    if (event.key in steps) steps[event.key]?.focus();
    else if (event.key === "Enter") this.onOpen(row.dataset.symbol);
    else if (event.key === "Delete") this.remove(row.dataset.symbol);
    else return;
    event.preventDefault();
  }

  #mark(symbol) {
    if (!this.#rows.has(symbol)) return;
    this.#dirty.add(symbol);
    this.askPaint();
  }

  #markAll(which) {
    this.symbols.filter(which).forEach((symbol) => this.#mark(symbol));
  }

  #paint() {
    const now = this.clock.time();
    for (const symbol of this.#dirty) this.#paintRow(symbol, now);
    this.#dirty.clear();
  }

  #paintRow(symbol, now) {
    const quote = this.store.quotes.get(symbol);
    this.#rows.get(symbol)?.paint({
      quote,
      state: this.store.freshness(symbol),
      decimals: this.store.decimals(symbol, quote?.last ?? quote?.bid),
      refused: this.store.refused.get(symbol),
    });
    this.#rows.get(symbol)?.age(quote, now);
  }

  #ages() {
    const now = this.clock.time();
    for (const [symbol, row] of this.#rows) row.age(this.store.quotes.get(symbol), now);
  }
}
