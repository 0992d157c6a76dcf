/** View floor. The rows that are seen, of however many there are: only these exist, and are painted. */

import { make } from "../dom.js";
import { isFormula, originOf, venueOf } from "../symbols.js";
import { FLOWS, Row } from "./row.js";
import { placesOf, scrollFor, windowOf } from "./window.js";

/** Rows drawn beyond those that are seen; a list no longer than WHOLE is drawn in whole. */
const OVER = 6;
const WHOLE = 40;
const USUAL_HEIGHT = 40;

export class Body {
  /** @type {Map<string, Row>} the rows that are drawn */
  #rows = new Map();
  #order = [];
  #columns = [];
  #dirty = new Set();
  #active = null;
  #focused = null;
  #reached = null;
  #scroll = 0;
  #seen = 0;
  rowHeight = USUAL_HEIGHT;

  /**
   * @param {HTMLElement} scroller
   * @param {{store: import("../store.js").Store, painter: import("../painter.js").Painter, clock: import("../clock.js").Clock,
   *   venues: Map<string, any>, flashes: import("./flashes.js").Flashes, sparks: import("./sparks.js").Sparks,
   *   onWindow: () => void}} parts
   */
  constructor(scroller, parts) {
    Object.assign(this, parts, { scroller });
    this.element = make("div", { role: "rowgroup", class: "rows" });
    this.askPaint = this.painter.job(() => this.#paint());
    this.askAges = this.painter.job(() => this.#ages());
    this.askTrends = this.painter.job(() => this.#trends());
    this.askWindow = this.painter.job(() => this.#window());
    scroller.addEventListener("scroll", () => {
      this.#scroll = scroller.scrollTop;
      this.askWindow();
    }, { passive: true });
    this.element.addEventListener("focusin", (event) => this.#focus(event.target.closest("[data-symbol]")?.dataset.symbol ?? null));
    this.element.addEventListener("focusout", (event) => this.element.contains(event.relatedTarget) || this.#focus(null));
  }

  /** The symbols of the rows that are drawn, in their order. */
  get drawn() {
    return [...this.#rows.keys()];
  }

  /** The symbols in the order that is shown. */
  get order() {
    return this.#order;
  }

  /** The symbol of the row that Tab reaches when none has the focus: the active chart's, else the first. */
  get home() {
    return this.#order.includes(this.#active) ? this.#active : this.#order[0];
  }

  /** The symbol of the row that has the focus, or null. */
  get focused() {
    return this.#focused;
  }

  /** Show these symbols in this order. */
  show(order) {
    this.#order = order;
    this.element.style.height = `${order.length * this.rowHeight}px`;
    this.scroller.setAttribute("aria-rowcount", order.length + 1);
    this.#window();
  }

  /** Show these columns: all rows are made anew. */
  columns(columns) {
    this.#columns = columns;
    const focused = this.#focused;
    for (const row of this.#rows.values()) row.element.remove();
    this.#rows.clear();
    this.#window();
    if (focused) this.focus(focused);
  }

  /** Take in how high a row and how high the place for rows is; where it was hidden, the active row comes into sight. */
  measured(rowHeight, seen) {
    if (rowHeight === this.rowHeight && seen === this.#seen) return;
    const hidden = !this.#seen;
    [this.rowHeight, this.#seen] = [rowHeight, seen];
    this.show(this.#order);
    if (hidden) this.reveal(this.#active);
  }

  /** Mark the row of the symbol that the active chart shows. */
  select(symbol) {
    this.#active = symbol;
    this.#marks();
  }

  /** Scroll to the first row. */
  top() {
    this.scroller.scrollTop = this.#scroll = 0;
  }

  /** Scroll so that a symbol's row is seen. */
  reveal(symbol) {
    const place = this.#order.indexOf(symbol);
    if (place < 0 || !this.#seen) return;
    const scroll = scrollFor(place, { scroll: this.#scroll, height: this.#seen, row: this.rowHeight });
    if (scroll === this.#scroll) return;
    this.scroller.scrollTop = this.#scroll = scroll;
    this.#window();
  }

  /** Scroll to a symbol's row and give it the focus. */
  focus(symbol) {
    this.reveal(symbol);
    this.#rows.get(symbol)?.element.focus({ preventScroll: true });
  }

  /** Have a symbol's row painted in the next frame, if it is drawn. */
  mark(symbol) {
    if (!this.#rows.has(symbol)) return;
    this.#dirty.add(symbol);
    this.askPaint();
  }

  /** Have all drawn rows painted whose symbol passes. */
  markAll(which) {
    this.drawn.filter(which).forEach((symbol) => this.mark(symbol));
  }

  #focus(symbol) {
    this.#focused = symbol;
    this.#marks();
  }

  #pinned() {
    return [this.#focused, this.#reached].map((symbol) => this.#order.indexOf(symbol));
  }

  /** Make the rows that are to be seen, drop the others, and put all in their places. */
  #window() {
    const count = this.#order.length;
    this.#reached = this.home;
    const range = windowOf({ scroll: this.#scroll, height: this.#seen, row: this.rowHeight, count, over: count <= WHOLE ? count : OVER });
    const places = placesOf(range, this.#pinned(), count);
    const [focused, wanted] = [this.#focused, new Set(places.map((place) => this.#order[place]))];
    for (const [symbol, row] of this.#rows) if (!wanted.has(symbol)) this.#drop(symbol, row);
    const before = this.#rows;
    this.#rows = new Map();
    places.forEach((place, index) => this.#place(this.#order[place], place, index, before));
    if (focused && wanted.has(focused) && document.activeElement === document.body) this.#rows.get(focused).element.focus({ preventScroll: true });
    this.#marks();
    this.onWindow();
  }

  #drop(symbol, row) {
    row.element.remove();
    this.#rows.delete(symbol);
    this.#dirty.delete(symbol);
  }

  /** Put a symbol's row where the row `place` of all stands, the `index`th of those that are drawn. */
  #place(symbol, place, index, before) {
    const row = before.get(symbol) ?? this.#made(symbol);
    this.#rows.set(symbol, row);
    row.at(place, this.rowHeight);
    if (this.element.children[index] !== row.element) this.element.insertBefore(row.element, this.element.children[index] ?? null);
    if (!before.has(symbol)) this.mark(symbol);
  }

  #made(symbol) {
    const venue = isFormula(symbol) ? "Formula" : this.venues.get(venueOf(symbol))?.title ?? venueOf(symbol);
    const row = new Row({ symbol, origin: originOf(symbol, this.venues), venue, columns: this.#columns, flashes: this.flashes });
    row.trend(this.sparks.line(symbol));
    return row;
  }

  /** One row can be reached with Tab: the one with the focus, else the chosen one, else the first. */
  #marks() {
    const reached = this.#rows.has(this.#focused) ? this.#focused : this.#reached;
    for (const [symbol, row] of this.#rows) row.mark(symbol === this.#active, symbol === reached);
  }

  #paint() {
    const now = this.clock.time();
    for (const symbol of this.#dirty) this.#paintRow(symbol, now);
    this.#dirty.clear();
  }

  #paintRow(symbol, now) {
    const [row, quote] = [this.#rows.get(symbol), this.store.quotes.get(symbol)];
    if (!row) return;
    row.paint({
      quote,
      state: this.store.freshness(symbol),
      decimals: this.store.decimals(symbol, quote?.last ?? quote?.bid),
      refused: this.store.refused.get(symbol),
    });
    row.age(quote, now);
  }

  #ages() {
    const now = this.clock.time();
    for (const [symbol, row] of this.#rows) row.age(this.store.quotes.get(symbol), now);
  }

  /** Draw the lines of the day as they are now, their last point at the newest price. */
  #trends() {
    const now = this.clock.time();
    for (const [symbol, row] of this.#rows) {
      const line = this.sparks.line(symbol);
      if (FLOWS.has(this.store.freshness(symbol))) line.put(now, this.store.newest(symbol)?.price);
      row.trend(line);
    }
  }
}
